/** `sriov check`: every trap in a set of policies, pools and settings, with file and line, and what could not be checked. */
import type { Gap } from '../../snapshot/snapshot.ts';
import type { SriovWorld } from '../sriov-world.ts';
import { checkContext } from './check-context.ts';
import type { CheckContext } from './check-context.ts';
import { firmwareGaps, firmwareRules } from './firmware-rules.ts';
import { kernelArgumentRules } from './kernel-argument-rules.ts';
import { machineRules } from './machine-rules.ts';
import { mergeRules } from './merge-rules.ts';
import { policyRules } from './policy-rules.ts';
import { poolRules } from './pool-rules.ts';
import { resourceRules } from './resource-rules.ts';
import { selectionRules } from './selection-rules.ts';
import { foldSightings } from './trap-finding.ts';
import type { TrapFinding, TrapSighting } from './trap-finding.ts';

const RULES: readonly ((context: CheckContext) => readonly TrapSighting[])[] = [
  policyRules,
  selectionRules,
  mergeRules,
  resourceRules,
  machineRules,
  firmwareRules,
  kernelArgumentRules,
  poolRules,
];

export interface SriovCheck {
  readonly findings: readonly TrapFinding[];
  readonly policies: number;
  readonly nodes: number;
  /** What was not checked, and how to get what is missing for it. */
  readonly gaps: readonly Gap[];
}

export const checkSriov = (world: SriovWorld): SriovCheck => {
  const context = checkContext(world);
  return {
    findings: foldSightings(RULES.flatMap((rule) => rule(context))),
    policies: world.policies.length,
    nodes: world.nodes.length,
    gaps: [...world.gaps, ...firmwareGaps(context)],
  };
};
