import { expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { daemonSetNodes } from './daemonset-nodes.ts';
import { nodeRoom } from './node-room.ts';
import { placePod } from './place-pod.ts';
import { podDemand, podRequests } from './pod-demand.ts';

const node = (
  name: string,
  more: { labels?: Record<string, string>; allocatable?: Record<string, string>; spec?: Record<string, unknown> } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: more.labels ?? {} },
  spec: more.spec ?? {},
  status: { allocatable: { cpu: '8', memory: '64Gi', pods: '110', ...more.allocatable } },
});

const pod = (
  spec: Record<string, unknown>,
  more: { name?: string; labels?: Record<string, string>; phase?: string } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: more.name ?? 'p', namespace: 'default', labels: more.labels ?? {} },
  spec: { containers: [{ name: 'c', resources: {} }], ...spec },
  status: { phase: more.phase ?? 'Running' },
});

const asking = (requests: Record<string, string>) => ({ containers: [{ name: 'c', resources: { requests } }] });

const because = (asked: KubeObject, nodes: readonly KubeObject[], there: readonly KubeObject[] = []): string =>
  placePod(
    podDemand(asked),
    nodes.map((one) => nodeRoom(one, there)),
  ).because;

test('a resource that no node offers is told apart from one that is used up (000-81)', () => {
  const wants = pod(asking({ 'nvidia.com/resibp24s0': '1' }));
  expect(because(wants, [node('a')])).toContain('a does not offer nvidia.com/resibp24s0 at all');
  const offering = node('a', { allocatable: { 'nvidia.com/resibp24s0': '8' } });
  const full = pod({ ...asking({ 'nvidia.com/resibp24s0': '8' }), nodeName: 'a' }, { name: 'q' });
  expect(because(wants, [offering], [full])).toContain('a has 0 of 8 nvidia.com/resibp24s0 left, and 1 are asked for');
  expect(because(wants, [offering])).toContain('1 of 1 nodes can take it');
});

test('finished pods take no room, a cordon and a taint repel, a claim leaves it unknown', () => {
  const big = pod({ ...asking({ cpu: '8' }), nodeName: 'a' }, { name: 'done', phase: 'Succeeded' });
  expect(because(pod(asking({ cpu: '8' })), [node('a')], [big])).toContain('1 of 1');
  expect(because(pod({}), [node('a', { spec: { unschedulable: true } })])).toContain('a is cordoned');
  expect(
    because(pod({}), [node('a', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoExecute' }] } })]),
  ).toContain('k=v:NoExecute');
  const claiming = podDemand(pod({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }));
  expect(placePod(claiming, [nodeRoom(node('a'), [])]).fits[0]?.verdict).toBe('unknown');
});

test('init steps count by their largest, sidecars with both, overhead on top', () => {
  const requests = podRequests(
    pod({
      containers: [{ name: 'c', resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } } }],
      initContainers: [
        { name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '500m' } } },
        { name: 'i', resources: { requests: { cpu: '2' } } },
      ],
      overhead: { cpu: '100m' },
    }),
  );
  expect(requests.get('cpu')).toBe(2600n);
  expect(requests.get('memory')).toBe(1073741824000n);
});

test('a DaemonSet says for each node why it wants a pod there or not', () => {
  const daemonSet = (spec: Record<string, unknown>): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd' },
    spec: { template: { spec } },
  });
  const nodes = [
    node('a', { labels: { role: 'worker' } }),
    node('b'),
    node('c', {
      labels: { role: 'worker' },
      spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
    }),
  ];
  expect(daemonSetNodes(daemonSet({ nodeSelector: { role: 'worker' } }), nodes).map(({ wants }) => wants)).toEqual([
    true,
    false,
    true,
  ]);
  expect(daemonSetNodes(daemonSet({ nodeSelector: { role: 'worker' } }), nodes)[1]?.because).toBe(
    'b lacks role=worker',
  );
  const tainted = [node('d', { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } })];
  expect(daemonSetNodes(daemonSet({}), tainted)[0]?.because).toContain('x:NoSchedule');
  expect(daemonSetNodes(daemonSet({ tolerations: [{ operator: 'Exists' }] }), tainted)[0]?.wants).toBe(true);
  // A pod that is there stays on a node that is lost or repels new ones, and leaves one that ends pods.
  const unreachable = 'node.kubernetes.io/unreachable';
  const withTaints = (...taints: readonly object[]): KubeObject => node('n', { spec: { taints } });
  const there = [
    withTaints({ key: unreachable, effect: 'NoSchedule' }, { key: unreachable, effect: 'NoExecute' }),
    withTaints({ key: 'team', effect: 'NoSchedule' }),
    withTaints({ key: 'team', effect: 'NoExecute' }),
  ];
  expect(daemonSetNodes(daemonSet({}), there).map(({ wants, keeps }) => [wants, keeps])).toEqual([
    [false, true],
    [false, true],
    [false, false],
  ]);
});

test('hostile pods and nodes place nowhere and throw nothing', () => {
  for (const strange of [
    {},
    { spec: 7 },
    { spec: { containers: 'x', volumes: [null], tolerations: null } },
    { spec: { containers: [{ resources: { requests: { cpu: 'much' } } }] } },
  ]) {
    const made = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, ...strange } as KubeObject;
    expect(() =>
      placePod(podDemand(made), [nodeRoom({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }, [])]),
    ).not.toThrow();
  }
});
