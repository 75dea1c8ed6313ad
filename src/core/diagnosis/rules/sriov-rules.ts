/** Rules about SR-IOV on Kubernetes: policies, node states, VFs, resources, drains, and the adapters' own settings. */
import type { Rule } from '../rule.ts';
import { adapterNotSupported } from './sriov/adapter-not-supported.ts';
import { cniPluginMissing } from './sriov/cni-plugin-missing.ts';
import { coldRestartPending } from './sriov/cold-restart-pending.ts';
import { devicePluginConfigStale } from './sriov/device-plugin-config-stale.ts';
import { devicePluginPoolEmpty } from './sriov/device-plugin-pool-empty.ts';
import { devicePluginSelectorWrong } from './sriov/device-plugin-selector-wrong.ts';
import { disableDrainLeavesCordon } from './sriov/disable-drain-leaves-cordon.ts';
import { dpuModeSelected } from './sriov/dpu-mode-selected.ts';
import { drainBlockedByBudget } from './sriov/drain-blocked-by-budget.ts';
import { drainRefused } from './sriov/drain-refused.ts';
import { drainSlotsNone } from './sriov/drain-slots-none.ts';
import { drainWaitsForTerminatingPods } from './sriov/drain-waits-for-terminating-pods.ts';
import { firmwareChangePending } from './sriov/firmware-change-pending.ts';
import { kernelArgumentsNotEffective } from './sriov/kernel-arguments-not-effective.ts';
import { kernelLockdown } from './sriov/kernel-lockdown.ts';
import { linkTypeMismatch } from './sriov/link-type-mismatch.ts';
import { multusUnauthorized } from './sriov/multus-unauthorized.ts';
import { networkAttachmentMissing } from './sriov/network-attachment-missing.ts';
import { networkWithoutResource } from './sriov/network-without-resource.ts';
import { noMmioSpace } from './sriov/no-mmio-space.ts';
import { nodeStateNotSynced } from './sriov/node-state-not-synced.ts';
import { nvAccessError } from './sriov/nv-access-error.ts';
import { operatorConfigMissing } from './sriov/operator-config-missing.ts';
import { pfUnboundByDaemon } from './sriov/pf-unbound-by-daemon.ts';
import { podsStartedBeforeVfs } from './sriov/pods-started-before-vfs.ts';
import { podsWaitForResource } from './sriov/pods-wait-for-resource.ts';
import { policiesOverlap } from './sriov/policies-overlap.ts';
import { policyPriorityMissing } from './sriov/policy-priority-missing.ts';
import { policySelectsNothing } from './sriov/policy-selects-nothing.ts';
import { policyStopsOperator } from './sriov/policy-stops-operator.ts';
import { policyTakesUnwanted } from './sriov/policy-takes-unwanted.ts';
import { portLostItsDevice } from './sriov/port-lost-its-device.ts';
import { rdmaModuleMissing } from './sriov/rdma-module-missing.ts';
import { rdmaPluginConfigInvalid } from './sriov/rdma-plugin-config-invalid.ts';
import { rdmaPluginNoDevices } from './sriov/rdma-plugin-no-devices.ts';
import { resourceMissing } from './sriov/resource-missing.ts';
import { sriovDisabledInFirmware } from './sriov/sriov-disabled-in-firmware.ts';
import { staleAnnotation } from './sriov/stale-annotation.ts';
import { switchdevRefused } from './sriov/switchdev-refused.ts';
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
  kernelArgumentsNotEffective,
  staleAnnotation,
  wrongCniForLink,
  devicePluginSelectorWrong,
  vfWithoutDriverAtStart,
  networkAttachmentMissing,
  cniPluginMissing,
  networkWithoutResource,
  multusUnauthorized,
  rdmaModuleMissing,
  rdmaPluginConfigInvalid,
  rdmaPluginNoDevices,
  podsStartedBeforeVfs,
  switchdevRefused,
  policySelectsNothing,
  policiesOverlap,
  policyPriorityMissing,
  policyStopsOperator,
  drainSlotsNone,
  policyTakesUnwanted,
  pfUnboundByDaemon,
  portLostItsDevice,
  disableDrainLeavesCordon,
  devicePluginConfigStale,
  adapterNotSupported,
];
