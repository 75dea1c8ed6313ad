/** All scenarios by name. Each says who does what and when; none says what comes of it. */
import type { FaultRule } from '../world/world-faults.ts';
import {
  DGX_FLEET,
  DGX_NODES,
  DGX_OBJECTS,
  DGX_RELEASE,
  GPU_POOL,
  NCCL_PODS,
  nicClusterPolicy,
  RAILS,
  railPolicies,
} from './dgx-fleet.ts';
import type { Act, Scenario, ScenarioStep } from './scenario.ts';

const step = (atMinutes: number, act: Act): ScenarioStep => ({ atMinutes, act });

/** The policies first, the test that needs their resources a while later. */
const rollOut = (numVfs: number): readonly ScenarioStep[] => [
  step(5, { do: 'apply', objects: railPolicies(numVfs) }),
  step(15, { do: 'apply', objects: NCCL_PODS }),
];

const dgx = (name: string, about: string, steps: readonly ScenarioStep[], untilMinutes: number): Scenario => ({
  name,
  about,
  release: DGX_RELEASE,
  fleet: DGX_FLEET,
  objects: [...DGX_OBJECTS, GPU_POOL, nicClusterPolicy('nvidia-k8s-ipam')],
  steps,
  untilMinutes,
});

const onBoth = (atMinutes: number, act: (node: string) => Act): readonly ScenarioStep[] =>
  DGX_NODES.map((node) => step(atMinutes, act(node)));

const powerOff =
  (offSeconds: number) =>
  (node: string): Act => ({ do: 'power-off-and-on', node, offSeconds });

/** What a busy API server and its network do to whoever talks to it. */
const ROUGH: readonly FaultRule[] = [
  { match: { verbs: ['update', 'patch'] }, fault: { kind: 'conflict' }, probability: 0.02 },
  { match: {}, fault: { kind: 'throttled', retryAfterMs: 1_000 }, probability: 0.01 },
  { match: { verbs: ['create', 'delete', 'evict'] }, fault: { kind: 'server-error' }, probability: 0.02 },
];

export const SCENARIOS: readonly Scenario[] = [
  dgx(
    'dgx-cold-restart',
    'policies for 8 VFs a rail are applied to adapters that are set to 16; nobody cuts the power',
    rollOut(8),
    180,
  ),
  dgx(
    'dgx-cold-restart-cured',
    'as dgx-cold-restart, and after two hours each node is powered off for a minute',
    [...rollOut(8), ...onBoth(120, powerOff(60))],
    180,
  ),
  dgx(
    'dgx-cold-restart-short-off',
    'as dgx-cold-restart, and after two hours each node is off for 10 seconds only',
    [...rollOut(8), ...onBoth(120, powerOff(10))],
    180,
  ),
  dgx(
    'dgx-warm-after-cold',
    'as dgx-cold-restart-cured, and an hour later each node is restarted warm once more',
    [...rollOut(8), ...onBoth(120, powerOff(60)), ...onBoth(180, (node) => ({ do: 'restart', node }))],
    240,
  ),
  dgx(
    'dgx-reimage',
    'as dgx-cold-restart, and after an hour both hosts are re-imaged',
    [...rollOut(8), ...onBoth(60, (node) => ({ do: 'reimage', node }))],
    180,
  ),
  {
    ...dgx(
      'dgx-default-pool',
      'as dgx-cold-restart without a pool: the first node never gives back its place to be drained',
      rollOut(8),
      180,
    ),
    objects: [...DGX_OBJECTS, nicClusterPolicy('nvidia-k8s-ipam')],
  },
  dgx('dgx-numvfs-16', 'the policies ask for the 16 VFs that the adapters are set to', rollOut(16), 90),
  {
    ...dgx('dgx-ipam-image', 'the NicClusterPolicy names an IPAM image that never existed', rollOut(16), 90),
    objects: [...DGX_OBJECTS, GPU_POOL, nicClusterPolicy('nv-ipam')],
  },
  dgx(
    'dgx-nv-access',
    'the firmware tool gets no answer of the adapters of one node',
    [
      step(1, {
        do: 'break-tool',
        node: 'dgx030',
        pcis: RAILS.map(([bus]) => `0000:${bus}:00.0`),
        fault: 'nv-access-check-failed',
      }),
      ...rollOut(16),
    ],
    90,
  ),
  dgx(
    'dgx-rough-night',
    'as dgx-cold-restart-cured, with conflicts, refusals and lost BMC answers all the time',
    [
      step(0, { do: 'api-faults', rules: ROUGH, forSeconds: 200 * 60 }),
      ...onBoth(100, (node) => ({
        do: 'bmc-faults',
        node,
        rules: [{ fault: 'answer-lost', probability: 0.3 }],
        forSeconds: 3600,
      })),
      ...rollOut(8),
      ...onBoth(120, powerOff(60)),
    ],
    240,
  ),
  dgx(
    'dgx-lost-node',
    'as dgx-cold-restart-cured, and dgx031 never comes back from its power off',
    [
      ...rollOut(8),
      step(119, { do: 'host-trouble', node: 'dgx031', trouble: 'never-boots', forSeconds: 24 * 3600 }),
      ...onBoth(120, powerOff(60)),
    ],
    200,
  ),
  dgx(
    'dgx-meddler',
    'as dgx-cold-restart, and a person uncordons and restarts nodes in the middle of it',
    [
      ...rollOut(8),
      ...onBoth(40, (node) => ({ do: 'uncordon', node })),
      ...onBoth(55, (node) => ({ do: 'restart', node })),
      ...onBoth(90, (node) => ({ do: 'uncordon', node })),
    ],
    180,
  ),
];

export const scenarioNamed = (name: string): Scenario | undefined =>
  SCENARIOS.find((scenario) => scenario.name === name);
