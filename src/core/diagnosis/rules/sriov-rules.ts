/** Rules about SR-IOV on Kubernetes: policies, node states, VFs, resources, and the adapters' own settings. */
import type { Rule } from '../rule.ts';
import { coldRestartPending } from './sriov/cold-restart-pending.ts';
import { firmwareChangePending } from './sriov/firmware-change-pending.ts';
import { kernelLockdown } from './sriov/kernel-lockdown.ts';
import { nodeStateNotSynced } from './sriov/node-state-not-synced.ts';
import { nvAccessError } from './sriov/nv-access-error.ts';
import { podsWaitForResource } from './sriov/pods-wait-for-resource.ts';
import { resourceMissing } from './sriov/resource-missing.ts';
import { vfsMissing } from './sriov/vfs-missing.ts';

export const SRIOV_RULES: readonly Rule[] = [
  coldRestartPending,
  firmwareChangePending,
  kernelLockdown,
  nvAccessError,
  nodeStateNotSynced,
  vfsMissing,
  resourceMissing,
  podsWaitForResource,
];
