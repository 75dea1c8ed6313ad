/**
 * Chance that a seed fixes, one stream for each name: an actor that is added, or that draws once more, changes nothing for
 * the others. The generator is mulberry32, seeded by FNV-1a of seed and name.
 */
import type { Random } from '../core/ports/random.ts';
import { fnv1a } from './fnv.ts';

export const seededRandom = (seed: number, name: string): Random => {
  let state = fnv1a(`${seed}/${name}`);
  return {
    next: () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
};
