/** The one table of exit codes, shared by all commands and printed by `nicwright help exit-codes`. */
import type { Fault } from '../../core/result.ts';

export const EXIT = {
  clean: 0,
  findings: 1,
  usage: 2,
  unreadable: 3,
  unresolved: 4,
  refused: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A fault's code says which exit it is by its first word: `usage-...`, `input-...`, `refused-...`. */
export const exitOf = (fault: Fault): ExitCode => {
  if (fault.code.startsWith('usage')) return EXIT.usage;
  if (fault.code.startsWith('refused') || fault.code.startsWith('held')) return EXIT.refused;
  return EXIT.unreadable;
};
