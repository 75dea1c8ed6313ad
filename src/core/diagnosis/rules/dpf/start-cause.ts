/**
 * Maker of rules whose cause stands in one line of the log of a pod that does not start: the line, and what follows from it,
 * are data. A pod that became ready since makes the line past; one that fails without a log makes the rule ask for it.
 */
import type { Facts } from '../../facts.ts';
import { textEvidence } from '../../evidence.ts';
import type { Evidence, Finding, Lack, RemedyStep, Statement } from '../../finding.ts';
import { defineRule, type Rule, type RuleCase } from '../../rule.ts';
import { digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { dmsPods, isDmsPod } from './dpf-estate.ts';
import { nodeNameOf, phaseOf } from './dpu-facts.ts';
import { initFailure } from './init-failure.ts';
import { messagesOf } from './messages.ts';
import { hasLogOf, isReady, lastPodLines, scopeOfPod, type PodLine } from './pod-lines.ts';

export interface StartCause {
  readonly id: string;
  readonly title: string;
  readonly severity?: Rule['severity'];
  /** The line that says it; also looked for in what containers left when they ended, and in events. */
  readonly line: RegExp;
  /** Whose lines count; pods that install cards where absent. */
  readonly from?: (pod: SnapshotObject) => boolean;
  readonly explain: string;
  readonly sources: readonly string[];
  readonly affects?: string;
  readonly thenExpect?: string;
  readonly because: (where: string, text: string) => string;
  readonly more?: (facts: Facts, line: Pick<PodLine, 'pod' | 'node'>) => readonly Evidence[];
  readonly against?: (facts: Facts) => readonly string[];
  readonly remedy: (findings: readonly Finding[], facts: Facts) => readonly RemedyStep[];
  readonly cases: readonly RuleCase[];
}

export const logCommand = (facts: Facts, pod: SnapshotObject, container: string): string =>
  `${facts.cli} logs -n ${pod.object.metadata.namespace ?? 'NAMESPACE'} ${pod.object.metadata.name} -c ${container} --previous`;

export const lackOfLog = (facts: Facts, pod: SnapshotObject, container: string): Lack => ({
  what: `the log of ${container} in ${pod.object.metadata.name}`,
  why: 'only it says why the container ends',
  settle: logCommand(facts, pod, container),
});

const whereOf = (pod: SnapshotObject | undefined, node: string | undefined): string =>
  pod === undefined ? (node ?? 'A host') : `${pod.object.metadata.name}${node === undefined ? '' : ` on ${node}`}`;

interface Seen {
  readonly pod?: SnapshotObject;
  readonly node?: string;
  readonly text: string;
  readonly evidence: Evidence;
}

/** What a log without a pod has to say of itself to count: the same error occurs in the logs of others. */
const SPEAKS_OF_CARDS = /\[dmsinit\]|\bdmsd\b|\bdms-init\b|\bhostagent\b|dpu\.nvidia\.com/;
const HEAD = 65_536;

const seenIn = (facts: Facts, { id, line, from }: StartCause): readonly Seen[] => {
  const counts = (pod: SnapshotObject): boolean => (from ?? isDmsPod)(pod);
  const fromLogs = lastPodLines(facts, `${id}/line`)
    .filter(({ pod, text }) => (pod === undefined ? SPEAKS_OF_CARDS.test(text.text.slice(0, HEAD)) : counts(pod)))
    .map(({ pod, node, line: text, origin }): Seen => ({
      text,
      evidence: textEvidence(origin, text),
      ...(pod === undefined ? {} : { pod }),
      ...(node === undefined ? {} : { node }),
    }));
  const fromMessages = messagesOf(facts).flatMap(({ text, evidence, kind, namespace, name }): readonly Seen[] => {
    if (!line.test(text)) return [];
    // A DPU of release 24.10 quotes what the pod's init container left.
    const dpu = kind === 'DPU' ? facts.object('DPU', name, namespace) : undefined;
    if (dpu !== undefined) {
      const node = nodeNameOf(dpu);
      return phaseOf(dpu) === 'Ready' ? [] : [{ text, evidence, ...(node === undefined ? {} : { node }) }];
    }
    const pod = kind === 'Pod' ? facts.object('Pod', name, namespace) : undefined;
    // An event outlives its pod; where pods were read, one that is not there is gone.
    return pod !== undefined && counts(pod) ? [{ text, evidence, pod }] : [];
  });
  const merged = new Map<string, Seen>();
  for (const seen of [...fromMessages, ...fromLogs])
    merged.set(
      digText(seen.pod?.object, 'spec', 'nodeName') ?? seen.node ?? seen.pod?.object.metadata.name ?? '',
      seen,
    );
  return [...merged.values()];
};

/** A pod that installs cards and is ready got past it; a controller is ready anyway, and its cards tell. */
const isPast = (facts: Facts, pod: SnapshotObject): boolean =>
  isReady(pod) && (isDmsPod(pod) || !facts.objects('DPU').some((dpu) => phaseOf(dpu) === 'Error'));

const check = (facts: Facts, cause: StartCause): readonly Statement[] => {
  const told = seenIn(facts, cause).map(({ pod, node, text, evidence }): Statement => {
    const scope = scopeOfPod(pod, node);
    if (pod !== undefined && isPast(facts, pod))
      return { says: 'clear', scope, saw: 'pods whose log holds an error became ready since' };
    const failure = pod === undefined ? undefined : initFailure(pod);
    return {
      says: 'finding',
      scope,
      because: cause.because(whereOf(pod, scope.node), text),
      confidence: 'proven',
      sameAs: cause.id,
      evidence: [
        evidence,
        ...(failure?.evidence ?? []),
        ...(cause.more?.(facts, {
          ...(pod === undefined ? {} : { pod }),
          ...(scope.node === undefined ? {} : { node: scope.node }),
        }) ?? []),
      ],
      against: cause.against?.(facts) ?? [],
    };
  });
  if (told.length > 0) return told;
  const pods = dmsPods(facts);
  const mute = pods.flatMap((pod): readonly Statement[] => {
    const failure = initFailure(pod);
    return failure === undefined || failure.message !== undefined || hasLogOf(facts, pod, failure.container)
      ? []
      : [{ says: 'unknown', scope: scopeOfPod(pod), lack: lackOfLog(facts, pod, failure.container) }];
  });
  if (mute.length > 0) return mute;
  return pods.some(isReady) ? [{ says: 'clear', scope: {}, saw: 'pods that install cards are ready' }] : [];
};

export const defineStartCause = (cause: StartCause): Rule =>
  defineRule({
    id: cause.id,
    title: cause.title,
    severity: cause.severity ?? 'error',
    role: 'cause',
    needs: [],
    lines: { line: cause.line },
    explain: cause.explain,
    sources: cause.sources,
    ...(cause.affects === undefined ? {} : { affects: cause.affects }),
    ...(cause.thenExpect === undefined ? {} : { thenExpect: cause.thenExpect }),
    check: (facts) => check(facts, cause),
    summarise: (findings) => {
      const [first] = findings;
      return first === undefined || findings.length === 1
        ? (first?.because ?? '')
        : `${findings.length} pods: ${first.because}`;
    },
    remedy: cause.remedy,
    cases: cause.cases,
  });
