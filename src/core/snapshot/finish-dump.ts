/**
 * What can be said only once all files of an input are read: which dumps they are, what their lists prove, which pod a log is
 * of where the name alone leaves two readings, and which of two copies of an object counts.
 */
import { dig, digText } from '../model/dig.ts';
import { objectPath } from '../model/kube-object.ts';
import type { ReadYaml } from '../ports/read-yaml.ts';
import { collectorGaps, kindsFoundEmpty } from './collector-gaps.ts';
import { dumpTimes } from './dump-time.ts';
import { joinHosts } from './join-hosts.ts';
import { dumpsAmong, listPlace, LOOSE_FILES, placeIn, type Dump } from './layout.ts';
import { withoutMasks } from './masks.ts';
import { placeLogs } from './place-logs.ts';
import {
  kindKey,
  type Gap,
  type Snapshot,
  type SnapshotDump,
  type SnapshotObject,
  type SnapshotText,
} from './snapshot.ts';

export interface ReadList {
  readonly name: string;
  /** Kinds that the list names itself (`PodList`). */
  readonly kinds: readonly string[];
}

export interface ReadFiles {
  readonly files: readonly string[];
  readonly objects: readonly SnapshotObject[];
  readonly texts: readonly SnapshotText[];
  readonly gaps: readonly Gap[];
  readonly lists: readonly ReadList[];
  /** Files in which a collector masked something. */
  readonly masked: ReadonlySet<string>;
  readonly sources: readonly string[];
}

const listedKinds = (lists: readonly ReadList[], dumps: readonly Dump[]): ReadonlySet<string> => {
  const listed = new Set<string>();
  for (const { name, kinds } of lists) {
    const placed = placeIn(dumps, name);
    const place = placed === undefined ? undefined : listPlace(placed.dump, placed.inside);
    const named = place?.kind === undefined ? [] : [kindKey(place.kind.kind, place.kind.apiVersion)];
    for (const kind of kinds.length > 0 ? kinds : named)
      listed.add(place?.namespace === undefined ? kind : `${place.namespace}/${kind}`);
  }
  return listed;
};

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

const versionOf = ({ object }: SnapshotObject): number => {
  const version = Number(object.metadata.resourceVersion);
  return Number.isFinite(version) ? version : -1;
};

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Of several copies the newest by resourceVersion counts; copies without one are kept unless they are equal. */
const withoutCopies = (
  objects: readonly SnapshotObject[],
): { readonly objects: readonly SnapshotObject[]; readonly gaps: readonly Gap[] } => {
  const kept = new Map<string, SnapshotObject[]>();
  const gaps: Gap[] = [];
  for (const entry of objects) {
    const key = `${groupOf(entry.object.apiVersion)} ${objectPath(entry.object)}`;
    const known = kept.get(key);
    const other = known?.at(-1);
    if (known === undefined || other === undefined) {
      kept.set(key, [entry]);
      continue;
    }
    if (versionOf(entry) < 0 || versionOf(other) < 0) {
      if (!known.some(({ object }) => sameText(object, entry.object))) known.push(entry);
      continue;
    }
    if (!sameText(dig(entry.object, 'spec'), dig(other.object, 'spec')))
      gaps.push({
        what: objectPath(entry.object),
        because: `it stands in ${other.origin.source} and ${entry.origin.source} with different specs: the dump spans a change, and the newer one is used`,
      });
    if (versionOf(entry) > versionOf(other)) known[known.length - 1] = entry;
  }
  return { objects: [...kept.values()].flat(), gaps };
};

/** crust-gather files what it ran on a node under a pod of the node's name, which never existed. */
const isStandIn = ({ object, origin }: SnapshotObject, nodes: ReadonlySet<string>): boolean =>
  object.kind === 'Pod' &&
  object.metadata.namespace === 'default' &&
  nodes.has(object.metadata.name) &&
  /(?:^|[/!])namespaces\/default\/v1\/pod\/[^/]+$/i.test(origin.source);

const ofStandIn = (text: SnapshotText, nodes: ReadonlySet<string>, readYaml: ReadYaml): SnapshotText => {
  const node = text.pod;
  if (text.kind !== 'log' || text.namespace !== 'default' || node === undefined || !nodes.has(node)) return text;
  let output: string | undefined;
  try {
    output = digText(readYaml(text.text)[0], 'output');
  } catch {
    // Then it is what the node printed, as it stands.
  }
  return { kind: 'host', node, text: output ?? text.text, origin: text.origin };
};

const showDumps = ({ files, objects, texts }: ReadFiles, dumps: readonly Dump[]): readonly SnapshotDump[] => {
  const counts = new Map<Dump | undefined, number>();
  for (const name of files) {
    const dump = placeIn(dumps, name)?.dump;
    counts.set(dump, (counts.get(dump) ?? 0) + 1);
  }
  const times = dumpTimes(dumps, texts, objects);
  const shown = dumps.map((dump): SnapshotDump => {
    const takenAt = times.get(dump);
    const { root, layout } = dump;
    return {
      root,
      layout: layout.id,
      name: layout.name,
      files: counts.get(dump) ?? 0,
      lacks: layout.lacks,
      ...(takenAt !== undefined && { takenAt }),
    };
  });
  const loose = counts.get(undefined) ?? 0;
  const { id, name, lacks } = LOOSE_FILES;
  return loose === 0 ? shown : [...shown, { root: '', layout: id, name, files: loose, lacks }];
};

export const finishDump = (read: ReadFiles, readYaml: ReadYaml): Snapshot => {
  const dumps = dumpsAmong(read.files);
  const nodes = new Set(read.objects.flatMap(({ object }) => (object.kind === 'Node' ? [object.metadata.name] : [])));
  const standIns = new Set(read.objects.filter((entry) => isStandIn(entry, nodes)));
  const { objects: real, gaps: masked } = withoutMasks(
    read.objects.filter((entry) => !standIns.has(entry)),
    ({ origin }) => read.masked.has(origin.source),
  );
  const { objects, gaps } = withoutCopies(real);
  const texts = placeLogs(read.texts, objects).map((text) =>
    standIns.size === 0 ? text : ofStandIn(text, nodes, readYaml),
  );
  const joined = joinHosts(texts, objects);
  return {
    objects,
    texts: joined.texts,
    gaps: [...read.gaps, ...masked, ...gaps, ...joined.gaps, ...collectorGaps(texts)],
    listed: new Set([...listedKinds(read.lists, dumps), ...kindsFoundEmpty(texts)]),
    sources: read.sources,
    dumps: showDumps(read, dumps),
  };
};
