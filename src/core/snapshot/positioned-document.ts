/** One document of a file that a person edits: its value, and the line of every part, for messages with file:line. */
import type { Path } from '../model/dig.ts';

export interface PositionedDocument {
  readonly value: unknown;
  readonly source: string;
  /** 1-based line of the value at `path`, else of its nearest parent. */
  readonly lineOf: (path: Path) => number;
}
