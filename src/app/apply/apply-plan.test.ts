/** A plan is walked once, goes on after a crash, is refused when what it rests on has changed, and is taken back. */
import { expect, test } from 'vitest';
import { planActivateFirmware } from '../../core/plan/plan-activate-firmware.ts';
import { fingerprintOf } from '../../core/plan/fingerprint.ts';
import { readPlan, type Plan } from '../../core/plan/plan.ts';
import { digTexts } from '../../core/model/dig.ts';
import { SYSTEM_NAMESPACE } from '../../core/model/system-namespace.ts';
import { fail, ok } from '../../core/result.ts';
import { LEASES, NODES, SRIOV_OPERATOR_CONFIGS, SRIOV_POLICIES } from '../../core/model/kube-resource.ts';
import { ROLLOUTS, rolloutStatus } from '../../core/model/crd/rollout.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { letTimePass } from '../twin-cluster/let-time-pass.ts';
import { twinApi, twinPorts } from '../twin-cluster/twin-ports.ts';
import { applyPlan, type ApplyOptions, type ApplyOutcome } from './apply-plan.ts';
import { rollBack } from './roll-back.ts';
import { changeRollout, showRollouts } from './rollouts.ts';
import type { RolloutPorts } from './apply-plan.ts';
import { checkFacts, checkMeans, rolloutOf, type MeansAtHand } from './submit-checks.ts';

const HOUR = 3_600_000;

const begin = async (): Promise<Twin> => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 2 * HOUR + 5 * 60_000);
  return twin;
};

const planOn = (twin: Twin): Plan => {
  const made = planActivateFirmware(twin.snapshot(), {
    nodes: [],
    allow: { dpuPowerCut: true },
    rollout: {
      power: { adapter: 'bmc', graceful: true, gracefulBy: 'bmc', force: true, holdSeconds: 60, bootSeconds: 2700 },
      drain: { force: true, deleteEmptyDir: true, timeoutSeconds: 3600 },
    },
    nowMs: twin.clock.now(),
  });
  if (!made.ok) throw new Error(made.fault.message);
  // As it comes back from the file.
  const read = readPlan(JSON.parse(JSON.stringify(made.value)), 'plan.yaml');
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
};

const optionsOn = (twin: Twin, plan: Plan, signal = new AbortController().signal): ApplyOptions => ({
  plan,
  ports: twinPorts(twin),
  identity: `test-${twin.clock.now()}`,
  signal,
  tell: () => {},
});

const finish = async (twin: Twin, work: Promise<ApplyOutcome>): Promise<ApplyOutcome> => {
  const done = await letTimePass(twin, 24 * HOUR, work);
  if (!done.ok) throw new Error(done.fault.message);
  return done.value;
};

/** An apply that dies after so many minutes. */
const applyAndDie = async (twin: Twin, plan: Plan, minutes: number): Promise<void> => {
  const crash = new AbortController();
  const dying = applyPlan(optionsOn(twin, plan, crash.signal)).catch(() => undefined);
  await twin.runUntil(twin.clock.now() + minutes * 60_000);
  crash.abort();
  await dying;
};

const ourMarks = async (twin: Twin): Promise<readonly string[]> => {
  const api = twinApi(twin);
  const nodes = await api.list(NODES);
  const config = await api.get(SRIOV_OPERATOR_CONFIGS, { name: 'default', namespace: 'network-operator' });
  if (!nodes.ok || !config.ok) throw new Error('the twin does not answer');
  return [
    ...nodes.value.items.flatMap(({ metadata }) => Object.keys({ ...metadata.labels })),
    ...Object.keys(digTexts(config.value, 'spec', 'configDaemonNodeSelector')),
  ].filter((key) => key.startsWith('nicwright.dev/'));
};

