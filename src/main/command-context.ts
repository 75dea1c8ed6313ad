/** Wires what a command may ask for to the adapters that give it. */
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readYaml } from '../adapters/dump/read-yaml.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';
import type { Command, CommandContext, OptionValues } from '../faces/cli/command.ts';
import { SYSTEM_NAMESPACE } from '../core/model/system-namespace.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { commandClock } from './command-clock.ts';
import { carrierVoice } from './carrier-voice.ts';
import { untilStopped } from './interruption.ts';
import { openBmc } from './open-bmc.ts';
import { openCluster, type Voices } from './open-cluster.ts';
import { serveTwin } from './serve-twin.ts';
import { readInput } from './read-input.ts';
import { whereWeRun } from './where-we-run.ts';

const readText = (file: string): Result<string> => {
  try {
    return ok(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const because =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'we have no right to read it'
          : code === 'EISDIR'
            ? 'it is a folder'
            : 'it cannot be read';
    return fail('input-unreadable', `${file}: ${because}; give a file that can be read.`);
  }
};

/** In the clone the sources lie two folders below the root, the bundle one. */
const exampleFolder = (name: string): string => {
  const places = ['../../examples/', '../examples/'].map((base) =>
    fileURLToPath(new URL(`${base}${name}`, import.meta.url)),
  );
  return places.find((place) => existsSync(place)) ?? `examples/${name}`;
};

/** `$NICWRIGHT_CONFIG`, else `nicwright/config.yaml` in the folder for configurations of the user's home. */
const configFile = (): string | undefined => {
  const { NICWRIGHT_CONFIG: named, XDG_CONFIG_HOME: folder } = process.env;
  if (named !== undefined && named !== '') return named;
  const usual = path.join(
    folder === undefined || folder === '' ? path.join(os.homedir(), '.config') : folder,
    'nicwright/config.yaml',
  );
  return existsSync(usual) ? usual : undefined;
};

export const commandContext = (options: OptionValues, command: Command, voices: Voices): CommandContext => {
  let snapshot: Promise<Result<Snapshot>> | undefined;
  const clock = commandClock();
  return {
    snapshot: () => (snapshot ??= readInput(options, command.readsSnapshot ?? 'objects', { ...voices, clock })),
    readAgain: () => readInput(options, command.readsSnapshot ?? 'objects', { ...voices, clock }),
    cluster: () => openCluster(options, voices, clock),
    openBmc,
    nodeAccess: async (api, { ownPods, ssh }) => {
      if (ssh !== undefined) return (await import('../adapters/host-tools/ssh-access.ts')).sshAccess(api, ssh);
      const { nodeAccess } = await import('../adapters/host-tools/node-access.ts');
      return nodeAccess(api, clock, { ownPods, namespace: SYSTEM_NAMESPACE });
    },
    carrierVoice,
    untilStopped,
    identity: `${hostname()}-${process.pid}`,
    random: { next: Math.random },
    weRunOn: whereWeRun(process.env),
    confirm: askOnTerminal,
    serveTwin: (request) => serveTwin(request, voices.warn),
    exampleSnapshot: async (name) => {
      const { loadDump } = await import('../adapters/dump/load-dump.ts');
      return loadDump([path.relative('.', exampleFolder(name))]);
    },
    readPaths: async (paths) => {
      const { loadDump } = await import('../adapters/dump/load-dump.ts');
      return loadDump(paths, { progress: voices.progress });
    },
    collect: async (request) => (await import('./collect-dump.ts')).collectDump(options, request, voices, clock),
    readText: (file) => Promise.resolve(readText(file)),
    readDocuments: async (file) => {
      const text = readText(file);
      if (!text.ok) return text;
      const { readPositioned } = await import('../adapters/dump/read-positioned.ts');
      return readPositioned(text.value, file === '-' ? 'stdin' : file);
    },
    importModule: async (specifier, folder) => (await import('./import-module.ts')).importModule(specifier, folder),
    configFile,
    readYaml,
    clock,
    ...voices,
  };
};
