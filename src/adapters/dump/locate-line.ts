/** The line of a value in a dump's text, found only when a report asks for it, so that loading need not keep positions. */
import type { Path } from '../../core/model/dig.ts';
import { jsonLines } from './locate-json-line.ts';
import { yamlLines } from './locate-yaml-line.ts';

/** 1-based line of the value at `path` of document `document` of a text, else of its nearest parent. */
export type LineFinder = (document: number, path: Path) => number;

/** Reads the text once for any number of questions. */
export const lineFinder = (format: 'json' | 'yaml', text: string): LineFinder => {
  if (format === 'yaml') return yamlLines(text);
  const find = jsonLines(text);
  return (_document, path) => find(path);
};
