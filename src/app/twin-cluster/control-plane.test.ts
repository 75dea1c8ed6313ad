/** Control-plane nodes are visited one at a time, and only while the pods of etcd prove that it keeps its quorum. */
import { expect, test } from 'vitest';
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { dig } from '../../core/model/dig.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, PODS } from '../../core/model/kube-resource.ts';
import { plainScenario } from '../../twin/scenarios/plain-fleet.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { carryOn } from './carry-on.ts';
import { twinApi } from './twin-ports.ts';

const MINUTE = 60_000;
const NODES = ['a', 'b', 'c'];

const etcdOn = (node: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `etcd-${node}`,
    namespace: 'kube-system',
    labels: { component: 'etcd' },
    annotations: { 'kubernetes.io/config.mirror': 'x', 'kubernetes.io/config.source': 'file' },
  },
  spec: { nodeName: node, containers: [{ name: 'etcd', image: 'etcd:3.6' }] },
});

const begin = async (members: readonly string[]): Promise<Twin> => {
  const scenario = plainScenario(NODES);
  const fleet = scenario.fleet.map((node) => ({ ...node, labels: { 'node-role.kubernetes.io/control-plane': '' } }));
  const twin = createTwin({ ...scenario, fleet }, 1);
  const api = twinApi(twin);
  await twin.runUntil(twin.start + 10 * MINUTE);
  for (const node of members) expect(await api.create(PODS, etcdOn(node))).toMatchObject({ ok: true });
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  const made = await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'masters' },
    spec: {
      reason: 'a test',
      groups: [{ nodes: NODES, rung: 'warm', cards: [], dpus: [] }],
      budget: { maxUnavailable: 3 },
      waves: { canary: 0 },
      allow: { rung: 'warm', controlPlane: true },
      drain: { force: true, deleteEmptyDir: true },
    },
  });
  expect(made.ok || made.fault).toBe(true);
  await carryOn(twin, 4 * 60 * MINUTE);
  return twin;
};

const statusOf = async (twin: Twin): Promise<unknown> => {
  const found = await twinApi(twin).get(ROLLOUTS, { name: 'masters' });
  return found.ok ? found.value['status'] : found.fault;
};

test('three members: every node gets its turn, and never two at once', async () => {
  expect(await statusOf(await begin(NODES))).toMatchObject({ returned: 3, held: [], mostOut: 1 });
});

test('no member is seen: no node is visited, and the reason is told', async () => {
  const status = await statusOf(await begin([]));
  expect(status).toMatchObject({ returned: 0, mostOut: 0 });
  expect(JSON.stringify(dig(status, 'blocked'))).toContain('no pod of etcd is seen');
});

test('two members: none may go', async () => {
  expect(JSON.stringify(dig(await statusOf(await begin(['a', 'b'])), 'blocked'))).toContain('only 1 of 2 members');
});
