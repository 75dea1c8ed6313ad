/** A controller holds the Lease while apply runs: apply watches, and carries on itself only when that Lease has run out. */
import { expect, test } from 'vitest';
import { LEASES } from '../../core/model/kube-resource.ts';
import { digText } from '../../core/model/dig.ts';
import { planActivateFirmware } from '../../core/plan/plan-activate-firmware.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin } from '../../twin/twin.ts';
import { letTimePass } from '../twin-cluster/let-time-pass.ts';
import { twinApi, twinPorts } from '../twin-cluster/twin-ports.ts';
import { installDefinitions } from '../steps/install-definitions.ts';
import { applyPlan, CONTROLLER_LEASE, type RolloutPorts } from './apply-plan.ts';
import { createReadiness } from './readiness.ts';
import { runController } from './run-controller.ts';

const MINUTE = 60_000;

/** As a process that is killed: what it asks from then on gets no answer, and it gives nothing back. */
const mortal = (ports: RolloutPorts): { readonly ports: RolloutPorts; readonly kill: () => void } => {
  let isDead = false;
  const api = new Proxy(ports.api, {
    get: (target, key) => {
      const verb: unknown = Reflect.get(target, key);
      if (typeof verb !== 'function') return verb;
      return (...args: readonly unknown[]): unknown =>
        isDead ? new Promise(() => {}) : Reflect.apply(verb, target, [...args]);
    },
  });
  return { ports: { ...ports, api }, kill: () => void (isDead = true) };
};

test('the holder dies in the middle; apply says so, takes over, and ends well', { timeout: 120_000 }, async () => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 125 * MINUTE);
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
  const { ports, kill } = mortal(twinPorts(twin));
  const readiness = createReadiness(twin.clock);
  const stop = new AbortController();
  const tools = { ports: twinPorts(twin), signal: stop.signal, tell: () => {} };
  expect(await installDefinitions(tools)).toMatchObject({ ok: true });
  void runController({ ports, identity: 'pod-a', signal: stop.signal, readiness }).catch(() => {});
  await twin.runUntil(twin.clock.now() + MINUTE);
  const told: { readonly at: number; readonly line: string }[] = [];
  const applying = applyPlan({
    plan: made.value,
    ports: twinPorts(twin),
    identity: 'laptop',
    signal: stop.signal,
    tell: (line) => void told.push({ at: twin.clock.now(), line }),
  });
  await twin.runUntil(twin.clock.now() + 20 * MINUTE);
  expect(told.map(({ line }) => line)).toContainEqual('pod-a holds the Lease and carries it out; this process watches');
  expect(readiness.state()).toEqual({ ready: true, because: 'leads' });
  kill();
  const lease = await twinApi(twin).get(LEASES, CONTROLLER_LEASE);
  const renewed = Date.parse(lease.ok ? (digText(lease.value, 'spec', 'renewTime') ?? '') : '');
  const outcome = await letTimePass(twin, 24 * 60 * MINUTE, applying);
  const over = told.find(({ line }) => line.startsWith('pod-a holds the Lease no more'));
  expect(over?.line).toBe('pod-a holds the Lease no more; this process carries it out from here');
  expect((over?.at ?? 0) - renewed).toBeGreaterThanOrEqual(15_000);
  expect(outcome.ok && outcome.value.fault).toBeUndefined();
  expect(outcome.ok && outcome.value.steps.every((step) => step.outcome !== 'failed')).toBe(true);
  expect(readiness.state().ready).toBe(false);
  stop.abort();
});
