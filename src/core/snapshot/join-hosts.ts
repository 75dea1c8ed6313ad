/**
 * Archives of single hosts beside a dump of the cluster: which node each host is. By its name, by the host name that the
 * node states, else by the MAC addresses of its adapters; what fits no node, or two, is said and stays the host's own.
 */
import { dig, digList, digText } from '../model/dig.ts';
import { hostOfArchive } from './file-name.ts';
import type { Gap, SnapshotObject, SnapshotText } from './snapshot.ts';

export interface JoinedHosts {
  readonly texts: readonly SnapshotText[];
  readonly gaps: readonly Gap[];
}

const shortOf = (name: string): string => (name.split('.')[0] ?? name).toLowerCase();

const MAC = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi;
/** Of every host's texts so many MAC addresses are looked at; `ip addr` comes first by name in these archives. */
const MOST_MACS = 2_000;

const only = (nodes: ReadonlySet<string>): string | undefined => (nodes.size === 1 ? [...nodes][0] : undefined);

const add = (index: Map<string, Set<string>>, key: string, node: string): void => {
  const nodes = index.get(key) ?? new Set();
  nodes.add(node);
  index.set(key, nodes);
};

interface NodeIndex {
  readonly byName: ReadonlyMap<string, ReadonlySet<string>>;
  readonly byMac: ReadonlyMap<string, ReadonlySet<string>>;
}

const indexNodes = (objects: readonly SnapshotObject[]): NodeIndex => {
  const byName = new Map<string, Set<string>>();
  const byMac = new Map<string, Set<string>>();
  for (const { object } of objects) {
    const { name } = object.metadata;
    if (object.kind === 'Node') {
      add(byName, shortOf(name), name);
      for (const address of digList(object, 'status', 'addresses'))
        if (digText(address, 'type') === 'Hostname') add(byName, shortOf(digText(address, 'address') ?? name), name);
    } else if (object.kind === 'SriovNetworkNodeState') {
      add(byName, shortOf(name), name);
      for (const port of digList(object, 'status', 'interfaces')) {
        const mac = digText(port, 'mac');
        if (mac !== undefined) add(byMac, mac.toLowerCase(), name);
      }
    } else if (object.kind === 'NicDevice')
      for (const port of digList(object, 'status', 'ports')) {
        const mac = digText(port, 'mac') ?? digText(dig(port, 'networkInterface'), 'mac');
        const node = digText(object, 'status', 'node');
        if (mac !== undefined && node !== undefined) add(byMac, mac.toLowerCase(), node);
      }
  }
  return { byName, byMac };
};

const nodeByMac = (texts: readonly SnapshotText[], { byMac }: NodeIndex): string | undefined => {
  const nodes = new Set<string>();
  let looked = 0;
  for (const { text } of texts)
    for (const [mac] of text.matchAll(MAC)) {
      looked += 1;
      if (looked > MOST_MACS) return only(nodes);
      for (const node of byMac.get(mac.toLowerCase()) ?? []) nodes.add(node);
    }
  return only(nodes);
};

export const joinHosts = (texts: readonly SnapshotText[], objects: readonly SnapshotObject[]): JoinedHosts => {
  const byHost = Map.groupBy(texts, ({ origin }) => hostOfArchive(origin.source));
  byHost.delete(undefined);
  if (byHost.size === 0) return { texts, gaps: [] };
  const index = indexNodes(objects);
  const nodeOf = new Map<string | undefined, string>();
  const gaps: Gap[] = [];
  for (const [host, own] of byHost) {
    if (host === undefined) continue;
    const node = only(index.byName.get(shortOf(host)) ?? new Set()) ?? nodeByMac(own, index);
    nodeOf.set(host, node ?? host);
    if (node === undefined && index.byName.size > 0)
      gaps.push({
        what: `which node the host ${host} is`,
        because: `no node of the input has its name or one of its MAC addresses, so ${own.length} texts of it stand by themselves`,
        settle: 'kubectl get nodes -o wide; kubectl get sriovnetworknodestates -A -o yaml',
      });
  }
  return {
    texts: texts.map((text) => {
      const node = text.node ?? nodeOf.get(hostOfArchive(text.origin.source));
      return node === undefined ? text : { ...text, node };
    }),
    gaps,
  };
};