test('apply dies in the middle of the rollout, and the next one goes on to the end', { timeout: 60_000 }, async () => {
  const twin = await begin();
  const plan = planOn(twin);
  await applyAndDie(twin, plan, 25);
  const outcome = await finish(twin, applyPlan(optionsOn(twin, plan)));
  expect(outcome.fault).toBeUndefined();
  expect(outcome.steps.map((step) => step.outcome)).toEqual([
    'was done',
    'was done',
    'was done',
    'done',
    'done',
    'done',
  ]);
  expect(await ourMarks(twin)).toEqual([]);
  const again = await finish(twin, applyPlan(optionsOn(twin, plan)));
  // Nothing is prepared for visits that are over: the daemon would be rolled twice for nothing.
  expect(again.steps.every((step) => step.outcome === 'was done')).toBe(true);
});

test('rollback takes back what the plan made, and names what has no way back', { timeout: 60_000 }, async () => {
  const twin = await begin();
  const plan = planOn(twin);
  await applyAndDie(twin, plan, 2);
  expect(await ourMarks(twin)).not.toEqual([]);
  const outcome = await finish(twin, rollBack(optionsOn(twin, plan)));
  expect(outcome.fault).toBeUndefined();
  const shown = await showRollouts(twinApi(twin), rolloutOf(plan)?.name);
  expect(shown.ok && shown.value[0]).toMatchObject({ visits: [], spec: { aborted: true } });
  expect(outcome.steps.filter((step) => step.outcome === 'no way back').map(({ id }) => id)).toContain('rollout');
  expect(await ourMarks(twin)).toEqual([]);
});

test('a plan whose facts have changed is refused by name, an edited one too', { timeout: 60_000 }, async () => {
  const twin = await begin();
  const plan = planOn(twin);
  expect(checkFacts(plan, twin.snapshot())).toMatchObject({ ok: true });
  const policies = await twinApi(twin).list(SRIOV_POLICIES);
  const [policy] = policies.ok ? policies.value.items : [];
  await twinApi(twin).patch(
    SRIOV_POLICIES,
    { name: policy?.metadata.name ?? '', namespace: 'network-operator' },
    { type: 'merge', body: { spec: { numVfs: 4 } } },
  );
  expect(checkFacts(plan, twin.snapshot())).toMatchObject({
    ok: false,
    fault: { code: 'refused-plan', message: expect.stringContaining('SriovNetworkNodePolicy') },
  });
  const edited = { ...plan, facts: { ...plan.facts, SriovNetworkNodePolicy: 'x' } };
  expect(checkFacts(edited, twin.snapshot())).toMatchObject({
    fault: { message: expect.stringContaining('fingerprint') },
  });
  expect(fingerprintOf(plan.facts)).toBe(plan.fingerprint);
});

const AT_HAND: MeansAtHand = {
  way: () => Promise.resolve(ok('ssh root@10.0.0.30')),
  bmcInCluster: () => Promise.resolve(fail('bmc-unknown', 'No BMC is known; name it in the Secret.')),
};

const writesNothing = (twin: Twin): RolloutPorts => {
  const ports = twinPorts(twin);
  const refuse = () => {
    throw new Error('nothing may be written before a plan is accepted');
  };
  return { ...ports, api: { ...ports.api, create: refuse, patch: refuse, apply: refuse, update: refuse } };
};

test('a carrier that lacks the means for a node refuses before anything is written', async () => {
  const twin = await begin();
  const plan = planOn(twin);
  const ports = writesNothing(twin);
  const refusal = async (ownPorts: RolloutPorts, atHand: MeansAtHand): Promise<string> => {
    const checked = await checkMeans(plan, ownPorts, atHand);
    expect(checked).toMatchObject({ ok: false, fault: { code: 'refused-means' } });
    return checked.ok ? '' : checked.fault.message;
  };
  const noBmc = () => Promise.resolve(fail('bmc-unknown', 'No BMC is known for it; use --bmc FILE.'));
  expect(await refusal({ ...ports, bmc: noBmc }, AT_HAND)).toMatch(/dgx030: its power cannot be switched: .*--bmc/);
  const noHost = () => Promise.resolve(fail('host-key-unknown', 'The host key is not known here.', 'wait'));
  expect(await refusal(ports, { ...AT_HAND, way: noHost })).toContain('its host cannot be reached: the host key');
  expect(await checkMeans(plan, ports, AT_HAND)).toEqual(ok(['the host of dgx030, dgx031 by ssh root@10.0.0.30']));
});

