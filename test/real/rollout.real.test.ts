/**
 * The same rollout on a real kube-apiserver with its controllers, the scheduler and kwok, and on the twin: three nodes, a
 * Deployment under a budget, a cold restart each. It ends in the same objects. The hosts of the real cluster are asked by exec
 * in the config daemon's pods, which a stub of the kubelets answers from the firmware model.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { nodeAccess } from '../../src/adapters/host-tools/node-access.ts';
import { letTimePass } from '../../src/app/twin-cluster/let-time-pass.ts';
import { twinPorts } from '../../src/app/twin-cluster/twin-ports.ts';
import { runRolloutController } from '../../src/controllers/rollout/rollout-controller.ts';
import type { RolloutPorts } from '../../src/controllers/rollout/rollout-ports.ts';
import { rolloutDefinition } from '../../src/core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../src/core/model/crd/rollout.ts';
import { dig, digList, digNumber, digText, digTexts } from '../../src/core/model/dig.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DAEMON_SETS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  POD_DISRUPTION_BUDGETS,
  type KubeResource,
} from '../../src/core/model/kube-resource.ts';
import type { KubeApi, KubeDraft } from '../../src/core/ports/kube-api.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { fail, ok } from '../../src/core/result.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { runOnHost } from '../../src/twin/hardware/host-commands.ts';
import { BmcFaults, twinBmc } from '../../src/twin/hardware/twin-bmc.ts';
import { plainScenario } from '../../src/twin/scenarios/plain-fleet.ts';
import { seededRandom } from '../../src/twin/seeded-random.ts';
import { createTwin } from '../../src/twin/twin.ts';
import { CARD, fastClock, machineSpec, ROOM, startMachines, type Machines } from './bmc/machine.ts';
import { startCluster } from './cluster.ts';
import { startKubeletStub, type KubeletStub } from './kubelet-stub.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');

const NAMES = ['n1', 'n2', 'n3'];
const DAEMON = 'sriov-network-config-daemon';

const workload = (name: string, image = 'registry.example/small:v1') => ({
  metadata: { labels: { app: name } },
  spec: {
    automountServiceAccountToken: false,
    containers: [{ name, image, resources: { requests: { cpu: '100m' } } }],
  },
});

const OBJECTS: readonly (readonly [KubeResource, KubeDraft])[] = [
  [NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'network-operator' } }],
  [
    DAEMON_SETS,
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: DAEMON, namespace: 'network-operator' },
      spec: { selector: { matchLabels: { app: DAEMON } }, template: workload(DAEMON) },
    },
  ],
  [
    DEPLOYMENTS,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 6, selector: { matchLabels: { app: 'web' } }, template: workload('web') },
    },
  ],
  [
    POD_DISRUPTION_BUDGETS,
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'default' },
      spec: { minAvailable: 4, selector: { matchLabels: { app: 'web' } } },
    },
  ],
];

const ROLLOUT: KubeDraft = {
  apiVersion: 'nicwright.dev/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'cold' },
  spec: {
    reason: 'activate staged firmware settings',
    groups: [{ nodes: NAMES, rung: 'cold', cards: [{ pci: CARD, values: { NUM_OF_VFS: '8' } }] }],
    allow: { rung: 'cold' },
    power: { adapter: 'bmc', holdSeconds: 40 },
  },
};

/** What is left at the end, without times, versions, and the mark that kwok knows its nodes by. */
const outcomeOf = async (api: KubeApi): Promise<unknown> => {
  const nodes = await Promise.all(NAMES.map(async (name) => good(await api.get(NODES, { name }))));
  const rollout = good(await api.get(ROLLOUTS, { name: 'cold' }));
  const web = good(await api.get(DEPLOYMENTS, { namespace: 'default', name: 'web' }));
  const ours = (node: KubeObject, where: 'labels' | 'annotations'): readonly string[] =>
    Object.keys(digTexts(node, 'metadata', where)).filter((key) => key.includes('nicwright'));
  return {
    nodes: nodes.map((node) => ({
      cordoned: dig(node, 'spec', 'unschedulable') === true,
      taints: digList(node, 'spec', 'taints').map((taint) => digText(taint, 'key')),
      ready: digList(node, 'status', 'conditions').some(
        (one) => digText(one, 'type') === 'Ready' && digText(one, 'status') === 'True',
      ),
      labels: ours(node, 'labels'),
      annotations: ours(node, 'annotations'),
    })),
    rollout: Object.fromEntries(
      ['nodes', 'returned', 'abandoned', 'waiting', 'mostOut', 'out'].map((key) => [
        key,
        digNumber(rollout, 'status', key),
      ]),
    ),
    held: digList(rollout, 'status', 'held').length,
    conditions: digList(rollout, 'status', 'conditions').map((one) => [
      digText(one, 'type'),
      digText(one, 'status'),
      digText(one, 'reason'),
    ]),
    web: digNumber(web, 'status', 'readyReplicas'),
  };
};

