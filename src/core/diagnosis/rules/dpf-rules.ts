/** Rules about DPF: pods that install cards, their rights and secrets, images of cards, and the cards' own way to Ready. */
import type { Rule } from '../rule.ts';
import { accessDenied } from './dpf/access-denied.ts';
import { apiAddressRequired } from './dpf/api-address-required.ts';
import { apiServerNotReached } from './dpf/api-server-not-reached.ts';
import { bfbNotAvailable } from './dpf/bfb-not-available.ts';
import { bfbVolumeGone } from './dpf/bfb-volume-gone.ts';
import { bmcUpdateRunning } from './dpf/bmc-update-running.ts';
import { cardNotFound } from './dpf/card-not-found.ts';
import { clientSecretStale } from './dpf/client-secret-stale.ts';
import { definitionMissing } from './dpf/definition-missing.ts';
import { dmsRoleLacksNeed } from './dpf/dms-role-lacks-need.ts';
import { dpuClusterUnavailable } from './dpf/dpu-cluster-unavailable.ts';
import { dpuNotProvisioned } from './dpf/dpu-not-provisioned.ts';
import { dpusetInOtherNamespace } from './dpf/dpuset-in-other-namespace.ts';
import { flavorExceedsMemory } from './dpf/flavor-exceeds-memory.ts';
import { flavorLacksResources } from './dpf/flavor-lacks-resources.ts';
import { hostRestartAwaited } from './dpf/host-restart-awaited.ts';
import { initContainerCrashing } from './dpf/init-container-crashing.ts';
import { kubectlNotAvailable } from './dpf/kubectl-not-available.ts';
import { nameSuffixTwice } from './dpf/name-suffix-twice.ts';
import { oobBridgeMissing } from './dpf/oob-bridge-missing.ts';
import { pfNetdeviceMissing } from './dpf/pf-netdevice-missing.ts';
import { podsNotAdmitted } from './dpf/pods-not-admitted.ts';
import { rebootMethodWrong } from './dpf/reboot-method-wrong.ts';
import { rebootScriptFailed } from './dpf/reboot-script-failed.ts';
import { requiredFieldMissing } from './dpf/required-field-missing.ts';
import { rshimHeldByHost } from './dpf/rshim-held-by-host.ts';
import { sccDenied } from './dpf/scc-denied.ts';
import { serverSecretNotReady } from './dpf/server-secret-not-ready.ts';
import { tokenAsKubeconfig } from './dpf/token-as-kubeconfig.ts';
import { webhookNotReached } from './dpf/webhook-not-reached.ts';

export const DPF_RULES: readonly Rule[] = [
  sccDenied,
  podsNotAdmitted,
  accessDenied,
  tokenAsKubeconfig,
  apiServerNotReached,
  kubectlNotAvailable,
  cardNotFound,
  pfNetdeviceMissing,
  rshimHeldByHost,
  rebootMethodWrong,
  bfbNotAvailable,
  flavorExceedsMemory,
  clientSecretStale,
  dpuClusterUnavailable,
  flavorLacksResources,
  hostRestartAwaited,
  oobBridgeMissing,
  rebootScriptFailed,
  dmsRoleLacksNeed,
  serverSecretNotReady,
  webhookNotReached,
  definitionMissing,
  bfbVolumeGone,
  dpusetInOtherNamespace,
  nameSuffixTwice,
  apiAddressRequired,
  requiredFieldMissing,
  bmcUpdateRunning,
  initContainerCrashing,
  dpuNotProvisioned,
];
