/**
 * Why a pod does not fit a node: the scheduler's filters, each with a sentence that names what is short (kube-scheduler's
 * plugins NodeUnschedulable, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit). Terms between pods are in
 * pod-affinity.ts and topology-spread.ts.
 */
import { selects } from '../model/label-selector.ts';
import { selectsNode } from '../model/node-selector.ts';
import { tolerates, untolerated } from '../model/taint.ts';
import type { NodeRoom } from './node-room.ts';
import type { HostPort, PodDemand } from './pod-demand.ts';

export type MisfitKind =
  | 'node-name'
  | 'unschedulable'
  | 'taint'
  | 'node-affinity'
  | 'host-port'
  | 'resource'
  | 'too-many-pods'
  | 'pod-affinity'
  | 'pod-anti-affinity'
  | 'topology-spread'
  | 'scheduling-gate'
  /** Not a misfit but something that this room cannot know. */
  | 'unknown-volume';

export interface Misfit {
  readonly kind: MisfitKind;
  readonly because: string;
  /** The resource that is short. */
  readonly resource?: string;
}

const UNSCHEDULABLE_TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

const show = (milli: bigint): string => (milli % 1000n === 0n ? String(milli / 1000n) : `${milli}m`);

const resourceMisfits = ({ requests }: PodDemand, room: NodeRoom): readonly Misfit[] => {
  const misfits: Misfit[] = [];
  const slots = (room.allocatable.get('pods') ?? 0n) / 1000n;
  if (BigInt(room.pods.length + 1) > slots)
    misfits.push({
      kind: 'too-many-pods',
      because: `${room.name} holds ${room.pods.length} pods and takes no more than ${slots}`,
    });
  for (const [resource, wanted] of requests) {
    if (wanted <= 0n) continue;
    const offered = room.allocatable.get(resource);
    const free = (offered ?? 0n) - (room.used.get(resource) ?? 0n);
    if (wanted <= free) continue;
    const because =
      offered === undefined
        ? `${room.name} does not offer ${resource} at all`
        : `${room.name} has ${show(free < 0n ? 0n : free)} of ${show(offered)} ${resource} left, and ${show(wanted)} are asked for`;
    misfits.push({ kind: 'resource', resource, because });
  }
  return misfits;
};

const portsCollide = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0');

const matchesNode = ({ nodeSelector, requiredNodes }: PodDemand, room: NodeRoom): boolean =>
  selects(
    Object.entries(nodeSelector).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
    room.labels,
  ) &&
  (requiredNodes === undefined || selectsNode(requiredNodes, room));

/** Every filter that this node fails, or an empty list. Looks at the node and the pods on it only. */
export const misfits = (pod: PodDemand, room: NodeRoom): readonly Misfit[] => {
  const { name } = room;
  const found: Misfit[] = [];
  const add = (kind: MisfitKind, because: string): void => void found.push({ kind, because });
  if (pod.gates.length > 0)
    add('scheduling-gate', `the pod waits for ${pod.gates.join(', ')} to lift its scheduling gate`);
  if (pod.nodeName !== undefined && pod.nodeName !== name) add('node-name', `the pod names ${pod.nodeName}`);
  if (room.unschedulable && !pod.tolerations.some((toleration) => tolerates(toleration, UNSCHEDULABLE_TAINT)))
    add('unschedulable', `${name} is cordoned`);
  const repelling = untolerated(
    room.taints.filter(
      ({ key, effect }) => effect !== 'PreferNoSchedule' && !(room.unschedulable && key === UNSCHEDULABLE_TAINT.key),
    ),
    pod.tolerations,
  );
  for (const { key, value, effect } of repelling)
    add(
      'taint',
      `${name} has the taint ${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}, which the pod does not tolerate`,
    );
  if (!matchesNode(pod, room)) add('node-affinity', `${name} does not match the pod's node selector or affinity`);
  const port = pod.hostPorts.find((wanted) => room.hostPorts.some((taken) => portsCollide(wanted, taken)));
  if (port !== undefined) add('host-port', `port ${port.port}/${port.protocol} of ${name} is taken`);
  found.push(...resourceMisfits(pod, room));
  return found;
};
