/** What the tests of the rbac commands share: the example of examples/ci, snapshots from YAML, a run of a command. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readPositioned } from '../src/adapters/dump/read-positioned.ts';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { documentObjects } from '../src/core/snapshot/document-objects.ts';
import { emptySnapshot } from '../src/core/snapshot/snapshot.ts';
import type { Snapshot } from '../src/core/snapshot/snapshot.ts';
import { fakeCommandContext } from '../src/testing/fake-command-context.ts';
import type { FakeInput } from '../src/testing/fake-command-context.ts';
import type { Command, OptionValues } from '../src/faces/cli/command.ts';
import { plainPaint } from '../src/faces/cli/paint.ts';

const EXAMPLE = path.join(import.meta.dirname, '../examples/ci');
const SCRIPT_FILE = 'image/opt/dpf/register-host.sh';
const read = (file: string): string => readFileSync(path.join(EXAMPLE, file), 'utf8');
export const RBAC = read('rendered/rbac.yaml');
export const POD = read('rendered/host-pod.yaml');
export const SCRIPT = read(SCRIPT_FILE);
/** The pod of a host whose certificate does not come as a volume: the script has to fetch it. */
export const REACHED = POD.split('\n')
  .filter((line) => !/--external-certificate|- TODO/.test(line))
  .join('\n');
export const ACCOUNT = 'sa:dpf-operator-system/host-registration';
export const snapshotOf = (files: Readonly<Record<string, string>>): Snapshot => {
  const documents = Object.entries(files).flatMap(([name, text]) => {
    const parsed = readPositioned(text, name);
    if (!parsed.ok) throw new Error(parsed.fault.message);
    return parsed.value;
  });
  return { ...emptySnapshot, objects: documentObjects(documents).objects, sources: Object.keys(files) };
};

export const run = async (command: Command, args: readonly string[], options: OptionValues, input: FakeInput = {}) => {
  const result = await command.run(fakeCommandContext({ readYaml, ...input }), args, options);
  return result.ok
    ? {
        exit: result.value.exit as number,
        text: result.value.text(plainPaint),
        data: JSON.parse(JSON.stringify(result.value.data)) as Record<string, unknown>,
        format: (name: string): string => result.value.formats?.[name]?.() ?? '',
      }
    : { exit: -1, text: result.fault.message, data: {}, format: () => '' };
};
