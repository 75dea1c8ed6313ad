/**
 * Lines of a script that stands inside another file: behind `run.sh: |` line n of the script is a line of the manifest, in
 * a quoted string it is none of its own.
 */
import type { Path } from '../../model/dig.ts';
import type { Origin, SnapshotObject } from '../../snapshot/snapshot.ts';

/** The lines of a file, where it can be read again; undefined for what is no file. */
export type LinesOf = (source: string) => readonly string[] | undefined;

export interface TextPlace {
  readonly source: string;
  /** The line of the text's first line; undefined where its lines are none of the file. */
  readonly firstLine?: number;
  /** The line at which the text stands as a whole. */
  readonly line?: number;
}

const BLOCK = /(?:^|[\s:-])[|>][-+0-9]*\s*(?:#.*)?$/;

/** Where the text at `path` of an object stands in its file. */
export const textPlace = ({ origin, lineOf }: SnapshotObject, path: Path, linesOf: LinesOf): TextPlace => {
  const line = lineOf?.(path) ?? origin.line;
  if (line === undefined) return { source: origin.source };
  const isBlock = BLOCK.test(linesOf(origin.source)?.[line - 1] ?? '');
  return { source: origin.source, line, ...(isBlock ? { firstLine: line + 1 } : {}) };
};

/** The place of one line of the text, as exactly as it can be named. */
export const lineIn = ({ source, firstLine, line }: TextPlace, textLine: number): Origin => {
  const at = firstLine === undefined ? line : firstLine + textLine - 1;
  return { source, ...(at === undefined ? {} : { line: at }) };
};
