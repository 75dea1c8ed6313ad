/**
 * Cuts one text into the outputs of single commands: by prompts (`# mstconfig ...`, `root@dgx030:~# ...`, `ssh dgx030 "..."`),
 * by headings (`=== 0000:18:00.0 ===`, `==> file <==`, `dgx030 | CHANGED | rc=0 >>`), and by node prefixes of parallel shells.
 * A heading names a node only when the node is known, or when nothing else is known and the word can be nothing else.
 */
import { pciAddress } from '../../model/pci-address.ts';
import type { ReadingContext } from './host-reading.ts';
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
  readonly nodes?: ReadonlySet<string>;
  /** Where the text begins in its file, when it is a part of one. */
  readonly firstLine?: number;
}

const NIC_TOOL =
  /^(?:mst|mlx)(?:config|fwreset|privhost|vpd|reg|link|mcra|regdump|flint|up|fwmanager)$|^(?:flint|ibdev2netdev|ibstatus|ibstat|lspci|ethtool|rdma|devlink|mst)$/;
const OTHER_TOOL =
  /^(?:cat|echo|for|ssh|kubectl|oc|mokutil|dmesg|uname|lsmod|hostname|sudo|grep|ip|ls|head|tail|dmidecode|nsenter|chroot|while|pdsh|clush|bridge|sysctl|show_gids|ofed_info)$/;

