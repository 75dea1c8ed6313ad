/** Rules about the network operator: its policy, its releases, its images, the DaemonSets that it makes. */
import type { Rule } from '../rule.ts';
import { componentImageWrong } from './operator/component-image-wrong.ts';
import { daemonSelectsNoNode } from './operator/daemon-selects-no-node.ts';
import { daemonWaitsForDriver } from './operator/daemon-waits-for-driver.ts';
import { imagePullFailing } from './operator/image-pull-failing.ts';

export const OPERATOR_RULES: readonly Rule[] = [
  componentImageWrong,
  imagePullFailing,
  daemonSelectsNoNode,
  daemonWaitsForDriver,
];
