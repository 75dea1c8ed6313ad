/**
 * Rollout (nicwright.dev/v1alpha1): visits to a set of nodes under a budget, as a person submits it and as the controller
 * reports on it. deploy/crds is generated from here. What follows from the fields is decided in core/visit.
 */
import { z } from 'zod';
import { RUNGS } from '../../firmware/rung.ts';
import type { KubeResource } from '../kube-resource.ts';

export const ROLLOUTS: KubeResource = {
  group: 'nicwright.dev',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
  namespaced: false,
};

/** On a Rollout: whom the server took its submitter for; the status repeats it. */
export const SUBMITTED_BY_KEY = 'nicwright.dev/submitted-by';

const seconds = (about: string, preset: number) => z.int().min(0).max(604_800).default(preset).describe(about);
const flag = (about: string) => z.boolean().default(false).describe(about);

/** A count or a share such as `5%`; Kubernetes' IntOrString. */
const countOrShare = z
  .union([z.int().min(1), z.string().regex(/^[1-9][0-9]?%$|^100%$/)])
  .meta({ 'x-kubernetes-int-or-string': true });

const card = z
  .object({
    pci: z.string().describe('PCI address of a function of the card, long form'),
    values: z.record(z.string(), z.string()).describe('firmware settings that have to be current, by name'),
  })
  .describe('one adapter and what its firmware has to run with');

const group = z.object({
  nodes: z.array(z.string()).min(1).describe('nodes to visit, in this order'),
  rung: z.enum(RUNGS).describe('the restart to begin with'),
  upTo: z
    .enum(RUNGS)
    .optional()
    .describe('the highest restart of these nodes; absent: as allow.rung, which it cannot exceed'),
  cards: z.array(card).default([]),
  dpus: z.array(z.string()).default([]).describe('BlueFields in DPU mode, whose Arm side loses power with the host'),
});

const budget = z.object({
  maxUnavailable: countOrShare
    .default(1)
    .describe('nodes in scope that may be out at once, by whomever; a share is rounded down, and is at least 1'),
  maxHeld: z.int().min(1).default(1).describe('the rollout stops when so many visits are held'),
});

const waves = z.object({
  canary: z.int().min(0).default(1).describe('visits that have to return before any other begins'),
  by: z.string().optional().describe('node label: nodes with one value go before those with the next'),
});

const window = z.object({
  days: z
    .array(z.enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']))
    .default([])
    .describe('empty: every day'),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  to: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .describe('before `from`: on the next day'),
  offset: z
    .string()
    .regex(/^[+-](0\d|1[0-4]):[0-5]\d$/)
    .default('+00:00')
    .describe('from UTC'),
});

const drain = z.object({
  force: flag('evict pods that nothing will create again'),
  deleteEmptyDir: flag('consent to the loss of emptyDir volumes'),
  timeoutSeconds: seconds('the visit is held when the drain takes longer', 3600),
});

const jobs = z.object({
  selector: z.string().default('').describe('label selector of pods that are waited for; empty: none'),
  timeoutSeconds: seconds('after this they are evicted like others', 3600),
});

const power = z.object({
  adapter: z.string().default('').describe('who switches power: redfish, ipmi, command, manual, twin'),
  graceful: z.boolean().default(true).describe('ask the operating system to shut down first'),
  gracefulBy: z
    .enum(['bmc', 'host'])
    .default('bmc')
    .describe('who asks it: the BMC (its power button), or a command on the host'),
  force: z.boolean().default(true).describe('cut power when it does not shut down in time'),
  holdSeconds: seconds('how long power stays off once it is proved', 60),
  bootSeconds: seconds('from power on until the node is Ready', 2700),
});

const allow = z.object({
  rung: z.enum(RUNGS).default('none').describe('the highest restart that may be tried'),
  dpuPowerCut: flag('cut the power of BlueFields whose Arm side is not proved down'),
  controlPlane: flag('visit control-plane nodes, one at a time'),
  cordoned: flag('visit nodes that a person has cordoned; they stay cordoned'),
});

const canaryPod = z.object({
  image: z.string().describe('a pod of this image has to reach Running on the node'),
  namespace: z.string().default('default'),
  resources: z.record(z.string(), z.string()).default({}),
});

export const rolloutSpec = z.object({
  reason: z.string().describe('why; stands on every node that is visited'),
  plan: z.string().default('').describe('fingerprint of the plan that it carries out'),
  groups: z.array(group).min(1),
  budget: budget.prefault({}),
  waves: waves.prefault({}),
  windows: z.array(window).default([]).describe('no visit begins outside of them; empty: always'),
  drain: drain.prefault({}),
  jobs: jobs.prefault({}),
  power: power.prefault({}),
  allow: allow.prefault({}),
  canaryPod: canaryPod.optional(),
  paused: flag('no further visit begins'),
  aborted: flag('no further visit begins, and those that may turn back do'),
  retryHeldBefore: z.string().optional().describe('visits that were held before this time try again'),
});

export type RolloutSpec = z.infer<typeof rolloutSpec>;
export type RolloutGroup = RolloutSpec['groups'][number];
export type RolloutWindow = z.infer<typeof window>;

const flight = z.object({ node: z.string(), stage: z.string(), since: z.string(), message: z.string() });

const condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: z.string(),
  observedGeneration: z.int().optional(),
});

/** Bounded: counts, and the nodes that are being visited or held. */
export const rolloutStatus = z.object({
  observedGeneration: z.int().optional(),
  submittedBy: z.string().optional(),
  nodes: z.int().default(0),
  returned: z.int().default(0),
  abandoned: z.int().default(0),
  waiting: z.int().default(0),
  visiting: z.array(flight).default([]).describe('at most 100'),
  held: z.array(flight).default([]).describe('at most 100'),
  blocked: z.array(flight).default([]).describe('next in line and kept from beginning; at most 20'),
  out: z.int().default(0).describe('nodes in scope that are not Ready or cordoned, by whomever'),
  mostOut: z.int().default(0),
  wave: z.string().default(''),
  began: z.string().optional(),
  ended: z.string().optional(),
  conditions: z.array(condition).default([]),
});

export type RolloutStatus = z.infer<typeof rolloutStatus>;
export type RolloutFlight = z.infer<typeof flight>;
export type RolloutCondition = z.infer<typeof condition>;
