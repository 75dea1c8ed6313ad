/**
 * Why a node is where it is in the driver upgrade, what upstream does next, and what a person must do
 * (network-operator.md 3.21). The next pass is taken in thought, and each state adds what the pass does not look at.
 */
import { objectsOf } from '../../snapshot/snapshot.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import { OFED_KEYS } from '../driver-keys.ts';
import { driverManagers } from '../driver-managers.ts';
import type { DriverManager } from '../driver-managers.ts';
import { podNode } from '../driver-pod.ts';
import { nodeLabel, objectName } from '../managed-node.ts';
import { takePass } from '../upgrade-pass.ts';
import type { PassResult } from '../upgrade-pass.ts';
import { isUpgradeState } from '../upgrade-state.ts';
import type { UpgradeState } from '../upgrade-state.ts';
import { explainDone, explainUncordon } from './explain-end.ts';
import { explainFailed } from './explain-failed.ts';
import { explainFrozen } from './explain-frozen.ts';
import { explainDrain } from './explain-drain.ts';
import { explainJobs } from './explain-jobs.ts';
import { explainMaintenance } from './explain-maintenance.ts';
import { explainReload } from './explain-reload.ts';
import { explainSlot } from './explain-slot.ts';
import { explainManual } from './explain-manual.ts';
import { explainNoPod } from './explain-no-pod.ts';
import type { Explain, Explanation, Insight, NodeView } from './explanation.ts';

/** The operator comes back at least this often while a policy has autoUpgrade (upgrade_controller.go:61). */
const PASS_MINUTES = 2;

const EXPLAIN: Readonly<Record<UpgradeState, Explain>> = {
  '': () => ({}),
  'upgrade-done': explainDone,
  'upgrade-required': explainSlot,
  'cordon-required': () => ({}),
  'wait-for-jobs-required': explainJobs,
  'pod-deletion-required': () => ({}),
  'drain-required': explainDrain,
  'node-maintenance-required': explainMaintenance,
  'post-maintenance-required': () => relabel('upgrade-required'),
  'pod-restart-required': explainReload,
  'upgrade-failed': explainFailed,
  // The network operator has no validator: a node put here by hand moves on with the next pass.
  'validation-required': () => ({}),
  'uncordon-required': explainUncordon,
};

const relabel = (state: UpgradeState): Insight => ({
  todo: [
    {
      what: 'give the node a state that upstream knows; upgrade-required starts its upgrade from the beginning',
      command: `kubectl label node NODE ${OFED_KEYS.state}=${state} --overwrite`,
    },
  ],
});

/** What comes after each state, for a node that the next pass moves there. */
const AFTERWARDS: Readonly<Record<UpgradeState, string>> = {
  '': '',
  'upgrade-done': 'and its upgrade is over',
  'upgrade-required': 'where it waits for a slot',
  'cordon-required': 'and the pass after that cordons it',
  'wait-for-jobs-required': 'cordoned, and jobs are waited for next',
  'pod-deletion-required': 'which the network operator only passes through',
  'drain-required': 'and the pass after that drains it',
  'node-maintenance-required': 'and the maintenance operator cordons and drains it',
  'post-maintenance-required': '',
  'pod-restart-required': 'and the pass after that deletes the driver pod if it is outdated',
  'upgrade-failed': 'where it stays until a person acts',
  'validation-required': 'where validator pods are waited for',
  'uncordon-required': 'and the pass after that gives it back',
};

/** States in which the two modes differ, so that not knowing the mode matters. */
const MODE_MATTERS: ReadonlySet<string> = new Set([
  'upgrade-required',
  'node-maintenance-required',
  'uncordon-required',
]);

