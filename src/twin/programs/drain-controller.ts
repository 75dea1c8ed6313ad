/**
 * The SR-IOV operator's drain controller: carries out the acts that core/sriov/drain decides for each node, and stops at the
 * first that fails. A drain is tried for 90 s, three times, and then asked for anew.
 */
import type { DrainOptions } from '../../core/drain/drain-options.ts';
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES, SRIOV_NODE_STATES, SRIOV_POOL_CONFIGS } from '../../core/model/kube-resource.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import { drainPass, type DrainAct } from '../../core/sriov/drain/drain-controller.ts';
import {
  CURRENT_STATE_KEY,
  DESIRED_STATE_KEY,
  NODE_STATE_KEY,
  readDrainNode,
} from '../../core/sriov/drain/drain-state.ts';
import { requestWithPrefix } from '../../core/sriov/drain/partial-drain.ts';
import { NVIDIA_RESOURCE_PREFIX } from '../../core/sriov/extended-resources.ts';
import { readPoolConfig } from '../../core/sriov/pool-config.ts';
import { createActor } from '../actors/actor.ts';
import { actorLoop } from '../actors/actor-loop.ts';
import { evictFrom, setCordon } from '../actors/drain-node.ts';
import { eventRecorder } from '../actors/event-recorder.ts';
import type { OperatorProcess } from '../actors/process.ts';
import { inBackground } from '../background.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';

const REACT = seconds(0.05, 0.2, 1, 'not measured: a controller that watches');

/** pkg/drain/drainer.go. */
const OPTIONS: DrainOptions = {
  force: true,
  ignoreDaemonSets: true,
  deleteEmptyDir: true,
  podSelector: '',
  skipWaitForDelete: 0,
  timeout: 90,
  evictionFilters: [],
};
const TRIES = 3;
const BETWEEN_TRIES_MS = 2_000;

const ANNOTATION = { request: NODE_STATE_KEY, desired: DESIRED_STATE_KEY, current: CURRENT_STATE_KEY } as const;

export const startDrainController = (stage: Stage, process: OperatorProcess): void => {
  const { world } = stage;
  const namespace = process.pod.metadata.namespace ?? 'default';
  const actor = createActor(world, 'drain-controller');
  const record = eventRecorder(stage, actor, 'sriov-drain-controller');
  const busy = new Set<string>();

  const annotate = (node: string, which: keyof typeof ANNOTATION, value: string): KubeResult<KubeObject> => {
    const patch = { type: 'merge', body: { metadata: { annotations: { [ANNOTATION[which]]: value } } } } as const;
    if (which === 'request') return actor.patch(NODES, { name: node }, patch);
    return actor.patch(SRIOV_NODE_STATES, { name: node, namespace }, patch);
  };

  const tell = (node: string, reason: string, message: string): void => {
    const about = actor.get(SRIOV_NODE_STATES, { name: node, namespace });
    // Upstream writes all of these as warnings, successes too.
    if (about !== undefined) record({ about, type: 'Warning', reason, message });
  };

  const evict = async (node: string, pods: 'all' | 'with-resource'): Promise<boolean> => {
    const isChosen = (pod: unknown): boolean => requestWithPrefix(pod, NVIDIA_RESOURCE_PREFIX) !== undefined;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      if (attempt > 0) await process.sleep(BETWEEN_TRIES_MS * 2 ** (attempt - 1));
      const drained = await evictFrom({
        world,
        actor,
        node,
        options: OPTIONS,
        sleep: process.sleep,
        ...(pods === 'all' ? {} : { isChosen }),
      });
      if (drained.ok) return true;
      tell(node, 'DrainNode', `failed to drain node: ${drained.fault.message}`);
    }
    return false;
  };

  /** False where the act failed; the next pass decides anew. */
  const carryOut = async (node: string, act: DrainAct): Promise<boolean> => {
    switch (act.do) {
      case 'add-annotation':
        return annotate(node, act.which, 'Idle').ok;
      case 'set-current':
        if (act.to === 'Draining') tell(node, 'DrainNode', 'start to drain node');
        return annotate(node, 'current', act.to).ok;
      case 'cordon':
      case 'uncordon':
        return setCordon(actor, node, act.do === 'cordon').ok;
      case 'evict': {
        const isDrained = await evict(node, act.pods);
        if (isDrained) tell(node, 'DrainNode', 'Node drain completed');
        return isDrained;
      }
    }
  };

  const carryOutAll = async (node: string, acts: readonly DrainAct[]): Promise<void> => {
    for (const act of acts) if (!(await carryOut(node, act))) return;
  };

  const work = (name: string): number | undefined => {
    const node = actor.get(NODES, { name });
    if (process.hasEnded() || node === undefined || busy.has(name)) return undefined;
    const nodes = actor
      .list(NODES)
      .map((one) => readDrainNode(one, actor.get(SRIOV_NODE_STATES, { name: one.metadata.name, namespace })));
    const own = nodes.find((one) => one.name === name);
    const pools = actor.list(SRIOV_POOL_CONFIGS, { namespace }).map(readPoolConfig);
    const pass = own === undefined ? undefined : drainPass(own, { nodes, pools });
    if (pass === undefined) return undefined;
    if (!pass.ok) return 5_000;
    const { acts, againAfterMs } = pass.value;
    if (acts.length === 0) return againAfterMs;
    busy.add(name);
    const done = carryOutAll(name, acts).then(() => {
      busy.delete(name);
      loop.wake(name, againAfterMs ?? 5_000);
    });
    inBackground(stage.clock, done);
    return undefined;
  };

  const loop = actorLoop(stage, actor, REACT, work);
  const annotationOf = (object: unknown, key: string): string | undefined =>
    digText(object, 'metadata', 'annotations', key);
  process.onEnd(
    world.subscribe(NODES, ({ object, before }) => {
      if (annotationOf(before, NODE_STATE_KEY) !== annotationOf(object, NODE_STATE_KEY))
        loop.wake(object.metadata.name);
    }),
  );
  process.onEnd(
    world.subscribe(SRIOV_NODE_STATES, ({ object, before }) => {
      if (before?.metadata.annotations !== object.metadata.annotations || before === undefined)
        loop.wake(object.metadata.name);
    }),
  );
  for (const { metadata } of actor.list(NODES)) loop.wake(metadata.name);
};
