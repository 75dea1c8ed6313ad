/** Reads who else acts on a node, and what stands at the marks of a visit on other objects. A list that is denied is unknown. */
import { digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { DAEMON_SETS, DEPLOYMENTS, type KubeResource } from '../../core/model/kube-resource.ts';
import type { KubeFault } from '../../core/ports/kube-fault.ts';
import { othersAtWork, othersToQuiet } from '../../core/visit/others/drainers.ts';
import { markById } from '../../core/visit/others/mark-by-id.ts';
import { DAEMON_LABEL } from '../../core/visit/others/operators.ts';
import { WATCHED_KINDS } from '../../core/visit/others/watched-kinds.ts';
import { told, untold, type Told } from '../../core/visit/told.ts';
import type { MarkFacts, OthersFacts } from '../../core/visit/visit-facts.ts';
import { nodeStateOf, podsOf, type Gathering } from './gathering.ts';

const DAEMON_APP = 'sriov-network-config-daemon';

type Kinds = ReadonlyMap<string, readonly KubeObject[]>;

const refused = (what: string, { message }: KubeFault) =>
  untold(`who else is at work on it is not known: ${what} cannot be read: ${message}`);

const keyOf = ({ kind, group }: Pick<KubeResource, 'kind' | 'group'>): string => `${kind}.${group}`;

const readKinds = async ({ reads, signal }: Gathering): Promise<Told<Kinds>> => {
  const kinds = new Map<string, readonly KubeObject[]>();
  for (const kind of [DAEMON_SETS, DEPLOYMENTS]) {
    const read = await reads.recent(kind, signal);
    if (!read.ok) return refused(kind.kind, read.fault);
    kinds.set(keyOf(kind), read.value);
  }
  for (const watched of WATCHED_KINDS) {
    const key = keyOf(watched);
    const served = await reads.served(watched, signal);
    if (!served.ok) return refused('what the server serves', served.fault);
    const read = served.value === undefined ? undefined : await reads.recent(served.value, signal);
    if (read?.ok === false) return refused(key, read.fault);
    kinds.set(key, read?.value ?? []);
  }
  return told(kinds);
};

/** Only where something asks for them. */
const podsAskedFor = (kinds: Kinds, hasDaemon: boolean): boolean =>
  hasDaemon || (kinds.get('Workload.kueue.x-k8s.io') ?? []).length > 0;

export const gatherOthers = async (gathering: Gathering): Promise<Told<OthersFacts>> => {
  const { object, base } = gathering;
  const state = await nodeStateOf(gathering);
  if (!state.ok) return refused('its SriovNetworkNodeState', state.fault);
  const kinds = await readKinds(gathering);
  if (!kinds.known) return kinds;
  const hasDaemon = base.node.labels[DAEMON_LABEL] !== undefined;
  const pods = podsAskedFor(kinds.value, hasDaemon) ? await podsOf(gathering) : undefined;
  if (pods?.ok === false) return refused('its pods', pods.fault);
  const around = { node: object, nodeState: state.value, kinds: kinds.value, pods: pods?.value ?? [] };
  return told({
    atWork: othersAtWork(around),
    toQuiet: othersToQuiet(around),
    stillThere: (hasDaemon ? around.pods : [])
      .filter((pod) => digTexts(pod, 'metadata', 'labels')['app'] === DAEMON_APP)
      .map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`),
  });
};

export const gatherMarks = async ({ ports, reads, base, signal }: Gathering): Promise<Told<MarkFacts>> => {
  const marks: Record<string, string | null> = {};
  for (const id of Object.keys(base.journal.quieted ?? {})) {
    const mark = markById(id);
    if (mark?.on === undefined) continue;
    const { kind, key, on } = mark;
    const served = await reads.served(on, signal);
    if (!served.ok) return untold(`what keeps others away cannot be read: ${served.fault.message}`);
    if (served.value === undefined) continue;
    const found = await ports.api.get(served.value, { namespace: on.namespace, name: on.name }, { signal });
    if (!found.ok && found.fault.code === 'kube-not-found') continue;
    if (!found.ok) return untold(`what keeps others away cannot be read: ${found.fault.message}`);
    marks[id] = digTexts(found.value, 'metadata', kind === 'label' ? 'labels' : 'annotations')[key] ?? null;
  }
  return told(marks);
};
