/** Rules about the network operator: its policy, its releases, its images, the DaemonSets that it makes. */
import type { Rule } from '../rule.ts';
import { componentImageWrong } from './operator/component-image-wrong.ts';
import { crdUpgradeRefused } from './operator/crd-upgrade-refused.ts';
import { daemonSelectsNoNode } from './operator/daemon-selects-no-node.ts';
import { daemonWaitsForDriver } from './operator/daemon-waits-for-driver.ts';
import { gpuDriverWaitsForOfed } from './operator/gpu-driver-waits-for-ofed.ts';
import { helmLacksCrd } from './operator/helm-lacks-crd.ts';
import { helmValuesOfOldChart } from './operator/helm-values-of-old-chart.ts';
import { imagePullFailing } from './operator/image-pull-failing.ts';
import { nicclusterpolicyMissing } from './operator/nicclusterpolicy-missing.ts';
import { nicclusterpolicyNameIgnored } from './operator/nicclusterpolicy-name-ignored.ts';

export const OPERATOR_RULES: readonly Rule[] = [
  nicclusterpolicyMissing,
  nicclusterpolicyNameIgnored,
  helmLacksCrd,
  helmValuesOfOldChart,
  crdUpgradeRefused,
  componentImageWrong,
  imagePullFailing,
  daemonSelectsNoNode,
  daemonWaitsForDriver,
  gpuDriverWaitsForOfed,
];
