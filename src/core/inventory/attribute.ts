/**
 * Which node a text speaks of, in this order: the heading or `ssh` above an output; the node its loader named; the node of the
 * pod it came from; a known node's name in the file's path. Where the objects know one node only, it is that one; without
 * objects, all texts of one folder are one unnamed host.
 */
import { digText } from '../model/dig.ts';
import { objectsOf, type Snapshot, type SnapshotText } from '../snapshot/snapshot.ts';
import { nodeNames, type NodeNames } from './node-names.ts';
import type { HostReading } from './readers/host-reading.ts';
import { readDaemonLogText } from './readers/daemon-log.ts';
import { readHostText } from './readers/read-host-text.ts';

export interface AttributedReadings {
  readonly byNode: ReadonlyMap<string, readonly HostReading[]>;
  /** Readings that name no node while the snapshot has nodes: nobody's, so that no node gets another's facts. */
  readonly unattributed: readonly HostReading[];
}

const nodesInObjects = (snapshot: Snapshot): ReadonlySet<string> =>
  new Set(
    [...objectsOf(snapshot, 'Node'), ...objectsOf(snapshot, 'SriovNetworkNodeState')].map(
      ({ object }) => object.metadata.name,
    ),
  );

/** Node by pod name; a name that stands in two namespaces on two nodes says nothing. */
const nodesOfPods = (snapshot: Snapshot): ReadonlyMap<string, string | undefined> => {
  const nodes = new Map<string, string | undefined>();
  for (const { object } of objectsOf(snapshot, 'Pod')) {
    const { name } = object.metadata;
    const node = digText(object, 'spec', 'nodeName');
    if (node !== undefined) nodes.set(name, nodes.has(name) && nodes.get(name) !== node ? undefined : node);
  }
  return nodes;
};

const folderOf = (source: string): string => {
  const cut = Math.max(source.lastIndexOf('/'), source.lastIndexOf('!'));
  return cut < 0 ? '.' : source.slice(0, cut);
};

const readText = (
  entry: SnapshotText,
  nodes: NodeNames,
  pods: ReadonlyMap<string, string | undefined>,
): readonly HostReading[] => {
  const { source, line } = entry.origin;
  const named = entry.node ?? (entry.pod === undefined ? undefined : pods.get(entry.pod)) ?? nodes.inPath(source);
  const context = {
    source,
    ...(named !== undefined && { node: nodes.find(named) ?? named }),
    ...(line !== undefined && { firstLine: line }),
  };
  return entry.kind === 'log'
    ? readDaemonLogText(entry.text, context)
    : readHostText(entry.text, { ...context, nodes });
};

/** Reads all texts of a snapshot and sorts the readings by node. `named` are nodes that the user speaks of. */
export const attributeReadings = (snapshot: Snapshot, named: readonly string[] = []): AttributedReadings => {
  const inObjects = nodesInObjects(snapshot);
  const nodes = nodeNames([...inObjects, ...named]);
  const pods = nodesOfPods(snapshot);
  const [only] = inObjects.size === 1 ? inObjects : [];
  const byNode = new Map<string, HostReading[]>();
  const unattributed: HostReading[] = [];
  for (const entry of snapshot.texts) {
    const unnamed =
      inObjects.size === 0 && entry.kind === 'host' ? `host of ${folderOf(entry.origin.source)}` : undefined;
    for (const reading of readText(entry, nodes, pods)) {
      const { node, pod } = reading.context;
      const owner = node ?? (pod === undefined ? undefined : pods.get(pod)) ?? only ?? unnamed;
      const list = owner === undefined ? unattributed : (byNode.get(owner) ?? []);
      list.push(reading);
      if (owner !== undefined) byNode.set(owner, list);
    }
  }
  return { byNode, unattributed };
};
