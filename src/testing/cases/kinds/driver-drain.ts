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

/** A pod that is evicted and does not go, and a DaemonSet that is no longer there: by whatever word a case says so. */
const STAYS = /stuck|terminat|finali[sz]er|never/i;
const GONE = /missing|gone|deleted/i;

const isSaid = (pod: unknown, words: RegExp): boolean =>
  Object.entries(digMap(pod)).some(([key, value]) => words.test(key) && value !== false && value !== null);

const ownerExists = (pod: unknown): boolean =>
  !isSaid(pod, GONE) && !Object.entries(digMap(pod)).some(([key, value]) => /exists/i.test(key) && value === false);

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
  const block = readPolicyBlock({ autoUpgrade: true, drain: dig(given, 'drain') });
  const drain = block && driverUpgradePolicy(block).drain;
  if (drain === undefined) return { state: 'pod-restart-required', evicted: [], immediate: true };
  const outcome = drainOutcome(drain, {
    pods: listed.map(podOf),
    daemonSetExists: (_namespace, owner) => ownerExists(listed.find((each) => ownerName(each) === owner)),
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
