/**
 * A rollout over 200 nodes with 20 pods each under a budget of 5 %, carried out on the twin by the controller itself. What is
 * aimed at is 1,000 nodes in 10 s; most of the time goes into the twin's scheduler and controllers, which grow faster than the
 * fleet does.
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

const NODES = 200;
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

export const workload = {
  name: 'rollout-carried-out',
  aim: '10 s for 1,000 nodes x 20 pods, budget 5 %; 200 nodes are run',
  run: async () => {
    const nodes = Array.from({ length: NODES }, (_, at) => `node-${at}`);
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
    const twin = createTwin(
      {
        name: 'fleet',
        about: 'a fleet',
        release: '25.7.0',
        fleet,
        objects: Array.from({ length: NODES }, (_, at) => deployment(at)),
        steps: [],
        untilMinutes: 0,
      },
      1,
    );
    const setUp = performance.now();
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
    const began = performance.now();
    const submitted = twin.clock.now();
    const running = runRolloutController(twinPorts(twin), stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    const returned = (): number =>
      digNumber(twin.world.actor('bench').get(ROLLOUTS, { name: 'fleet' }), 'status', 'returned') ?? 0;
    while (returned() < NODES && twin.clock.now() - submitted < 48 * 60 * MINUTE)
      await twin.runUntil(twin.clock.now() + 10 * MINUTE);
    const seconds = (performance.now() - began) / 1000;
    stop.abort();
    await running;
    return {
      checksum: showSum(fnv1a(String(returned()))),
      seconds,
      detail: `${returned()} nodes back after ${((twin.clock.now() - submitted) / 3_600_000).toFixed(1)} h of its time; set-up ${((began - setUp) / 1000).toFixed(1)} s`,
    };
  },
};
