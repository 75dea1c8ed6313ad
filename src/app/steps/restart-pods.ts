/** Step restart-pods: deletes pods of a DaemonSet node by node, the next when the successor is Ready. */
import { isReady } from '../../core/drain/pod-facts.ts';
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS } from '../../core/model/kube-resource.ts';
import { ok, type Result } from '../../core/result.ts';
import { awaitProof, type StepWork } from './step-work.ts';

export interface PodsToRestart {
  readonly namespace: string;
  readonly selector: string;
  readonly nodes: readonly string[];
}

const READY_WITHIN_MS = 5 * 60_000;

const podsOn = async (
  { ports: { api }, signal }: StepWork,
  { namespace, selector }: PodsToRestart,
  node: string,
): Promise<Result<readonly KubeObject[]>> => {
  const page = await api.list(PODS, {
    namespace,
    labelSelector: selector,
    fieldSelector: `spec.nodeName=${node}`,
    signal,
  });
  return page.ok ? ok(page.value.items) : page;
};

export const restartPods = async (work: StepWork, what: PodsToRestart): Promise<Result<void>> => {
  const { api } = work.ports;
  for (const node of what.nodes) {
    const before = await podsOn(work, what, node);
    if (!before.ok) return before;
    for (const { metadata } of before.value) {
      const key = { namespace: what.namespace, name: metadata.name };
      const gone = await api.delete(PODS, key, {
        signal: work.signal,
        ...(metadata.uid !== undefined && { preconditions: { uid: metadata.uid } }),
      });
      if (!gone.ok && gone.fault.code !== 'kube-not-found' && gone.fault.code !== 'kube-conflict') return gone;
    }
    const old = new Set(before.value.map(({ metadata }) => metadata.uid));
    const isBack = async (): Promise<Result<boolean>> => {
      const now = await podsOn(work, what, node);
      if (!now.ok) return now;
      return ok(now.value.length > 0 && now.value.every((pod) => !old.has(pod.metadata.uid) && isReady(pod)));
    };
    const back = await awaitProof(work, isBack, {
      withinMs: READY_WITHIN_MS,
      what: `the restart of ${what.selector} on ${node}`,
    });
    if (!back.ok) return back;
    work.tell(`${node}: the pod is new and Ready`);
  }
  return ok(undefined);
};

/** All of them run and are Ready; that they are new is proved while the step is carried out. */
export const arePodsReady = async (work: StepWork, what: PodsToRestart): Promise<Result<boolean>> => {
  for (const node of what.nodes) {
    const now = await podsOn(work, what, node);
    if (!now.ok) return now;
    if (
      now.value.length === 0 ||
      !now.value.every((pod) => isReady(pod) && digText(pod, 'metadata', 'deletionTimestamp') === undefined)
    )
      return ok(false);
  }
  return ok(true);
};
