/**
 * Where a pod could go: each node with what speaks against it. Which of the fitting nodes the scheduler would pick is a
 * matter of scores and is not decided here; the first by name is taken where one is needed.
 */
import { misfits, type Misfit } from './misfits.ts';
import type { NodeRoom } from './node-room.ts';
import type { PodDemand } from './pod-demand.ts';
import { affinityMisfits } from './pod-affinity.ts';
import { spreadMisfits } from './topology-spread.ts';

export interface NodeFit {
  readonly node: string;
  /** unknown: nothing speaks against it, but a volume claim may, which cannot be told from nodes and pods. */
  readonly verdict: 'fits' | 'does-not-fit' | 'unknown';
  readonly misfits: readonly Misfit[];
}

export const fitOf = (pod: PodDemand, room: NodeRoom, rooms: readonly NodeRoom[]): NodeFit => {
  const against = [...misfits(pod, room), ...affinityMisfits(pod, room, rooms), ...spreadMisfits(pod, room, rooms)];
  if (against.length > 0) return { node: room.name, verdict: 'does-not-fit', misfits: against };
  if (pod.claims.length === 0) return { node: room.name, verdict: 'fits', misfits: [] };
  return {
    node: room.name,
    verdict: 'unknown',
    misfits: [
      {
        kind: 'unknown-volume',
        because: `the pod claims ${pod.claims.join(', ')}; whether it can be attached at ${room.name} is not known here`,
      },
    ],
  };
};

export interface Placement {
  readonly fits: readonly NodeFit[];
  /** One sentence, in the scheduler's manner: how many nodes, and what speaks against how many of them. */
  readonly because: string;
}

export const placePod = (pod: PodDemand, rooms: readonly NodeRoom[]): Placement => {
  const fits = rooms.map((room) => fitOf(pod, room, rooms));
  const good = fits.filter(({ verdict }) => verdict === 'fits');
  if (good.length > 0)
    return {
      fits,
      because: `${good.length} of ${fits.length} nodes can take it: ${good
        .slice(0, 5)
        .map(({ node }) => node)
        .join(', ')}`,
    };
  const reasons = Map.groupBy(
    fits.flatMap(({ node, misfits: against }) => against.map((misfit) => ({ node, misfit }))),
    ({ misfit: { kind, resource } }) => `${kind} ${resource ?? ''}`,
  );
  const counted = [...reasons.values()].map(
    (group) => `${new Set(group.map(({ node }) => node)).size}: ${group[0]?.misfit.because ?? ''}`,
  );
  return { fits, because: `0 of ${fits.length} nodes can take it (${counted.join('; ')})` };
};
