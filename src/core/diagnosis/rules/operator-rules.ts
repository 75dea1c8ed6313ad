/** Rules about the network operator: its policy, its releases, its images, the DaemonSets that it makes. */
import type { Rule } from '../rule.ts';
import { componentCrashingWhileReady } from './operator/component-crashing-while-ready.ts';
import { componentImageWrong } from './operator/component-image-wrong.ts';
import { componentLeftBehind } from './operator/component-left-behind.ts';
import { componentSkewed } from './operator/component-skewed.ts';
import { crdUpgradeRefused } from './operator/crd-upgrade-refused.ts';
import { daemonSelectsNoNode } from './operator/daemon-selects-no-node.ts';
import { daemonWaitsForDriver } from './operator/daemon-waits-for-driver.ts';
import { gpuDriverWaitsForOfed } from './operator/gpu-driver-waits-for-ofed.ts';
import { helmLacksCrd } from './operator/helm-lacks-crd.ts';
import { helmRefused } from './operator/helm-refused.ts';
import { helmValuesOfOldChart } from './operator/helm-values-of-old-chart.ts';
import { imageAbsent } from './operator/image-absent.ts';
import { imageAskedByNobody } from './operator/image-asked-by-nobody.ts';
import { imagePullFailing } from './operator/image-pull-failing.ts';
import { nicLabelsMissing } from './operator/nic-labels-missing.ts';
import { nicclusterpolicyMissing } from './operator/nicclusterpolicy-missing.ts';
import { nicclusterpolicyNameIgnored } from './operator/nicclusterpolicy-name-ignored.ts';
import { registryNeedsCredentials } from './operator/registry-needs-credentials.ts';
import { registryUnreachable } from './operator/registry-unreachable.ts';
import { twoOwnersOfDaemonset } from './operator/two-owners-of-daemonset.ts';

export const OPERATOR_RULES: readonly Rule[] = [
  nicclusterpolicyMissing,
  nicclusterpolicyNameIgnored,
  helmLacksCrd,
  helmValuesOfOldChart,
  crdUpgradeRefused,
  componentImageWrong,
  imageAskedByNobody,
  imagePullFailing,
  daemonSelectsNoNode,
  daemonWaitsForDriver,
  gpuDriverWaitsForOfed,
  imageAbsent,
  registryNeedsCredentials,
  registryUnreachable,
  twoOwnersOfDaemonset,
  componentCrashingWhileReady,
  componentLeftBehind,
  componentSkewed,
  nicLabelsMissing,
  helmRefused,
];
