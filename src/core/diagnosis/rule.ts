/**
 * A diagnosis rule: data, and one pure function over facts gathered before. `defineRule` is the public door for rules
 * of a user's own; everything a rule may rely on is in Facts.
 */
import type { KubeObject } from '../model/kube-object.ts';
import type { Facts } from './facts.ts';
import type { Finding, RemedyStep, Severity, Statement } from './finding.ts';
import type { LinePatterns } from './telling-lines.ts';
import type { SourceName } from './source.ts';

/** A small world on which a rule is tried: `npm test` runs the cases of every rule. */
export interface RuleCase {
  readonly name: string;
  /** broken: a finding; healthy: a clear and no finding; lacking: an unknown; look-alike: no finding. */
  readonly kind: 'broken' | 'healthy' | 'lacking' | 'look-alike';
  readonly objects: readonly KubeObject[];
  /** Kinds that were listed and found empty (`Pod`, `NicClusterPolicy.mellanox.com`). */
  readonly listed?: readonly string[];
  /** Host text and logs by file name (`dgx030/mstconfig.txt`). */
  readonly texts?: Readonly<Record<string, string>>;
  /** Words that must be in the sentence of a finding (broken), or in what is asked for (lacking). */
  readonly says?: string;
}

export interface Rule {
  /** Stable; never reused for something else. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /**
   * cause: can stand alone as the answer; symptom: always has a cause, known or not; observation: worth saying and
   * never the reason of anything.
   */
  readonly role: 'cause' | 'symptom' | 'observation';
  /** Sources without which the rule cannot say anything. */
  readonly needs: readonly SourceName[];
  /** Lines of logs and host text that the rule looks for; asked for as `facts.lines('ID/NAME')`. */
  readonly lines?: LinePatterns;
  /** Two to five sentences for `nicwright explain`. */
  readonly explain: string;
  /** Where the knowledge comes from: upstream files, threads, reference pages. */
  readonly sources: readonly string[];
  /** Releases it holds for; absent: all. */
  readonly affects?: string;
  /** Rules whose findings in the same scope are the cause of findings of this rule, nearest first. */
  readonly causedBy?: readonly string[];
  /** Once this is mended, the next thing to show up. */
  readonly thenExpect?: string;
  readonly check: (facts: Facts) => readonly Statement[];
  /** One sentence for all findings that are the same problem; the first finding's sentence where absent. */
  readonly summarise?: (findings: readonly Finding[], facts: Facts) => string;
  readonly remedy: (findings: readonly Finding[], facts: Facts) => readonly RemedyStep[];
  /** What a vendor should change so that it does not come up again: the least that mends it, one sentence each. */
  readonly proposal?: (findings: readonly Finding[], facts: Facts) => readonly string[];
  readonly cases: readonly RuleCase[];
}

/** All patterns of the rules, by `RULE/NAME`. */
export const linePatterns = (rules: readonly Rule[]): LinePatterns =>
  Object.fromEntries(
    rules.flatMap(({ id, lines = {} }) => Object.entries(lines).map(([name, pattern]) => [`${id}/${name}`, pattern])),
  );

export const defineRule = (rule: Rule): Rule => rule;
