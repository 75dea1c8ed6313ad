/**
 * The networks a cluster uses itself: pods, services, node addresses. Read from every place that tells them, since no one
 * place tells them on all clusters. A pool that overlaps one of them breaks routes on the nodes it serves.
 */
import { digList, digText } from '../model/dig.ts';
import type { Path } from '../model/dig.ts';
import { parseAddress, parseSubnet } from '../model/ip.ts';
import type { AddressRange } from '../model/ip.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { objectPath } from '../model/kube-object.ts';
import type { Snapshot, SnapshotObject } from '../snapshot/snapshot.ts';

export interface ClusterNetwork {
  /** `the pod network`, `the service network`, `the address of node dgx030`. */
  readonly what: string;
  /** As it is written there. */
  readonly text: string;
  readonly range: AddressRange;
  readonly source: SnapshotObject;
}

type Reader = (object: KubeObject) => readonly (readonly [what: string, text: string])[];

const textsAt = (object: KubeObject, ...path: Path): readonly string[] =>
  digList(object, ...path).filter((text) => typeof text === 'string');

const named = (what: string, texts: readonly (string | undefined)[]): readonly (readonly [string, string])[] =>
  texts.flatMap((text) => (text === undefined ? [] : text.split(',').map((part) => [what, part.trim()] as const)));

const nodeNetworks: Reader = (node) => [
  ...named(`the pod network of node ${node.metadata.name}`, [
    ...textsAt(node, 'spec', 'podCIDRs'),
    digText(node, 'spec', 'podCIDR'),
  ]),
  ...named(
    `the address of node ${node.metadata.name}`,
    digList(node, 'status', 'addresses')
      .filter((entry) => digText(entry, 'type') !== 'Hostname')
      .map((entry) => digText(entry, 'address')),
  ),
];

const openShiftNetworks: Reader = (network) => [
  ...named(
    'the pod network',
    digList(network, 'spec', 'clusterNetwork').map((entry) => digText(entry, 'cidr')),
  ),
  ...named('the service network', textsAt(network, 'spec', 'serviceNetwork')),
];

/** kubeadm keeps its configuration as YAML inside of a ConfigMap; both fields stand on a line of their own. */
const kubeadmNetworks: Reader = (configMap) => {
  const text = digText(configMap, 'data', 'ClusterConfiguration') ?? '';
  const field = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}:\\s*["']?([^\\s"'#]+)`, 'm').exec(text)?.[1];
  return [...named('the pod network', [field('podSubnet')]), ...named('the service network', [field('serviceSubnet')])];
};

const FLAGS: readonly (readonly [flag: string, what: string])[] = [
  ['--cluster-cidr', 'the pod network'],
  ['--service-cluster-ip-range', 'the service network'],
];

const controlPlaneFlags: Reader = (pod) => {
  const words = digList(pod, 'spec', 'containers').flatMap((container) => [
    ...digList(container, 'command'),
    ...digList(container, 'args'),
  ]);
  return FLAGS.flatMap(([flag, what]) =>
    named(
      what,
      words.map((word) =>
        typeof word === 'string' && word.startsWith(`${flag}=`) ? word.slice(flag.length + 1) : undefined,
      ),
    ),
  );
};

const READERS: Readonly<Record<string, Reader>> = {
  Node: nodeNetworks,
  Service: (service) =>
    named(`the address of service ${service.metadata.name}`, [
      ...textsAt(service, 'spec', 'clusterIPs'),
      digText(service, 'spec', 'clusterIP'),
    ]),
  ServiceCIDR: (range) => named('the service network', textsAt(range, 'spec', 'cidrs')),
  Network: openShiftNetworks,
  CiliumNode: (node) =>
    named(`the pod network of node ${node.metadata.name}`, textsAt(node, 'spec', 'ipam', 'podCIDRs')),
  ConfigMap: (map) => (map.metadata.name === 'kubeadm-config' ? kubeadmNetworks(map) : []),
  Pod: (pod) => (pod.metadata.namespace === 'kube-system' ? controlPlaneFlags(pod) : []),
  // Calico's kind of the same name, not nv-ipam's.
  IPPool: (pool) =>
    pool.apiVersion.includes('projectcalico.org')
      ? named(`Calico pool ${pool.metadata.name}`, [digText(pool, 'spec', 'cidr')])
      : [],
};

const rangeOf = (text: string): AddressRange | undefined => {
  const address = parseAddress(text);
  return address === undefined ? parseSubnet(text) : { start: address, end: address };
};

/** Each network once, however many objects tell it; node and service addresses one by one. */
export const clusterNetworks = (snapshot: Snapshot): readonly ClusterNetwork[] => {
  const found = new Map<string, ClusterNetwork>();
  for (const source of snapshot.objects) {
    const { kind } = source.object;
    const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
    for (const [what, text] of reader?.(source.object) ?? []) {
      const range = rangeOf(text);
      const key = `${what} ${text}`;
      if (range !== undefined && !found.has(key)) found.set(key, { what, text, range, source });
    }
  }
  return [...found.values()];
};

/** `the pod network 10.244.0.0/16 (Node/dgx030)`. */
export const showClusterNetwork = ({ what, text, source }: ClusterNetwork): string =>
  `${what} ${text} (${objectPath(source.object)})`;
