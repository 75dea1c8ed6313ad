/**
 * Every rule, in the order in which they are asked. A new rule is one file in the folder of its topic, one line in that
 * topic's list beside this file, and nothing here.
 */
import type { Rule } from '../rule.ts';
import { BARE_METAL_RULES } from './bare-metal-rules.ts';
import { DPF_RULES } from './dpf-rules.ts';
import { DRIVER_RULES } from './driver-rules.ts';
import { IPAM_RULES } from './ipam-rules.ts';
import { OPERATOR_RULES } from './operator-rules.ts';
import { SRIOV_RULES } from './sriov-rules.ts';

export const ALL_RULES: readonly Rule[] = [
  ...SRIOV_RULES,
  ...OPERATOR_RULES,
  ...DRIVER_RULES,
  ...IPAM_RULES,
  ...DPF_RULES,
  ...BARE_METAL_RULES,
];
