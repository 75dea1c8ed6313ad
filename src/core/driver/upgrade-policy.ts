/**
 * The policy as the upgrade manager gets it (k8s-operator-libs api/upgrade/v1alpha1), with Go's zero values filled in.
 * How a NicClusterPolicy becomes one is core/nicpolicy's.
 */

export interface DrainSpec {
  readonly enable: boolean;
  readonly force: boolean;
  /** Label selector text; empty = every pod. */
  readonly podSelector: string;
  /** 0 = for ever. */
  readonly timeoutSeconds: number;
  readonly deleteEmptyDir: boolean;
}

export interface WaitForCompletionSpec {
  /** Label selector text; empty = nothing is waited for. */
  readonly podSelector: string;
  /** 0 = for ever. */
  readonly timeoutSeconds: number;
}

export interface PodDeletionSpec {
  readonly force: boolean;
  readonly timeoutSeconds: number;
  readonly deleteEmptyDir: boolean;
}

export interface UpgradePolicy {
  readonly autoUpgrade: boolean;
  /** 0 = no limit. */
  readonly maxParallelUpgrades: number;
  /** A count or `N%`; absent = all nodes, which is always so for OFED (D11). */
  readonly maxUnavailable?: unknown;
  readonly waitForCompletion?: WaitForCompletionSpec;
  readonly podDeletion?: PodDeletionSpec;
  /** Absent = no drain at all (D12). */
  readonly drain?: DrainSpec;
}
