/** A cluster, its work and a rollout over it, drawn from a seed: 3 to 50 nodes, most of them few, so that many seeds fit. */
import type { Rung } from '../../src/core/firmware/rung.ts';
import type { KubeDraft } from '../../src/core/ports/kube-api.ts';
import type { Random } from '../../src/core/ports/random.ts';
import type { FleetNode } from '../../src/twin/actors/node-status.ts';
import { BLUEFIELD3_DPU, CONNECTX7_RAIL } from '../../src/twin/hardware/adapter-model.ts';
import type { AdapterSpec } from '../../src/twin/hardware/adapter.ts';
import { DGX_B200, SMALL_SERVER } from '../../src/twin/hardware/host.ts';
import type { Scenario } from '../../src/twin/scenarios/scenario.ts';

export const WANTED = '8';
export interface SimulatedRollout {
  readonly scenario: Scenario;
  readonly nodes: readonly string[];
  readonly pcis: readonly string[];
  /** Whether the value is at next boot already, or has to be written by the visit. */
  readonly isStaged: boolean;
  readonly spec: Readonly<Record<string, unknown>>;
  /** BlueFields in DPU mode that each host carries. */
  readonly dpus: readonly string[];
  /** For the invariants: what the spec's budget comes to. */
  readonly budget: number;
}

export interface Draw {
  readonly below: (limit: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
}

export const drawing = (random: Random): Draw => {
  const below = (limit: number): number => Math.floor(random.next() * limit);
  return {
    below,
    chance: (share) => random.next() < share,
    pick: <T>(items: readonly T[]): T => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
};

const sizeOf = ({ below, chance }: Draw): number => {
  if (chance(0.9)) return 3 + below(3);
  return chance(0.8) ? 6 + below(8) : 14 + below(37);
};

const BUSES = ['18', '40'] as const;

const adapters = (count: number): readonly AdapterSpec[] =>
  BUSES.slice(0, count).map((bus, at) => ({
    card: `0000:${bus}:00`,
    model: CONNECTX7_RAIL,
    functions: [{ pci: `0000:${bus}:00.0`, rdma: `mlx5_${at}`, interface: `ibp${bus}s0`, linkType: 'IB' }],
  }));

const DPU: AdapterSpec = {
  card: '0000:a0:00',
  model: BLUEFIELD3_DPU,
  functions: [{ pci: '0000:a0:00.0', rdma: 'mlx5_9', interface: 'ibpa0s0', linkType: 'IB' }],
};

const GPU_PLUGIN: KubeDraft = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'nvidia-device-plugin-daemonset', namespace: 'work' },
  spec: {
    selector: { matchLabels: { app: 'nvidia-device-plugin-daemonset' } },
    template: {
      metadata: { labels: { app: 'nvidia-device-plugin-daemonset' } },
      spec: {
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'nvidia-device-plugin', image: 'nvcr.io/nvidia/k8s-device-plugin:v0.17.1' }],
      },
    },
  },
};

const deployment = (name: string, replicas: number, hasEmptyDir: boolean): KubeDraft => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'work' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          { name: 'server', image: 'registry.example/work/server:1', resources: { requests: { cpu: '1' } } },
        ],
        ...(hasEmptyDir && { volumes: [{ name: 'scratch', emptyDir: {} }] }),
      },
    },
  },
});

const budgetFor = (name: string, replicas: number): KubeDraft => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'work' },
  spec: { maxUnavailable: Math.max(1, Math.floor(replicas / 3)), selector: { matchLabels: { app: name } } },
});

const barePod = (name: string, node: string): KubeDraft => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'work', labels: { app: 'bare' } },
  spec: { nodeName: node, containers: [{ name: 'job', image: 'registry.example/work/job:1' }] },
});

const work = (draw: Draw, nodes: readonly string[]): readonly KubeDraft[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'work' } },
  ...Array.from({ length: 1 + draw.below(2) }, (_, at) => at).flatMap((at) => {
    const replicas = 1 + draw.below(nodes.length);
    const name = `app-${at}`;
    return [deployment(name, replicas, draw.chance(0.3)), ...(draw.chance(0.6) ? [budgetFor(name, replicas)] : [])];
  }),
  ...(draw.chance(0.3) ? [barePod('bare-0', draw.pick(nodes))] : []),
];