/** `now` in unix seconds: the clock's for a live cluster, the dump's own time for a dump. */
export const explainNode = (snapshot: Snapshot, name: string, now: number): Result<Explanation> => {
  const nodes = objectsOf(snapshot, 'Node').map(({ object }) => object);
  const node = nodes.find((object) => objectName(object) === name);
  const managers = driverManagers(snapshot);
  const holder = managers.find(({ input }) => input.driverPods.some((pod) => podNode(pod) === name));
  if (node === undefined) return noSuchNode(name, nodes.map(objectName));
  const state = nodeLabel(node, OFED_KEYS.state) ?? '';
  const manager = holder ?? (managers[0] as DriverManager);
  if (manager.off !== undefined) return ok(explainManual({ node, state, manager, snapshot, now }));

  const result = takePass(manager.input, manager.policy, {
    now,
    ...(manager.requestor && { requestor: manager.requestor }),
  });
  const base = { node: name, manager: manager.name, state };
  const { fleet } = result;
  if (fleet === undefined) return ok({ ...base, ...explainFrozen(manager, result) });
  const managed = fleet.managed.findLast((each) => each.name === name);
  if (managed === undefined) return ok(explainNoPod(node, state, manager));
  const decision = result.decisions.findLast((each) => each.node === name);
  if (decision === undefined) return ok({ ...base, ...explainNotReached(result) });

  const view: NodeView = { managed, decision, manager, fleet, snapshot, now };
  const insight = isUpgradeState(state) ? EXPLAIN[state](view) : relabel('upgrade-required');
  return ok({
    ...base,
    because: insight.because ?? decision.because,
    next: insight.next ?? nextOf(view),
    todo: (insight.todo ?? []).map((todo) => ({
      ...todo,
      ...(todo.command !== undefined && { command: todo.command.replaceAll('NODE', name) }),
    })),
    defects: insight.defects ?? decision.defects ?? [],
    unknown: [
      ...unknownOf(view),
      ...(insight.unknown ?? []),
      ...(MODE_MATTERS.has(state) ? manager.gaps : []),
      ...result.gaps,
    ],
  });
};

const nextOf = ({ decision: { to, starts, afterStep, unknown, fault } }: NodeView): string => {
  if (fault !== undefined) return 'every pass ends here with an error, for this node and for all that come after it';
  if (unknown !== undefined) return 'what the next pass does cannot be told from this input';
  if (to !== undefined)
    return `the next pass, at the latest in ${PASS_MINUTES} min, sets it to ${to} ${AFTERWARDS[to]}`.trimEnd();
  if (starts === 'drain')
    return 'the drain in the background sets it to pod-restart-required or upgrade-failed when it ends';
  if (afterStep !== undefined) return 'the next pass deletes the driver pod, and the DaemonSet makes it anew';
  return 'upstream leaves it where it is until that changes';
};

const unknownOf = ({ decision, managed }: NodeView): Explanation['unknown'] =>
  decision.unknown === undefined
    ? []
    : [
        {
          what: `next step of ${managed.name}`,
          because: decision.because,
          settle: decision.unknown.settle,
          node: managed.name,
        },
      ];

/** An error on one node before this one ends every pass (D23). */
const explainNotReached = ({
  decisions,
  fault,
  gaps,
}: PassResult): Pick<Explanation, 'because' | 'next' | 'todo' | 'defects' | 'unknown'> => ({
  because: `no pass gets as far as this node: ${fault?.message ?? 'the pass ends early'}`,
  next: `nothing happens here until node ${decisions.at(-1)?.node ?? ''} no longer ends the pass`,
  todo: [{ what: `mend what ends the pass: nicwright driver explain ${decisions.at(-1)?.node ?? ''}` }],
  defects: ['D23'],
  unknown: gaps,
});

const noSuchNode = (name: string, known: readonly string[]): Result<Explanation> =>
  fail(
    'usage-no-such-node',
    known.length === 0
      ? `there is no Node object in the input, so ${name} cannot be explained; add kubectl get nodes -o yaml`
      : `no node is called ${name}; the input has ${known.slice(0, 5).join(', ')}${known.length > 5 ? ` and ${known.length - 5} more` : ''}`,
  );
