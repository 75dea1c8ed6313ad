/** A plan is walked once, goes on after a crash, is refused when what it rests on has changed, and is taken back. */
import { expect, test } from 'vitest';
import { planActivateFirmware } from '../../core/plan/plan-activate-firmware.ts';
import { fingerprintOf } from '../../core/plan/fingerprint.ts';
import { readPlan, type Plan } from '../../core/plan/plan.ts';
import { digTexts } from '../../core/model/dig.ts';
import { NODES, SRIOV_OPERATOR_CONFIGS, SRIOV_POLICIES } from '../../core/model/kube-resource.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { letTimePass } from '../twin-cluster/let-time-pass.ts';
import { twinApi, twinPorts } from '../twin-cluster/twin-ports.ts';
import { applyPlan, type ApplyOptions, type ApplyOutcome } from './apply-plan.ts';
import { rollBack } from './roll-back.ts';
import { changeRollout, showRollouts } from './rollouts.ts';
import { checkFacts, checkMeans, rolloutOf } from './submit-checks.ts';

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
  const crash = new AbortController();
  const first = applyPlan(optionsOn(twin, plan, crash.signal)).catch(() => undefined);
  await twin.runUntil(twin.clock.now() + 25 * 60_000);
  crash.abort();
  await first;
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
  const crash = new AbortController();
  const first = applyPlan(optionsOn(twin, plan, crash.signal)).catch(() => undefined);
  await twin.runUntil(twin.clock.now() + 2 * 60_000);
  crash.abort();
  await first;
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

test('a carrier that knows no BMC of a node refuses before anything is drained', async () => {
  const twin = await begin();
  const plan = planOn(twin);
  const none = {
    bmc: () =>
      Promise.resolve({
        ok: false,
        fault: { code: 'bmc-unknown', message: 'no BMC is known.', next: 'stop' },
      } as const),
  };
  expect(await checkMeans(plan, none)).toMatchObject({ ok: false, fault: { code: 'refused-means' } });
  expect(await checkMeans(plan, twinPorts(twin))).toMatchObject({ ok: true });
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
  await changeRollout(api, name, 'resume', twin.clock.now());
  await finish(
    twin,
    applying.then((outcome) => outcome ?? { steps: [] }),
  );
  const end = await showRollouts(api, name);
  expect(end.ok && end.value[0]?.status).toMatchObject({ returned: 2 });
});
