/**
 * The random numbers and the check sum that every workload uses, so that ours and the peers' programs work on the same
 * input and can be told to agree: mulberry32 and FNV-1a of 32 bits.
 */

/** Numbers below `n`, always the same ones for the same seed. */
export const randomBelow = (seed = 1): ((n: number) => number) => {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
};

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over the character codes of ASCII text; `hash` goes on from an earlier part. */
export const fnv1a = (text: string, hash = FNV_OFFSET): number => {
  let sum = hash;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), FNV_PRIME);
  return sum >>> 0;
};

/** Eight hex digits. */
export const showSum = (hash: number): string => hash.toString(16).padStart(8, '0');
