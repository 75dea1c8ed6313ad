/** Rules about the network operator: its policy, its releases, its images. */
import type { Rule } from '../rule.ts';
import { componentImageWrong } from './operator/component-image-wrong.ts';
import { imagePullFailing } from './operator/image-pull-failing.ts';

export const OPERATOR_RULES: readonly Rule[] = [componentImageWrong, imagePullFailing];
