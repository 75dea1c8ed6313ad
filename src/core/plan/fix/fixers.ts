/** Rules whose remedy is one change that is safe to make unseen, each with what makes its plan. The others stand in why-not.ts. */
import { fixOverlappingExclusions, fixPoolKind } from './address-pools.ts';
import type { Fixer } from './fixer.ts';
import { fixDeniedAccess, fixDeniedScc } from './grants.ts';
import { fixDaemonSelector, fixDisabledDrain, fixMissingConfig, fixPoolSlots } from './operator-config.ts';
import { fixFailedPods, fixMultusToken, fixStaleAnnotation, fixStalePlugin, fixUnseenVf } from './pods.ts';
import { fixAbsentImage, fixSkewedImages, fixStagingImage, fixWrongImage } from './policy-images.ts';
import { fixPolicyName, fixRefusedRepoConfig, fixTwoOwners } from './policy-sections.ts';
import { fixLinkType, fixPriority, fixRenamedPorts } from './sriov-policy.ts';

const IMAGE = 'the image, repository and version of the installed release in the NicClusterPolicy';
const PLUGIN = 'restarts the pods of the device plugin, node by node';

export const FIXERS: Readonly<Record<string, Fixer>> = {
  // A siblings' silence makes the whole finding likely; what is given was denied by the API server's own word.
  'access-denied': { does: 'an own Role and binding with exactly what was denied', from: 'likely', plan: fixDeniedAccess },
  // The registry itself refused the image, and the tables have none of that name.
  'component-image-wrong': { does: IMAGE, from: 'likely', plan: fixWrongImage },
  'component-skewed': { does: `${IMAGE}, but for the driver`, from: 'proven', plan: fixSkewedImages },
  'daemon-selects-no-node': {
    does: 'selects the nodes with adapters in the SriovOperatorConfig',
    from: 'proven',
    plan: fixDaemonSelector,
  },
  'device-plugin-config-stale': { does: PLUGIN, from: 'proven', plan: fixStalePlugin },
  'disable-drain-leaves-cordon': { does: 'disableDrain: false in the SriovOperatorConfig', from: 'proven', plan: fixDisabledDrain },
  'drain-slots-none': { does: 'maxUnavailable: 1 in the pool', from: 'proven', plan: fixPoolSlots },
  'driver-repoconfig-refused': { does: 'takes the refused section out of the NicClusterPolicy', from: 'proven', plan: fixRefusedRepoConfig },
  'exclusions-overlap': { does: 'the same exclusions as ranges that do not meet', from: 'proven', plan: fixOverlappingExclusions },
  'image-absent': { does: IMAGE, from: 'likely', plan: fixAbsentImage },
  'link-type-mismatch': { does: 'linkType: ib in the policy of InfiniBand ports', from: 'proven', plan: fixLinkType },
  // A restart of its pods harms nothing where the token was well.
  'multus-unauthorized': { does: 'restarts the Multus pods, node by node', from: 'likely', plan: fixMultusToken },
  'nicclusterpolicy-name-ignored': { does: 'the same spec under the name that is read, where it has no driver section', from: 'proven', plan: fixPolicyName },
  'operator-config-missing': { does: 'creates the SriovOperatorConfig default', from: 'proven', plan: fixMissingConfig },
  // The pods are over by the kubelet's own word, whatever the reason was.
  'pods-started-before-vfs': { does: 'deletes the failed pods that a controller makes anew', from: 'likely', plan: fixFailedPods },
  'policy-priority-missing': { does: 'priority: 99 in the policy that has none', from: 'proven', plan: fixPriority },
  'policy-selects-nothing': { does: 'the names that renamed ports have now', from: 'proven', plan: fixRenamedPorts },
  'pool-missing': { does: 'poolType in the network, where the pool is of the other kind', from: 'proven', plan: fixPoolKind },
  'registry-needs-credentials': { does: `${IMAGE}, where it names the staging registry`, from: 'likely', plan: fixStagingImage },
  'scc-denied': { does: 'a RoleBinding to the SCC nonroot-v2', from: 'proven', plan: fixDeniedScc },
  // To let the daemon look again is itself the test that tells.
  'stale-annotation': { does: 'restarts the config daemon, which writes the annotation anew', from: 'likely', plan: fixStaleAnnotation },
  'two-owners-of-daemonset': { does: 'takes sriovDevicePlugin out of the NicClusterPolicy', from: 'proven', plan: fixTwoOwners },
  // Likely is: the driver of the VF was not read. A plug-in that looks again harms nothing.
  'vf-without-driver-at-start': { does: PLUGIN, from: 'likely', plan: fixUnseenVf },
}; // prettier-ignore

/** Findings that another command plans. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'cold-restart-pending': 'nicwright plan activate-firmware',
  'firmware-change-pending': 'nicwright plan activate-firmware',
};
