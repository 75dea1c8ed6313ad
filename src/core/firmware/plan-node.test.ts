import { describe, expect, test } from 'vitest';
import { DGX_RAILS, dgxDevices, dgxSettings, gpuNode, hostSnapshot, nodeState } from '../../testing/host-snapshot.ts';
import { buildInventory } from '../inventory/build-inventory.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { planNode, type NodePlan } from './plan-node.ts';

const planOf = (texts: Readonly<Record<string, string>>, ...objects: readonly KubeObject[]): NodePlan => {
  const [node] = buildInventory(hostSnapshot(texts, objects)).nodes;
  if (node === undefined) throw new Error('no node');
  return planNode(node);
};

const seen = DGX_RAILS.map(([bus, , name]) => ({ pciAddress: `0000:${bus}:00.0`, name }));
const wanted = seen.map((one) => ({ ...one, numVfs: 8, linkType: 'IB' }));
const rebooting = nodeState('a', seen, wanted, {
  'desired-state': 'Reboot_Required',
  'current-state': 'DrainComplete',
});
const DGX = { 'nvidia.com/gpu.machine': 'DGXB200' };

describe('a node of the founding incident', () => {
  test('000-64 staged on eight cards of a DGX: cold, one restart for all, nothing to write', () => {
    const plan = planOf({ 'a/m.txt': dgxSettings(16, 8) }, gpuNode('a', DGX), rebooting);
    expect(plan).toMatchObject({
      rung: 'cold',
      alternative: 'firmware-reset',
      upstreamReboot: true,
      restarts: { certainty: 'likely' },
    });
    expect(plan.cards).toHaveLength(8);
    expect(plan.cards.flatMap(({ plan: { write } }) => write)).toEqual([]);
    expect(plan.because).toMatch(/^8 cards need a cold restart: the host restarted since/);
  });

  test('000-75 not written yet: what to write, and what activates it here', () => {
    const plan = planOf({ 'a/m.txt': dgxSettings(16, 16) }, gpuNode('a', DGX), nodeState('a', seen, wanted));
    expect(plan.cards[0]?.plan.write).toEqual(['NUM_OF_VFS=8']);
    expect(plan).toMatchObject({ rung: 'cold', because: expect.stringContaining('on DGX and HGX machines') as string });
    expect(plan.restarts).toBeUndefined();
  });

  test('the same on a machine that nothing is known of: warm first', () => {
    expect(planOf({ 'a/m.txt': dgxSettings(16, 8) }, gpuNode('a'), nodeState('a', seen, wanted))).toMatchObject({
      rung: 'warm',
    });
  });

  test('after the cold restart nothing is left to do', () => {
    const plan = planOf({ 'a/m.txt': dgxSettings(8, 8) }, gpuNode('a', DGX), rebooting);
    expect(plan).toMatchObject({
      rung: 'none',
      upstreamReboot: false,
      because: 'current and next boot are what is wanted on every configured card',
    });
  });

  test('000-58 one card of eight is unread: it is named, and the node is not called done', () => {
    const seven = dgxSettings(8, 8).split('$ ').slice(0, -1).join('$ ');
    const plan = planOf({ 'a/m.txt': seven }, gpuNode('a', DGX), nodeState('a', seen, wanted));
    expect(plan.because).toBe(
      'current and next boot are what is wanted on 7 of 8 configured cards; the others were not read',
    );
    expect(plan.gaps).toMatchObject([{ settle: 'mstconfig -d 0000:dc:00.0 -e q' }]);
  });

  test('one of eight still pending: the operator may or may not restart', () => {
    const mixed = dgxSettings(8, 8).replace('16  8  8', '16  16  8');
    const plan = planOf({ 'a/m.txt': mixed }, gpuNode('a', DGX), nodeState('a', seen, wanted));
    expect(plan).toMatchObject({ rung: 'cold', upstreamReboot: 'nondeterministic' });
    expect(plan.because).toMatch(/^1 card needs/);
  });

  test('no settings at all: nothing is said to be fine', () => {
    const plan = planOf({ 'a/d.txt': dgxDevices() }, gpuNode('a', DGX), nodeState('a', seen, wanted));
    expect(plan).toMatchObject({
      rung: 'none',
      because: 'the settings of the configured cards were not read, so nothing can be said',
    });
    expect(plan.gaps).toHaveLength(8);
  });
});

