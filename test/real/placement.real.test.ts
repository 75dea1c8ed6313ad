/** core/placement against the real scheduler: where it puts a pod we say that it fits, and where nothing fits it puts nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digList, digText } from '../../src/core/model/dig.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { NODES, PODS } from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { nodeRoom } from '../../src/core/placement/node-room.ts';
import { placePod } from '../../src/core/placement/place-pod.ts';
import { podDemand } from '../../src/core/placement/pod-demand.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const PODS_TRIED = 240;

const zone = fc.constantFrom('z1', 'z2', 'z3');
const app = fc.constantFrom('web', 'db', 'batch');

const nodeSpec = fc.record({
  zone,
  labels: fc.dictionary(fc.constantFrom('gpu', 'rack'), fc.constantFrom('yes', 'no', '7', '12'), { maxKeys: 2 }),
  cpu: fc.constantFrom('4', '8', '16'),
  gpu: fc.constantFrom(undefined, '0', '2', '8'),
  pods: fc.constantFrom('3', '20'),
  taint: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    { key: 'dedicated', value: 'ml', effect: 'NoSchedule' },
    { key: 'maybe', effect: 'PreferNoSchedule' },
    { key: 'away', effect: 'NoExecute' },
  ),
  unschedulable: fc.boolean(),
});

const podSpec = fc.record(
  {
    app,
    requests: fc.record(
      { cpu: fc.constantFrom('100m', '1', '3500m', '9'), 'nvidia.com/gpu': fc.constantFrom('0', '1', '4') },
      { requiredKeys: [] },
    ),
    init: fc.constantFrom(undefined, { cpu: '3' }, { cpu: '50m' }),
    sidecar: fc.boolean(),
    hostPort: fc.constantFrom(undefined, undefined, 8080, 9090),
    nodeSelector: fc.constantFrom(undefined, undefined, { gpu: 'yes' }, { zone: 'z1' }),
    expression: fc.constantFrom(
      undefined,
      undefined,
      { key: 'rack', operator: 'Gt', values: ['9'] },
      { key: 'gpu', operator: 'NotIn', values: ['yes'] },
      { key: 'rack', operator: 'Exists' },
    ),
    toleration: fc.constantFrom(
      undefined,
      { key: 'dedicated', operator: 'Exists' },
      { operator: 'Exists' },
      { key: 'dedicated', value: 'ml' },
      { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
    ),
    near: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, undefined, 'web', 'db'),
    away: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'web', 'batch'),
    spread: fc.constantFrom(undefined, undefined, undefined, 1, 2),
  },
  {},
);

type NodeSpec = typeof nodeSpec extends fc.Arbitrary<infer T> ? T : never;
type PodSpec = typeof podSpec extends fc.Arbitrary<infer T> ? T : never;

const nodeObject = (name: string, spec: NodeSpec): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { zone: spec.zone, 'kubernetes.io/hostname': name, ...spec.labels } },
  spec: {
    ...(spec.taint === undefined ? {} : { taints: [spec.taint] }),
    ...(spec.unschedulable ? { unschedulable: true } : {}),
  },
  status: {
    allocatable: {
      cpu: spec.cpu,
      memory: '64Gi',
      pods: spec.pods,
      ...(spec.gpu === undefined ? {} : { 'nvidia.com/gpu': spec.gpu }),
    },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

const container = (name: string, requests: Readonly<Record<string, string>>, hostPort?: number) => ({
  name,
  image: 'registry.example.net/x:v1',
  // Extended resources must have request and limit alike.
  resources: { requests, limits: Object.fromEntries(Object.entries(requests).filter(([key]) => key.includes('/'))) },
  ...(hostPort === undefined ? {} : { ports: [{ containerPort: 80, hostPort }] }),
});

const term = (name: string, topologyKey: string) => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app: name } } }],
});

const podObject = (name: string, spec: PodSpec): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: spec.app } },
  spec: {
    containers: [container('main', spec.requests as Record<string, string>, spec.hostPort)],
    initContainers: [
      ...(spec.sidecar ? [{ ...container('side', { cpu: '200m' }), restartPolicy: 'Always' }] : []),
      ...(spec.init === undefined ? [] : [container('init', spec.init)]),
    ],
    ...(spec.nodeSelector === undefined ? {} : { nodeSelector: spec.nodeSelector }),
    ...(spec.toleration === undefined ? {} : { tolerations: [spec.toleration] }),
    affinity: {
      ...(spec.expression === undefined
        ? {}
        : {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [spec.expression] }],
              },
            },
          }),
      ...(spec.near === undefined ? {} : { podAffinity: term(spec.near, 'zone') }),
      ...(spec.away === undefined ? {} : { podAntiAffinity: term(spec.away, 'kubernetes.io/hostname') }),
    },
    ...(spec.spread === undefined
      ? {}
      : {
          topologySpreadConstraints: [
            {
              maxSkew: spec.spread,
              topologyKey: 'zone',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: { app: spec.app } },
            },
          ],
        }),
  },
});

describe.skipIf(parts.absent)(parts.title('core/placement and the real scheduler'), () => {
  let cluster: Cluster;
  let api: KubeApi;
  beforeAll(async () => {
    cluster = await startCluster({ scheduler: true });
    api = await apiOf(cluster);
  });
  afterAll(() => cluster?.stop());

  /** The node that the scheduler chose, or undefined once it has said that there is none. */
  const scheduled = async (name: string): Promise<string | undefined> => {
    for (let waited = 0; waited < 15_000; waited += 10) {
      const pod = good(await api.get(PODS, { namespace: 'default', name }));
      const node = digText(pod, 'spec', 'nodeName');
      if (node !== undefined) return node;
      if (digList(pod, 'status', 'conditions').some((condition) => digText(condition, 'reason') === 'Unschedulable'))
        return undefined;
      await sleep(10);
    }
    throw new Error(`the scheduler said nothing about ${name} in 15 s`);
  };

  test('agree on generated pods and nodes', async () => {
    const [nodes = []] = fc.sample(fc.array(nodeSpec, { minLength: 6, maxLength: 6 }), { numRuns: 1, seed: 7 });
    const objects: KubeObject[] = [];
    for (const [index, spec] of nodes.entries()) {
      const made = nodeObject(`n${index}`, {
        ...spec,
        unschedulable: index === 5,
        ...(index === 0 ? { taint: undefined } : {}),
      });
      good(await api.create(NODES, made));
      good(
        await api.update(
          NODES,
          { ...good(await api.get(NODES, { name: `n${index}` })), status: made['status'] },
          { subresource: 'status' },
        ),
      );
      // The API server's admission taints a new node not-ready; the node controller, which is not here, would lift it.
      const now = good(await api.get(NODES, { name: `n${index}` }));
      const taints = digList(now, 'spec', 'taints').filter(
        (taint) => digText(taint, 'key') !== 'node.kubernetes.io/not-ready',
      );
      objects.push(good(await api.update(NODES, { ...now, spec: { ...(now['spec'] as object), taints } })));
    }
    const bound: KubeObject[] = [];
    const counts = { placed: 0, nowhere: 0 };
    const kinds = new Map<string, number>();
    for (const [index, spec] of fc.sample(podSpec, { numRuns: PODS_TRIED, seed: 11 }).entries()) {
      const name = `p${index}`;
      const pod = good(await api.create(PODS, podObject(name, spec)));
      const rooms = objects.map((node) => nodeRoom(node, bound));
      const { fits, because } = placePod(podDemand(pod), rooms);
      const ours = fits.filter(({ verdict }) => verdict === 'fits').map(({ node }) => node);
      for (const { misfits } of fits) for (const { kind } of misfits) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const chosen = await scheduled(name);
      const told = `${name} ${JSON.stringify(spec)}: ${because}`;
      if (chosen === undefined) {
        expect(ours, told).toEqual([]);
        counts.nowhere += 1;
        good(await api.delete(PODS, { namespace: 'default', name }, { graceSeconds: 0 }));
      } else {
        expect(ours, told).toContain(chosen);
        counts.placed += 1;
        bound.push(good(await api.get(PODS, { namespace: 'default', name })));
        // Room is kept for later pods: every third one leaves again.
        if (index % 3 !== 0) {
          bound.pop();
          good(await api.delete(PODS, { namespace: 'default', name }, { graceSeconds: 0 }));
        }
      }
    }
    console.log(
      `placement: ${counts.placed} placed, ${counts.nowhere} nowhere; misfits ${JSON.stringify(Object.fromEntries(kinds))}`,
    );
    expect(Math.min(counts.placed, counts.nowhere)).toBeGreaterThan(20);
    const expected = [
      'unschedulable',
      'taint',
      'node-affinity',
      'host-port',
      'resource',
      'pod-affinity',
      'pod-anti-affinity',
      'topology-spread',
    ];
    expect(expected.filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});
