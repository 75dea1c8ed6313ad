/** Who else acts on the nodes of an input: the plan names or pauses them, and the rehearsal's gates see them too. */
import { beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { planActivateFirmware } from '../../core/plan/plan-activate-firmware.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { DGX_NODES } from '../../twin/scenarios/dgx-fleet.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin } from '../../twin/twin.ts';
import { rehearsePlan } from './rehearse-plan.ts';

let snapshot: Snapshot;
let nowMs: number;

beforeAll(async () => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 125 * 60_000);
  snapshot = twin.snapshot();
  nowMs = twin.clock.now();
}, 60_000);

const planOf = (input: Snapshot): Plan => {
  const made = planActivateFirmware(input, {
    nodes: [],
    allow: { dpuPowerCut: true },
    rollout: {
      power: { adapter: 'bmc', graceful: true, gracefulBy: 'bmc', force: true, holdSeconds: 60, bootSeconds: 2700 },
      drain: { force: true, deleteEmptyDir: true, timeoutSeconds: 3600 },
    },
    nowMs,
  });
  if (!made.ok) throw new Error(made.fault.message);
  return made.value;
};

const [NODE] = DGX_NODES;

const on = (annotations: Readonly<Record<string, string>>, more: readonly KubeObject[]): Snapshot => ({
  ...snapshot,
  objects: [
    ...snapshot.objects.map((one) =>
      one.object.kind === 'Node' && one.object.metadata.name === NODE
        ? {
            ...one,
            object: {
              ...one.object,
              metadata: { ...one.object.metadata, annotations: { ...one.object.metadata.annotations, ...annotations } },
            },
          }
        : one,
    ),
    ...more.map((object) => ({ object, origin: { source: 'more.yaml' } })),
  ],
});

const MAPI = 'machine.openshift.io/v1beta1';
const machine: KubeObject = {
  apiVersion: MAPI,
  kind: 'Machine',
  metadata: {
    name: 'm-1',
    namespace: 'mapi',
    labels: { role: 'gpu' },
    ownerReferences: [{ apiVersion: MAPI, kind: 'MachineSet', name: 'gpus', controller: true }],
  },
};
const check: KubeObject = {
  apiVersion: MAPI,
  kind: 'MachineHealthCheck',
  metadata: { name: 'gpus', namespace: 'mapi' },
  spec: { selector: { matchLabels: { role: 'gpu' } } },
};

test('a check of OpenShift is paused by the first steps, and goes on after the last', { timeout: 60_000 }, async () => {
  const input = on({ 'machine.openshift.io/machine': 'mapi/m-1' }, [machine, check]);
  const plan = planOf(input);
  const ids = plan.steps.map(({ id }) => id);
  expect([ids[1], ids.at(-1)]).toEqual(['pause-gpus', 'resume-gpus']);
  expect(plan.blockers.filter(({ because }) => because.includes('MachineHealthCheck'))).toEqual([]);
  const done = await rehearsePlan({ plan, snapshot: input, seed: 1 });
  if (!done.ok) throw new Error(done.fault.message);
  expect([done.value.outcome, done.value.because]).toEqual(['complete', 'every step was carried out and proved']);
  expect(done.value.leftOut).toContain(
    '1 MachineHealthCheck.machine.openshift.io: nothing acts for its controller, which restarts or replaces a node that is not Ready',
  );
});

test('a remediation is a blocker of the plan, with its name and its way out', () => {
  const remediation: KubeObject = {
    apiVersion: 'self-node-remediation.medik8s.io/v1alpha1',
    kind: 'SelfNodeRemediation',
    metadata: { name: NODE, namespace: 'medik8s' },
  };
  expect(planOf(on({}, [remediation])).blockers).toContainEqual({
    on: NODE,
    because: `SelfNodeRemediation is at work on it: SelfNodeRemediation medik8s/${NODE} remediates this node`,
    wayOut: 'let the remediation finish; its NodeHealthCheck deletes it when the node is healthy',
  });
});

test('kinds that the input does not hold are a gap of the plan, and no blocker', () => {
  const plan = planOf(on({ 'machine.openshift.io/machine': 'mapi/m-1' }, []));
  expect(plan.blockers.filter(({ because }) => because.includes('Machine'))).toEqual([]);
  expect(plan.gaps.map(({ what }) => what)).toContain(
    'whether others would drain, restart or replace these nodes meanwhile',
  );
});
