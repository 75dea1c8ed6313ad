/**
 * upgrade-failed: what most likely failed, reconstructed from what is there now, and the ways out in order of risk.
 * Nothing on the node says why it failed (D3), so each cause is looked for where it would still show.
 */
import { digText } from '../../model/dig.ts';
import type { FilterCode } from '../../drain/filter-pods.ts';
import { podName } from '../../drain/pod-facts.ts';
import { drainOutcome } from '../drain-outcome.ts';
import type { DrainOutcome } from '../drain-outcome.ts';
import type { RefusedPod } from '../drain-selection.ts';
import { failingContainer } from '../driver-pod.ts';
import { isWaitingForSafeLoad, objectName } from '../managed-node.ts';
import { named } from '../wording.ts';
import { drainFacts } from './drain-facts.ts';
import { podTrouble } from './driver-pod-cause.ts';
import type { Explain, NodeView, Todo } from './explanation.ts';

export const explainFailed: Explain = (view) => {
  const { decision, fleet, managed } = view;
  if (decision.to !== undefined) return {};
  const waits = isWaitingForSafeLoad(managed.node, fleet.keys.safeLoad);
  return {
    because: `its upgrade failed; ${causeOf(view)}${waits ? '; its driver pod waits for safe load, which upstream does not release in this state' : ''}`,
    next: 'nothing: upstream only watches whether the driver pod becomes current and ready by other means',
    todo: waysOut(view, waits),
    defects: [...(decision.defects ?? []), 'D2'],
  };
};

/** The order is that of the evidence: a driver pod that fails shows it; an outdated one was never reached. */
const causeOf = (view: NodeView): string => {
  const { managed, fleet } = view;
  const pod = `driver pod ${objectName(managed.pod)}`;
  const sync = fleet.syncOf(managed);
  const cause = podTrouble(view);
  if (failingContainer(managed.pod) !== undefined && cause !== undefined) return `${pod} ${cause.because}`;
  if (sync.is === 'outdated' || sync.is === 'orphan') {
    const outcome = drainOf(view);
    return outcome?.state === 'upgrade-failed'
      ? `${pod} was never replaced, so the drain is what failed, and it would fail again: ${outcome.because}`
      : `${pod} was never replaced, so the drain or the cordon is what failed; what stood in its way is gone now`;
  }
  return cause === undefined ? 'what failed does not show any more' : `${pod} ${cause.because}`;
};

/** How a drain by the policy would end now; undefined where the policy drains nothing. */
const drainOf = (view: NodeView): DrainOutcome | undefined => {
  const { drain } = view.manager.policy;
  return drain?.enable === true ? drainOutcome(drain, drainFacts(view)) : undefined;
};

/** The consent that kubectl asks for a pod that it refuses. */
const CONSENTS: Readonly<Partial<Record<FilterCode, string>>> = {
  unmanaged: '--force',
  'daemonset-missing': '--force',
  'local-data': '--delete-emptydir-data',
};

const drainByHand = (refused: readonly RefusedPod[]): Todo => {
  const flags = [...new Set(refused.flatMap(({ code }) => CONSENTS[code] ?? []))];
  const names = refused.map(({ pod }) => podName(pod));
  return {
    what: `drain the node by hand${flags.length === 0 ? '' : `; the flags give up ${named(names)} or their local data`}`,
    command: ['kubectl drain NODE --ignore-daemonsets', ...flags].join(' '),
  };
};

const waysOut = (view: NodeView, waits: boolean): readonly Todo[] => {
  const {
    managed: { pod },
    fleet,
    manager,
  } = view;
  return [
    ...(podTrouble(view)?.todo ?? []),
    drainByHand(drainOf(view)?.refused ?? []),
    ...(waits
      ? [{ what: 'release the driver from safe load', command: `kubectl annotate node NODE ${fleet.keys.safeLoad}-` }]
      : []),
    {
      what: 'delete the driver pod once; a new pod that becomes ready ends the failure by itself',
      command: `kubectl delete pod -n ${digText(pod, 'metadata', 'namespace') ?? ''} ${objectName(pod)}`,
    },
    {
      what: 'or start the whole upgrade of the node anew',
      command: `kubectl label node NODE ${fleet.keys.state}=upgrade-required --overwrite`,
    },
    {
      what: `if the new pod fails too, go back to a driver version that works: spec.ofedDriver.version of ${manager.name}, then delete the pod again`,
    },
  ];
};
