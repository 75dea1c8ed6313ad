/**
 * What a person writes about an incident (an issue, a ticket, a mail) with outputs pasted between the sentences: its parts,
 * told by fences, by the headings and commands above them, and by how objects begin. Reading each part is left to
 * adapters/dump.
 */
import { isLogName, logNamed, type NamedLog } from './file-name.ts';

export interface WrittenPart {
  /** `objects` begins as JSON or YAML of Kubernetes does; whether it is any is told by reading it. */
  readonly kind: 'objects' | 'log' | 'text';
  readonly text: string;
  /** 1-based line of its first line. */
  readonly line: number;
  /** Of a log, as far as the words above it say. */
  readonly log?: NamedLog;
}

interface Line {
  readonly text: string;
  readonly at: number;
}

const FENCE = /^\s*(?:```|~~~)/;
const HEADING = /^\s*(?:#{1,6}\s|\*\*|- |\d+[.)]\s)|:\s*$/;
/** A command as it was typed: behind a prompt, or kubectl's own without one. */
const COMMAND =
  /^\s*(?:(?:\[[^\]\s]+@[^\]]+\][$#%]|[\w.-]+@[\w.-]+:\S*[$#%]|\$)\s+\S|`?(?:sudo\s+)?(?:kubectl|oc)\s+[a-z])/;
const FILE_NAME = /(?<name>[\w][\w./-]*\.(?:log|txt|ya?ml|json|out))\b/;

const isFence = ({ text }: Line): boolean => FENCE.test(text);

/** Options of `kubectl logs` that take a value of their own. */
const TAKES_VALUE =
  /^(?:-n|--namespace|-c|--container|--tail|--since|--since-time|--context|--kubeconfig|-l|--selector)$/;

const logOfCommand = (line: string): NamedLog | undefined => {
  const words = /\b(?:kubectl|oc|k)\s+(?<rest>[^|;`]*?\blogs\b[^|;`]*)/
    .exec(line)
    ?.groups?.['rest']?.trim()
    .split(/\s+/);
  if (words === undefined) return undefined;
  const options = new Map<string, string>();
  const plain: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [name = '', value] = (words[at] ?? '').split('=', 2);
    if (value !== undefined) options.set(name, value);
    else if (TAKES_VALUE.test(name)) options.set(name, words[(at += 1)] ?? '');
    else if (name.startsWith('-')) options.set(name, 'true');
    else plain.push(name);
  }
  const pod = plain.filter((word) => word !== 'logs')[0]?.replace(/^pods?\//, '');
  if (pod === undefined || pod.includes('/')) return undefined;
  const namespace = options.get('-n') ?? options.get('--namespace');
  const container = options.get('-c') ?? options.get('--container') ?? plain.filter((word) => word !== 'logs')[1];
  return {
    pod,
    ...(namespace !== undefined && { namespace }),
    ...(container !== undefined && { container }),
    ...((options.has('-p') || options.has('--previous')) && { previous: true }),
  };
};

