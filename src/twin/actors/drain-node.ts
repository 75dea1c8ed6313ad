/**
 * A drain as kubectl's library does it, for whoever drains in the twin: cordon, choose the pods, evict them side by side,
 * wait for each to be gone (core/drain decides all of it).
 */
import type { DrainOptions } from '../../core/drain/drain-options.ts';
import { readEvictionFault, RETRY_SECONDS } from '../../core/drain/eviction-answer.ts';
import { evictedPods, filterPods, FILTER_CODES } from '../../core/drain/filter-pods.ts';
import { POLL_SECONDS } from '../../core/drain/wait-for-pod.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { DAEMON_SETS, NODES, PODS } from '../../core/model/kube-resource.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ActorApi } from '../world/actor-api.ts';
import type { World } from '../world/world.ts';
import { keyOf } from './controller-pods.ts';

export interface DrainWork {
  readonly world: World;
  readonly actor: ActorApi;
  readonly node: string;
  readonly options: DrainOptions;
  readonly sleep: (ms: number) => Promise<void>;
  /** A choice beside kubectl's own filters. */
  readonly isChosen?: (pod: KubeObject) => boolean;
}

export const setCordon = (actor: ActorApi, node: string, isCordoned: boolean): KubeResult<KubeObject> => {
  const body = { spec: { unschedulable: isCordoned ? true : null } };
  return actor.patch(NODES, { name: node }, { type: 'merge', body });
};

/** Evicts and waits; a fault names what is left when the time of the drain is over, or why nothing was evicted. */
export const evictFrom = async (work: DrainWork): Promise<Result<number>> => {
  const { world, actor, node, options, sleep, isChosen } = work;
  const start = world.clock.now();
  const chosen = filterPods([...world.podsOn(node)], {
    options,
    nowMs: start,
    daemonSetExists: (namespace, name) => actor.get(DAEMON_SETS, { namespace, name }) !== undefined,
    ...(isChosen === undefined ? {} : { isChosen }),
  });
  if (!chosen.ok) return chosen;
  const refused = chosen.value.verdicts.filter(({ fate }) => fate === 'refuse');
  if (refused.length > 0) {
    const [first] = refused;
    const { because, wayOut } = FILTER_CODES[first?.code ?? 'unmanaged'];
    return fail(
      'held-drain-refused',
      `cannot evict ${first?.pod.metadata.name ?? 'a pod'} of ${node}: ${because}; ${wayOut}`,
    );
  }
  const pods = evictedPods(chosen.value);
  const isOver = (): boolean => options.timeout > 0 && world.clock.now() - start >= options.timeout * 1000;
  const left = await Promise.all(pods.map((pod) => removePod(pod, actor, sleep, isOver)));
  const stuck = left.filter((why) => why !== undefined);
  return stuck.length === 0
    ? ok(pods.length)
    : fail(
        'held-drain-incomplete',
        `the drain of ${node} is over and ${stuck.length} of ${pods.length} pods are left: ${stuck.join('; ')}`,
        'retry',
      );
};

/** Undefined when the pod is gone; else why it is not. */
const removePod = async (
  pod: KubeObject,
  actor: ActorApi,
  sleep: (ms: number) => Promise<void>,
  isOver: () => boolean,
): Promise<string | undefined> => {
  const key = keyOf(pod);
  const present = (): KubeObject | undefined => {
    const found = actor.get(PODS, key);
    return found?.metadata.uid === pod.metadata.uid ? found : undefined;
  };
  for (let here = present(); here !== undefined; here = present()) {
    const { uid } = pod.metadata;
    const answer = actor.evict(key, uid === undefined ? {} : { preconditions: { uid } });
    const move = readEvictionFault(answer.ok ? undefined : answer.fault, here.metadata.deletionTimestamp !== undefined);
    if (move.action === 'fail-pod') return `${pod.metadata.name} (${move.because})`;
    if (move.action === 'done') break;
    if (isOver()) return `${pod.metadata.name} (${move.because})`;
    await sleep((move.after ?? RETRY_SECONDS) * 1000);
  }
  while (present() !== undefined) {
    if (isOver()) return `${pod.metadata.name} (still terminating)`;
    await sleep(POLL_SECONDS * 1000);
  }
  return undefined;
};
