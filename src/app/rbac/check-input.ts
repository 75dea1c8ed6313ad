/** What `rbac check` reads: manifests joined with the input below them, the scripts given, and the lines of files. */
import { dig, digList, digTexts } from '../../core/model/dig.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import type { GivenScript } from '../../core/rbac/workload/container-start.ts';
import { containersOf, podTemplates } from '../../core/rbac/workload/pod-template.ts';
import type { LinesOf } from '../../core/rbac/workload/text-place.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';

export type ReadText = (path: string) => Promise<Result<string>>;

/** `FILE`, `/path/in/image=FILE`, `CONTAINER=FILE`. */
export const readScripts = async (
  given: readonly string[],
  readText: ReadText,
): Promise<Result<readonly GivenScript[]>> => {
  const scripts: GivenScript[] = [];
  for (const word of given) {
    const [, place, file = word] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    const text = await readText(file);
    if (!text.ok) return text;
    if (text.value.includes('\u0000'))
      return fail('input-script', `${file} holds a NUL character, so it is a binary file and no shell script.`);
    scripts.push({ file, text: text.value, ...(place === undefined ? {} : { place }) });
  }
  return ok(scripts);
};

const isText = (value: unknown): boolean => typeof value === 'string' && value.includes('\n');

/** Files in which a script of several lines may stand: ConfigMaps, and commands of workloads. */
const sourcesWithScripts = (snapshot: Snapshot): ReadonlySet<string> => {
  const maps = snapshot.objects.filter(
    ({ object }) => object.kind === 'ConfigMap' && Object.values(digTexts(object, 'data')).some(isText),
  );
  const commands = podTemplates(snapshot.objects).filter((template) =>
    containersOf(template).some(({ container }) =>
      [...digList(container, 'command'), ...digList(container, 'args')].some(isText),
    ),
  );
  const origins = [...maps, ...commands.map(({ from }) => from)].map(({ origin }) => origin.source);
  return new Set(origins.filter((source) => !source.startsWith('live:')));
};

export const linesOfSources = async (snapshot: Snapshot, readText: ReadText): Promise<LinesOf> => {
  const lines = new Map<string, readonly string[]>();
  for (const source of sourcesWithScripts(snapshot)) {
    const text = await readText(source);
    if (text.ok) lines.set(source, text.value.split('\n'));
  }
  return (source) => lines.get(source);
};

/** Fingerprints of an earlier run's JSON. */
export const readBaseline = async (file: string, readText: ReadText): Promise<Result<ReadonlySet<string>>> => {
  const text = await readText(file);
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = JSON.parse(text.value);
  } catch {
    value = undefined;
  }
  const findings = dig(value, 'findings');
  if (!Array.isArray(findings))
    return fail(
      'input-baseline',
      `${file} is no earlier answer; make it with nicwright rbac check ... -o json > ${file}.`,
    );
  return ok(new Set(findings.map((finding) => String(dig(finding, 'fingerprint')))));
};
