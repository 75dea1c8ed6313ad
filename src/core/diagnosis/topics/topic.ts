/** A page of knowledge that belongs to no single rule: the answer first, why, what is often said and is not so, how to look. */

export interface Topic {
  /** What is typed after `nicwright explain`. */
  readonly id: string;
  readonly title: string;
  /** The answer in one sentence. */
  readonly answer: string;
  readonly because: readonly string[];
  /** What is said elsewhere, and what holds. */
  readonly corrected?: readonly { readonly said: string; readonly holds: string }[];
  readonly look: readonly { readonly text: string; readonly command: string }[];
  /** Rows of a small table, the heading first; made from the deciders' own tables. */
  readonly table?: () => readonly (readonly string[])[];
  /** Rules that find what it speaks of. */
  readonly rules: readonly string[];
  readonly sources: readonly string[];
}
