/** The values of the upgrade state label, in upstream's spelling (network-operator.md 3.3). */

export const UPGRADE_STATES = [
  '',
  'upgrade-done',
  'upgrade-required',
  'cordon-required',
  'wait-for-jobs-required',
  'pod-deletion-required',
  'drain-required',
  'node-maintenance-required',
  'post-maintenance-required',
  'pod-restart-required',
  'upgrade-failed',
  'validation-required',
  'uncordon-required',
] as const;

export type UpgradeState = (typeof UPGRADE_STATES)[number];

const known: ReadonlySet<string> = new Set(UPGRADE_STATES);

export const isUpgradeState = (label: string): label is UpgradeState => known.has(label);

/** States that upstream's counts know nothing of (common_manager.go, GetTotalManagedNodes). */
const UNCOUNTED: readonly string[] = ['node-maintenance-required', 'post-maintenance-required'];

/** The 11 states that count as managed; other labels are in no count at all. */
export const COUNTED_STATES = UPGRADE_STATES.filter((state) => !UNCOUNTED.includes(state));

/** Counted states in which no upgrade is under way. */
export const IDLE_STATES: readonly UpgradeState[] = ['', 'upgrade-done', 'upgrade-required'];

/** How a state is written for people: the empty label has no name of its own. */
export const stateName = (label: string): string => (label === '' ? '(no label)' : label);
