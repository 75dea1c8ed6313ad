/**
 * A live cluster as a Snapshot: objects, logs, and what the hosts answer; what may not be read, or does not answer, is a
 * gap and the rest is still used. Nothing is written: it lists, reads logs, and runs reading commands in pods that are
 * there.
 */
import { findOperators } from '../../core/diagnosis/operators.ts';
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { ok, type Result } from '../../core/result.ts';
import { operatorKinds } from '../../core/snapshot/live-kinds.ts';
import type { Gap, Snapshot, SnapshotText } from '../../core/snapshot/snapshot.ts';
import { type LiveObjects, readObjects, readOperatorObjects } from './live-objects.ts';
import { DEFAULT_LIMITS, type LiveOptions } from './live-options.ts';
import { askHosts, readLogs, reachableHosts } from './live-texts.ts';

/** Fails only when the server cannot be reached or does not know us at all. */
export const readLiveSnapshot = async (api: KubeApi, options: LiveOptions): Promise<Result<Snapshot>> => {
  const served = await api.discover(options.signal === undefined ? {} : { signal: options.signal });
  if (!served.ok) return served;
  const gaps: Gap[] = [];
  if (operatorKinds(served.value).every(({ group }) => !OWN_GROUPS.test(group)))
    gaps.push({
      what: 'the operators for NICs',
      because: `${api.where} serves none of their kinds; no such operator is installed there, or this is the wrong cluster`,
      settle: 'kubectl api-resources',
    });
  const all = await readObjects(api, served.value, options);
  const origin = { source: `live: ${api.where}` };
  const asSnapshot = ({ objects, listed }: LiveObjects): Snapshot => ({
    objects: objects.map((object) => ({ object, origin })),
    texts: [],
    gaps: [],
    listed,
    sources: [`live: ${api.where}`],
  });
  const { namespaces } = findOperators(asSnapshot(all));
  const own = await readOperatorObjects(api, served.value, namespaces, options);
  announceRights([...all.missing, ...own.missing], options);

  const nodes = chosenNodes(all.objects, options);
  const isAbout = (object: KubeObject): boolean => {
    const node = nodeOf(object);
    return options.nodes === undefined || node === undefined || nodes.includes(node);
  };
  const objects = [...all.objects, ...own.objects].filter(isAbout);
  const texts: SnapshotText[] = [];
  const take = (part: { readonly texts: readonly SnapshotText[]; readonly gaps: readonly Gap[] }): void => {
    texts.push(...part.texts);
    gaps.push(...part.gaps);
  };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const pods = objects.filter(({ kind, metadata }) => kind === 'Pod' && namespaces.includes(metadata.namespace ?? ''));
  const there = pods.filter(
    (pod) => options.nodes === undefined || nodes.includes(digText(pod, 'spec', 'nodeName') ?? ''),
  );
  if (options.logs !== false) take(await readLogs(api, there, limits, options));
  if (options.exec !== false) {
    const states = objects.filter(({ kind }) => kind === 'SriovNetworkNodeState');
    const { hosts, gaps: unreachable } = reachableHosts(pods, states, nodes);
    gaps.push(...unreachable);
    if (hosts.length > 0)
      options.warn?.(
        `Running reading commands (mstconfig q, mstfwreset query, cat) in ${Math.min(hosts.length, limits.hosts)} config daemon pod(s); --no-exec leaves them out.`,
      );
    take(await askHosts(api, hosts, limits, options));
  }
  const snapshot = asSnapshot({ ...all, objects, listed: new Set([...all.listed, ...own.listed]) });
  return ok({ ...snapshot, texts, gaps: [...gaps, ...all.gaps, ...own.gaps, ...narrowing(options)] });
};

const OWN_GROUPS = /(?:^|\.)(?:mellanox\.com|nvidia\.com|sriovnetwork\.openshift\.io)$/;

/** Names of the nodes that the reading is about. Without the right to list nodes: those that other objects name. */
const chosenNodes = (objects: readonly KubeObject[], { nodes }: LiveOptions): readonly string[] => {
  const listed = objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name);
  if (listed.length > 0 || nodes !== undefined) return listed;
  return objects.filter(({ kind }) => kind === 'SriovNetworkNodeState').map(({ metadata }) => metadata.name);
};

/** The one node that an object is about, where it is about one. */
const nodeOf = (object: KubeObject): string | undefined => {
  switch (object.kind) {
    case 'SriovNetworkNodeState':
      return object.metadata.name;
    case 'NicDevice':
      return digText(object, 'status', 'node');
    case 'Pod':
    case 'NodeMaintenance':
      return digText(object, 'spec', 'nodeName');
    default:
      return undefined;
  }
};

const announceRights = (missing: LiveObjects['missing'], { warn }: LiveOptions): void => {
  if (missing.length === 0) return;
  const lines = missing.map(({ right, hides }) => `  ${right}: hides ${hides}`);
  warn?.(['Missing rights:', ...lines].join('\n'));
};

/** What the user chose to leave out is not looked at either. */
const narrowing = ({ namespaces, nodes, logs, exec }: LiveOptions): readonly Gap[] => [
  ...(namespaces === undefined
    ? []
    : [{ what: 'objects in other namespaces', because: `only ${namespaces.join(', ')} was asked for (-n)` }]),
  ...(nodes === undefined ? [] : [{ what: 'other nodes', because: `only some were asked for (-l, --nodes)` }]),
  ...(logs === false ? [{ what: 'logs', because: 'they were left out (--no-logs)' }] : []),
  ...(exec === false
    ? [{ what: 'what the hosts themselves say', because: 'commands in pods were left out (--no-exec)' }]
    : []),
];
