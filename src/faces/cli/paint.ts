/** Colour as a parameter: commands ask for a meaning, and get plain text where no terminal reads along. */

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly good: (text: string) => string;
  /** Columns of the terminal, or 100 where there is none. */
  readonly width: number;
}

const same = (text: string): string => text;

export const plainPaint: Paint = { bold: same, dim: same, bad: same, warn: same, good: same, width: 100 };
