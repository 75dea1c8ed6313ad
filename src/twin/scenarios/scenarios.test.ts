/**
 * Scenarios write no incident: what is expected here came about by the actors alone. Each row is a scenario and what diagnosis
 * says of the twin at its end.
 */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../core/diagnosis/engine.ts';
import { ALL_RULES } from '../../core/diagnosis/rules/index.ts';
import { digNumber, digText, digTexts } from '../../core/model/dig.ts';
import { NODES, PODS, SRIOV_NODE_STATES } from '../../core/model/kube-resource.ts';
import { createTwin, type Twin } from '../twin.ts';
import { DGX_NODES, OPERATOR_NAMESPACE, RAILS } from './dgx-fleet.ts';
import { SCENARIOS, scenarioNamed } from './scenarios.ts';

const MINUTE_MS = 60_000;

const begin = (name: string, seed: number): Twin => {
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return createTwin(scenario, seed);
};

const runTo = (twin: Twin, minutes: number): Promise<void> => twin.runUntil(twin.start + minutes * MINUTE_MS);

interface Named {
  readonly problems: readonly string[];
  readonly symptoms: readonly string[];
}

const named = (twin: Twin): Named => {
  const { problems, symptoms } = diagnose(twin.snapshot(), ALL_RULES, { now: twin.clock.now() });
  const words = ({ rule, nodes }: { readonly rule: string; readonly nodes: readonly string[] }): string =>
    [rule, ...nodes].join(' ');
  return { problems: problems.map(words), symptoms: symptoms.map(words) };
};

const CLEAN: Named = { problems: [], symptoms: [] };
const BOTH: Named = { problems: ['cold-restart-pending dgx030 dgx031'], symptoms: [] };

/** At the end of the scenario, for seed 1. */
const AT_THE_END: Readonly<Record<string, Named>> = {
  'dgx-cold-restart': BOTH,
  'dgx-cold-restart-cured': CLEAN,
  'dgx-cold-restart-short-off': BOTH,
  'dgx-warm-after-cold': CLEAN,
  'dgx-reimage': BOTH,
  'dgx-default-pool': { problems: ['cold-restart-pending dgx030'], symptoms: ['node-state-not-synced dgx031'] },
  'dgx-numvfs-16': CLEAN,
  'dgx-ipam-image': { problems: ['component-image-wrong'], symptoms: [] },
  'dgx-nv-access': { problems: [], symptoms: ['nv-access-error dgx030'] },
  'dgx-rough-night': CLEAN,
  'dgx-lost-node': { problems: ['cold-restart-pending dgx031'], symptoms: [] },
  'dgx-meddler': BOTH,
};

const RAIL_PCIS = RAILS.map(([bus]) => `0000:${bus}:00.0`);

const vfSettings = (twin: Twin, node: string): readonly string[] =>
  RAIL_PCIS.map((pci) => {
    const adapter = twin.hosts.get(node)?.adapterOf(pci);
    return `${adapter?.current('NUM_OF_VFS')}/${adapter?.next('NUM_OF_VFS')}`;
  });

const every = (value: string): readonly string[] => RAIL_PCIS.map(() => value);

const boots = (twin: Twin, node: string, kind: string): number =>
  twin.hosts.get(node)?.boots.filter((boot) => boot.kind === kind).length ?? 0;

test('every scenario is expected to end in something', () => {
  expect(SCENARIOS.map(({ name }) => name).toSorted()).toEqual(Object.keys(AT_THE_END).toSorted());
});

test.for(SCENARIOS.map((scenario) => [scenario.name, scenario.untilMinutes] as const))(
  'diagnosis at the end of %s',
  async ([name, minutes]) => {
    const twin = begin(name, 1);
    await runTo(twin, minutes);
    expect(named(twin)).toEqual(AT_THE_END[name]);
  },
);

