/** What a kubelet takes up again when its host comes back; the rest of it is played by the scenarios. */
import { expect, test } from 'vitest';
import { PODS } from '../../core/model/kube-resource.ts';
import { plainScenario } from '../scenarios/plain-fleet.ts';
import { createTwin } from '../twin.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'trainer', namespace: 'default' },
  spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'trainer:1' }] },
};

test('a pod that was terminating when its host lost power is gone after the boot', async () => {
  const twin = createTwin(plainScenario(['n1']), 1);
  const api = twin.world.api();
  const host = twin.hosts.get('n1');
  const isThere = async (): Promise<boolean> => (await api.get(PODS, POD.metadata)).ok;
  await twin.clock.run(600_000);
  expect(await api.create(PODS, POD)).toMatchObject({ ok: true });
  await twin.clock.run(120_000);
  expect(await api.delete(PODS, POD.metadata, { graceSeconds: 30 })).toMatchObject({ ok: true });
  // The kubelet knows of it; a program takes half a second at least to end.
  await twin.clock.run(100);
  expect(host?.cutPower()).toBe(true);
  await twin.clock.run(60_000);
  expect(await isThere()).toBe(true);
  expect(host?.powerOn()).toBe(true);
  await twin.clock.run(30 * 60_000);
  expect(host?.isUp).toBe(true);
  expect(await isThere()).toBe(false);
});
