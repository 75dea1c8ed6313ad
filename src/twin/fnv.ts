/** FNV-1a of 32 bits over the character codes of a text: seeds, and the hashes in names of revisions. */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export const fnv1a = (text: string): number => {
  let sum = OFFSET;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), PRIME);
  return sum >>> 0;
};

/** Digits that Kubernetes leaves in names that it makes: no vowels, and nothing that is read as another. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** Ten characters for the name of a revision or a replica set, equal for equal texts. */
export const nameHash = (text: string): string => {
  let left = fnv1a(text);
  let name = '';
  for (let at = 0; at < 10; at += 1) {
    name += SAFE[left % SAFE.length] ?? '';
    left = Math.imul(left ^ (left >>> 13), 0x5bd1e995) >>> 0;
  }
  return name;
};
