/** The heart of the product: the scenario of seeds/000, carried out on the twin by the same controller as on a cluster. */
import { expect, test } from 'vitest';
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NODES } from '../../core/model/kube-resource.ts';
import { dig } from '../../core/model/dig.ts';
import { DGX_NODES, RAILS } from '../../twin/scenarios/dgx-fleet.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { carryOn } from './carry-on.ts';
import { twinApi } from './twin-ports.ts';

const HOUR = 3_600_000;

const submit = async (twin: Twin, more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const api = twinApi(twin);
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  const made = await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'cold' },
    spec: {
      reason: 'activate staged firmware settings',
      groups: [
        {
          nodes: [...DGX_NODES],
          rung: 'cold',
          cards: RAILS.map(([bus]) => ({ pci: `0000:${bus}:00.0`, values: { NUM_OF_VFS: '8' } })),
          dpus: ['0000:29:00', '0000:aa:00'],
        },
      ],
      allow: { rung: 'cold' },
      power: { adapter: 'twin' },
      drain: { force: true, deleteEmptyDir: true },
      ...more,
    },
  });
  expect(made.ok || made.fault).toBe(true);
};

const statusAfter = async (twin: Twin, hours: number): Promise<unknown> => {
  await carryOn(twin, hours * HOUR);
  const end = await twinApi(twin).get(ROLLOUTS, { name: 'cold' });
  return end.ok ? end.value['status'] : end.fault;
};

const begin = async (): Promise<Twin> => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 2 * HOUR);
  return twin;
};

test('both nodes go through a cold restart, one after the other, and keep nothing of ours (000-72, 000-73)', async () => {
  const twin = await begin();
  await submit(twin);
  expect(await statusAfter(twin, 3)).toMatchObject({ nodes: 2, returned: 2, held: [], visiting: [] });
  const offs = twin.log.filter((line) => / is powered on after /.test(line));
  expect(offs.map((line) => /Host\/(\w+)/.exec(line)?.[1])).toEqual([...DGX_NODES]);
  for (const name of DGX_NODES) {
    const node = await twinApi(twin).get(NODES, { name });
    expect(node.ok && dig(node.value, 'spec', 'unschedulable')).toBeUndefined();
    expect(node.ok && dig(node.value, 'metadata', 'annotations', 'nicwright.dev/visit')).toBeUndefined();
    expect(twin.hosts.get(name)?.adapters.some(({ isPending }) => isPending)).toBe(false);
  }
});

test('the operating system is asked by a command on the host where the plan says so', async () => {
  const twin = await begin();
  const asked: string[] = [];
  await submit(twin, { power: { adapter: 'twin', gracefulBy: 'host' } });
  for (const name of DGX_NODES) {
    const bmc = twin.bmc(name);
    const request = bmc.request.bind(bmc);
    Object.assign(bmc, {
      request: (wanted: 'on' | 'off' | 'graceful-off') => {
        asked.push(wanted);
        return request(wanted);
      },
    });
  }
  expect(await statusAfter(twin, 3)).toMatchObject({ nodes: 2, returned: 2 });
  expect(asked).not.toContain('graceful-off');
  expect(asked.filter((wanted) => wanted === 'on')).toHaveLength(2);
});
