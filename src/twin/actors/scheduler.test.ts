/** What the scheduler keeps of pods that are placed follows them; where pods go otherwise is played by the scenarios. */
import { expect, test } from 'vitest';
import { dig } from '../../core/model/dig.ts';
import { PODS } from '../../core/model/kube-resource.ts';
import { plainScenario } from '../scenarios/plain-fleet.ts';
import { createTwin } from '../twin.ts';

const pod = (name: string, spec: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'main:1' }], ...spec },
});

const AWAY_FROM_DB = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
};

test('a pod that keeps away from a label keeps away from a pod that was given it after it was placed', async () => {
  const twin = createTwin(plainScenario(['n1', 'n2']), 1);
  const api = twin.world.api();
  const nodeOf = async (draft: ReturnType<typeof pod>): Promise<unknown> => {
    await api.create(PODS, draft);
    await twin.clock.run(10_000);
    const found = await api.get(PODS, draft.metadata);
    return found.ok ? dig(found.value, 'spec', 'nodeName') : found.fault;
  };
  await twin.clock.run(600_000);
  expect(await nodeOf(pod('later-a-db', {}))).toBe('n1');
  // The search for this one looks at both nodes.
  expect(await nodeOf(pod('other', { nodeSelector: { 'kubernetes.io/hostname': 'n2' } }))).toBe('n2');
  const labels = { app: 'db' };
  await api.patch(
    PODS,
    { namespace: 'default', name: 'later-a-db' },
    { type: 'merge', body: { metadata: { labels } } },
  );
  expect(await nodeOf(pod('shy', { affinity: AWAY_FROM_DB }))).toBe('n2');
});