/** klog, RFC 3339, zap and logfmt: how lines of programs begin. */
const LOG_LINE = /^(?:[IWEF]\d{4} \d\d:\d\d:\d\d|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d|\{"level":"|time="|level=)/;

const looksLikeLog = (lines: readonly Line[]): boolean => {
  const full = lines.filter(({ text }) => text.trim() !== '');
  return full.length > 0 && full.filter(({ text }) => LOG_LINE.test(text)).length * 2 > full.length;
};

const asText = (lines: readonly Line[]): string => lines.map(({ text }) => text).join('\n');

const blank = ({ text }: Line): boolean => text.trim() === '';

/** The words above, where they name what stands below: a heading, a command, a file. */
const titleOf = (above: readonly Line[]): Line | undefined => {
  const last = above.findLast((line) => !blank(line) && !isFence(line));
  if (last === undefined) return undefined;
  return HEADING.test(last.text) || COMMAND.test(last.text) || FILE_NAME.test(last.text) ? last : undefined;
};

const plainPart = (lines: readonly Line[], title: Line | undefined): readonly WrittenPart[] => {
  const [first] = lines;
  if (first === undefined || lines.every(blank)) return [];
  const about = title?.text ?? '';
  const file = FILE_NAME.exec(about)?.groups?.['name'];
  const named = logOfCommand(about) ?? (file !== undefined && isLogName(file) ? logNamed(file) : undefined);
  if (named !== undefined || (file !== undefined && isLogName(file)) || looksLikeLog(lines))
    return [{ kind: 'log', text: asText(lines), line: first.at, ...(named !== undefined && { log: named }) }];
  // The heading goes with it: it may name the host.
  return title === undefined || title === first
    ? [{ kind: 'text', text: asText(lines), line: first.at }]
    : [{ kind: 'text', text: `${title.text}${'\n'.repeat(first.at - title.at)}${asText(lines)}`, line: title.at }];
};

const BEGINS_YAML = /^(?<indent>\s*)(?:- )?(?:apiVersion|kind):\s+\S+\s*$/;
const BEGINS_JSON = /^(?<indent>\s*)\{\s*$/;

/** How far an object reaches that begins at `from`. */
const endOfObjects = (lines: readonly Line[], from: number, indent: string, isJson: boolean): number => {
  let end = from + 1;
  for (let at = from + 1; at < lines.length; at += 1) {
    const { text } = lines[at] ?? { text: '' };
    if (isJson) {
      end = at + 1;
      if (text.trimEnd() === `${indent}}`) return end;
      continue;
    }
    if (text.trim() === '') continue;
    const own = text.startsWith(indent) ? text.slice(indent.length) : undefined;
    if (own === undefined || !/^(?:\s|- |-$|---|#|["']?[\w./-]+["']?:(?:\s|$))/.test(own) || COMMAND.test(text)) break;
    end = at + 1;
  }
  return end;
};

/** One run of lines: objects where they begin, and what stands between them. */
const partsOfRun = (lines: readonly Line[], title: Line | undefined): readonly WrittenPart[] => {
  const parts: WrittenPart[] = [];
  let held: Line[] = [];
  let about = title;
  const close = (): void => {
    parts.push(...plainPart(held, about));
    held = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) break;
    const yaml = BEGINS_YAML.exec(line.text);
    const json = yaml === null ? BEGINS_JSON.exec(line.text) : null;
    const begins = yaml ?? json;
    if (begins !== null) {
      const indent = begins.groups?.['indent'] ?? '';
      const end = endOfObjects(lines, at, indent, json !== null);
      const own = lines.slice(at, end);
      if (own.length > 2) {
        close();
        const text = own.map((one) => one.text.slice(indent.length)).join('\n');
        parts.push({ kind: 'objects', text, line: line.at });
        at = end - 1;
        continue;
      }
    }
    if (COMMAND.test(line.text)) {
      close();
      about = line;
    }
    held.push(line);
  }
  close();
  return parts;
};

/** The parts in their order; a text without any of the signs comes back as one part. */
export const writtenParts = (text: string): readonly WrittenPart[] => {
  const lines = text.split('\n').map((one, index): Line => ({ text: one.trimEnd(), at: index + 1 }));
  const parts: WrittenPart[] = [];
  let from = 0;
  let isOpen = false;
  let title: Line | undefined;
  const flush = (to: number): void => {
    parts.push(...partsOfRun(lines.slice(from, to), title));
  };
  lines.forEach((line, index) => {
    if (!isFence(line)) return;
    flush(index);
    title = isOpen ? undefined : titleOf(lines.slice(from, index));
    isOpen = !isOpen;
    from = index + 1;
  });
  flush(lines.length);
  return parts;
};

/** A fence stands in what people write, and in no tool's output. */
export const hasFences = (text: string): boolean => /^\s{0,3}(?:```|~~~)/m.test(text);