/** DPUs, firmware resets and AC cycles are drawn from a stream of their own: without them a seed is what it was. */
export const rolloutOfSeed = (random: Random, laterRandom: Random): SimulatedRollout => {
  const draw = drawing(random);
  const later = drawing(laterRandom);
  const dpus = later.chance(0.3) ? [DPU] : [];
  const cutsDpuPower = later.chance(0.2);
  const nodes = Array.from({ length: sizeOf(draw) }, (_, at) => `n${String(at).padStart(2, '0')}`);
  const needsPowerOff = draw.chance(0.7);
  const cards = 1 + draw.below(2);
  const gpus = draw.chance(0.5) ? 2 : 0;
  const isStaged = draw.chance(0.6);
  const machine = needsPowerOff ? { ...DGX_B200, product: 'simulated' } : SMALL_SERVER;
  // Some rollouts begin with a firmware reset, which a machine may take, refuse, or take without effect.
  const reset = later.chance(0.2)
    ? {
        platform: { ...machine, firmwareReset: later.pick(['boots', 'boots', 'keeps', 'unsupported'] as const) },
        upTo: later.pick(['firmware-reset', 'cold', 'cold'] as const),
      }
    : undefined;
  // Some machines read their settings only when AC power was away; the BMC of most of them can do that.
  const ac = reset === undefined && needsPowerOff && later.chance(0.12);
  const acBmc = ac && later.chance(0.8) ? ('idrac' as const) : undefined;
  const fleet = nodes.map((name, at): FleetNode => ({
    host: {
      name,
      platform: ac ? { ...machine, firmwareBootsWith: 'ac' } : (reset?.platform ?? machine),
      ...(acBmc !== undefined && { bmc: acBmc }),
      adapters: [...adapters(cards), ...dpus],
      gpus,
      kernel: '6.8.0',
      lockdown: 'none',
    },
    labels: { zone: `z${at % 2}` },
    address: `10.9.${Math.floor(at / 200)}.${(at % 200) + 1}`,
    room: { cpu: '32', memory: '64Gi', pods: '110' },
  }));
  const pcis = BUSES.slice(0, cards).map((bus) => `0000:${bus}:00.0`);
  const budget = 1 + draw.below(Math.max(1, Math.ceil(nodes.length / 3)));
  // A machine that is thought to do with a warm restart, and does not, climbs the ladder.
  const restart: Rung = needsPowerOff && draw.chance(0.7) ? 'cold' : 'warm';
  return {
    scenario: {
      name: 'simulated',
      about: 'a cluster drawn from a seed',
      release: '25.7.0',
      fleet,
      objects: [...work(draw, nodes), ...(gpus > 0 ? [GPU_PLUGIN] : [])],
      steps: [],
      untilMinutes: 0,
    },
    nodes,
    pcis,
    isStaged,
    dpus: dpus.map(({ card }) => card),
    budget,
    spec: {
      reason: 'a simulated rollout',
      groups: [
        {
          nodes,
          rung: reset === undefined ? restart : 'firmware-reset',
          cards: pcis.map((pci) => ({ pci, values: { NUM_OF_VFS: WANTED } })),
          dpus: dpus.map(({ card }) => card),
        },
      ],
      budget: { maxUnavailable: budget, maxHeld: 1 + draw.below(2) },
      waves: { canary: draw.below(3), ...(draw.chance(0.4) && { by: 'zone' }) },
      drain: { force: true, deleteEmptyDir: true, timeoutSeconds: 1800 },
      power: { adapter: 'twin', graceful: draw.chance(0.8) },
      allow: {
        rung: ac ? 'ac' : (reset?.upTo ?? 'cold'),
        cordoned: draw.chance(0.5),
        dpuPowerCut: cutsDpuPower,
      },
    },
  };
};
