/** Wires what a command may ask for to the adapters that give it. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { readYaml } from '../adapters/dump/read-yaml.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';
import type { CommandContext, OptionValues } from '../faces/cli/command.ts';

interface Voices {
  readonly progress: (line: string) => void;
  readonly warn: (line: string) => void;
}

const readText = (path: string): Result<string> => {
  try {
    return ok(readFileSync(path === '-' ? 0 : path, 'utf8'));
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
    return fail('input-unreadable', `${path}: ${because}; give a file that can be read.`);
  }
};

const readSnapshot = async (options: OptionValues, voices: Voices): Promise<Result<Snapshot>> => {
  const from = options['from'];
  if (!Array.isArray(from) || from.length === 0)
    return fail('usage-no-input', 'There is nothing to read: give --from with files or folders.');
  const { loadDump } = await import('../adapters/dump/load-dump.ts');
  return loadDump(from as string[], { progress: voices.progress });
};

export const commandContext = (options: OptionValues, voices: Voices): CommandContext => {
  let snapshot: Promise<Result<Snapshot>> | undefined;
  return {
    snapshot: () => (snapshot ??= readSnapshot(options, voices)),
    readText: (path) => Promise.resolve(readText(path)),
    readDocuments: async (path) => {
      const text = readText(path);
      if (!text.ok) return text;
      const { readPositioned } = await import('../adapters/dump/read-positioned.ts');
      return readPositioned(text.value, path === '-' ? 'stdin' : path);
    },
    readYaml,
    clock: systemClock,
    ...voices,
  };
};
