/**
 * What was asked of a BMC about the next boot, in the words of sushy's log, of curl and of ipmitool, and whether the BMC said
 * yes. What the BMC shows afterwards is compared by the rule.
 */
import type { Facts } from '../../facts.ts';
import type { TellingLine } from '../../telling-lines.ts';

export interface BootAsk {
  readonly target?: string;
  readonly enabled?: string;
  readonly mode?: string;
  readonly by: 'redfish' | 'ipmi';
  readonly line: TellingLine;
  /** The first line behind the request itself. */
  readonly next: number;
  /** Undefined: the answer is not in the text. */
  readonly accepted?: boolean;
  /** Where the answer stands. */
  readonly answer?: { readonly line: string; readonly number: number };
}

export const ASK_LINE = /HTTP request: PATCH \S+.*BootSourceOverride|curl\b.*PATCH\b|chassis bootdev (?<device>\w+)/;

const MOST_LINES = 20;

const quotesOpen = (text: string): boolean => (text.match(/'/g)?.length ?? 0) % 2 === 1;

/** A command that goes on over several lines, and the lines behind it. */
const commandAt = ({
  text,
  origin,
}: TellingLine): { readonly command: string; readonly behind: readonly string[]; readonly next: number } => {
  const first = origin.line - (text.origin.line ?? 1);
  const lines = text.text.split('\n').slice(first, first + 200);
  let command = lines[0] ?? '';
  let used = 1;
  while (used < Math.min(MOST_LINES, lines.length) && (command.trimEnd().endsWith('\\') || quotesOpen(command))) {
    command += `\n${lines[used] ?? ''}`;
    used += 1;
  }
  return { command, behind: lines.slice(used), next: origin.line + used };
};

const word = (command: string, key: string): string | undefined =>
  new RegExp(`["']${key}["']\\s*:\\s*["'](\\w+)["']`).exec(command)?.[1];

/** The first answer behind a request, before the next one. */
const answerBehind = (
  behind: readonly string[],
): { readonly code: number; readonly line: string; readonly at: number } | undefined => {
  for (const [at, line] of behind.entries()) {
    if (/HTTP request:|\bcurl\b|chassis bootdev/.test(line)) return undefined;
    const code =
      /(?:HTTP response for PATCH .*status code: ?|HTTP\/[\d.]+ |returned code )(\d{3})/.exec(line)?.[1] ??
      /\b(20[0-4])(?: No Content| OK| Accepted)/.exec(line)?.[1] ??
      /^\s*(20[0-4]|4\d\d)\s*$/.exec(line)?.[1];
    if (code !== undefined) return { code: Number(code), line, at };
    if (/Redfish set boot device failed|PropertyValueNotInList|"error"\s*:/.test(line)) return { code: 400, line, at };
    if (/^Set Boot Device to \w+/.test(line)) return { code: 200, line, at };
  }
  return undefined;
};

const BOOTDEV: Readonly<Record<string, string>> = { bios: 'BiosSetup', pxe: 'Pxe', disk: 'Hdd', cdrom: 'Cd' };

export const bootAsks = (facts: Facts, name: string): readonly BootAsk[] =>
  facts.lines(name).flatMap((line): readonly BootAsk[] => {
    const { command, behind, next } = commandAt(line);
    const answer = answerBehind(behind);
    const answered =
      answer === undefined
        ? {}
        : { accepted: answer.code < 400, answer: { line: answer.line, number: next + answer.at } };
    const device = line.groups['device'];
    if (device !== undefined)
      return [
        {
          by: 'ipmi',
          line,
          next,
          ...(BOOTDEV[device] === undefined ? {} : { target: BOOTDEV[device] }),
          enabled: /persistent/.test(command) ? 'Continuous' : 'Once',
          ...answered,
        },
      ];
    if (!/BootSourceOverride/.test(command)) return [];
    const [target, enabled, mode] = [
      word(command, 'BootSourceOverrideTarget'),
      word(command, 'BootSourceOverrideEnabled'),
      word(command, 'BootSourceOverrideMode'),
    ];
    return [
      {
        by: 'redfish',
        line,
        next,
        ...(target === undefined ? {} : { target }),
        ...(enabled === undefined ? {} : { enabled }),
        ...(mode === undefined ? {} : { mode }),
        ...answered,
      },
    ];
  });
