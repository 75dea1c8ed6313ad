/**
 * Topology spread constraints with whenUnsatisfiable DoNotSchedule (kube-scheduler plugin PodTopologySpread): the domain
 * may not hold more than maxSkew pods above the emptiest eligible one. ScheduleAnyway only prefers and is not read.
 */
import { dig, digNumber, digText } from '../model/dig.ts';
import { readLabelSelector, selects } from '../model/label-selector.ts';
import { selectsNode } from '../model/node-selector.ts';
import { untolerated } from '../model/taint.ts';
import type { Misfit } from './misfits.ts';
import type { NodeRoom } from './node-room.ts';
import type { PodDemand } from './pod-demand.ts';

const isEligible = (pod: PodDemand, room: NodeRoom, constraint: unknown): boolean => {
  const honoursAffinity = digText(constraint, 'nodeAffinityPolicy') !== 'Ignore';
  const honoursTaints = digText(constraint, 'nodeTaintsPolicy') === 'Honor';
  const matches =
    Object.entries(pod.nodeSelector).every(([key, value]) => room.labels[key] === value) &&
    (pod.requiredNodes === undefined || selectsNode(pod.requiredNodes, room));
  if (honoursAffinity && !matches) return false;
  return (
    !honoursTaints ||
    untolerated(
      room.taints.filter(({ effect }) => effect !== 'PreferNoSchedule'),
      pod.tolerations,
    ).length === 0
  );
};

const misfitOf = (
  constraint: unknown,
  pod: PodDemand,
  room: NodeRoom,
  rooms: readonly NodeRoom[],
): Misfit | undefined => {
  const key = digText(constraint, 'topologyKey') ?? '';
  const maxSkew = digNumber(constraint, 'maxSkew') ?? 1;
  const base = readLabelSelector(dig(constraint, 'labelSelector')) ?? [];
  const extra = Array.isArray(dig(constraint, 'matchLabelKeys'))
    ? (dig(constraint, 'matchLabelKeys') as unknown[])
    : [];
  const selector = [
    ...base,
    ...extra.flatMap((label) =>
      typeof label === 'string' && pod.labels[label] !== undefined
        ? [{ key: label, operator: 'In' as const, values: [pod.labels[label]] }]
        : [],
    ),
  ];
  const domain = room.labels[key];
  if (domain === undefined)
    return {
      kind: 'topology-spread',
      because: `${room.name} lacks the label ${key} over which the pod is to be spread`,
    };
  const counts = new Map<string, number>();
  for (const other of rooms) {
    const value = other.labels[key];
    if (value === undefined || !isEligible(pod, other, constraint)) continue;
    const count = other.pods.filter(
      (there) => there.namespace === pod.namespace && selects(selector, there.labels),
    ).length;
    counts.set(value, (counts.get(value) ?? 0) + count);
  }
  const minDomains = digNumber(constraint, 'minDomains') ?? 1;
  const least = counts.size < minDomains ? 0 : Math.min(...counts.values(), Number.POSITIVE_INFINITY);
  const self = selects(selector, pod.labels) ? 1 : 0;
  const skew = (counts.get(domain) ?? 0) + self - (Number.isFinite(least) ? least : 0);
  return skew <= maxSkew
    ? undefined
    : {
        kind: 'topology-spread',
        because: `${domain} would hold ${skew} more of these pods than the emptiest ${key}, and ${maxSkew} is allowed`,
      };
};

export const spreadMisfits = (pod: PodDemand, room: NodeRoom, rooms: readonly NodeRoom[]): readonly Misfit[] =>
  pod.spread
    .filter((constraint) => digText(constraint, 'whenUnsatisfiable') !== 'ScheduleAnyway')
    .flatMap((constraint) => misfitOf(constraint, pod, room, rooms) ?? []);