test('where a controller leads, its means count and not ours', async () => {
  const twin = await begin();
  const plan = planOn(twin);
  const api = twinApi(twin);
  twin.act({ do: 'apply', objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } }] });
  const made = await api.create(LEASES, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'nicwright-controller', namespace: SYSTEM_NAMESPACE },
    spec: { holderIdentity: 'pod-1', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
  });
  expect(made.ok).toBe(true);
  const check = () => letTimePass(twin, HOUR, checkMeans(plan, twinPorts(twin), AT_HAND));
  const dead = await check();
  expect(dead.ok && dead.value).toMatchObject({ ok: true });
  twin.clock.after(3_000, () => {
    void api.patch(
      LEASES,
      { name: 'nicwright-controller', namespace: SYSTEM_NAMESPACE },
      { type: 'merge', body: { spec: { renewTime: '2026-01-01T00:00:03.000000Z' } } },
    );
  });
  const alive = await check();
  expect(alive.ok && alive.value).toMatchObject({
    ok: false,
    fault: { code: 'refused-means', message: expect.stringMatching(/by pod-1, which leads.*dgx030.*Secret/) },
  });
});

test('the same change, planned anew, is carried out anew: it may be due again', { timeout: 60_000 }, async () => {
  const twin = await begin();
  const api = twinApi(twin);
  const plan = planOn(twin);
  const name = rolloutOf(plan)?.name ?? '';
  const first = applyPlan(optionsOn(twin, plan));
  const isThere = async (): Promise<boolean> => (await showRollouts(api, name)).ok;
  while (!(await isThere())) await twin.runUntil(twin.clock.now() + 1_000);
  await changeRollout(api, name, 'abort', twin.clock.now());
  const aborted = await finish(twin, first);
  expect(aborted.fault).toMatchObject({
    code: 'held-aborted',
    message: expect.stringMatching(/was aborted with 0 of 2 nodes done, which is final\. --rollback takes back/),
  });
  await finish(twin, rollBack(optionsOn(twin, plan)));
  const next = planOn(twin);
  expect(next.fingerprint).toBe(plan.fingerprint);
  const outcome = await finish(twin, applyPlan(optionsOn(twin, next)));
  expect(outcome.fault).toBeUndefined();
  const shown = await showRollouts(api, rolloutOf(next)?.name);
  expect(shown.ok && shown.value[0]?.status).toMatchObject({ returned: 2 });
});

test(
  'a plan that was edited after it was submitted is not carried on under its old name',
  { timeout: 60_000 },
  async () => {
    const twin = await begin();
    const plan = planOn(twin);
    const name = rolloutOf(plan)?.name ?? '';
    await applyAndDie(twin, plan, 2);
    // A person's word of meanwhile is no edit of the plan.
    await changeRollout(twinApi(twin), name, 'pause', twin.clock.now());
    const edited = {
      ...plan,
      steps: plan.steps.map((step) =>
        step.act.do === 'rollout'
          ? { ...step, act: { ...step.act, spec: { ...step.act.spec, budget: { maxUnavailable: 2, maxHeld: 1 } } } }
          : step,
      ),
    };
    const refused = await finish(twin, applyPlan(optionsOn(twin, edited)));
    expect(refused.fault).toMatchObject({
      code: 'refused-edited',
      message: expect.stringContaining(`Rollout/${name} was submitted with another budget than this plan has`),
    });
    await changeRollout(twinApi(twin), name, 'resume', twin.clock.now());
    expect((await finish(twin, applyPlan(optionsOn(twin, plan)))).fault).toBeUndefined();
  },
);

