/** Two platforms in one rollout: the power of the one that does with a warm restart is never cut because the other needs it. */
import { expect, test } from 'vitest';
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS, type RolloutSpec } from '../../core/model/crd/rollout.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../core/model/kube-resource.ts';
import { planActivateFirmware, type ActivateFirmwareWish } from '../../core/plan/plan-activate-firmware.ts';
import type { FleetNode } from '../../twin/actors/node-status.ts';
import { CONNECTX7_RAIL } from '../../twin/hardware/adapter-model.ts';
import { DGX_B200, SMALL_SERVER, type Platform } from '../../twin/hardware/host.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { carryOn } from './carry-on.ts';
import { twinApi } from './twin-ports.ts';

const HOUR = 3_600_000;
const PCI = '0000:18:00.0';

const node = (name: string, at: number, platform: Platform): FleetNode => ({
  host: {
    name,
    platform,
    adapters: [
      {
        card: '0000:18:00',
        model: CONNECTX7_RAIL,
        functions: [{ pci: PCI, rdma: 'mlx5_0', interface: 'ibp24s0', linkType: 'IB' }],
        staged: { NUM_OF_VFS: '8' },
      },
    ],
    gpus: 0,
    kernel: '6.8.0-60-generic',
    lockdown: 'none',
  },
  labels: {},
  address: `10.3.0.${at}`,
  room: { cpu: '8', memory: '16Gi', pods: '110' },
});

/** `small`: whether its firmware boots with the host, as such machines do, or does not, against what is known of them. */
const begin = async (small: Platform['firmwareBootsWith']): Promise<Twin> => {
  const twin = createTwin(
    {
      name: 'two-platforms',
      about: 'a DGX and a small server, each with a staged setting',
      release: '25.7.0',
      fleet: [node('dgx', 1, DGX_B200), node('small', 2, { ...SMALL_SERVER, firmwareBootsWith: small })],
      objects: [],
      steps: [],
      untilMinutes: 60,
    },
    1,
  );
  await twin.runUntil(twin.start + HOUR / 10);
  return twin;
};

const planned = (twin: Twin, allow: ActivateFirmwareWish['allow'] = {}): RolloutSpec => {
  const plan = planActivateFirmware(twin.snapshot(), {
    nodes: [],
    allow,
    rollout: {
      power: { adapter: 'twin', graceful: true, gracefulBy: 'bmc', force: true, holdSeconds: 60, bootSeconds: 2700 },
      budget: { maxUnavailable: 1, maxHeld: 2 },
    },
    nowMs: twin.clock.now(),
  });
  if (!plan.ok) throw new Error(plan.fault.message);
  const spec = plan.value.steps.flatMap(({ act }) => (act.do === 'rollout' ? [act.spec] : []))[0];
  if (spec === undefined) throw new Error('the plan has no rollout');
  return spec;
};

const carryOut = async (twin: Twin, spec: RolloutSpec): Promise<unknown> => {
  const api = twinApi(twin);
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  const made = await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'two' },
    spec: { ...spec },
  });
  expect(made.ok || made.fault).toBe(true);
  await carryOn(twin, 4 * HOUR);
  const end = await api.get(ROLLOUTS, { name: 'two' });
  return end.ok ? end.value['status'] : end.fault;
};

const powerCuts = (twin: Twin): readonly string[] =>
  twin.log.filter((line) => / is powered on after /.test(line)).map((line) => /Host\/(\w+)/.exec(line)?.[1] ?? '');

test('a plan writes for each group what its own nodes need', async () => {
  const spec = planned(await begin('warm'));
  expect(spec.allow.rung).toBe('cold');
  expect(spec.groups.map(({ nodes, rung, upTo }) => [...nodes, rung, upTo])).toEqual([
    ['dgx', 'cold', 'cold'],
    ['small', 'warm', 'warm'],
  ]);
  const higher = planned(await begin('warm'), { rung: 'ac' });
  expect(higher.groups.map(({ upTo }) => upTo)).toEqual(['ac', 'ac']);
});

test('each goes through its own restart', async () => {
  const twin = await begin('warm');
  expect(await carryOut(twin, planned(twin))).toMatchObject({ returned: 2, held: [] });
  expect(powerCuts(twin)).toEqual(['dgx']);
});

test('a warm restart that does not help holds the visit, whatever the other group may', async () => {
  const twin = await begin('power-off');
  expect(await carryOut(twin, planned(twin))).toMatchObject({
    returned: 1,
    held: [{ node: 'small', message: expect.stringContaining('not active after a warm restart') }],
  });
  expect(powerCuts(twin)).toEqual(['dgx']);
});

test('with leave to climb it is cured', async () => {
  const twin = await begin('power-off');
  expect(await carryOut(twin, planned(twin, { rung: 'cold' }))).toMatchObject({ returned: 2, held: [] });
  expect(powerCuts(twin).toSorted()).toEqual(['dgx', 'small']);
});
