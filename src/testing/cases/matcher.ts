/** A part of an answer that decides by itself whether an expectation holds; ready-made ones stand in matchers.ts. */

export class Matcher {
  readonly what: string;
  /** Undefined when the expectation holds, else one line that says what differs. */
  readonly check: (expected: unknown) => string | undefined;
  /** Altered expectations that must fail; undefined = the runner's own alterations of each leaf. */
  readonly mutants: ((expected: unknown) => readonly unknown[]) | undefined;

  constructor(
    what: string,
    check: (expected: unknown) => string | undefined,
    mutants?: (expected: unknown) => readonly unknown[],
  ) {
    this.what = what;
    this.check = check;
    this.mutants = mutants;
  }
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Matcher);
