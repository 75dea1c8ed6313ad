/**
 * Hides what gives access in a whole snapshot, right after it was read and before anything can print, keep or send it: data
 * of Secrets, values under telling names, and what redact-text.ts finds in texts. Helm's own records keep their content in
 * memory, since core/release reads them; nothing prints or keeps them (adapters/dump/save-snapshot.ts).
 */
import { isMap } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { HIDDEN, redactText } from './redact-text.ts';
import type { Gap, Snapshot, SnapshotObject, SnapshotText } from './snapshot.ts';

/** A setting whose value is what it is called. `secretName` and `tokenExpirationSeconds` name or time it, and stay. */
const TELLING =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|(?:api|access|private|secret|auth|ssh|session)[._-]?key|client-key-data|\.?dockerconfigjson|dockercfg|configdrive|user_?data|auth|cookie)$/i;

/** A function of strings that remembers its answers: the strings of a dump are few, and come again in every object. */
const remembered = <T>(answer: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST_REMEMBERED) return answer(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const now = answer(text);
    known.set(text, now);
    return now;
  };
};

const LONGEST_REMEMBERED = 100;
const MOST_REMEMBERED = 20_000;

const isTelling = remembered((name) => TELLING.test(name));
const redactShort = remembered(redactText);

/** Under these a name is a reference, not a value. */
const REFERENCE = /(?:ref|refs|name|names|class|type|mode|policy|provider)$/i;

const redactMap = (map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  let changed: Record<string, unknown> | undefined;
  // { name: DB_PASSWORD, value: ... }: an environment variable.
  const { name, value } = map;
  if (typeof name === 'string' && typeof value === 'string' && value !== '' && isTelling(name))
    changed = { ...map, value: HIDDEN };
  for (const [key, inside] of Object.entries(changed ?? map)) {
    const hides = typeof inside === 'string' && inside !== '' && isTelling(key) && !REFERENCE.test(key);
    const now = hides ? HIDDEN : redactValue(inside);
    if (now === inside) continue;
    changed ??= { ...map };
    changed[key] = now;
  }
  return changed ?? map;
};

/** [--password, ...]: the word after an option is its value. */
const isOption = (word: unknown): boolean =>
  typeof word === 'string' && /^--?[\w-]+$/.test(word) && isTelling(word) && !REFERENCE.test(word);

const redactList = (list: readonly unknown[]): readonly unknown[] => {
  const now = list.map((item, index) =>
    typeof item === 'string' && index > 0 && isOption(list[index - 1]) ? HIDDEN : redactValue(item),
  );
  return now.some((item, index) => item !== list[index]) ? now : list;
};

/** The same value where nothing is hidden in it, so that what is shared stays shared. */
export function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactShort(value);
  if (Array.isArray(value)) return redactList(value);
  return isMap(value) ? redactMap(value) : value;
}

const isHelmRecord = ({ metadata }: KubeObject): boolean => metadata.labels?.['owner'] === 'helm';

const hideAll = (data: unknown): unknown =>
  isMap(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, HIDDEN])) : data;

const redactSecret = (secret: KubeObject): KubeObject => {
  const annotations = { ...secret.metadata.annotations };
  // It repeats the data.
  delete annotations['kubectl.kubernetes.io/last-applied-configuration'];
  return {
    ...secret,
    metadata: { ...secret.metadata, ...(secret.metadata.annotations !== undefined && { annotations }) },
    ...(secret['data'] !== undefined && { data: hideAll(secret['data']) }),
    ...(secret['stringData'] !== undefined && { stringData: hideAll(secret['stringData']) }),
  };
};

export const redactObject = (object: KubeObject): KubeObject => {
  if (isHelmRecord(object)) return object;
  return object.kind === 'Secret' ? redactSecret(object) : (redactValue(object) as KubeObject);
};

const redactEntry = (entry: SnapshotObject): SnapshotObject => {
  const object = redactObject(entry.object);
  return object === entry.object ? entry : { ...entry, object };
};

const redactSnapshotText = (entry: SnapshotText): SnapshotText => {
  const text = redactText(entry.text);
  return text === entry.text ? entry : { ...entry, text };
};

const redactGap = (gap: Gap): Gap => ({ ...gap, because: redactText(gap.because) });

export const redactSnapshot = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  objects: snapshot.objects.map(redactEntry),
  texts: snapshot.texts.map(redactSnapshotText),
  gaps: snapshot.gaps.map(redactGap),
});