describe('000-53 restarts seen in the log of the config daemon', () => {
  const ask = 'LEVEL(-2) a.go:1 Changing TotalVfs, needs reboot\n{"current": 16, "requested": 8}\n';
  const restart = 'INFO a.go:2 daemon: reboot node\n';
  const log = (text: string): NodePlan =>
    planOf({ 'a/m.txt': dgxSettings(16, 8), 'a/daemon.log': text }, gpuNode('a'), nodeState('a', seen, wanted));

  test.each([
    ['asked again after a restart', ask + ask + restart + ask, 'cold', 'proven'],
    ['asked twice in one run', ask + ask, 'warm', undefined],
    ['asked, restarted, and not asked again', ask + restart, 'warm', undefined],
    ['asked for another number', ask.replace('8}', '4}') + restart + ask.replace('8}', '4}'), 'warm', undefined],
  ])('%s', (_name, text, rung, certainty) => {
    expect(log(text).rung).toBe(rung);
    expect(log(text).restarts?.certainty).toBe(certainty);
  });
});

test('a BlueField in DPU mode: the operator refuses, and the Arm side goes down first', () => {
  const mode = [
    'PAGE_SUPPLIER ECPF',
    'ESWITCH_MANAGER ECPF',
    'IB_VPORT0 ECPF',
    'OFFLOAD_ENGINE ENABLED(0)',
    'MODEL EMBEDDED_CPU(1)',
  ]
    .map((row) => row.replace(/(\S+) (\S+)/, 'INTERNAL_CPU_$1 $2 $2 $2'))
    .join('\n');
  const text = `=== 0000:29:00.0 ===\nDevice type: BlueField3\nConfigurations: Default Current Next Boot\nNUM_OF_VFS 16 16 16\nSRIOV_EN True(1) True(1) True(1)\n${mode}\n`;
  const port = { pciAddress: '0000:29:00.0', name: 'ibp41s0f0', deviceID: 'a2dc' };
  const plan = planOf({ 'a/m.txt': text }, nodeState('a', [port], [{ ...port, numVfs: 8 }]));
  expect(plan.first).toMatchObject([expect.stringContaining('Arm side')]);
  expect(plan.cards[0]?.upstream).toMatchObject({
    ok: false,
    fault: { message: expect.stringContaining('is in DPU mode') as string },
  });
});

test('host text alone: what is staged counts as wanted', () => {
  const plan = planOf({
    'x/m.txt':
      '=== 0000:18:00.0 ===\nConfigurations: Default Current Next Boot\n* ATS_ENABLED False(0) False(0) True(1)\n',
  });
  expect(plan).toMatchObject({
    rung: 'warm',
    cards: [{ wantedByPolicy: false, plan: { states: [{ state: 'staged' }] } }],
  });
});

test('000-56 the bare row of the incident, without a device: planned under its place', () => {
  const plan = planOf({
    'x/m.txt': '*        NUM_OF_VFS                          16              16              8\n',
  });
  expect(plan).toMatchObject({
    rung: 'warm',
    cards: [{ pci: 'card of x/m.txt:1', plan: { states: [{ state: 'staged' }] } }],
  });
});

test('next boot alone: that no restart is needed is not said', () => {
  const text = 'Device: /dev/mst/mt4129_pciconf1\nConfigurations: Next Boot\nNUM_OF_VFS 0\nSRIOV_EN False(0)\n';
  expect(planOf({ 'x/m.txt': text })).toMatchObject({
    rung: 'none',
    isKnown: false,
    because: expect.stringContaining('no settings with current') as string,
  });
});
