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
    path: 'diagnose',
    about: 'Names the root cause of what is wrong with smart NICs, with evidence and remedy',
    load: async () => (await import('./diagnose.ts')).default,
  },
  {
    path: 'release check',
    about: 'Foresees what an upgrade of the network operator chart does: template errors, ignored keys, images, CRDs',
    load: async () => (await import('./release-check.ts')).default,
  },
  {
    path: 'start',
    about: 'Shows the main job on an example: two DGX nodes whose SR-IOV resources are gone',
    load: async () => (await import('./start.ts')).default,
  },
  {
    path: 'version',
    about: 'Prints the version',
    load: async () => (await import('./version.ts')).default,
  },
];
