/** Answers the kinds of cases-drain.yaml from core/drain. Reads the shapes of the schema; decides nothing. */
import { bothSelectors, KUBECTL_DEFAULTS, MAINTENANCE_OPERATOR_SELECTOR } from '../../../core/drain/drain-options.ts';
import type { DrainOptions } from '../../../core/drain/drain-options.ts';
import { readEvictionAnswer } from '../../../core/drain/eviction-answer.ts';
import { evictedPods, filterPods } from '../../../core/drain/filter-pods.ts';
import type { PodVerdict } from '../../../core/drain/filter-pods.ts';
import { karpenterEvicts, kuredAfterDrain } from '../../../core/drain/other-tools.ts';
import { isPodGone } from '../../../core/drain/wait-for-pod.ts';
import type { CurrentPod } from '../../../core/drain/wait-for-pod.ts';
import { dig, digFlag, digList, digMap, digNumber, digText, digTexts, isMap } from '../../../core/model/dig.ts';
import { goDurationSeconds } from '../../../core/model/go-duration.ts';
import type { KubeObject, OwnerReference } from '../../../core/model/kube-object.ts';
import { timestamp } from '../../../core/model/timestamp.ts';
import type { CaseKind, CaseKinds, JsonObject } from '../case-kind.ts';
import { Matcher } from '../matcher.ts';
import { exactly, inAnyOrder } from '../matchers.ts';

/** Any moment will do: cases speak of seconds before it. */
const NOW_MS = 1_700_000_000_000;

const texts = (value: unknown, ...path: readonly string[]): readonly string[] =>
  digList(value, ...path).filter((item) => typeof item === 'string');

const ownerOf = (pod: unknown): readonly OwnerReference[] => {
  const kind = digText(pod, 'controller', 'kind');
  return kind === undefined
    ? []
    : [
        {
          apiVersion: digText(pod, 'controller', 'apiVersion') ?? '',
          kind,
          name: `${digText(pod, 'name') ?? ''}-owner`,
          controller: true,
        },
      ];
};

const podOf = (pod: unknown): KubeObject => {
  const deleting = digNumber(pod, 'deletingForSeconds');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: digText(pod, 'name') ?? '',
      namespace: digText(pod, 'ns') ?? 'default',
      labels: digTexts(pod, 'labels'),
      annotations: digTexts(pod, 'annotations'),
      ownerReferences: ownerOf(pod),
      ...(deleting === undefined ? {} : { deletionTimestamp: timestamp(NOW_MS - deleting * 1000) }),
    },
    spec: {
      volumes: texts(pod, 'volumes').map((type, index) => ({ name: `volume-${index}`, [type]: {} })),
      containers: [{ resources: { requests: Object.fromEntries(texts(pod, 'requests').map((name) => [name, '1'])) } }],
    },
    status: { phase: digText(pod, 'phase') ?? 'Running' },
  };
};

const optionsOf = (given: unknown): DrainOptions => {
  const options = dig(given, 'options');
  const podSelector = digText(options, 'podSelector') ?? '';
  return {
    ...KUBECTL_DEFAULTS,
    force: digFlag(options, 'force') ?? false,
    ignoreDaemonSets: digFlag(options, 'ignoreDaemonSets') ?? false,
    deleteEmptyDir: digFlag(options, 'deleteEmptyDir') ?? false,
    podSelector:
      digFlag(options, 'ownPodLabel') === true
        ? bothSelectors(MAINTENANCE_OPERATOR_SELECTOR, podSelector)
        : podSelector,
    skipWaitForDelete: digNumber(options, 'skipWaitForDelete') ?? 0,
    timeout: digNumber(options, 'timeout') ?? 0,
    evictionFilters: texts(options, 'evictionFilters'),
  };
};

const named = (
  verdicts: readonly PodVerdict[],
  fates: readonly PodVerdict['fate'][],
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    verdicts
      .filter(({ fate, code }) => fates.includes(fate) && code !== undefined)
      .map(({ pod, code }) => [pod.metadata.name, code]),
  );

