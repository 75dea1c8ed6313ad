/** Rules about SR-IOV on Kubernetes: policies, node states, VFs, resources, drains, and the adapters' own settings. */
import type { Rule } from '../rule.ts';
import { coldRestartPending } from './sriov/cold-restart-pending.ts';
import { devicePluginPoolEmpty } from './sriov/device-plugin-pool-empty.ts';
import { devicePluginSelectorWrong } from './sriov/device-plugin-selector-wrong.ts';
import { dpuModeSelected } from './sriov/dpu-mode-selected.ts';
import { drainBlockedByBudget } from './sriov/drain-blocked-by-budget.ts';
import { drainRefused } from './sriov/drain-refused.ts';
import { drainWaitsForTerminatingPods } from './sriov/drain-waits-for-terminating-pods.ts';
import { firmwareChangePending } from './sriov/firmware-change-pending.ts';
import { kernelLockdown } from './sriov/kernel-lockdown.ts';
import { linkTypeMismatch } from './sriov/link-type-mismatch.ts';
import { noMmioSpace } from './sriov/no-mmio-space.ts';
import { nodeStateNotSynced } from './sriov/node-state-not-synced.ts';
import { nvAccessError } from './sriov/nv-access-error.ts';
import { operatorConfigMissing } from './sriov/operator-config-missing.ts';
import { podsWaitForResource } from './sriov/pods-wait-for-resource.ts';
import { resourceMissing } from './sriov/resource-missing.ts';
import { sriovDisabledInFirmware } from './sriov/sriov-disabled-in-firmware.ts';
import { staleAnnotation } from './sriov/stale-annotation.ts';
import { vfGuidInvalid } from './sriov/vf-guid-invalid.ts';
import { vfWithoutDriverAtStart } from './sriov/vf-without-driver-at-start.ts';
import { vfsAboveTotal } from './sriov/vfs-above-total.ts';
import { vfsMissing } from './sriov/vfs-missing.ts';
import { webhookWithoutCertificate } from './sriov/webhook-without-certificate.ts';
import { wrongCniForLink } from './sriov/wrong-cni-for-link.ts';

export const SRIOV_RULES: readonly Rule[] = [
  operatorConfigMissing,
  coldRestartPending,
  firmwareChangePending,
  sriovDisabledInFirmware,
  kernelLockdown,
  nvAccessError,
  drainBlockedByBudget,
  drainWaitsForTerminatingPods,
  drainRefused,
  nodeStateNotSynced,
  vfsMissing,
  devicePluginPoolEmpty,
  resourceMissing,
  podsWaitForResource,
  noMmioSpace,
  vfsAboveTotal,
  linkTypeMismatch,
  vfGuidInvalid,
  dpuModeSelected,
  webhookWithoutCertificate,
];
