/** Hosts through pods, on a simulated cluster: the daemon's pod where it runs, ours where it does not and only if allowed. */
import { expect, test } from 'vitest';
import { letTimePass } from '../../app/twin-cluster/let-time-pass.ts';
import { PODS, SRIOV_OPERATOR_CONFIGS } from '../../core/model/kube-resource.ts';
import { SYSTEM_NAMESPACE } from '../../core/model/system-namespace.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import type { HostAccess } from '../../core/ports/host-access.ts';
import { nodeAccess } from './node-access.ts';

const MINUTE = 60_000;
const PCI = '0000:18:00.0';

const begin = async (): Promise<Twin> => {
  const scenario = scenarioNamed('dgx-numvfs-16');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 30 * MINUTE);
  twin.act({ do: 'apply', objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } }] });
  return twin;
};

const access = (twin: Twin, ownPods: boolean): HostAccess =>
  nodeAccess(twin.world.api(), twin.clock, { ownPods, namespace: SYSTEM_NAMESPACE });

const done = async <T>(twin: Twin, work: Promise<T>): Promise<T> => {
  const passed = await letTimePass(twin, 60 * MINUTE, work);
  if (!passed.ok) throw new Error(passed.fault.message);
  return passed.value;
};

const withoutDaemons = async (twin: Twin): Promise<void> => {
  await twin.world
    .api()
    .patch(
      SRIOV_OPERATOR_CONFIGS,
      { name: 'default', namespace: 'network-operator' },
      { type: 'merge', body: { spec: { configDaemonNodeSelector: { 'nicwright.dev/none': 'x' } } } },
    );
  await twin.runUntil(twin.clock.now() + 10 * MINUTE);
};

test('asks through the pod of the config daemon, and makes none', async () => {
  const twin = await begin();
  const tools = await done(twin, access(twin, true).hostTools('dgx030'));
  const answer = tools.ok ? await tools.value.ask({ ask: 'firmware-settings', pci: PCI }) : tools;
  expect(tools.ok && tools.value.via).toContain('sriov-network-config-daemon');
  expect(answer.ok && answer.value.output).toContain('NUM_OF_VFS');
  const made = await twin.world.api().list(PODS, { namespace: SYSTEM_NAMESPACE });
  expect(made.ok && made.value.items).toEqual([]);
});

test('without a daemon it says which flag would help', async () => {
  const twin = await begin();
  await withoutDaemons(twin);
  const tools = await done(twin, access(twin, false).hostTools('dgx030'));
  expect(tools).toMatchObject({
    ok: false,
    fault: { code: 'held-no-host-pod', message: expect.stringContaining('--host-pods') },
  });
});

test('says which way there will be during a visit, and makes nothing', async () => {
  const twin = await begin();
  const way = (ownPods: boolean, daemonLeaves: boolean) =>
    done(twin, access(twin, ownPods).way('dgx030', { daemonLeaves }));
  expect(await way(false, false)).toMatchObject({ ok: true, value: expect.stringContaining('exec in Pod/') });
  expect(await way(false, true)).toMatchObject({ ok: false, fault: { code: 'held-no-host-pod' } });
  expect(await way(true, true)).toMatchObject({ ok: true, value: expect.stringContaining('a privileged pod of ours') });
  const made = await twin.world.api().list(PODS, { namespace: SYSTEM_NAMESPACE });
  expect(made.ok && made.value.items).toEqual([]);
});

test('a pod of our own asks, writes, and is taken away', async () => {
  const twin = await begin();
  await withoutDaemons(twin);
  const hosts = access(twin, true);
  const changes = await done(twin, hosts.hostChanges('dgx030'));
  if (!changes.ok) throw new Error(changes.fault.message);
  const written = await changes.value.change({ do: 'set-firmware', pci: PCI, values: ['NUM_OF_VFS=4'] });
  expect(written).toMatchObject({ ok: true, value: { exitCode: 0 } });
  expect(twin.hosts.get('dgx030')?.adapterOf(PCI)?.next('NUM_OF_VFS')).toBe('4');
  await hosts.close();
  await twin.runUntil(twin.clock.now() + 5 * MINUTE);
  const left = await twin.world.api().list(PODS, { namespace: SYSTEM_NAMESPACE });
  expect(left.ok && left.value.items).toEqual([]);
});
