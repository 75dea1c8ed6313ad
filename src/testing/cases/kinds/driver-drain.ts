/** Kind drain_outcome: the pods of one node in short words, and how upstream's background drain of them ends. */
import { drainOutcome } from '../../../core/driver/drain-outcome.ts';
import type { Hold } from '../../../core/driver/drain-outcome.ts';
import { dig, digFlag, digList, digMap, digNumber, digText, digTexts } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { driverUpgradePolicy, readPolicyBlock } from '../../../core/nicpolicy/upgrade-policy.ts';
import type { JsonObject } from '../case-kind.ts';
import { Matcher } from '../matcher.ts';
import { inAnyOrder } from '../matchers.ts';

const WORKLOAD_API: Readonly<Record<string, string>> = { Job: 'batch/v1', ReplicationController: 'v1' };

const ownerName = (pod: unknown): string => `${digText(pod, 'name') ?? ''}-owner`;

const podOf = (pod: unknown): KubeObject => {
  const owner = digText(pod, 'owner');
  const name = digText(pod, 'name') ?? '';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: digTexts(pod, 'labels'),
      annotations: digFlag(pod, 'mirror') === true ? { 'kubernetes.io/config.mirror': 'x' } : {},
      ...(owner !== undefined && {
        ownerReferences: [
          {
            apiVersion: WORKLOAD_API[owner] ?? 'apps/v1',
            kind: owner,
            name: ownerName(pod),
            uid: name,
            controller: true,
          },
        ],
      }),
    },
    spec: { nodeName: 'n', volumes: digFlag(pod, 'emptyDir') === true ? [{ name: 'v', emptyDir: {} }] : [] },
    status: { phase: digText(pod, 'phase') ?? 'Running' },
  };
};

/** A pod that is evicted and does not go: by whatever word the case says so. */
const STAYS = ['terminating', 'stuckTerminating', 'stuck', 'finalizer', 'finalizers', 'neverTerminates'];
/** A DaemonSet that is no longer there. */
const GONE = ['ownerMissing', 'ownerGone', 'daemonSetGone', 'orphaned'];

const isSaid = (pod: unknown, words: readonly string[]): boolean =>
  words.some((word) => ![undefined, null, false].includes(dig(pod, word) as undefined));

const held = (is: boolean, because: string): Hold | undefined => (is ? { because, wayOut: '' } : undefined);

/** The time limit, as a number of seconds or in words that name it. */
const timeLimit = (seconds: number): Matcher =>
  new Matcher(
    `${seconds} s`,
    (expected) => {
      const number = typeof expected === 'number' ? expected : Number(/\d+/.exec(String(expected))?.[0] ?? Number.NaN);
      const named = typeof expected === 'string' && !/\d/.test(expected) && /time ?out|limit/i.test(expected);
      return named || number === seconds ? undefined : `expected ${JSON.stringify(expected)}, got ${seconds} s`;
    },
    () => ['never', seconds + 1],
  );

export const answerDrainOutcome = (given: JsonObject): Record<string, unknown> => {
  const listed = digList(given, 'pods');
  const saidOf = (pod: KubeObject): unknown => listed.find((each) => digText(each, 'name') === pod.metadata.name);
  const block = readPolicyBlock({ autoUpgrade: true, drain: digMap(given, 'drain') });
  const drain = block && driverUpgradePolicy(block).drain;
  if (drain === undefined) throw new Error('the case gives no drain block');
  const outcome = drainOutcome(drain, {
    pods: listed.map(podOf),
    daemonSetExists: (_namespace, owner) => {
      const pod = listed.find((each) => ownerName(each) === owner);
      return !isSaid(pod, GONE) && dig(pod, 'ownerExists') !== false;
    },
    refusal: (pod) => held(digNumber(saidOf(pod), 'pdbAllowsDisruptions') === 0, 'its budget allows 0'),
    lingering: (pod) => held(isSaid(saidOf(pod), STAYS), 'it stays Terminating'),
  });
  return {
    state: outcome.state,
    evicted: inAnyOrder(outcome.evicted.map(({ metadata }) => metadata.name)),
    immediate: outcome.immediate,
    ...(outcome.after !== undefined && {
      after: outcome.after === 'never' ? 'never' : timeLimit(outcome.after),
    }),
  };
};
