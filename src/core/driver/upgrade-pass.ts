/**
 * One pass of the upstream upgrade manager as a pure function: the cluster as it is in, what upstream would write out,
 * with a sentence for every managed node (network-operator.md 3.4; upgrade_state.go, ApplyState).
 * The rules of the single states stand in rules/; writing is left to the caller.
 */
import { parseLabelSelector } from '../model/label-selector.ts';
import type { LabelSelector } from '../model/label-selector.ts';
import { ok } from '../result.ts';
import type { Fault, Result } from '../result.ts';
import type { Gap } from '../snapshot/snapshot.ts';
import { buildFleet } from './fleet.ts';
import type { Fleet, FleetInput, RequestorIdentity } from './fleet.ts';
import { isInRequestorMode, isNodeReady, isUnschedulable, objectName } from './managed-node.ts';
import type { ManagedNode } from './managed-node.ts';
import { beginInPlace, beginWithRequestor } from './rules/begin-upgrade.ts';
import { checkDriver } from './rules/check-driver.ts';
import { stay } from './rules/decision.ts';
import type { Decision, PassContext, Rule } from './rules/decision.ts';
import { uncordonNode, validate } from './rules/finish-upgrade.ts';
import { awaitMaintenance, endMaintenance } from './rules/maintenance.ts';
import { cordonNode, deletePods, drainNode, waitForJobs } from './rules/make-room.ts';
import { restartPod, watchFailed } from './rules/reload-driver.ts';
import { describeSlots } from './slot-words.ts';
import { slotsOf } from './slots.ts';
import type { Slots } from './slots.ts';
import type { UpgradePolicy } from './upgrade-policy.ts';
import { isUpgradeState } from './upgrade-state.ts';
import type { UpgradeState } from './upgrade-state.ts';
import type { BackgroundStart, Write } from './write.ts';

export interface PassOptions {
  /** Unix seconds. */
  readonly now: number;
  /** Present = requestor mode. */
  readonly requestor?: RequestorIdentity;
  /** Only the GPU operator enables it. */
  readonly podDeletionEnabled?: boolean;
  /** Label selector text of the validator pods; only the GPU operator sets it. */
  readonly validationSelector?: string;
  /** Nodes whose drain this process has started before and which still runs. */
  readonly draining?: ReadonlySet<string>;
}

export interface NodeDecision extends Decision {
  readonly node: string;
  readonly pod: string;
  /** The label at the start of the pass, whatever text it was. */
  readonly from: string;
}

export interface PassResult {
  /** One entry a managed node, in the order in which upstream comes to it; nodes after a fault are not reached. */
  readonly decisions: readonly NodeDecision[];
  /** All API writes, in order. */
  readonly writes: readonly Write[];
  readonly starts: readonly BackgroundStart[];
  /** Absent in requestor mode and where the snapshot failed. */
  readonly slots?: Slots;
  /** Absent where the snapshot failed. */
  readonly fleet?: Fleet;
  /** Why upstream ends the pass early; the writes before it are made all the same. */
  readonly fault?: Fault;
  readonly gaps: readonly Gap[];
}

interface Step {
  readonly state: UpgradeState;
  readonly rule: Rule;
  readonly takes?: (managed: ManagedNode) => boolean;
}

/** The order of ApplyState. Every node is in one bucket, by its label at the start, so it moves at most once a pass. */
const stepsOf = (requestor: RequestorIdentity | undefined, modeKey: string): readonly Step[] => {
  const inMode = (managed: ManagedNode): boolean => isInRequestorMode(managed, modeKey);
  return [
    { state: '', rule: checkDriver },
    { state: 'upgrade-done', rule: checkDriver },
    { state: 'upgrade-required', rule: requestor === undefined ? beginInPlace : beginWithRequestor(requestor) },
    { state: 'cordon-required', rule: cordonNode },
    { state: 'wait-for-jobs-required', rule: waitForJobs },
    { state: 'pod-deletion-required', rule: deletePods },
    { state: 'drain-required', rule: drainNode },
    { state: 'node-maintenance-required', rule: awaitMaintenance },
    { state: 'pod-restart-required', rule: restartPod },
    { state: 'upgrade-failed', rule: watchFailed },
    { state: 'validation-required', rule: validate },
    // Nodes that began in place end in place, also after requestor mode was switched on.
    { state: 'uncordon-required', rule: uncordonNode, takes: (managed) => !inMode(managed) },
    { state: 'uncordon-required', rule: requestor === undefined ? strand : endMaintenance(requestor), takes: inMode },
    { state: 'post-maintenance-required', rule: () => stay('no step of upstream looks at this state') },
  ];
};