const programOf = (command: string): string => {
  const words = command.trim().split(/\s+/);
  const first = words[0] === 'sudo' ? words.find((word, index) => index > 0 && !word.startsWith('-')) : words[0];
  return (first ?? '').replace(/^.*\//, '');
};

const isTool = (command: string): boolean => {
  const program = programOf(command);
  return NIC_TOOL.test(program) || OTHER_TOOL.test(program);
};

interface Prompt {
  readonly command: string;
  readonly host?: string;
}

const HOST_PROMPT = /^\s*(?:\[[\w.-]+@([\w.-]+)[^\]]*\]|[\w.-]+@([\w.-]+):[^$#]{0,200})\s*[$#]\s*(\S.*)?$/;
const BARE_PROMPT = /^\s*([$#>])\s+(\S.*)$/;
const POD_PROMPT = /^\s*sh-[\d.]+[$#]\s+(\S.*)$/;
const INVOKED = /^\s*(?:Invoked Command:|Running command:|\+\+?)\s+(\S.*)$/;

const promptIn = (text: string): Prompt | undefined => {
  if (text.length > LONGEST_PROMPT) return undefined;
  const atHost = HOST_PROMPT.exec(text);
  if (atHost !== null) {
    const host = atHost[1] ?? atHost[2];
    return { command: atHost[3] ?? '', ...(host !== undefined && { host }) };
  }
  const bare = BARE_PROMPT.exec(text);
  if (bare?.[2] !== undefined && (bare[1] === '$' ? /^[\w./-]+/.test(bare[2]) : isTool(bare[2])))
    return { command: bare[2] };
  const other = POD_PROMPT.exec(text) ?? INVOKED.exec(text);
  if (other?.[1] !== undefined && isTool(other[1])) return { command: other[1] };
  // A collector writes the command itself as the first line: `mstconfig -d 0000:18:00.0 -e  q`.
  const typed = text.trim();
  if (/^(?:sudo\s+)?[\w/]+\s+-{1,2}\w/.test(typed) && NIC_TOOL.test(programOf(typed))) return { command: typed };
  return /^(?:ssh|mokutil|dmesg|dmidecode)\s+\S/.test(typed) ? { command: typed } : undefined;
};

/** Lines of one command that goes on: a trailing backslash, or a loop up to its `done`. */
const commandEnd = (lines: readonly TextLine[], at: number): number => {
  const first = lines[at]?.text ?? '';
  const isLoop =
    /(?:^|\W)(?:for|while)\s.*\bdo\b|(?:^|[$#>"']\s*)for\s\w+\sin\b/.test(first) && !/\bdone\b/.test(first);
  let end = at + 1;
  while (end < lines.length && end - at < 30) {
    const before = lines[end - 1]?.text ?? '';
    const loopOpen = isLoop && !lines.slice(at, end).some(({ text }) => /\bdone\b/.test(text));
    if (!before.endsWith('\\') && !loopOpen) break;
    end += 1;
  }
  return end;
};

/** Options of ssh, kubectl and oc that take a value, so that the word after them is not the host or the pod. */
const TAKES_VALUE = /^-(?:[oilpFJLRDEbcmQSWwn]|-(?:namespace|container|context|kubeconfig|request-timeout))$/;

interface Remote {
  readonly target: string;
  readonly command: string;
}

/** What runs where, after the word `ssh`, `exec` or `rsh`: the first word that is no option, and the rest. */
const remoteAfter = (command: string, verb: RegExp): Remote | undefined => {
  const words = command.trim().split(/\s+/);
  const verbAt = words.findIndex((word) => verb.test(word));
  if (verbAt < 0) return undefined;
  for (let at = verbAt + 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (TAKES_VALUE.test(word)) at += 1;
    else if (!word.startsWith('-')) {
      const rest = words.slice(words[at + 1] === '--' ? at + 2 : at + 1).join(' ');
      return { target: word, command: rest.replace(/^["']/, '') };
    }
  }
  return undefined;
};

const sshIn = (command: string): Remote | undefined => {
  const remote = remoteAfter(command, /^(?:\S*\/)?ssh$/);
  const host = remote?.target.split('@').at(-1);
  return remote === undefined || host === undefined || !/^[A-Za-z0-9][\w.-]*$/.test(host)
    ? undefined
    : { target: host, command: remote.command };
};

const podIn = (command: string): Remote | undefined => {
  if (!/\b(?:kubectl|oc)\b/.test(command)) return undefined;
  const remote = remoteAfter(command, /^(?:exec|rsh)$/);
  return remote === undefined ? undefined : { ...remote, target: remote.target.replace(/^pods?\//, '') };
};

const DEVICE_OPTION = /\s(?:-d|--dev|--device)[\s=]+(\S+)/;
const ETHTOOL_DEVICE = /\bethtool\s+-i\s+(\S+)/;

/** The title between two rules of one character: `=== dgx030 ===`, `==> file <==`, `--- dgx030 ---`. */
const ruledTitle = (text: string): string | undefined => {
  const trimmed = text.trim();
  const rule = trimmed[0];
  if ((rule !== '=' && rule !== '-') || !trimmed.endsWith(rule + rule) || !trimmed.startsWith(rule + rule))
    return undefined;
  let from = 0;
  let to = trimmed.length;
  while (from < to && trimmed[from] === rule) from += 1;
  while (to > from && trimmed[to - 1] === rule) to -= 1;
  const title = trimmed.slice(from, to).replace(/^>/, '').replace(/<$/, '').trim();
  return title === '' ? undefined : title;
};

const MARKDOWN_TITLE = /^\s*#{1,6}\s+(\S+)\s*$/;
const ANSIBLE = /^\s*([\w.-]+) \| (?:CHANGED|SUCCESS|FAILED|UNREACHABLE!?)\b/;

const INTERFACE_LIKE = /^(?:en|ib|eth|net|bond|br|vlan|mlx\d_|p\d+p|lo$)/i;

/** The known node that a word names: itself, or the same host written short or in full. */
export const knownNode = (word: string, nodes: ReadonlySet<string>): string | undefined => {
  if (nodes.has(word)) return word;
  const short = word.split('.')[0];
  const matches = [...nodes].filter((node) => node.split('.')[0] === short);
  return matches.length === 1 ? matches[0] : undefined;
};

const looksLikeHost = (word: string): boolean =>
  /^[A-Za-z][\w-]*\d[\w-]*(?:\.[\w-]+)*$/.test(word) && !INTERFACE_LIKE.test(word) && !NIC_TOOL.test(word);

const nodeFrom = (word: string, nodes: ReadonlySet<string>): string | undefined =>
  knownNode(word, nodes) ?? (nodes.size === 0 && looksLikeHost(word) ? word : undefined);

const LONGEST_HEADING = 200;
const LONGEST_PROMPT = 2000;

interface Heading {
  readonly node?: string;
  readonly device?: string;
  readonly command?: string;
}

const wordsOfHeading = (title: string, nodes: ReadonlySet<string>): Heading => {
  const heading: { node?: string; device?: string; command?: string } = {};
  const words = title.split(/[\s,]+/);
  for (const [index, raw] of words.entries()) {
    const word = raw.replace(/:$/, '').replace(/^["']|["']$/g, '');
    if (isTool(word) && index < words.length - 1) {
      heading.command = words.slice(index).join(' ');
      break;
    }
    if (pciAddress(word) !== undefined || /^\/dev\/mst\/\S+$|^mlx\d_\d+$/.test(word)) heading.device ??= word;
    else {
      const node =
        nodeFrom(word, nodes) ??
        word
          .split('/')
          .map((part) => knownNode(part, nodes))
          .find((one) => one !== undefined);
      if (node !== undefined) heading.node ??= node;
    }
  }
  return heading;
};

const headingIn = (text: string, nodes: ReadonlySet<string>): Heading | undefined => {
  if (text.length > LONGEST_HEADING) return undefined;
  const ruled = ruledTitle(text);
  const title = ruled ?? MARKDOWN_TITLE.exec(text)?.[1] ?? ANSIBLE.exec(text)?.[1];
  if (title !== undefined) {
    const heading = wordsOfHeading(title, nodes);
    // `=== Firmware ===` names nothing and still ends what stood above; other titles count only when they name something.
    if (text.trim().startsWith('=') || Object.keys(heading).length > 0) return heading;
  }
  const alone = /^\s*([\w.-]+):?\s*$/.exec(text)?.[1];
  const node = alone === undefined ? undefined : knownNode(alone, nodes);
  return node === undefined ? undefined : { node };
};

/** `dgx030: text` on every line, as parallel shells print: the lines of each node together, in order. */
const ungather = (
  lines: readonly TextLine[],
  nodes: ReadonlySet<string>,
): readonly (readonly [string, TextLine[]])[] | undefined => {
  if (nodes.size === 0) return undefined;
  const byNode = new Map<string, TextLine[]>();
  let filled = 0;
  for (const line of lines) {
    if (line.text.trim() === '') continue;
    const prefix = /^([\w.-]+):(?: |$)(.*)$/.exec(line.text);
    const node = prefix === null ? undefined : knownNode(prefix[1] ?? '', nodes);
    if (node === undefined) return undefined;
    filled += 1;
    byNode.set(node, [...(byNode.get(node) ?? []), { text: prefix?.[2] ?? '', number: line.number }]);
  }
  return filled < 2 ? undefined : [...byNode];
};

/** Transcripts that mark each stream (`O: `, `E: `) and end with the exit status lose these marks. */
const unmarked = (lines: readonly TextLine[]): readonly TextLine[] =>
  lines.some(({ text }) => /^rc=\d+$/.test(text))
    ? lines.map((line) => ({ ...line, text: line.text.replace(/^[OE]: ?/, '') }))
    : lines;

const withCommand = (
  prompt: Prompt,
  base: ReadingContext,
  nodes: ReadonlySet<string>,
  device?: string,
): ReadingContext => {
  const ssh = sshIn(prompt.command);
  const pod = podIn(prompt.command);
  const inner = ssh?.command ?? pod?.command ?? prompt.command;
  const atPrompt =
    prompt.host !== undefined && NIC_TOOL.test(programOf(inner)) ? nodeFrom(prompt.host, nodes) : undefined;
  // People note where they typed a command: `mokutil --sb-state   (worker-3)`.
  const noted = /\(([\w.-]+)\)\s*$/.exec(prompt.command)?.[1];
  const node =
    ssh === undefined
      ? (atPrompt ?? (noted === undefined ? undefined : knownNode(noted, nodes)))
      : (knownNode(ssh.target, nodes) ?? ssh.target);
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

const cut = (lines: readonly TextLine[], base: ReadingContext, nodes: ReadonlySet<string>): readonly Section[] => {
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
  const nodes = options.nodes ?? new Set<string>();
  const base: ReadingContext = { source: options.source, ...(options.node !== undefined && { node: options.node }) };
  const lines = unmarked(textLines(text, options.firstLine));
  const perNode = ungather(lines, nodes);
  if (perNode === undefined) return cut(lines, base, nodes);
  return perNode.flatMap(([node, own]) => cut(own, { ...base, node }, nodes));
};
