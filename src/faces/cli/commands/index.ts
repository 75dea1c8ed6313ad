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

export const COMMANDS: readonly CommandEntry[] = [
  {
    path: 'completion',
    about: 'Prints the completion script of a shell',
    load: async () => (await import('./completion.ts')).default,
  },
  {
    path: 'version',
    about: 'Prints the version',
    load: async () => (await import('./version.ts')).default,
  },
];
