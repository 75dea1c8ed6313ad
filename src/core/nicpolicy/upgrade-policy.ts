/**
 * ofedDriver.upgradePolicy of a policy object: the CRD's defaults, and the policy that the driver upgrade gets from it
 * (reference page 1.2; api/v1alpha1/utils.go). What the upgrade does with it is core/driver's.
 */
import { OFED_KEYS } from '../driver/driver-keys.ts';
import type { DrainSpec, UpgradePolicy, WaitForCompletionSpec } from '../driver/upgrade-policy.ts';
import { dig, digFlag, digNumber, digText, isMap } from '../model/dig.ts';

/** The block as stored. Blocks inside that are absent stay absent: the CRD's defaults fill fields, never blocks. */
export interface PolicyBlock {
  readonly autoUpgrade: boolean;
  /** 0 = no limit. */
  readonly maxParallelUpgrades: number;
  readonly safeLoad: boolean;
  readonly drain?: DrainSpec;
  readonly waitForCompletion?: WaitForCompletionSpec;
}

export interface PolicyDefaults {
  readonly maxParallelUpgrades: number;
  readonly drain: DrainSpec;
  readonly waitSeconds: number;
}

/** What the API server fills in. */
export const CRD_DEFAULTS: PolicyDefaults = {
  maxParallelUpgrades: 1,
  drain: { enable: true, force: false, podSelector: '', timeoutSeconds: 300, deleteEmptyDir: false },
  waitSeconds: 0,
};

/** Go's zero values: they count where an object never passed through the API server. */
export const ZERO_DEFAULTS: PolicyDefaults = {
  maxParallelUpgrades: 0,
  drain: { enable: false, force: false, podSelector: '', timeoutSeconds: 0, deleteEmptyDir: false },
  waitSeconds: 0,
};

const readDrain = (drain: unknown, defaults: DrainSpec): DrainSpec => ({
  enable: digFlag(drain, 'enable') ?? defaults.enable,
  force: digFlag(drain, 'force') ?? defaults.force,
  podSelector: digText(drain, 'podSelector') ?? defaults.podSelector,
  timeoutSeconds: digNumber(drain, 'timeoutSeconds') ?? defaults.timeoutSeconds,
  deleteEmptyDir: digFlag(drain, 'deleteEmptyDir') ?? defaults.deleteEmptyDir,
});

/** Reads an upgradePolicy of unknown shape; undefined when there is none. */
export const readPolicyBlock = (block: unknown, defaults: PolicyDefaults = CRD_DEFAULTS): PolicyBlock | undefined => {
  if (!isMap(block)) return undefined;
  const [drain, wait] = [dig(block, 'drain'), dig(block, 'waitForCompletion')];
  return {
    autoUpgrade: digFlag(block, 'autoUpgrade') ?? false,
    maxParallelUpgrades: digNumber(block, 'maxParallelUpgrades') ?? defaults.maxParallelUpgrades,
    safeLoad: digFlag(block, 'safeLoad') ?? false,
    ...(isMap(drain) ? { drain: readDrain(drain, defaults.drain) } : {}),
    ...(isMap(wait)
      ? {
          waitForCompletion: {
            podSelector: digText(wait, 'podSelector') ?? '',
            timeoutSeconds: digNumber(wait, 'timeoutSeconds') ?? defaults.waitSeconds,
          },
        }
      : {}),
  };
};

const SKIP_SELECTOR = `${OFED_KEYS.drainSkip}!=true`;

/** Pods with the skip label, the operator's own among them, are never drained while draining is on. */
const withSkip = (drain: DrainSpec): DrainSpec =>
  drain.enable
    ? { ...drain, podSelector: drain.podSelector === '' ? SKIP_SELECTOR : `${drain.podSelector},${SKIP_SELECTOR}` }
    : drain;

/**
 * The policy that the driver upgrade is handed. Neither maxUnavailable nor podDeletion can be set by any policy object
 * (D11). The skip label is only added while drain.enable is on; requestor mode then drains without it (D13).
 */
export const driverUpgradePolicy = ({
  autoUpgrade,
  maxParallelUpgrades,
  drain,
  waitForCompletion,
}: PolicyBlock): UpgradePolicy => ({
  autoUpgrade,
  maxParallelUpgrades,
  ...(drain === undefined ? {} : { drain: withSkip(drain) }),
  ...(waitForCompletion === undefined ? {} : { waitForCompletion }),
});