test(
  'kubectl delete in the middle: visits go on to their end, and apply ends when the Rollout is gone',
  { timeout: 60_000 },
  async () => {
    const twin = await begin();
    const plan = planOn(twin);
    const name = rolloutOf(plan)?.name ?? '';
    const applying = applyPlan(optionsOn(twin, plan));
    await twin.runUntil(twin.clock.now() + 10 * 60_000);
    await twinApi(twin).delete(ROLLOUTS, { name });
    const outcome = await finish(twin, applying);
    expect(outcome.fault).toMatchObject({
      code: 'held-aborted',
      message: expect.stringMatching(/was deleted, which is final/),
    });
    expect(await twinApi(twin).get(ROLLOUTS, { name })).toMatchObject({ ok: false, fault: { code: 'kube-not-found' } });
    expect((await finish(twin, rollBack(optionsOn(twin, plan)))).fault).toBeUndefined();
    expect(await ourMarks(twin)).toEqual([]);
  },
);

test(
  'after a resume the next apply goes on, and does not take what was held for held once more',
  { timeout: 60_000 },
  async () => {
    const twin = await begin();
    const plan = planOn(twin);
    const name = rolloutOf(plan)?.name ?? '';
    twin.play([{ fault: 'host-link-narrow', node: 'dgx030', atSeconds: 0, forSeconds: 3600 }]);
    const held = await finish(twin, applyPlan(optionsOn(twin, plan)));
    expect(held.fault).toMatchObject({ code: 'held-rollout', message: expect.stringContaining('came back with') });
    // The person does what the way out says, from any terminal, while no process leads.
    await twin.runUntil(twin.clock.now() + HOUR);
    twin.act({ do: 'restart', node: 'dgx030' });
    await twin.runUntil(twin.clock.now() + HOUR);
    await changeRollout(twinApi(twin), name, 'resume', twin.clock.now());
    expect((await finish(twin, applyPlan(optionsOn(twin, plan)))).fault).toBeUndefined();
  },
);

test('a status that a process left behind when it died holds nobody back', { timeout: 60_000 }, async () => {
  const twin = await begin();
  const plan = planOn(twin);
  const name = rolloutOf(plan)?.name ?? '';
  await applyAndDie(twin, plan, 10);
  const found = await twinApi(twin).get(ROLLOUTS, { name });
  if (!found.ok) throw new Error(found.fault.message);
  const status = rolloutStatus.parse(found.value['status']);
  const stopped = {
    ...status,
    visiting: [],
    held: status.visiting,
    conditions: status.conditions.map((one) =>
      one.type === 'Stalled' ? { ...one, status: 'True', reason: 'Held', message: 'an old word' } : one,
    ),
  };
  await twinApi(twin).patch(
    ROLLOUTS,
    { name },
    { type: 'merge', body: { status: stopped } },
    { subresource: 'status' },
  );
  expect((await finish(twin, applyPlan(optionsOn(twin, plan)))).fault).toBeUndefined();
});

test('pause keeps the next visit back, resume lets it go, abort is final', { timeout: 60_000 }, async () => {
  const twin = await begin();
  const plan = planOn(twin);
  const name = rolloutOf(plan)?.name ?? '';
  const api = twinApi(twin);
  const applying = applyPlan(optionsOn(twin, plan)).catch(() => undefined);
  await twin.runUntil(twin.clock.now() + 12 * 60_000);
  await changeRollout(api, name, 'pause', twin.clock.now());
  await twin.runUntil(twin.clock.now() + 2 * HOUR);
  const paused = await showRollouts(api, name);
  expect(paused.ok && paused.value[0]?.status).toMatchObject({ returned: 1, visiting: [], waiting: 1 });
  expect(paused.ok && paused.value[0]?.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Paused' }),
  );
  await changeRollout(api, name, 'resume', twin.clock.now());
  await finish(
    twin,
    applying.then((outcome) => outcome ?? { steps: [] }),
  );
  const end = await showRollouts(api, name);
  expect(end.ok && end.value[0]?.status).toMatchObject({ returned: 2 });
});
