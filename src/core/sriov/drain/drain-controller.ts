/**
 * One pass of the operator's drain controller for one node, as data (controllers/drain_controller.go and
 * drain_controller_helper.go at 249e20012; reference: sriov.md 2.6). Whoever carries the acts out stops at the first that
 * fails and asks again later; which pods an eviction meets is left to drain/partial-drain.ts and core/drain.
 *
 * Left out: OpenShift, where the machine config pool is paused before and after.
 */
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import { maxUnavailable, poolOf, UNLIMITED } from '../pool-config.ts';
import type { PoolNode, SriovNetworkPoolConfig } from '../pool-config.ts';
import { DRAIN_REQUESTS } from './drain-state.ts';
import type { DrainState } from './drain-state.ts';

export interface DrainNode extends PoolNode {
  /** The Node's annotation `state`, as it stands there. */
  readonly request?: string;
  /** Absent where the node has no SriovNetworkNodeState. */
  readonly nodeState?: {
    readonly desired?: string;
    readonly current?: string;
    /** use-external-drainer is "true". */
    readonly externalDrainer?: boolean;
  };
}

export interface DrainCluster {
  readonly nodes: readonly DrainNode[];
  readonly pools: readonly SriovNetworkPoolConfig[];
}

export type DrainAct =
  /** Annotations that are missing start as Idle. */
  | { readonly do: 'add-annotation'; readonly which: 'request' | 'desired' | 'current' }
  | { readonly do: 'set-current'; readonly to: DrainState }
  | { readonly do: 'cordon' }
  /** All pods, or only those that hold SR-IOV devices; 90 s a try, three tries. */
  | { readonly do: 'evict'; readonly pods: 'all' | 'with-resource' }
  /** Takes away any cordon, also one that a person had set before. */
  | { readonly do: 'uncordon' };

export interface DrainPass {
  /** In this order. */
  readonly acts: readonly DrainAct[];
  /** When the controller looks again without being told of a change. */
  readonly againAfterMs?: number;
  readonly because: string;
}

/** How soon the controller asks again for a slot, or goes on with what was not completed. */
export const DRAIN_RETRY_MS = 5000;

const nothing = (because: string): DrainPass => ({ acts: [], because });

const isDraining = ({ nodeState }: DrainNode): boolean =>
  nodeState?.current === 'Draining' || nodeState?.current === 'DrainComplete';

/** Whether the node's pool has a slot left; nodes without a node state are members that take none. */
const slotFor = (node: DrainNode, { nodes, pools }: DrainCluster): Result<{ free: boolean; because: string }> => {
  const found = poolOf(node, nodes, pools);
  if (!found.ok) return found;
  const { pool, nodes: members } = found.value;
  const allowed = maxUnavailable(pool.maxUnavailable, members.length);
  if (!allowed.ok) return allowed;
  const inPool = new Set(members);
  const used = nodes.filter((candidate) => inPool.has(candidate.name) && isDraining(candidate)).length;
  const name = pool.name === '' ? 'the pool of nodes in no pool' : `pool ${pool.name}`;
  if (allowed.value === UNLIMITED) return ok({ free: true, because: `${name} sets no limit` });
  const because = `${used} of ${allowed.value} slots of ${name} (${members.length} nodes) are taken`;
  return ok({ free: used < allowed.value, because });
};

const drain = (node: DrainNode, cluster: DrainCluster, full: boolean): Result<DrainPass> => {
  const start = node.nodeState?.current === 'Idle';
  const slot = start ? slotFor(node, cluster) : ok({ free: true, because: 'the drain has begun' });
  if (!slot.ok) return slot;
  if (!slot.value.free) return ok({ acts: [], againAfterMs: DRAIN_RETRY_MS, because: slot.value.because });
  const begin: readonly DrainAct[] = start ? [{ do: 'set-current', to: 'Draining' }] : [];
  const end: DrainAct = { do: 'set-current', to: 'DrainComplete' };
  if (full && cluster.nodes.length === 1)
    return ok({ acts: [...begin, end], because: 'a restart of the only node of the cluster is done without a drain' });
  const evict: DrainAct = { do: 'evict', pods: full ? 'all' : 'with-resource' };
  return ok({
    acts: [...begin, { do: 'cordon' }, evict, end],
    againAfterMs: DRAIN_RETRY_MS,
    because: `${node.request} and ${slot.value.because}`,
  });
};

const missingAnnotations = (node: DrainNode): readonly DrainAct[] => [
  ...(node.nodeState?.current === undefined ? [{ do: 'add-annotation', which: 'current' } as const] : []),
  ...(node.nodeState?.desired === undefined ? [{ do: 'add-annotation', which: 'desired' } as const] : []),
  ...(node.request === undefined ? [{ do: 'add-annotation', which: 'request' } as const] : []),
];

/** What the drain controller does for `node` now; a fault is what it writes into its log and retries with back-off. */
export const drainPass = (node: DrainNode, cluster: DrainCluster): Result<DrainPass> => {
  if (node.nodeState === undefined) return ok(nothing('the node has no SriovNetworkNodeState'));
  if (node.nodeState.externalDrainer === true)
    return ok(nothing('use-external-drainer is set: somebody else drains this node'));
  const missing = missingAnnotations(node);
  if (missing.length > 0) return ok({ acts: missing, againAfterMs: 0, because: 'annotations are missing' });

  const request = DRAIN_REQUESTS.find((known) => known === node.request);
  const { current } = node.nodeState;
  switch (request) {
    case undefined:
      return fail(
        'input-drain-request',
        `node ${node.name} has state ${JSON.stringify(node.request)}, which is none of ${DRAIN_REQUESTS.join(', ')}; set it to Idle`,
      );
    case 'Idle':
      if (current === 'Idle') return ok(nothing('the node asks for nothing'));
      if (!isDraining(node))
        return fail(
          'input-drain-state',
          `node state ${node.name} has current-state ${JSON.stringify(current)}, which the operator does not know; set it to Idle`,
        );
      return ok({
        acts: [{ do: 'uncordon' }, { do: 'set-current', to: 'Idle' }],
        againAfterMs: DRAIN_RETRY_MS,
        because: 'the daemon is done, or wants no drain any more',
      });
    case 'Drain_Required':
    case 'Reboot_Required':
      if (current === 'DrainComplete') return ok(nothing('drained: the daemon works, and will ask for Idle'));
      return drain(node, cluster, request === 'Reboot_Required');
  }
};
