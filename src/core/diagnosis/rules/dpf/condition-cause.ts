/**
 * Maker of rules whose cause stands in a condition or an event of a DPF object, by its reason or its words. An object that is
 * Ready now makes it past. Lines of controller logs count too, where they say the same.
 */
import { dig, digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, Lack, RemedyStep, Scope, Statement } from '../../finding.ts';
import { defineRule, type Rule, type RuleCase } from '../../rule.ts';
import { nodeNameOf } from './dpu-facts.ts';
import { estateOf } from './dpf-estate.ts';

export interface ConditionCause {
  readonly id: string;
  readonly title: string;
  readonly severity?: Rule['severity'];
  readonly role?: Rule['role'];
  /** Kinds whose conditions count. */
  readonly kinds: readonly string[];
  /** A condition counts where its status is not True and its reason or its message fits. */
  readonly reason?: RegExp;
  readonly words?: RegExp;
  /** Lines of controllers that say it without a condition; a group `object` names what they speak of. */
  readonly line?: RegExp;
  readonly explain: string;
  readonly sources: readonly string[];
  readonly affects?: string;
  readonly thenExpect?: string;
  readonly because: (who: string, message: string) => string;
  readonly more?: (facts: Facts, entry: SnapshotObject) => readonly Evidence[];
  readonly lacks?: (facts: Facts, entry: SnapshotObject) => readonly Lack[];
  readonly remedy: (findings: readonly Finding[], facts: Facts) => readonly RemedyStep[];
  readonly cases: readonly RuleCase[];
}

export const isReadyObject = ({ object }: SnapshotObject): boolean =>
  digText(object, 'status', 'phase') === 'Ready' ||
  digList(object, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === 'Ready' && digText(condition, 'status') === 'True',
  );

/** A card is found by its host, so that what is wrong with the host explains it. */
export const scopeOfObject = (entry: SnapshotObject): Scope => {
  const node =
    entry.object.kind === 'DPU'
      ? nodeNameOf(entry)
      : entry.object.kind === 'DPUNode'
        ? entry.object.metadata.name
        : undefined;
  return node === undefined ? { object: objectPath(entry.object) } : { node };
};

interface Met {
  readonly entry: SnapshotObject;
  readonly evidence: readonly Evidence[];
  readonly message: string;
}

const metIn = (entry: SnapshotObject, { reason, words }: ConditionCause): Met | undefined => {
  const conditions = digList(entry.object, 'status', 'conditions');
  for (const [index, condition] of conditions.entries()) {
    const message = digText(condition, 'message') ?? '';
    const fits =
      reason?.test(digText(condition, 'reason') ?? '') === true || (words !== undefined && words.test(message));
    if (!fits || digText(condition, 'status') === 'True') continue;
    const at = ['status', 'conditions', index] as const;
    return {
      entry,
      message,
      evidence: [
        fieldEvidence(entry, [...at, 'reason']),
        ...(message === '' ? [] : [fieldEvidence(entry, [...at, 'message'])]),
        ...(dig(entry.object, 'status', 'phase') === undefined ? [] : [fieldEvidence(entry, ['status', 'phase'])]),
      ],
    };
  }
  return undefined;
};

const check = (facts: Facts, cause: ConditionCause): readonly Statement[] => {
  const all = cause.kinds.flatMap((kind) => facts.objects(kind));
  const told = all.flatMap((entry): readonly Statement[] => {
    const met = metIn(entry, cause);
    if (met === undefined) return [];
    const { name, namespace } = entry.object.metadata;
    if (isReadyObject(entry))
      return [{ says: 'clear', scope: scopeOfObject(entry), saw: `${entry.object.kind}s that said so once are ready` }];
    return [
      {
        says: 'finding',
        scope: scopeOfObject(entry),
        because: cause.because(
          `${entry.object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
          met.message,
        ),
        confidence: 'proven',
        sameAs: cause.id,
        evidence: [...met.evidence, ...(cause.more?.(facts, entry) ?? [])],
        lacks: cause.lacks?.(facts, entry) ?? [],
      },
    ];
  });
  const isWell = all.length > 0 && all.every(isReadyObject);
  const lines = cause.line === undefined || told.length > 0 || isWell ? [] : facts.lines(`${cause.id}/line`);
  const fromLines = lines
    .filter(({ text: { namespace } }) => namespace === undefined || estateOf(facts).dpf.has(namespace))
    .slice(-1)
    .map(({ line, origin, groups }): Statement => ({
      says: 'finding',
      scope: {},
      because: cause.because(groups['object'] ?? 'DPF', line),
      confidence: 'likely',
      sameAs: cause.id,
      evidence: [textEvidence(origin, line)],
    }));
  if (told.length + fromLines.length > 0) return [...told, ...fromLines];
  const stuck = all.filter(
    (entry) => !isReadyObject(entry) && digList(entry.object, 'status', 'conditions').length === 0,
  );
  if (stuck.length > 0)
    return stuck.map((entry) => ({
      says: 'unknown',
      scope: scopeOfObject(entry),
      lack: {
        what: `the conditions of ${objectPath(entry.object)}`,
        why: `without them it cannot be told whether: ${cause.title.toLowerCase()}`,
        settle: `${facts.cli} get ${entry.object.kind.toLowerCase()} -n ${entry.object.metadata.namespace ?? 'NAMESPACE'} ${entry.object.metadata.name} -o yaml`,
      },
    }));
  return all.length > 0
    ? [{ says: 'clear', scope: {}, saw: `no ${cause.kinds.join(' or ')} says: ${cause.title.toLowerCase()}` }]
    : [];
};

export const defineConditionCause = (cause: ConditionCause): Rule =>
  defineRule({
    id: cause.id,
    title: cause.title,
    severity: cause.severity ?? 'error',
    role: cause.role ?? 'cause',
    needs: [],
    ...(cause.line === undefined ? {} : { lines: { line: cause.line } }),
    explain: cause.explain,
    sources: cause.sources,
    ...(cause.affects === undefined ? {} : { affects: cause.affects }),
    ...(cause.thenExpect === undefined ? {} : { thenExpect: cause.thenExpect }),
    check: (facts) => check(facts, cause),
    summarise: (findings) => {
      const [first] = findings;
      return first === undefined || findings.length === 1
        ? (first?.because ?? '')
        : `${findings.length} of them: ${first.because}`;
    },
    remedy: cause.remedy,
    cases: cause.cases,
  });