/** All pods that a filter spared; one that a selector hides from the drain may be named too, or not at all. */
const sparing = (spared: readonly string[], hidden: readonly string[]): Matcher =>
  new Matcher(`spared ${spared.join(', ')}`, (expected) => {
    if (!Array.isArray(expected)) return 'expected is no list of names';
    const missing = spared.filter((name) => !expected.includes(name));
    const extra = expected.filter((name: unknown) => !spared.concat(hidden).some((known) => known === name));
    if (missing.length > 0) return `${missing.join(', ')} is spared too`;
    return extra.length > 0 ? `${extra.map(String).join(', ')} is not spared` : undefined;
  });

const filter: CaseKind = {
  expectDefaults: { evicted: [], errors: {}, aborts: false },
  answer: ({ given }) => {
    const pods = digList(given, 'pods');
    const missing = new Set(
      pods
        .filter((pod) => dig(pod, 'controller', 'exists') === false)
        .map((pod) => `${digText(pod, 'ns') ?? 'default'}/${digText(pod, 'name') ?? ''}-owner`),
    );
    const selection = filterPods(pods.map(podOf), {
      options: optionsOf(given),
      nowMs: NOW_MS,
      daemonSetExists: (namespace, name) => !missing.has(`${namespace}/${name}`),
    });
    if (!selection.ok) return { error: selection.fault.message };
    const { verdicts, aborts } = selection.value;
    const shown = new Set(verdicts.map(({ pod }) => pod.metadata.name));
    return {
      evicted: inAnyOrder(evictedPods(selection.value).map(({ metadata }) => metadata.name)),
      skipped: sparing(
        verdicts.filter(({ fate }) => fate === 'spare').map(({ pod }) => pod.metadata.name),
        pods.map((pod) => digText(pod, 'name') ?? '').filter((name) => !shown.has(name)),
      ),
      errors: exactly(named(verdicts, ['refuse'])),
      warnings: named(verdicts, ['evict', 'spare']),
      aborts,
    };
  },
};

const evict: CaseKind = {
  answer: ({ given }) => {
    const cause = digText(given, 'cause');
    const move = readEvictionAnswer({
      status: digNumber(given, 'status') ?? 0,
      message: digText(given, 'message'),
      causes: cause === undefined ? texts(given, 'causes') : [cause],
      retryAfterSeconds: digNumber(given, 'retryAfter'),
      isTerminating:
        digFlag(given, 'terminating') ??
        [given, given['pod']].some((pod) => digNumber(pod, 'deletingForSeconds') !== undefined),
    });
    return {
      action: move.action,
      after: move.after,
      // One word where the schema has one, the sentence where it wants one.
      counts: move.state === 'gone' || move.state === 'failed' ? move.because : move.state,
    };
  },
};

const currentOf = (given: JsonObject): CurrentPod | undefined => {
  const current = given['current'];
  return isMap(current)
    ? { uid: digText(current, 'uid') ?? '', deletingForSeconds: digNumber(current, 'deletingForSeconds') }
    : undefined;
};

const wait: CaseKind = {
  answer: ({ given }) => {
    const verdict = isPodGone(
      digText(given, 'evictedUid') ?? '',
      currentOf(given),
      optionsOf(given),
      digNumber(given, 'elapsed') ?? 0,
    );
    return { gone: verdict.gone, why: verdict.because };
  },
};

const tool: CaseKind = {
  answer: ({ given }) => {
    const pod = podOf({ name: 'pod', labels: digMap(given, 'labels'), annotations: digMap(given, 'annotations') });
    const drainTimeout = digText(given, 'drainTimeout');
    return {
      evictable: karpenterEvicts(pod, digNumber(given, 'podAgeSeconds')),
      ...(drainTimeout === undefined
        ? {}
        : {
            sequence: kuredAfterDrain({
              failed: digText(given, 'result') !== 'drained',
              forceReboot: digFlag(given, 'forceReboot') === true,
            }),
            seconds: goDurationSeconds(drainTimeout),
          }),
    };
  },
};

export const roomKinds: CaseKinds = {
  'kind:filter': filter,
  'kind:evict': evict,
  'kind:wait': wait,
  'kind:tool': tool,
};
