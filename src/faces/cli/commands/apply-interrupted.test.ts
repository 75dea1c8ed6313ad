/** Ctrl-C in the middle of an apply: what was taken is given back, and it is said which node is in the middle of its visit. */
import { expect, test } from 'vitest';
import { letTimePass } from '../../../app/twin-cluster/let-time-pass.ts';
import { twinApi, twinPorts } from '../../../app/twin-cluster/twin-ports.ts';
import { LEASES, NODES } from '../../../core/model/kube-resource.ts';
import { SYSTEM_NAMESPACE } from '../../../core/model/system-namespace.ts';
import { planActivateFirmware } from '../../../core/plan/plan-activate-firmware.ts';
import { ok } from '../../../core/result.ts';
import { VISIT_KEY } from '../../../core/visit/visit-journal.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import { scenarioNamed } from '../../../twin/scenarios/scenarios.ts';
import { createTwin } from '../../../twin/twin.ts';
import { plainPaint } from '../paint.ts';
import apply from './apply.ts';

const MINUTE = 60_000;

test('the Lease is free, hosts are left, and the exit is 130', { timeout: 60_000 }, async () => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 125 * MINUTE);
  const snapshot = twin.snapshot();
  const plan = planActivateFirmware(snapshot, {
    nodes: [],
    allow: { dpuPowerCut: true },
    rollout: {
      power: { adapter: 'manual', graceful: true, gracefulBy: 'bmc', force: true, holdSeconds: 60, bootSeconds: 2700 },
      drain: { force: true, deleteEmptyDir: true, timeoutSeconds: 3600 },
    },
    nowMs: twin.clock.now(),
  });
  if (!plan.ok) throw new Error(plan.fault.message);
  let closed = 0;
  const stop = new AbortController();
  const context = fakeCommandContext({
    snapshot,
    api: twinApi(twin),
    clock: twin.clock,
    stop: stop.signal,
    documents: {
      'plan.yaml': [
        { value: JSON.parse(JSON.stringify(plan.value)) as unknown, source: 'plan.yaml', line: 1 } as never,
      ],
    },
    hosts: {
      ...twinPorts(twin),
      way: () => Promise.resolve(ok('ssh root@10.0.0.30')),
      close: () => {
        closed += 1;
        return Promise.resolve();
      },
    },
  });
  const applying = apply.run(context, ['plan.yaml'], { yes: true, ssh: true });
  const isUnderWay = (): boolean =>
    twin.world
      .actor('test')
      .list(NODES)
      .some(({ metadata }) => metadata.annotations?.[VISIT_KEY]?.includes('"stage":"restart"') === true);
  for (let minutes = 0; minutes < 120 && !isUnderWay(); minutes += 1) await twin.runUntil(twin.clock.now() + MINUTE);
  expect(isUnderWay()).toBe(true);
  stop.abort();
  const end = await letTimePass(twin, MINUTE, applying);
  if (!end.ok) throw new Error(end.fault.message);
  if (!end.value.ok) throw new Error(end.value.fault.message);
  expect(end.value.value.exit).toBe(130);
  expect(end.value.value.text(plainPaint)).toMatch(
    /^dgx03\d is in stage restart: switch dgx03\d off.*\nInterrupted; what was done stays\./,
  );
  expect(closed).toBe(1);
  const lease = await twinApi(twin).get(LEASES, { namespace: SYSTEM_NAMESPACE, name: 'nicwright-controller' });
  expect(lease.ok && lease.value['spec']).toMatchObject({ holderIdentity: '' });
});
