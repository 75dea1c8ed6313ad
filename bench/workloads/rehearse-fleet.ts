/**
 * A rollout over a fleet with 20 pods on each node under a budget of 5 %, carried out on the twin by the controller itself, as a
 * rehearsal does it. A tenth of the fleet is run too, so that it shows whether the cost grows with the fleet alone. Processor
 * time is told, not the time of day, and the check sum is of every write: changes for speed must leave it as it is.
 *
 *     NODES=200 npm run bench -- rehearse-fleet
 */
import { runRolloutController } from '../../src/controllers/rollout/rollout-controller.ts';
import { twinApi, twinPorts } from '../../src/app/twin-cluster/twin-ports.ts';
import { rolloutDefinition } from '../../src/core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../src/core/model/crd/rollout.ts';
import { digNumber } from '../../src/core/model/dig.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../src/core/model/kube-resource.ts';
import type { KubeDraft } from '../../src/core/ports/kube-api.ts';
import { CONNECTX7_RAIL } from '../../src/twin/hardware/adapter-model.ts';
import { plainNode } from '../../src/twin/scenarios/plain-fleet.ts';
import { createTwin } from '../../src/twin/twin.ts';
import { fnv1a, showSum } from '../random.ts';

const NODES = Number(process.env['NODES'] ?? 1_000);
const PODS = 20;
const MINUTE = 60_000;
const CARD = '0000:18:00';

const deployment = (at: number): KubeDraft => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `app-${at}`, namespace: 'default' },
  spec: {
    replicas: PODS,
    selector: { matchLabels: { app: `app-${at}` } },
    template: {
      metadata: { labels: { app: `app-${at}` } },
      spec: {
        containers: [{ name: 'server', image: 'registry.example/server:1', resources: { requests: { cpu: '10m' } } }],
      },
    },
  },
});

const twinOf = (nodes: readonly string[]) => {
  const fleet = nodes.map((name, at) => {
    const plain = plainNode(name, at);
    const adapters = [
      {
        card: CARD,
        model: CONNECTX7_RAIL,
        functions: [{ pci: `${CARD}.0`, rdma: 'mlx5_0', interface: 'ib0', linkType: 'IB' as const }],
      },
    ];
    return { ...plain, host: { ...plain.host, adapters } };
  });
  return createTwin(
    {
      name: 'fleet',
      about: 'a fleet',
      release: '25.7.0',
      fleet,
      objects: nodes.map((_, at) => deployment(at)),
      steps: [],
      untilMinutes: 0,
    },
    1,
  );
};

const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

interface Carried {
  readonly setUp: number;
  readonly seconds: number;
  readonly returned: number;
  readonly writes: number;
  readonly hours: string;
  readonly sum: number;
}

const carryOut = async (count: number): Promise<Carried> => {
  const begun = processorSeconds();
  const nodes = Array.from({ length: count }, (_, at) => `node-${at}`);
  const twin = twinOf(nodes);
  await twin.runUntil(twin.start + 20 * MINUTE);
  for (const host of twin.hosts.values()) host.adapterOf(`${CARD}.0`)?.stage('NUM_OF_VFS', '8');
  const api = twinApi(twin);
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'fleet' },
    spec: {
      reason: 'bench',
      groups: [{ nodes, rung: 'warm', cards: [{ pci: `${CARD}.0`, values: { NUM_OF_VFS: '8' } }] }],
      budget: { maxUnavailable: '5%' },
      waves: { canary: 1 },
      allow: { rung: 'warm' },
    },
  });
  const stop = new AbortController();
  const [ready, submitted, before] = [processorSeconds(), twin.clock.now(), twin.log.length];
  const running = runRolloutController(twinPorts(twin), stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const returned = (): number =>
    digNumber(twin.world.actor('bench').get(ROLLOUTS, { name: 'fleet' }), 'status', 'returned') ?? 0;
  while (returned() < count && twin.clock.now() - submitted < 48 * 60 * MINUTE)
    await twin.runUntil(twin.clock.now() + 10 * MINUTE);
  const seconds = processorSeconds() - ready;
  stop.abort();
  await running;
  return {
    setUp: ready - begun,
    seconds,
    returned: returned(),
    writes: twin.log.length - before,
    hours: ((twin.clock.now() - submitted) / 3_600_000).toFixed(1),
    sum: twin.log.reduce((sum, line) => fnv1a(line, sum), fnv1a('')),
  };
};

export const workload = {
  name: 'rehearse-fleet',
  aim: '10 s for 1,000 nodes x 20 pods, budget 5 %',
  run: async () => {
    const tenth = await carryOut(Math.ceil(NODES / 10));
    const whole = await carryOut(NODES);
    return {
      checksum: showSum(whole.sum),
      seconds: whole.seconds,
      detail: `${whole.returned} of ${NODES} nodes back after ${whole.hours} h of its time, ${whole.writes} writes; set-up ${whole.setUp.toFixed(1)} s; a tenth of the fleet ${tenth.seconds.toFixed(2)} s`,
    };
  },
};
