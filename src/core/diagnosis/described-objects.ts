/**
 * Custom resources and pods in pasted `kubectl describe` output, back as objects: weak evidence, since numbers and empty
 * values are lost in print, but often all that a report holds. Pods are printed in a form of their own (described-pod.ts);
 * other built-in kinds are left out.
 */
import { describedPod } from './described-pod.ts';
import type { Path } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Snapshot, SnapshotObject, SnapshotText } from '../snapshot/snapshot.ts';

export interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

const KEY = /^(?<key>[A-Z][\w /.-]*?):(?:\s+(?<value>.*))?$/;
const LONGEST = 4_000_000;

/** `Dpu Node Name` was `dpuNodeName`, `URL` was `url`. */
const fieldName = (heading: string): string => {
  const [first = '', ...rest] = heading.split(' ');
  return first.toLowerCase() + rest.join('');
};

/** Lists of maps are printed without a mark between their items; these are lists even where they have one. */
const LISTS = new Set(['conditions', 'ownerReferences', 'nvconfig', 'interfaces', 'allocations', 'dpuSets', 'blocks']);

type Lines = Map<string, number>;

const valueOf = (text: string): unknown => (text === '<none>' || text === '<nil>' || text === '' ? undefined : text);

/** Nobody prints deeper, and only a hostile text is. */
const DEEPEST = 40;

/** The value that is printed in lines of one depth or more, which begin at `at`. */
const parse = (lines: readonly Line[], at: Path, places: Lines): unknown => {
  const [first] = lines;
  if (first === undefined || at.length > DEEPEST) return undefined;
  const heads = lines.flatMap(({ indent }, index) => (indent <= first.indent ? [index] : []));
  const own = heads.flatMap((index) => lines[index] ?? []);
  if (own.every(({ text }) => !KEY.test(text))) return own.map(({ text }) => text);
  const items: Record<string, unknown>[] = [{}];
  const keys = own.map(({ text }) => KEY.exec(text)?.groups?.['key']).filter((key) => key !== undefined);
  const isList = LISTS.has(String(at.at(-1))) || new Set(keys).size < keys.length;
  heads.forEach((head, index) => {
    const line = lines[head];
    const groups = KEY.exec(line?.text ?? '')?.groups;
    const key = groups?.['key'];
    if (line === undefined || groups === undefined || key === undefined) return;
    const name = fieldName(key);
    let item = items.at(-1) ?? {};
    if (Object.hasOwn(item, name)) {
      item = {};
      items.push(item);
    }
    const path = isList ? [...at, items.length - 1, name] : [...at, name];
    places.set(path.join('\n'), line.number);
    const inside = lines.slice(head + 1, heads[index + 1]);
    item[name] = inside.length === 0 ? valueOf((groups['value'] ?? '').trim()) : parse(inside, path, places);
  });
  return isList ? items : items[0];
};

interface Block {
  readonly lines: readonly Line[];
  readonly events: readonly Line[];
}

/** Every described resource of a text: from its `Name:` to the next one, a prompt, or the end. */
const blocksOf = ({ text, origin }: SnapshotText): readonly Block[] => {
  const blocks: { lines: Line[]; events: Line[]; inEvents: boolean }[] = [];
  let isOpen = false;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trimEnd();
    if (line.startsWith('Name: ')) {
      blocks.push({ lines: [], events: [], inEvents: false });
      isOpen = true;
    } else if (/^[^\s].*[$#] /.test(line) || /^[$#] /.test(line)) isOpen = false;
    const block = blocks.at(-1);
    if (!isOpen || block === undefined || line.trim() === '') return;
    if (line.startsWith('Events:')) block.inEvents = true;
    const text = line.trimStart();
    (block.inEvents ? block.events : block.lines).push({
      indent: line.length - text.length,
      text,
      number: (origin.line ?? 1) + index,
    });
  });
  return blocks;
};

const eventsOf = (events: readonly Line[], about: KubeObject, source: string): readonly SnapshotObject[] =>
  events.flatMap(({ text, number }) => {
    const [type, reason, , , message] = text.split(/\s{2,}/);
    if ((type !== 'Warning' && type !== 'Normal') || reason === undefined || message === undefined) return [];
    const { name, namespace } = about.metadata;
    const inside = namespace === undefined ? {} : { namespace };
    const object: KubeObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${number}`, ...inside },
      involvedObject: { kind: about.kind, name, ...inside },
      type,
      reason,
      message,
    };
    return [{ object, origin: { source, line: number } }];
  });

const podOf = ({ lines, events }: Block, source: string): readonly SnapshotObject[] => {
  const object = describedPod(lines);
  const [first] = lines;
  if (object === undefined || first === undefined) return [];
  return [{ object, origin: { source, line: first.number } }, ...eventsOf(events, object, source)];
};

const objectOf = ({ lines, events }: Block, source: string): readonly SnapshotObject[] => {
  const places: Lines = new Map();
  const read = parse(lines, [], places) as Record<string, unknown> | undefined;
  const [name, namespace, apiVersion, kind] = ['name', 'namespace', 'apiVersion', 'kind'].map((key) =>
    read === undefined ? undefined : read[key],
  );
  if (read === undefined || typeof name !== 'string' || typeof apiVersion !== 'string' || typeof kind !== 'string')
    return podOf({ lines, events }, source);
  const metadata = typeof read['metadata'] === 'object' && read['metadata'] !== null ? read['metadata'] : {};
  const object: KubeObject = {
    ...read,
    apiVersion,
    kind,
    metadata: { ...metadata, name, ...(typeof namespace === 'string' ? { namespace } : {}) },
  };
  const start = lines[0]?.number;
  const lineOf = (path: Path): number | undefined => {
    for (let length = path.length; length > 0; length -= 1) {
      const line = places.get(path.slice(0, length).join('\n'));
      if (line !== undefined) return line;
    }
    return start;
  };
  return [
    { object, origin: { source, ...(start === undefined ? {} : { line: start }) }, lineOf },
    ...eventsOf(events, object, source),
  ];
};

/** The snapshot with what its texts describe, of what is not among its objects anyway. */
export const withDescribed = (snapshot: Snapshot): Snapshot => {
  const texts = snapshot.texts.filter(
    ({ kind, text }) =>
      kind === 'host' && text.length < LONGEST && /^Name: /m.test(text) && /^(?:Kind: |Containers:)/m.test(text),
  );
  if (texts.length === 0) return snapshot;
  const known = new Set(snapshot.objects.map(({ object: { kind, metadata } }) => `${kind}/${metadata.name}`));
  const described = texts
    .flatMap((text) => blocksOf(text).flatMap((block) => objectOf(block, text.origin.source)))
    .filter(({ object: { kind, metadata } }) => !known.has(`${kind}/${metadata.name}`));
  return described.length === 0 ? snapshot : { ...snapshot, objects: [...snapshot.objects, ...described] };
};
