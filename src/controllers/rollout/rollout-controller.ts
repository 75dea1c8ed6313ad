/**
 * Carries out Rollouts: a watch and two loops, one that begins visits and one that takes them on, step by step. Run it where
 * it leads (runtime/leader.ts) or where nobody else can; what it knows stands in the cluster, so it may end at any point.
 */
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { runReconcileLoop } from '../../runtime/reconcile-loop.ts';
import { createReflector } from '../../runtime/reflector.ts';
import { createWorkQueue } from '../../runtime/work-queue.ts';
import { VISIT_DECIDERS, type VisitDeciders } from './visit-deciders.ts';
import { clusterReads } from './cluster-reads.ts';
import { rolloutReconciler } from './rollout-reconciler.ts';
import type { RolloutPorts } from './rollout-ports.ts';
import { visitKey, visitReconciler } from './visit-reconciler.ts';

const VISIT_WORKERS = 8;

export interface RunOptions {
  /** Asked before each act and each record. */
  readonly mayAct?: () => boolean;
  /** Core/visit's, but for the simulation suite, which drops one guard at a time to see that it is missed. */
  readonly deciders?: VisitDeciders;
  /** Called when the list of Rollouts was read for the first time. */
  readonly onSynced?: () => void;
}

/** Runs until the signal aborts. */
export const runRolloutController = async (
  ports: RolloutPorts,
  signal: AbortSignal,
  { mayAct = () => true, deciders = VISIT_DECIDERS, onSynced = () => {} }: RunOptions = {},
): Promise<void> => {
  const { api, clock, random, log, metrics } = ports;
  const rollouts = createWorkQueue(clock);
  const visits = createWorkQueue(clock);
  const reads = clusterReads(ports);
  const known = new Set<string>();
  const reflector = createReflector({
    api,
    kind: ROLLOUTS,
    project: ({ metadata: { generation, deletionTimestamp } }) => ({ generation, deletionTimestamp }),
    handler: (change) => {
      if (
        change.type === 'changed' &&
        change.before.generation === change.value.generation &&
        change.before.deletionTimestamp === change.value.deletionTimestamp
      )
        return;
      rollouts.add(change.key);
      for (const key of known) if (key.startsWith(`${change.key}/`)) visits.add(key);
    },
    clock,
    random,
    log,
    metrics,
  });
  void reflector.whenSynced().then(onSynced);
  const onVisit = (rollout: string, node: string): void => {
    const key = visitKey(rollout, node);
    if (known.has(key)) return;
    known.add(key);
    visits.add(key);
  };
  const step = visitReconciler({ ports, reads, mayAct, deciders, onTurn: (rollout) => rollouts.add(rollout) });
  const loop = { clock, random, log, metrics };
  await Promise.all([
    reflector.run(signal),
    runReconcileLoop(
      {
        ...loop,
        name: 'rollout',
        queue: rollouts,
        reconcile: rolloutReconciler({ ports, reads, mayAct, deciders, onVisit }),
      },
      signal,
    ),
    runReconcileLoop(
      {
        ...loop,
        name: 'visit',
        queue: visits,
        workers: VISIT_WORKERS,
        reconcile: async (key, stop) => {
          const outcome = await step(key, stop);
          // The next pass over its rollout finds it again, if it is still in hand.
          if (!('after' in outcome)) known.delete(key);
          return outcome;
        },
      },
      signal,
    ),
  ]);
};
