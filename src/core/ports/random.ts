/** Chance as the core and the controllers see it: the machine's own in production, seeded in the twin. */

export interface Random {
  /** A number in [0, 1). */
  next(): number;
}