const strand: Rule = (_managed, { fleet: { keys } }) =>
  stay(`annotation ${keys.requestorMode} leaves it to requestor mode, which is off`, { defects: ['D17'] });

const park = ({ label }: ManagedNode): Decision =>
  stay(`${JSON.stringify(label)} is not a known state, so no step looks at the node`, { defects: ['D26'] });

/** Takes one pass. With autoUpgrade off nothing is decided: that is the upgrade controller's (upgrade-controller.ts). */
export const takePass = (input: FleetInput, policy: UpgradePolicy, options: PassOptions): PassResult => {
  const built = buildFleet(input, options.requestor);
  if (!built.ok) return { decisions: [], writes: [], starts: [], fault: built.fault, gaps: [] };
  const fleet = built.value;
  if (!policy.autoUpgrade) return { decisions: [], writes: [], starts: [], fleet, gaps: fleet.gaps };

  const slots = countSlots(fleet, policy);
  const context = contextOf(fleet, policy, slots, options);
  const walk = new Walk(context);
  for (const { state, rule, takes } of stepsOf(options.requestor, fleet.keys.requestorMode)) {
    const slotFault = state === 'upgrade-required' && options.requestor === undefined && !slots.ok;
    const fault = slotFault ? slots.fault : walk.step(fleet.buckets.get(state) ?? [], rule, takes);
    if (fault !== undefined) return { ...walk.result(), ...slotsPart(slots, options), fleet, fault, gaps: fleet.gaps };
  }
  for (const [label, bucket] of fleet.buckets) if (!isUpgradeState(label)) walk.step(bucket, park);
  return { ...walk.result(), ...slotsPart(slots, options), fleet, gaps: fleet.gaps };
};

const slotsPart = (slots: Result<Slots>, { requestor }: PassOptions): { slots?: Slots } =>
  slots.ok && requestor === undefined ? { slots: slots.value } : {};

const countSlots = (fleet: Fleet, { maxParallelUpgrades, maxUnavailable }: UpgradePolicy): Result<Slots> =>
  slotsOf({
    counts: new Map([...fleet.buckets].map(([label, bucket]) => [label, bucket.length])),
    unavailable: fleet.managed.filter(({ node }) => isUnschedulable(node) || !isNodeReady(node)).length,
    maxParallelUpgrades,
    maxUnavailable,
  });

const contextOf = (fleet: Fleet, policy: UpgradePolicy, slots: Result<Slots>, options: PassOptions): PassContext => ({
  fleet,
  policy,
  now: options.now,
  podDeletionEnabled: options.podDeletionEnabled ?? false,
  validationSelector: options.validationSelector ?? '',
  draining: options.draining ?? new Set(),
  ...(options.requestor && { requestor: options.requestor }),
  budget: { left: slots.ok ? slots.value.slots : 0 },
  whyNoSlot: once(() => (slots.ok ? describeSlots(slots.value, policy, fleet) : slots.fault.message)),
  selector: selectorReader(),
});

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

const selectorReader = (): ((text: string) => Result<LabelSelector>) => {
  const read = new Map<string, Result<LabelSelector>>([['', ok([])]]);
  return (text) => {
    const found = read.get(text) ?? parseLabelSelector(text);
    read.set(text, found);
    return found;
  };
};

/** Gathers what the steps decide, in order. */
class Walk {
  readonly #context: PassContext;
  readonly #decisions: NodeDecision[] = [];
  readonly #writes: Write[] = [];
  readonly #starts: BackgroundStart[] = [];

  constructor(context: PassContext) {
    this.#context = context;
  }

  /** Returns upstream's reason to end the pass, if a node gave one. */
  step(bucket: readonly ManagedNode[], rule: Rule, takes?: (managed: ManagedNode) => boolean): Fault | undefined {
    const afterStep: Write[] = [];
    for (const managed of bucket) {
      if (takes !== undefined && !takes(managed)) continue;
      const decision = rule(managed, this.#context);
      this.#decisions.push({ node: managed.name, pod: objectName(managed.pod), from: managed.label, ...decision });
      if (decision.writes !== undefined) this.#writes.push(...decision.writes);
      if (decision.afterStep !== undefined) afterStep.push(...decision.afterStep);
      if (decision.starts !== undefined) this.#starts.push({ start: decision.starts, node: managed.name });
      if (decision.fault !== undefined) return decision.fault;
    }
    this.#writes.push(...afterStep);
    return undefined;
  }

  result(): Pick<PassResult, 'decisions' | 'writes' | 'starts'> {
    return { decisions: this.#decisions, writes: this.#writes, starts: this.#starts };
  }
}
