import { expect, test } from 'vitest';
import { emptySnapshot } from '../../../core/snapshot/snapshot.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import type { Json, JsonObject } from '../../../testing/cases/case-kind.ts';
import { worldOf } from '../../../testing/cases/kinds/driver-world.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import driverExplain from '../commands/driver-explain.ts';
import driverNext from '../commands/driver-next.ts';
import { plainPaint } from '../paint.ts';

const clusterOf = (nodes: readonly JsonObject[], upgradePolicy: Json, daemonset: JsonObject = {}): Snapshot => {
  const { input } = worldOf({ nodes, daemonset });
  const policy = {
    apiVersion: 'mellanox.com/v1alpha1',
    kind: 'NicClusterPolicy',
    metadata: { name: 'nic-cluster-policy' },
    spec: { ofedDriver: { upgradePolicy } },
  };
  const objects = [...input.nodes, ...input.daemonSets, ...input.driverPods, ...input.revisions, policy];
  return {
    ...emptySnapshot,
    objects: objects.map((object) => ({ object, origin: { source: 'live: context dgx' } })),
    listed: new Set(['Node', 'Pod', 'DaemonSet.apps', 'ControllerRevision.apps']),
    sources: ['live: context dgx'],
  };
};

const NODES = [
  { name: 'dgx01', state: 'upgrade-failed', unschedulable: true, driverPod: { hash: 'old' } },
  { name: 'dgx02', state: 'upgrade-required', driverPod: { hash: 'old' } },
  { name: 'dgx03', state: 'upgrade-required', driverPod: { hash: 'old' } },
  { name: 'dgx04', state: 'upgrade-done', driverPod: { hash: 'old' } },
];
const ON = { autoUpgrade: true, maxParallelUpgrades: 1 };

const run = async (
  command: typeof driverExplain,
  snapshot: Snapshot,
  args: readonly string[] = [],
  verbose = false,
): Promise<{ exit: number; text: string }> => {
  const outcome = await command.run(fakeCommandContext({ snapshot }), args, { verbose });
  return outcome.ok
    ? { exit: outcome.value.exit, text: outcome.value.text(plainPaint) }
    : { exit: -1, text: outcome.fault.message };
};

test('driver explain answers first, then says what comes and what to do', async () => {
  expect(await run(driverExplain, clusterOf(NODES, ON), ['dgx02'])).toEqual({
    exit: 1,
    text: [
      'dgx02  upgrade-required  (NicClusterPolicy/nic-cluster-policy)',
      'It waits for a slot: maxParallelUpgrades is 1 and 1 is under way: dgx01 (upgrade-failed).',
      '',
      'Next: upstream leaves it where it is until that changes.',
      'To do:',
      '  1. bring dgx01 back first: it failed and keeps its slot',
      '     nicwright driver explain dgx01',
      '  2. or allow more nodes at a time: spec.ofedDriver.upgradePolicy.maxParallelUpgrades of NicClusterPolicy/nic-cluster-policy, now 1',
      '',
      'Not known:',
      "  whether requestor mode is on: the operator's Deployment is not in the input, so the mode is judged by its traces on nodes",
      '     kubectl get deployments -n nvidia-network-operator -o yaml',
    ].join('\n'),
  });
  expect((await run(driverExplain, clusterOf(NODES, ON), ['dgx02'], true)).text).toMatch(
    /D2: a failed node keeps its slot/,
  );
  expect(await run(driverExplain, clusterOf(NODES, ON), ['dgx04'])).toMatchObject({ exit: 0 });
  expect((await run(driverExplain, clusterOf(NODES, ON), ['dgx99'])).text).toMatch(
    /no node is called dgx99; the input has dgx01/,
  );
});

test('driver next groups what moves and what waits, and counts what is written', async () => {
  expect(await run(driverNext, clusterOf(NODES, ON))).toEqual({
    exit: 0,
    text: [
      'NicClusterPolicy/nic-cluster-policy  4 nodes, 1 under way, 0 slots free (maxParallelUpgrades 1)',
      '',
      'upgrade-done -> upgrade-required  dgx04',
      '    driver pod mofed-ds-dgx04 is made from template old and DaemonSet mofed-ds now has new',
      'upgrade-required  dgx02, dgx03',
      '    it waits for a slot: maxParallelUpgrades is 1 and 1 is under way: dgx01 (upgrade-failed)',
      'upgrade-failed  dgx01',
      '    driver pod mofed-ds-dgx01 is made from an older template, and upstream does nothing more about a failed node',
      '',
      'Written: 1 state label.',
      '1 thing not known (-v)',
    ].join('\n'),
  });
  expect((await run(driverNext, clusterOf(NODES, ON), [], true)).text).toMatch(
    /^dgx04 +upgrade-done +upgrade-required +driver pod/m,
  );
});

test('a frozen cluster is a finding; an upgrade that is off shows the clean-up', async () => {
  expect(await run(driverNext, clusterOf(NODES, ON, { desired: 9 }))).toMatchObject({
    exit: 1,
    text: expect.stringMatching(/The pass ends early: DaemonSet mofed-ds wants 9 driver pods and owns 4/) as string,
  });
  expect((await run(driverNext, clusterOf(NODES, { autoUpgrade: false }))).text).toMatch(
    /no pass, since .* is false\nThe operator cleans up: 4 state labels removed; cordons and annotations stay.\n {2}dgx01 {2}was in upgrade-failed/,
  );
});
