/**
 * One cluster as each of the usual collectors would write it (reference/diagnosis-ux.md 2), for tests: path -> content. What
 * a collector leaves out is left out here too; host text comes beside it as archives of sysinfo-snapshot.
 */
import { digList, digText } from '../core/model/dig.ts';
import type { KubeObject } from '../core/model/kube-object.ts';
import { NAMED_KINDS } from '../core/snapshot/kind-of-plural.ts';
import type { Snapshot, SnapshotText } from '../core/snapshot/snapshot.ts';

export type DumpFiles = ReadonlyMap<string, string>;

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 4)}\n`;
const groupOf = ({ apiVersion }: KubeObject): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : 'core';
const pluralOf = ({ kind }: KubeObject): string =>
  NAMED_KINDS.find((named) => named.kind === kind)?.names[0] ?? `${kind.toLowerCase()}s`;

const typedList = (items: readonly KubeObject[]): unknown => ({
  apiVersion: items[0]?.apiVersion ?? 'v1',
  kind: `${items[0]?.kind ?? ''}List`,
  metadata: { resourceVersion: '' },
  items: items.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest),
});

const objectsOf = ({ objects }: Snapshot): readonly KubeObject[] => objects.map(({ object }) => object);

interface PodLog {
  readonly text: SnapshotText;
  readonly pod: KubeObject;
  readonly namespace: string;
  readonly container: string;
}

/** Logs whose pod is known; a log that names no container is the first one's. */
const podLogs = (snapshot: Snapshot): readonly PodLog[] =>
  snapshot.texts.flatMap((text) => {
    const pod = objectsOf(snapshot).find(({ kind, metadata }) => kind === 'Pod' && metadata.name === text.pod);
    if (text.kind !== 'log' || pod === undefined) return [];
    const first = digText(digList(pod, 'spec', 'containers')[0], 'name') ?? 'main';
    return [{ text, pod, namespace: pod.metadata.namespace ?? 'default', container: text.container ?? first }];
  });

/** Lists by kind and namespace. */
const lists = (snapshot: Snapshot): readonly (readonly [KubeObject, readonly KubeObject[]])[] =>
  [
    ...Map.groupBy(
      objectsOf(snapshot),
      (object) => `${object.apiVersion} ${object.kind} ${object.metadata.namespace ?? ''}`,
    ).values(),
  ].flatMap((group) => (group[0] === undefined ? [] : [[group[0], group] as const]));

/** 2.a, `oc adm inspect` as `oc adm must-gather` lays it below the name of an image. */
export const asMustGather = (snapshot: Snapshot): DumpFiles => {
  const root = 'must-gather.local.123/quay-io-openshift-must-gather-sha256-0a1b';
  const files = new Map<string, string>([
    ['must-gather.local.123/timestamp', '2026-03-02 09:15:44.1 +0000 UTC m=+0.1\n'],
    ['must-gather.local.123/event-filter.html', '<html></html>'],
  ]);
  for (const [first, items] of lists(snapshot)) {
    const { namespace } = first.metadata;
    const folder = namespace === undefined ? 'cluster-scoped-resources' : `namespaces/${namespace}`;
    files.set(`${root}/${folder}/${groupOf(first)}/${pluralOf(first)}.yaml`, json(typedList(items)));
  }
  for (const { text, pod, namespace, container } of podLogs(snapshot))
    files.set(
      `${root}/namespaces/${namespace}/pods/${pod.metadata.name}/${container}/${container}/logs/${text.previous === true ? 'previous' : 'current'}.log`,
      text.text,
    );
  return files;
};

/** 2.b, with the lists that kubectl writes and nothing else. */
export const asClusterInfo = (snapshot: Snapshot): DumpFiles => {
  const files = new Map<string, string>();
  const kinds = new Set(['Event', 'Service', 'DaemonSet', 'Deployment', 'ReplicaSet', 'Pod']);
  for (const [first, items] of lists(snapshot))
    if (first.kind === 'Node') files.set('nodes.json', json(typedList(items)));
    else if (kinds.has(first.kind) && first.metadata.namespace !== undefined)
      files.set(`${first.metadata.namespace}/${pluralOf(first)}.json`, json(typedList(items)));
  for (const { text, pod, namespace, container } of podLogs(snapshot)) {
    const name = `${namespace}/${pod.metadata.name}`;
    const file = `${name}/logs.txt`;
    const section = `==== START logs for container ${container} of pod ${name} ====\n${text.text.trimEnd()}==== END logs for container ${container} of pod ${name} ====\n`;
    if (text.previous !== true) files.set(file, `${files.get(file) ?? ''}${section}`);
  }
  return files;
};

/** 2.b without --output-directory: one stream. */
export const asClusterInfoStream = (snapshot: Snapshot): DumpFiles =>
  new Map([['cluster-info.txt', [...asClusterInfo(snapshot).values()].join('')]]);

/** 2.c of NVIDIA's network operator. */
export const asNetopSosreport = (snapshot: Snapshot): DumpFiles => {
  const root = 'network-operator-sosreport-20260302-091544';
  const files = new Map<string, string>([
    [`${root}/metadata/collection-info.txt`, 'Script Version: 26.1.0\nCollection Time: 2026-03-02 09:15:44 UTC\n'],
  ]);
  const list = (items: readonly KubeObject[]): string => json({ apiVersion: 'v1', kind: 'List', items });
  const byKind = Map.groupBy(objectsOf(snapshot), ({ kind }) => kind);
  for (const [kind, items] of byKind) {
    const [first] = items;
    if (first === undefined) continue;
    if (kind === 'Node') files.set(`${root}/nodes/all-nodes.yaml`, list(items));
    else if (kind === 'Pod')
      for (const pod of items)
        files.set(`${root}/operator/components/sriov-operator/pods/${pod.metadata.name}.yaml`, json(pod));
    else if (groupOf(first).includes('.') && !groupOf(first).endsWith('k8s.io'))
      files.set(`${root}/crds/instances/${pluralOf(first)}/all.yaml`, list(items));
    else files.set(`${root}/operator/${pluralOf(first)}.yaml`, list(items));
  }
  for (const { text, pod, container } of podLogs(snapshot)) {
    const isInit = digList(pod, 'spec', 'initContainers').some((one) => digText(one, 'name') === container);
    const alone = digList(pod, 'spec', 'containers').length === 1 && !isInit;
    const suffix = `${alone ? '' : `-${isInit ? 'init-' : ''}${container}`}${text.previous === true ? '-previous' : ''}`;
    files.set(`${root}/operator/components/sriov-operator/pods/${pod.metadata.name}${suffix}.log`, text.text);
  }
  return files;
};

/** 2.d, typed lists for what is built in and bare arrays for custom resources. */
export const asTroubleshoot = (snapshot: Snapshot): DumpFiles => {
  const root = 'support-bundle-2026-03-02T09_15_44';
  const files = new Map<string, string>([
    [`${root}/version.yaml`, 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec: {}\n'],
  ]);
  for (const [first, items] of lists(snapshot)) {
    const { namespace } = first.metadata;
    const isCustom = groupOf(first).includes('.') && !groupOf(first).endsWith('k8s.io');
    const folder = `${root}/cluster-resources`;
    const name = isCustom ? `custom-resources/${pluralOf(first)}.${groupOf(first)}` : pluralOf(first);
    files.set(
      `${folder}/${namespace === undefined ? name : `${name}/${namespace}`}.json`,
      json(isCustom ? items : typedList(items)),
    );
  }
  for (const { text, pod, namespace, container } of podLogs(snapshot))
    files.set(
      `${root}/cluster-resources/pods/logs/${namespace}/${pod.metadata.name}/${container}${text.previous === true ? '-previous' : ''}.log`,
      text.text,
    );
  return files;
};

/** 2.g: one object a file. */
export const asCrustGather = (snapshot: Snapshot): DumpFiles => {
  const files = new Map<string, string>([['crust-gather/collected.timestamp', '2026-03-02T09:15:44Z\n']]);
  for (const object of objectsOf(snapshot)) {
    const { namespace, name } = object.metadata;
    const folder = namespace === undefined ? 'cluster' : `namespaces/${namespace}`;
    const version = object.apiVersion.toLowerCase().replaceAll('/', '-');
    files.set(
      `crust-gather/${folder}/${version}/${object.kind.toLowerCase()}/${name.replaceAll(/[:*?|]/g, '-')}.yaml`,
      json(object),
    );
  }
  for (const { text, pod, namespace, container } of podLogs(snapshot)) {
    const isInit = digList(pod, 'spec', 'initContainers').some((one) => digText(one, 'name') === container);
    if (!isInit)
      files.set(
        `crust-gather/namespaces/${namespace}/v1/pod/${pod.metadata.name}/${container}/${text.previous === true ? 'previous' : 'current'}.log`,
        text.text,
      );
  }
  return files;
};

/** 2.h, one archive's root for every node that texts speak of: what was printed, one file for each text. */
export const asSysinfoSnapshots = (
  snapshot: Snapshot,
  nodeOf: (text: SnapshotText) => string | undefined,
): DumpFiles => {
  const files = new Map<string, string>();
  snapshot.texts
    .filter(({ kind }) => kind === 'host')
    .forEach((text, index) => {
      const node = nodeOf(text);
      if (node === undefined) return;
      const root = `sysinfo-snapshot-v3.7.9.9-${node}-20260302-091544`;
      files.set(`${root}/commands_txt_output/command_${index}.txt`, `Invoked Command: see below\n${text.text}`);
    });
  return files;
};

/** Every layout of a cluster dump, by its name in core/snapshot/layout.ts. */
export const CLUSTER_LAYOUTS = {
  'must-gather': asMustGather,
  'cluster-info': asClusterInfo,
  'network-operator-sosreport': asNetopSosreport,
  troubleshoot: asTroubleshoot,
  'crust-gather': asCrustGather,
} as const;
