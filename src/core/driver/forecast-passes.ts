/**
 * The next pass of every upgrade manager of a cluster, taken in thought: what moves, what waits, what is written, and
 * what the controller would clean up where the upgrade is off. Why one node is stuck is explain/'s.
 */
import type { Gap, Snapshot } from '../snapshot/snapshot.ts';
import type { Fault } from '../result.ts';
import type { DefectId } from './defects.ts';
import { driverManagers } from './driver-managers.ts';
import type { DriverManager } from './driver-managers.ts';
import type { Slots } from './slots.ts';
import { cleanUpUpgrade } from './upgrade-controller.ts';
import type { CleanUp } from './upgrade-controller.ts';
import { biting } from './rules/decision.ts';
import { takePass } from './upgrade-pass.ts';
import type { NodeDecision } from './upgrade-pass.ts';
import { podNode } from './driver-pod.ts';
import type { BackgroundStart, Write } from './write.ts';

export interface PassForecast {
  /** `NicClusterPolicy/nic-cluster-policy` or `NicNodePolicy/NAME`. */
  readonly manager: string;
  /** Why it takes no pass; then only the clean-up is left. */
  readonly off?: string;
  readonly maxParallelUpgrades: number;
  readonly slots?: Slots;
  readonly decisions: readonly NodeDecision[];
  readonly writes: readonly Write[];
  readonly starts: readonly BackgroundStart[];
  readonly leftBehind: CleanUp['leftBehind'];
  /** Why the pass ends early. */
  readonly fault?: Fault;
  /** Managed nodes that the pass does not get to. */
  readonly notReached: readonly string[];
  /** Limits of upstream at work in this pass, those of single nodes among them. */
  readonly defects: readonly DefectId[];
  readonly gaps: readonly Gap[];
}

/** From so many writes on, one by one is felt: each waits until the cache shows it (D22). */
const MANY_WRITES = 100;

/** `now` in unix seconds. */
export const forecastPasses = (snapshot: Snapshot, now: number): readonly PassForecast[] => {
  const managers = driverManagers(snapshot);
  const [cluster, ...others] = managers;
  const otherNodes = new Set(others.flatMap(({ input }) => input.driverPods.map(podNode)));
  const isShared = managers.filter(({ off }) => off === undefined).length > 1;
  return managers.map((manager) =>
    manager.off === undefined
      ? forecastPass(manager, now, isShared)
      : forecastCleanUp(manager, manager.off, manager === cluster ? otherNodes : undefined),
  );
};

const forecastPass = (manager: DriverManager, now: number, isShared: boolean): PassForecast => {
  const result = takePass(manager.input, manager.policy, {
    now,
    ...(manager.requestor && { requestor: manager.requestor }),
  });
  const reached = new Set(result.decisions.map(({ node }) => node));
  return {
    manager: manager.name,
    maxParallelUpgrades: manager.policy.maxParallelUpgrades,
    ...(result.slots && { slots: result.slots }),
    decisions: result.decisions,
    writes: result.writes,
    starts: result.starts,
    leftBehind: [],
    ...(result.fault && { fault: result.fault }),
    defects: [
      ...new Set([
        ...biting({
          D1: result.fault !== undefined && result.fleet === undefined,
          D22: result.writes.length > MANY_WRITES,
          D23: result.fault !== undefined,
          D24: isShared,
        }),
        ...result.decisions.flatMap(({ defects = [] }) => defects),
      ]),
    ],
    notReached: (result.fleet?.managed ?? []).map(({ name }) => name).filter((name) => !reached.has(name)),
    gaps: [...manager.gaps, ...result.gaps],
  };
};

/** A NicNodePolicy that is off cleans up only what its manager remembers; only the cluster policy's is told here. */
const forecastCleanUp = (
  { name, input, policy, requestor }: DriverManager,
  off: string,
  otherPolicyNodes: ReadonlySet<string> | undefined,
): PassForecast => {
  const { writes, leftBehind } =
    otherPolicyNodes === undefined
      ? { writes: [], leftBehind: [] }
      : cleanUpUpgrade({ ...input, otherPolicyNodes, ...(requestor && { requestor }) });
  return {
    manager: name,
    off,
    maxParallelUpgrades: policy.maxParallelUpgrades,
    decisions: [],
    writes,
    starts: [],
    leftBehind,
    notReached: [],
    defects: leftBehind.length > 0 ? ['D6', 'D7'] : [],
    gaps: [],
  };
};
