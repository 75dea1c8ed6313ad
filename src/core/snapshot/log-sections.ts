/**
 * The logs of several containers in one text, as `kubectl cluster-info dump` writes them: each between a START and an END
 * marker. A START may follow the last line of the log before it without a newline, so markers are sought anywhere in a line.
 */

export interface LogSection {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
  /** 1-based line of the section's first line. */
  readonly line: number;
  /** The collector's own words where it got no log. */
  readonly refused?: string;
}

const START = /==== START logs for container (?<container>\S+) of pod (?<namespace>[^\s/]+)\/(?<pod>\S+) ====\n?/g;
const END = /==== END logs for container \S+ of pod \S+ ====/;
const REFUSED = /^\s*(?:Create log request error|Request log error): ?(?<why>.*)$/m;

export const hasLogSections = (text: string): boolean => text.includes('==== START logs for container ');

const linesIn = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};

export const logSections = (text: string): readonly LogSection[] => {
  const sections: LogSection[] = [];
  let line = 1;
  let counted = 0;
  const starts = [...text.matchAll(START)];
  starts.forEach((start, index) => {
    const from = start.index + start[0].length;
    const rest = text.slice(from, starts[index + 1]?.index);
    const end = END.exec(rest);
    const own = end === null ? rest : rest.slice(0, end.index);
    line += linesIn(text.slice(counted, from));
    counted = from;
    const refused = own.length < 2000 ? REFUSED.exec(own)?.groups?.['why'] : undefined;
    const { container = '', namespace = '', pod = '' } = start.groups ?? {};
    sections.push({ namespace, pod, container, text: own, line, ...(refused !== undefined && { refused }) });
  });
  return sections;
};
