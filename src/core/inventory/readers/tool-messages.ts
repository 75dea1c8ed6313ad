/**
 * Messages of the MFT and mstflint tools: errors (`-E-`, always on stdout) by what they mean, and the hint that ends a
 * successful `set`. Meanings: reference sriov.md 3.1; mstflint mlxconfig/mlxcfg_generic_commander.cpp:146-164 and :1051-1082.
 */
import type { RestartHint, ToolProblem } from '../../model/adapter.ts';
import { taken, type Reader } from './host-reading.ts';

const PROBLEMS: readonly (readonly [RegExp, ToolProblem])[] = [
  [/failed to open (?:the )?device|cannot open device/i, 'open-failed'],
  [/failed to identify (?:the )?device|unknown device/i, 'identify-failed'],
  [/check if NV access registers are supported/i, 'nv-access-check-failed'],
  [/cannot access NV register/i, 'nv-access-denied'],
  [/NVQC access register is not supported/i, 'nvqc-not-supported'],
  [/livefish/i, 'livefish'],
  [/doesn't support .* parameter|unknown parameter/i, 'unknown-parameter'],
  [/failed to query some of the TLVs/i, 'query-partial'],
  [/failed to get devices/i, 'no-devices'],
];

/** The meaning of an error text of these tools, whether or not `-E-` stands before it. */
export const toolProblem = (text: string): ToolProblem | undefined =>
  PROBLEMS.find(([pattern]) => pattern.test(text))?.[1];

/** What a `set` said about activation, if this line says so. */
export const restartHint = (text: string): RestartHint | undefined => {
  if (/please power cycle (?:the )?machine/i.test(text)) return 'power-cycle';
  if (/please reboot (?:the )?machine/i.test(text)) return 'reboot';
  return /skipped reset preparation/i.test(text) ? 'skipped' : undefined;
};

export const readToolMessage: Reader = ({ lines, at }) => {
  const text = lines[at]?.text.trim() ?? '';
  const message = /^-([EIW])-\s*(.*)$/.exec(text);
  const hint = restartHint(text);
  if (message === null && hint === undefined) return undefined;
  const body = message?.[2] ?? text;
  const isError = message?.[1] === 'E';
  const rc = /rc=\(?(\d{1,9})\)?/.exec(body)?.[1];
  return taken(at + 1, {
    kind: 'tool-message',
    text: body,
    ...(isError && { problem: toolProblem(body) ?? 'other' }),
    ...(rc !== undefined && { rc: Number(rc) }),
    ...(hint !== undefined && { hint }),
  });
};
