/** Wires what a command may ask for to the adapters that give it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { readYaml } from '../adapters/dump/read-yaml.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';
import type { Command, CommandContext, OptionValues } from '../faces/cli/command.ts';
import { openBmc } from './open-bmc.ts';
import { openCluster, type Voices } from './open-cluster.ts';
import { serveTwin } from './serve-twin.ts';
import { readInput } from './read-input.ts';

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

export const commandContext = (options: OptionValues, command: Command, voices: Voices): CommandContext => {
  let snapshot: Promise<Result<Snapshot>> | undefined;
  return {
    snapshot: () => (snapshot ??= readInput(options, command.readsSnapshot ?? 'objects', voices)),
    readAgain: () => readInput(options, command.readsSnapshot ?? 'objects', voices),
    cluster: () => openCluster(options, voices),
    openBmc,
    serveTwin: (request) => serveTwin(request, voices.warn),
    exampleSnapshot: async (name) => {
      const { loadDump } = await import('../adapters/dump/load-dump.ts');
      return loadDump([path.relative('.', exampleFolder(name))]);
    },
    readText: (file) => Promise.resolve(readText(file)),
    readDocuments: async (file) => {
      const text = readText(file);
      if (!text.ok) return text;
      const { readPositioned } = await import('../adapters/dump/read-positioned.ts');
      return readPositioned(text.value, file === '-' ? 'stdin' : file);
    },
    readYaml,
    clock: systemClock,
    ...voices,
  };
};
