/**
 * Cuts one text into the outputs of single commands: by prompts (`# mstconfig ...`, `root@dgx030:~# ...`, `ssh dgx030 "..."`),
 * by headings (`=== 0000:18:00.0 ===`, `==> file <==`, `dgx030 | CHANGED | rc=0 >>`), and by node prefixes of parallel shells.
 * A heading names a node only when the node is known, or when nothing else is known and the word can be nothing else.
 */
import type { ReadingContext } from './host-reading.ts';
import { nodeNames, type NodeNames } from '../node-names.ts';
import { headingIn, nodeFrom } from './headings.ts';
import { commandEnd, NIC_TOOL, podIn, programOf, promptIn, sshIn, type Prompt } from './prompts.ts';
import { textLines, type TextLine } from './text-lines.ts';

export interface Section {
  readonly context: ReadingContext;
  readonly lines: readonly TextLine[];
}

export interface SectionOptions {
  readonly source: string;
  /** The node that the file's name or folder gives. */
  readonly node?: string;
  /** Names of nodes known from objects. */
  readonly nodes?: NodeNames;
  /** Where the text begins in its file, when it is a part of one. */
  readonly firstLine?: number;
}

const DEVICE_OPTION = /\s(?:-d|--dev|--device)[\s=]+(\S+)/;
const ETHTOOL_DEVICE = /\bethtool\s+-i\s+(\S+)/;

/** `dgx030: text` on every line, as parallel shells print: the lines of each node together, in order. */
const ungather = (
  lines: readonly TextLine[],
  nodes: NodeNames,
): readonly (readonly [string, TextLine[]])[] | undefined => {
  if (nodes.size === 0) return undefined;
  const byNode = new Map<string, TextLine[]>();
  let filled = 0;
  for (const line of lines) {
    if (line.text.trim() === '') continue;
    const prefix = /^([\w.-]+):(?: |$)(.*)$/.exec(line.text);
    const node = prefix === null ? undefined : nodes.find(prefix[1] ?? '');
    if (node === undefined) return undefined;
    filled += 1;
    const own = byNode.get(node) ?? [];
    own.push({ text: prefix?.[2] ?? '', number: line.number });
    byNode.set(node, own);
  }
  return filled < 2 ? undefined : [...byNode];
};

/** Transcripts that mark each stream (`O: `, `E: `) and end with the exit status lose these marks. */
const unmarked = (lines: readonly TextLine[]): readonly TextLine[] =>
  lines.some(({ text }) => /^rc=\d+$/.test(text))
    ? lines.map((line) => ({ ...line, text: line.text.replace(/^[OE]: ?/, '') }))
    : lines;

const withCommand = (prompt: Prompt, base: ReadingContext, nodes: NodeNames, device?: string): ReadingContext => {
  const ssh = sshIn(prompt.command);
  const pod = podIn(prompt.command);
  const inner = ssh?.command ?? pod?.command ?? prompt.command;
  const atPrompt =
    prompt.host !== undefined && NIC_TOOL.test(programOf(inner)) ? nodeFrom(prompt.host, nodes) : undefined;
  // People note where they typed a command: `mokutil --sb-state   (worker-3)`.
  const noted = /\(([\w.-]+)\)\s*$/.exec(prompt.command)?.[1];
  const node =
    ssh === undefined
      ? (atPrompt ?? (noted === undefined ? undefined : nodes.find(noted)))
      : (nodes.find(ssh.target) ?? ssh.target);
  const named = DEVICE_OPTION.exec(` ${inner}`)?.[1] ?? ETHTOOL_DEVICE.exec(inner)?.[1];
  const usable = named !== undefined && !named.startsWith('$') ? named.replace(/["']$/, '') : device;
  return {
    source: base.source,
    ...(node !== undefined ? { node } : base.node !== undefined && { node: base.node }),
    ...(pod !== undefined && { pod: pod.target }),
    command: prompt.command,
    ...(usable !== undefined && { device: usable }),
  };
};

const cut = (lines: readonly TextLine[], base: ReadingContext, nodes: NodeNames): readonly Section[] => {
  const sections: Section[] = [];
  let context = base;
  let device: string | undefined;
  let own: TextLine[] = [];
  const close = (): void => {
    if (own.some(({ text }) => text.trim() !== '') || context.command !== undefined)
      sections.push({ context, lines: own });
    own = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) break;
    const heading = headingIn(line.text, nodes);
    const prompt = heading === undefined ? promptIn(line.text) : undefined;
    if (heading === undefined && prompt === undefined) {
      own.push(line);
      continue;
    }
    close();
    if (heading !== undefined) {
      device = heading.device ?? (heading.node === undefined ? device : undefined);
      const node = heading.node ?? context.node;
      context = {
        source: base.source,
        ...(node !== undefined && { node }),
        ...(device !== undefined && { device }),
        ...(heading.node === undefined && context.command !== undefined && { command: context.command }),
      };
      if (heading.command !== undefined) context = withCommand({ command: heading.command }, context, nodes, device);
    } else if (prompt !== undefined) {
      const end = commandEnd(lines, at);
      const more = lines.slice(at + 1, end).map(({ text }) => text);
      const command = [prompt.command, ...more].join(' ').replaceAll('\\ ', ' ');
      const node = prompt.host === undefined ? context.node : base.node;
      context = withCommand(
        { ...prompt, command },
        { source: base.source, ...(node !== undefined && { node }) },
        nodes,
        device,
      );
      at = end - 1;
    }
  }
  close();
  return sections;
};

export const sectionsOf = (text: string, options: SectionOptions): readonly Section[] => {
  const nodes = options.nodes ?? nodeNames([]);
  const base: ReadingContext = { source: options.source, ...(options.node !== undefined && { node: options.node }) };
  const lines = unmarked(textLines(text, options.firstLine));
  const perNode = ungather(lines, nodes);
  if (perNode === undefined) return cut(lines, base, nodes);
  return perNode.flatMap(([node, own]) => cut(own, { ...base, node }, nodes));
};
