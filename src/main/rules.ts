/**
 * The public door `nicwright/rules`: what a module with rules of a user's own imports (docs/writing-rules.md). Names here
 * stay; what rules may rely on beyond them is in Facts.
 */
export { fieldEvidence, textEvidence } from '../core/diagnosis/evidence.ts';
export type { Candidate } from '../core/diagnosis/candidates.ts';
export type { Facts } from '../core/diagnosis/facts.ts';
export type {
  Clear,
  Confidence,
  Evidence,
  Finding,
  Lack,
  RemedyStep,
  Scope,
  Severity,
  Statement,
  Unknown,
} from '../core/diagnosis/finding.ts';
export { defineRule } from '../core/diagnosis/rule.ts';
export type { Rule, RuleCase } from '../core/diagnosis/rule.ts';
export type { SourceName } from '../core/diagnosis/source.ts';
export type { TellingLine } from '../core/diagnosis/telling-lines.ts';
export { dig, digFlag, digList, digMap, digNumber, digText, digTexts, isMap } from '../core/model/dig.ts';
export type { Path } from '../core/model/dig.ts';
export { objectPath } from '../core/model/kube-object.ts';
export type { KubeObject } from '../core/model/kube-object.ts';
export type { Origin, Snapshot, SnapshotObject, SnapshotText } from '../core/snapshot/snapshot.ts';