describe('the incident of seeds/000, by six seeds (000-01, 000-53)', () => {
  test.for([1, 2, 3, 4, 5, 6])('seed %i: healthy, pending, cured, and warm once more (000-82)', async (seed) => {
    const twin = begin('dgx-warm-after-cold', seed);
    await runTo(twin, 4);
    for (const node of DGX_NODES) expect(vfSettings(twin, node)).toEqual(every('16/16'));
    expect(named(twin)).toEqual(CLEAN);

    await runTo(twin, 119);
    const actor = twin.world.actor('test');
    for (const node of DGX_NODES) {
      expect(vfSettings(twin, node)).toEqual(every('16/8'));
      expect(boots(twin, node, 'warm')).toBeGreaterThan(3);
      const state = actor.get(SRIOV_NODE_STATES, { name: node, namespace: OPERATOR_NAMESPACE });
      expect(digText(state, 'status', 'syncStatus')).toBe('InProgress');
      expect(digTexts(state, 'metadata', 'annotations')['sriovnetwork.openshift.io/desired-state']).toBe(
        'Reboot_Required',
      );
    }
    expect(digText(actor.get(PODS, { name: 'nccl-0', namespace: 'ml' }), 'status', 'phase')).toBe('Pending');
    expect(named(twin)).toEqual(BOTH);

    await runTo(twin, 179);
    for (const node of DGX_NODES) {
      expect(vfSettings(twin, node)).toEqual(every('8/8'));
      expect(digText(actor.get(NODES, { name: node }), 'status', 'allocatable', 'nvidia.com/resibp24s0')).toBe('8');
      expect(actor.get(NODES, { name: node })?.['spec']).toEqual({});
    }
    expect(digText(actor.get(PODS, { name: 'nccl-0', namespace: 'ml' }), 'status', 'phase')).toBe('Running');
    expect(named(twin)).toEqual(CLEAN);

    await runTo(twin, 240);
    for (const node of DGX_NODES) {
      expect(vfSettings(twin, node)).toEqual(every('8/8'));
      expect(boots(twin, node, 'power')).toBe(1);
    }
    expect(named(twin)).toEqual(CLEAN);
  });
});

test('re-imaging takes the disk and leaves next boot as it is (000-63)', async () => {
  const twin = begin('dgx-reimage', 1);
  await runTo(twin, 180);
  for (const node of DGX_NODES) expect(vfSettings(twin, node)).toEqual(every('16/8'));
  expect(twin.log.filter((line) => line.endsWith('is re-imaged'))).toHaveLength(2);
});

test('an off that is shorter than the hold time activates nothing', async () => {
  const twin = begin('dgx-cold-restart-short-off', 1);
  await runTo(twin, 180);
  for (const node of DGX_NODES) {
    expect(boots(twin, node, 'power')).toBe(1);
    expect(vfSettings(twin, node)).toEqual(every('16/8'));
  }
});

test('with 16 VFs nobody restarts a host, and the pods run', async () => {
  const twin = begin('dgx-numvfs-16', 1);
  await runTo(twin, 90);
  const actor = twin.world.actor('test');
  for (const [at, node] of DGX_NODES.entries()) {
    expect(twin.hosts.get(node)?.boots).toHaveLength(1);
    const pod = actor.get(PODS, { name: `nccl-${at}`, namespace: 'ml' });
    expect(digText(pod, 'status', 'phase')).toBe('Running');
  }
});

test('without a pool one node at a time may be drained, and the one that restarts for ever keeps its place', async () => {
  const twin = begin('dgx-default-pool', 1);
  await runTo(twin, 180);
  const restarts = DGX_NODES.map((node) => boots(twin, node, 'warm')).toSorted((a, b) => a - b);
  expect(restarts[0]).toBe(0);
  expect(restarts[1]).toBeGreaterThan(8);
});

test('a node that never comes back is seen to be lost, and its pods go', async () => {
  const twin = begin('dgx-lost-node', 1);
  await runTo(twin, 200);
  const node = twin.world.actor('test').get(NODES, { name: 'dgx031' });
  expect(JSON.stringify(node)).toContain('Kubelet stopped posting node status.');
  expect(digNumber(node, 'metadata', 'generation')).toBeUndefined();
  expect([...twin.world.podsOn('dgx031')].every(({ metadata }) => metadata.namespace !== 'ml')).toBe(true);
  expect(twin.snapshot().gaps.map(({ node: name }) => name)).toEqual(['dgx031']);
});