const isOver = async (api: KubeApi): Promise<boolean> => {
  const rollout = good(await api.get(ROLLOUTS, { name: 'cold' }));
  const web = good(await api.get(DEPLOYMENTS, { namespace: 'default', name: 'web' }));
  const conditions = digList(rollout, 'status', 'conditions');
  const is = (type: string): boolean =>
    conditions.some((one) => digText(one, 'type') === type && digText(one, 'status') === 'True');
  const nodes = good(await api.list(NODES)).items;
  // The node life cycle controller takes its taint back some seconds after a node is Ready.
  const settled = nodes.every((node) => digList(node, 'spec', 'taints').length === 0);
  return is('Stalled') || (is('Ready') && settled && digNumber(web, 'status', 'readyReplicas') === 6);
};

const carriedOut = async (ports: RolloutPorts, wait: () => Promise<void>): Promise<void> => {
  const stop = new AbortController();
  const running = runRolloutController(ports, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  while (!(await isOver(ports.api))) await wait();
  stop.abort();
  await running;
};

const createAll = async (api: KubeApi): Promise<void> => {
  for (const [kind, object] of OBJECTS) good(await api.create(kind, object));
  good(await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition()));
};

const onTwin = async (): Promise<unknown> => {
  const plain = plainScenario(NAMES);
  const fleet = plain.fleet.map((node) => ({ ...node, host: machineSpec(node.host.name), room: ROOM }));
  const twin = createTwin({ ...plain, fleet }, 1);
  for (const host of twin.hosts.values()) runOnHost(host, ['mstconfig', '-d', CARD, '-y', 'set', 'NUM_OF_VFS=8']);
  const ports = twinPorts(twin);
  await createAll(ports.api);
  await twin.runUntil(twin.clock.now() + 600_000);
  good(await ports.api.create(ROLLOUTS, ROLLOUT));
  await letTimePass(
    twin,
    24 * 3_600_000,
    carriedOut(ports, () => twin.clock.sleep(5_000)),
  );
  return outcomeOf(ports.api);
};

/** Answers exec in any pod of the node from the firmware model of its host. */
const answersOf = (machines: () => Machines, node: string) => ({
  logs: {},
  previousLogs: {},
  exec: (command: readonly string[]) => {
    const host = machines().hosts.get(node);
    if (host === undefined || !host.isUp) return { stderr: 'the host is down\n', exitCode: 1 };
    return runOnHost(
      host,
      command.map((word) => word.replace(/^\/host\//, '/')),
    );
  },
});

const onKwok = async (): Promise<{ readonly outcome: unknown; readonly execs: number }> => {
  const cluster = await startCluster({ controllers: true, scheduler: true, kwok: true });
  const stubs = new Map<string, KubeletStub>();
  let machines: Machines | undefined;
  try {
    const api = await apiOf(cluster);
    const clock = fastClock(10);
    const there = (): Machines => {
      if (machines === undefined) throw new Error('the machines are not there yet');
      return machines;
    };
    for (const name of NAMES) stubs.set(name, await startKubeletStub(cluster.pki, answersOf(there, name)));
    machines = await startMachines(api, clock, {
      fleet: Object.fromEntries(NAMES.map((name) => [name, 'dgx' as const])),
      kubeletPort: (name) => stubs.get(name)?.port ?? 0,
    });
    await createAll(api);
    const { hosts, virtual } = machines;
    const access = nodeAccess(api, clock, { ownPods: false, namespace: 'network-operator' });
    const ports: RolloutPorts = {
      api,
      clock,
      random: { next: Math.random },
      log: silentLog,
      metrics: noMetrics,
      hostTools: access.hostTools,
      hostChanges: access.hostChanges,
      secondTools: access.secondTools,
      bmc: (node) => {
        const host = hosts.get(node);
        if (host === undefined) throw new Error(`no host ${node}`);
        const faults = new BmcFaults(seededRandom(1, 'faults'));
        return Promise.resolve(ok(twinBmc(host, virtual, seededRandom(1, node), faults)));
      },
      armSide: (_node, card) => Promise.resolve(fail('arm-unknown', `Nothing leads to ${card} in this test.`)),
      weRunOn: 'outside',
    };
    for (let tries = 0; ; tries += 1) {
      const made = await api.create(ROLLOUTS, ROLLOUT);
      if (made.ok) break;
      if (tries > 100) throw new Error(made.fault.message);
      await sleep(50);
    }
    await carriedOut(ports, () => sleep(300));
    await access.close();
    return {
      outcome: await outcomeOf(api),
      execs: [...stubs.values()].reduce((sum, { execs }) => sum + execs.length, 0),
    };
  } finally {
    machines?.stop();
    for (const stub of stubs.values()) await stub.stop();
    await cluster.stop();
  }
};

describe.skipIf(parts.absent)(parts.title('a rollout on a real cluster'), () => {
  test('ends in the objects in which it ends on the twin', { timeout: 480_000 }, async () => {
    const twin = await onTwin();
    expect(twin).toMatchObject({ held: 0, rollout: { nodes: 3, returned: 3 }, web: 6 });
    const { outcome, execs } = await onKwok();
    expect(outcome).toEqual(twin);
    expect(execs).toBeGreaterThan(0);
  });
});
