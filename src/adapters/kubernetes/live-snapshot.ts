/**
 * A live cluster as a Snapshot: objects, logs, and what the hosts answer; what may not be read, or does not answer, is a
 * gap and the rest is still used. Nothing is written: it lists, reads logs, and runs reading commands in pods that are
 * there.
 */
import { findOperators } from '../../core/diagnosis/operators.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeApi, ServedResource } from '../../core/ports/kube-api.ts';
import { ok, type Result } from '../../core/result.ts';
import { absentKinds, operatorKinds } from '../../core/snapshot/live-kinds.ts';
import { redactSnapshot } from '../../core/snapshot/redact.ts';
import type { Gap, Snapshot } from '../../core/snapshot/snapshot.ts';
import { readObjects, readOperatorObjects } from './live-objects.ts';
import { DEFAULT_LIMITS, type LiveOptions } from './live-options.ts';
import { announceRights, HOST_TOOLS, LOGS, NO_ACCESS, type PodAccess, podAccess } from './live-rights.ts';
import { chosenNodes, isAbout, narrowing } from './live-scope.ts';
import { askHosts, type LiveTexts, readLogs, reachableHosts } from './live-texts.ts';

/** Fails only when the server cannot be reached or does not know us at all. */
export const readLiveSnapshot = async (api: KubeApi, options: LiveOptions): Promise<Result<Snapshot>> => {
  const served = await api.discover(options.signal === undefined ? {} : { signal: options.signal });
  if (!served.ok) return served;
  const source = `live: ${api.where}`;
  const asSnapshot = (objects: readonly KubeObject[]): Snapshot => ({
    objects: objects.map((object) => ({ object, origin: { source } })),
    texts: [],
    gaps: [],
    listed: new Set(),
    sources: [source],
  });
  const all = await readObjects(api, served.value, options);
  const { namespaces } = findOperators(asSnapshot(all.objects));
  const own = await readOperatorObjects(api, served.value, namespaces, options);
  const logs = options.logs === false ? NO_ACCESS : await podAccess(api, namespaces, LOGS, options);
  const exec = options.exec === false ? NO_ACCESS : await podAccess(api, namespaces, HOST_TOOLS, options);
  announceRights(
    [all, own, logs, exec].flatMap(({ missing }) => missing),
    options,
  );

  const nodes = chosenNodes(all.objects, options);
  const objects = [...all.objects, ...own.objects].filter((object) => isAbout(object, nodes, options));
  const read = [await logTexts(api, objects, logs, options), await hostTexts(api, objects, nodes, exec, options)];
  return ok(
    redactSnapshot({
      ...asSnapshot(objects),
      texts: read.flatMap(({ texts }) => texts),
      gaps: [
        wrongCluster(api, served.value),
        ...[logs, exec, ...read, all, own].map(({ gaps }) => gaps),
        narrowing(options),
      ].flat(),
      listed: new Set([...all.listed, ...own.listed, ...absentKinds(served.value)]),
    }),
  );
};

const OWN_GROUPS = /(?:^|\.)(?:mellanox\.com|nvidia\.com|sriovnetwork\.openshift\.io)$/;

const wrongCluster = ({ where }: KubeApi, served: readonly ServedResource[]): readonly Gap[] =>
  operatorKinds(served).some(({ group }) => OWN_GROUPS.test(group))
    ? []
    : [
        {
          what: 'the operators for NICs',
          because: `${where} serves none of their kinds; no such operator is installed there, or this is the wrong cluster`,
          settle: 'kubectl api-resources',
        },
      ];

const podsIn = (objects: readonly KubeObject[], { allowed }: PodAccess): readonly KubeObject[] =>
  objects.filter(({ kind, metadata }) => kind === 'Pod' && allowed.includes(metadata.namespace ?? ''));

const logTexts = (
  api: KubeApi,
  objects: readonly KubeObject[],
  access: PodAccess,
  options: LiveOptions,
): Promise<LiveTexts> => readLogs(api, podsIn(objects, access), { ...DEFAULT_LIMITS, ...options.limits }, options);

const hostTexts = async (
  api: KubeApi,
  objects: readonly KubeObject[],
  nodes: readonly string[],
  access: PodAccess,
  options: LiveOptions,
): Promise<LiveTexts> => {
  // Without the right to exec it is no matter which daemons run.
  if (access.allowed.length === 0) return { texts: [], gaps: [] };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const states = objects.filter(({ kind }) => kind === 'SriovNetworkNodeState');
  const nodeObjects = objects.filter(({ kind }) => kind === 'Node');
  const { hosts, gaps } = reachableHosts(podsIn(objects, access), states, nodes, nodeObjects);
  const count = Math.min(hosts.length, limits.hosts);
  if (count > 0)
    options.warn?.(
      `Running reading commands (mstconfig q, mstfwreset query, cat) in ${count} config daemon pod(s); --no-exec leaves them out.`,
    );
  const asked = await askHosts(api, hosts, limits, options);
  return { texts: asked.texts, gaps: [...gaps, ...asked.gaps] };
};
