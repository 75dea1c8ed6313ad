/** Text as numbered lines, freed of what terminals and transports leave in it (colours, carriage returns, BOM). */

export interface TextLine {
  readonly text: string;
  /** 1-based, in the file as it was given. */
  readonly number: number;
}

/** Longer lines are no tool output; they are cut so that no pattern works on megabytes. */
const LONGEST = 20_000;

// oxlint-disable-next-line no-control-regex
const COLOUR = /\u001b\[[0-9;]*[A-Za-z]/g;

export const textLines = (text: string, firstLine = 1): readonly TextLine[] =>
  text.split('\n').map((line, index) => ({
    text: line
      .slice(0, LONGEST)
      .replace(/^\uFEFF/, '')
      .replaceAll('\r', '')
      .replace(COLOUR, ''),
    number: index + firstLine,
  }));

export const isBlank = (line: TextLine): boolean => line.text.trim() === '';
