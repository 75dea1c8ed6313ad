/**
 * Command lines in a text: prompts of shells and collectors, the program that runs, and where it runs (ssh, a pod). What the
 * command printed is left to the readers.
 */
import type { TextLine } from './text-lines.ts';

const LONGEST_PROMPT = 2000;

/** Tools that speak of NICs and print what the readers know. */
export const NIC_TOOL =
  /^(?:mst|mlx)(?:config|fwreset|privhost|vpd|reg|link|mcra|regdump|flint|up|fwmanager)$|^(?:flint|ibdev2netdev|ibstatus|ibstat|lspci|ethtool|rdma|devlink|mst)$/;
const OTHER_TOOL =
  /^(?:cat|echo|for|ssh|kubectl|oc|mokutil|dmesg|uname|lsmod|hostname|sudo|grep|ip|ls|head|tail|dmidecode|nsenter|chroot|while|pdsh|clush|bridge|sysctl|show_gids|ofed_info)$/;

/** The program of a command line, without its folder and without sudo. */
export const programOf = (command: string): string => {
  const words = command.trim().split(/\s+/);
  const first = words[0] === 'sudo' ? words.find((word, index) => index > 0 && !word.startsWith('-')) : words[0];
  return (first ?? '').replace(/^.*\//, '');
};

export const isTool = (command: string): boolean => {
  const program = programOf(command);
  return NIC_TOOL.test(program) || OTHER_TOOL.test(program);
};

export interface Prompt {
  readonly command: string;
  readonly host?: string;
}

const HOST_PROMPT = /^\s*(?:\[[\w.-]+@([\w.-]+)[^\]]*\]|[\w.-]+@([\w.-]+):[^$#]{0,200})\s*[$#]\s*(\S.*)?$/;
const BARE_PROMPT = /^\s*([$#>])\s+(\S.*)$/;
const POD_PROMPT = /^\s*sh-[\d.]+[$#]\s+(\S.*)$/;
const INVOKED = /^\s*(?:Invoked Command:|Running command:|\+\+?)\s+(\S.*)$/;

/** The command of a line that is a prompt with a command, or a command that a collector wrote down. */
export const promptIn = (text: string): Prompt | undefined => {
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
export const commandEnd = (lines: readonly TextLine[], at: number): number => {
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

export interface Remote {
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

export const sshIn = (command: string): Remote | undefined => {
  const remote = remoteAfter(command, /^(?:\S*\/)?ssh$/);
  const host = remote?.target.split('@').at(-1);
  return remote === undefined || host === undefined || !/^[A-Za-z0-9][\w.-]*$/.test(host)
    ? undefined
    : { target: host, command: remote.command };
};

export const podIn = (command: string): Remote | undefined => {
  if (!/\b(?:kubectl|oc)\b/.test(command)) return undefined;
  const remote = remoteAfter(command, /^(?:exec|rsh)$/);
  return remote === undefined ? undefined : { ...remote, target: remote.target.replace(/^pods?\//, '') };
};
