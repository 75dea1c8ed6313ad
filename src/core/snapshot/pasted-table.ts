/**
 * What people paste of kubectl, oc and helm: the command lines in a text, what each printed, and the tables in it. Weak
 * evidence, since a person may have cut it; every line keeps its number. What a table means is left to who asks for it.
 */
import type { SnapshotText } from './snapshot.ts';

export interface PastedLine {
  readonly text: string;
  /** 1-based line in the source. */
  readonly number: number;
}

/** One command and what it printed; `command` is empty for what stands above the first prompt. */
export interface PastedOutput {
  readonly source: string;
  readonly command: string;
  readonly number: number;
  readonly lines: readonly PastedLine[];
}

export interface PastedRow extends PastedLine {
  /** Cells by the title of their column, in capitals as printed. */
  readonly cells: Readonly<Record<string, string>>;
}

const PROMPT = /^\s*(?:[\w.@~:/\\[\]-]*[$#>]|[$#])\s+((?:sudo\s+)?(?:kubectl|oc|helm)\s.*)$/;
const COMMANDS_BEHIND = /(?:&&|;)\s*(?:sudo\s+)?((?:kubectl|oc|helm)\s.*)$/;
const ANY_PROMPT = /^\s*[$#]\s+\S/;

/** A text this long is a log or a dump, and nobody pasted it. */
const LONGEST = 1_000_000;

/** The command lines of kubectl, oc and helm in a text, each with its output. A text without any is one output. */
export const pastedOutputs = ({ text, origin }: SnapshotText): readonly PastedOutput[] => {
  if (text.length > LONGEST) return [];
  const first = origin.line ?? 1;
  const outputs: { command: string; number: number; lines: PastedLine[] }[] = [
    { command: '', number: first, lines: [] },
  ];
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/\r$/, '');
    const number = first + index;
    const typed = PROMPT.exec(line)?.[1];
    if (typed !== undefined) outputs.push({ command: COMMANDS_BEHIND.exec(typed)?.[1] ?? typed, number, lines: [] });
    else if (ANY_PROMPT.test(line)) outputs.push({ command: line.trim().slice(1).trim(), number, lines: [] });
    else outputs.at(-1)?.lines.push({ text: line, number });
  });
  return outputs
    .filter(({ command, lines }) => command !== '' || lines.some(({ text: line }) => line.trim() !== ''))
    .map((output) => ({ source: origin.source, ...output }));
};

/** `kubectl get pods,svc -n x` asks for `pods` and `svc`; a type with its group, `pods.metrics.k8s.io`, keeps the first part. */
export const askedResources = (command: string): readonly string[] => {
  const words = command.split(/\s+/);
  const program = words.findIndex((word) => /^(?:kubectl|oc)$/.test(word));
  const get = words.indexOf('get', program + 1);
  if (program < 0 || get < 0) return [];
  for (let at = get + 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (/^(?:-n|-l|-o|-L|--namespace|--selector|--field-selector)$/.test(word)) at += 1;
    else if (!word.startsWith('-'))
      return word.split(',').flatMap((one) => one.toLowerCase().split('/')[0]?.split('.')[0] ?? []);
  }
  return [];
};

const isHeader = (line: string): boolean => /^(?:NAMESPACE|NAME|REVISION)\s+\S/.test(line) && !/[a-z]/.test(line);

const columnsOf = (header: string): readonly { readonly title: string; readonly from: number }[] =>
  [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ title: match[0], from: match.index }));

/** kubectl separates cells by three blanks, helm by tabs. Where a person re-aligned the text, the header's columns count. */
const cellsOf = (line: string, columns: ReturnType<typeof columnsOf>): Readonly<Record<string, string>> => {
  const split = line.trim().split(/\s*\t\s*|\s{2,}/);
  return Object.fromEntries(
    columns.map(({ title, from }, index) => [
      title,
      split.length === columns.length ? (split[index] ?? '') : line.slice(from, columns[index + 1]?.from).trim(),
    ]),
  );
};

/** The rows of every table in an output. A table ends at an empty line. */
export const pastedRows = ({ lines }: Pick<PastedOutput, 'lines'>): readonly PastedRow[] => {
  const rows: PastedRow[] = [];
  let columns: ReturnType<typeof columnsOf> = [];
  for (const { text, number } of lines) {
    if (text.trim() === '') columns = [];
    else if (isHeader(text)) columns = columnsOf(text);
    else if (columns.length > 0) rows.push({ text, number, cells: cellsOf(text, columns) });
  }
  return rows;
};

/** `No resources found in x namespace.`: the line, and the namespace where one was asked for. */
export const emptyAnswer = ({
  lines,
}: Pick<PastedOutput, 'lines'>): (PastedLine & { readonly namespace?: string }) | undefined => {
  for (const line of lines) {
    const match = /^\s*No resources found(?: in (?<namespace>\S+) namespace)?\.?\s*$/.exec(line.text);
    if (match === null) continue;
    const namespace = match.groups?.['namespace'];
    return { ...line, ...(namespace !== undefined && { namespace }) };
  }
  return undefined;
};
