/** A twin of plain nodes with pods on them, for the benches of the twin; and how much memory is held. */
import v8 from 'node:v8';
import vm from 'node:vm';
import { PODS } from '../src/core/model/kube-resource.ts';
import type { KubeDraft } from '../src/core/ports/kube-api.ts';
import { plainScenario } from '../src/twin/scenarios/plain-fleet.ts';
import { createTwin, type Twin } from '../src/twin/twin.ts';
import type { ActorApi } from '../src/twin/world/actor-api.ts';

export const nodeName = (at: number): string => `node-${String(at).padStart(5, '0')}`;

/** A pod that has its node: what a cluster of this size looks like when nobody has to be scheduled. */
export const boundPod = (at: number, nodes: number): KubeDraft => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${String(at).padStart(6, '0')}`, namespace: 'default', labels: { app: `app-${at % 500}` } },
  spec: {
    nodeName: nodeName(at % nodes),
    containers: [
      { name: 'main', image: 'registry.example/app:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
    ],
  },
});

export const createPods = (actor: ActorApi, count: number, nodes: number): void => {
  for (let at = 0; at < count; at += 1) {
    const made = actor.create(PODS, boundPod(at, nodes));
    if (!made.ok) throw new Error(made.fault.message);
  }
};

export const plainTwin = (nodes: number): Twin =>
  createTwin(plainScenario(Array.from({ length: nodes }, (_, at) => nodeName(at))), 1);

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

/** Bytes of objects that are still reachable. */
export const heldBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};
