/**
 * Copies parts of a text so that they do not keep the whole text in memory: V8 makes a slice of 13 characters or more a
 * view into its parent, and one kept name would hold a file of megabytes. Equal parts share one copy.
 */

const SHORTEST_VIEW = 13;
const LONGEST_SHARED = 160;
const MOST_SHARED = 100_000;

/** A flat copy: joining makes a new string, and slicing that makes a view into the copy only. */
const copy = (text: string): string => ` ${text}`.slice(1);

export type OwnText = (part: string) => string;

/** One copier per load; it forgets its shared copies when there are too many. */
export const ownText = (): OwnText => {
  const shared = new Map<string, string>();
  return (part) => {
    if (part.length < SHORTEST_VIEW) return part;
    if (part.length > LONGEST_SHARED) return copy(part);
    const known = shared.get(part);
    if (known !== undefined) return known;
    if (shared.size >= MOST_SHARED) shared.clear();
    const own = copy(part);
    shared.set(own, own);
    return own;
  };
};
