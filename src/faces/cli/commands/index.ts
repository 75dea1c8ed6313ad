/**
 * Every command by path. Only this table is loaded at start; a command's own file is loaded when it is asked for,
 * so that `nicwright version` stays fast.
 */
import type { Command } from '../command.ts';

export interface CommandEntry {
  readonly path: string;
  readonly about: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS: readonly CommandEntry[] = [];
