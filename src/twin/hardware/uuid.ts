/** Version 4 UUIDs from seeded chance: boot ids, and the UUIDs of machines. */
import type { Random } from '../../core/ports/random.ts';

export const uuidFrom = (random: Random): string => {
  const digits = Array.from({ length: 32 }, (_, at) => {
    const digit = Math.floor(random.next() * 16);
    return at === 12 ? '4' : (at === 16 ? (digit & 3) | 8 : digit).toString(16);
  }).join('');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  );
};
