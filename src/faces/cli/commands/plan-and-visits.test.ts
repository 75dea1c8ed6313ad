/** plan, rehearse, verify, status and their like as a user meets them, on a snapshot and on a simulated cluster. */
import { beforeAll, describe, expect, test } from 'vitest';
import { rolloutDefinition } from '../../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../../core/model/crd/rollout.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../../core/model/kube-resource.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext, type FakeInput } from '../../../testing/fake-command-context.ts';
import { twinApi, twinPorts } from '../../../app/twin-cluster/twin-ports.ts';
import { scenarioNamed } from '../../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../../twin/twin.ts';
import type { Command, CommandOutcome, OptionValues } from '../command.ts';
import { plainPaint } from '../paint.ts';
import apply from './apply.ts';
import install from './install.ts';
import pause from './pause.ts';
import planActivateFirmware from './plan-activate-firmware.ts';
import planFix from './plan-fix.ts';
import rehearse from './rehearse.ts';
import resume from './resume.ts';
import status from './status.ts';
import verifyNode from './verify-node.ts';

const PLAN_OPTIONS: OptionValues = {
  hold: '60',
  maxUnavailable: '1',
  maxHeld: '1',
  canary: '1',
  drainTimeout: '3600',
  forceOff: true,
};

let twin: Twin;
let snapshot: Snapshot;

beforeAll(async () => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 125 * 60_000);
  snapshot = twin.snapshot();
}, 30_000);

const run = async (
  command: Command,
  args: readonly string[],
  options: OptionValues,
  input: FakeInput = {},
): Promise<CommandOutcome> => {
  const outcome = await command.run(fakeCommandContext({ snapshot, now: twin.clock.now(), ...input }), args, options);
  if (!outcome.ok) throw new Error(outcome.fault.message);
  return outcome.value;
};

const refusal = async (command: Command, args: readonly string[], options: OptionValues, input: FakeInput = {}) => {
  const outcome = await command.run(fakeCommandContext({ snapshot, now: twin.clock.now(), ...input }), args, options);
  return outcome.ok ? undefined : outcome.fault;
};

const documents = (value: unknown): FakeInput => ({
  documents: {
    'plan.yaml': [{ value: JSON.parse(JSON.stringify(value)) as unknown, source: 'plan.yaml', line: 1 } as never],
  },
});

describe('plan activate-firmware', () => {
  test('says who, which restart, why, in which order and what blocks it', async () => {
    const { text, exit, formats } = await run(planActivateFirmware, [], PLAN_OPTIONS);
    const shown = text(plainPaint);
    expect(exit).toBe(1);
    expect(shown).toContain('cordoned by the SR-IOV operator');
    expect(shown).toContain('cold restart');
    expect(shown).toContain('canary: dgx030 -> then: dgx031');
    expect(shown).toContain('-> --power bmc');
    expect(formats?.['markdown']?.()).toContain('Can be carried out now: no');
    expect(formats?.['markdown']?.()).toContain('- dgx030, dgx031: a cold restart needs somebody who switches power');
    expect(formats?.['markdown']?.()).toContain('| dgx030 | cold restart | NUM_OF_VFS 16 -> 8 on 8 cards |');
  });

  test('nothing blocks it once power and consent are named', async () => {
    const { exit } = await run(planActivateFirmware, [], {
      ...PLAN_OPTIONS,
      power: 'bmc',
      force: true,
      deleteEmptydirData: true,
    });
    expect(exit).toBe(0);
  });

  // prettier-ignore
  test.for<[string, readonly string[], OptionValues, string]>([
    ['an unknown node', ['dgx099'], {}, 'no node dgx099'],
    ['a window that cannot be read', [], { window: ['tonight'] }, '--window'],
    ['a hold that is no number', [], { hold: 'long' }, '--hold'],
  ])('%s is one sentence', async ([, args, options, says]) => {
    expect((await refusal(planActivateFirmware, args, { ...PLAN_OPTIONS, ...options }))?.message).toContain(says);
  });
});

describe('rehearse', () => {
  test('shows who leaves when, in text and as a page', { timeout: 60_000 }, async () => {
    const plan = await run(planActivateFirmware, [], {
      ...PLAN_OPTIONS,
      power: 'bmc',
      force: true,
      deleteEmptydirData: true,
    });
    const { text, exit, formats } = await run(rehearse, ['plan.yaml'], { seed: '1' }, documents(plan.data));
    expect(exit).toBe(0);
    expect(text(plainPaint)).toMatch(/dgx030 +\d+h\d\dm +\d+h\d\dm +\d+ min/);
    const page = formats?.['html']?.() ?? '';
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/https?:\/\//);
  });

  test('refuses what is no plan', async () => {
    expect((await refusal(rehearse, ['plan.yaml'], { seed: '1' }, documents({ kind: 'Pod' })))?.message).toContain(
      'plan.yaml is no plan',
    );
  });
});

test('verify node names each check, and what is not in the input is unknown', async () => {
  const { text, exit } = await run(verifyNode, ['dgx030'], {});
  expect(exit).toBe(1);
  expect(text(plainPaint)).toContain('FAIL  Firmware');
  const empty = await run(
    verifyNode,
    ['dgx030'],
    { strict: true },
    {
      snapshot: { ...snapshot, texts: [], objects: snapshot.objects.filter(({ object }) => object.kind === 'Node') },
    },
  );
  expect(empty.exit).toBe(4);
});

test('apply asks, and without a terminal needs --yes', { timeout: 60_000 }, async () => {
  const plan = await run(planActivateFirmware, [], {
    ...PLAN_OPTIONS,
    power: 'manual',
    force: true,
    deleteEmptydirData: true,
  });
  const hosts = {
    ...twinPorts(twin),
    way: () => Promise.resolve(ok('ssh root@10.0.0.30')),
    close: () => Promise.resolve(),
  };
  const input = { ...documents(plan.data), api: twinApi(twin), hosts };
  const noWay = () => Promise.resolve(fail('host-ssh-denied', '10.0.0.30 does not take our key; give --ssh-identity.'));
  expect(
    await refusal(apply, ['plan.yaml'], { yes: true, ssh: true }, { ...input, hosts: { ...hosts, way: noWay } }),
  ).toMatchObject({ code: 'refused-means', message: expect.stringMatching(/dgx030: .*--ssh-identity/) });
  expect(await refusal(apply, ['plan.yaml'], { ssh: true, hostPods: true }, input)).toMatchObject({ code: 'usage' });
  expect(await refusal(apply, ['plan.yaml'], { sshUser: 'root' }, input)).toMatchObject({ code: 'usage' });
  expect(await refusal(apply, ['plan.yaml'], { ssh: true, sshPort: 'x' }, input)).toMatchObject({ code: 'usage' });
  expect(await refusal(apply, ['plan.yaml'], {}, input)).toMatchObject({ code: 'refused-unasked' });
  expect(await refusal(apply, ['plan.yaml'], {}, { ...input, answer: false })).toMatchObject({ code: 'refused-no' });
  expect(await refusal(apply, ['plan.yaml'], { from: ['x'] }, input)).toMatchObject({ code: 'usage' });
  const empty = documents({ ...(plan.data as object), steps: [], untold: ['dgx030'] });
  expect(await refusal(apply, ['plan.yaml'], { yes: true }, { ...input, ...empty })).toMatchObject({
    code: 'refused-empty',
    message: expect.stringContaining('could not be told'),
  });
});

test('status, pause and resume from any terminal', async () => {
  const api = twinApi(twin);
  expect(await refusal(status, [], {}, { api })).toMatchObject({ code: 'input-no-rollout' });
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  await twin.runUntil(twin.clock.now() + 10_000);
  await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'r' },
    spec: { reason: 'a test', groups: [{ nodes: ['dgx030'], rung: 'cold' }] },
  });
  expect((await run(status, [], {}, { api })).text(plainPaint)).toContain('nobody carries it out yet');
  expect(await refusal(pause, ['x'], {}, { api })).toMatchObject({ code: 'usage-rollout' });
  const paused = await run(pause, ['r'], {}, { api });
  expect(paused.data).toMatchObject({ spec: { paused: true } });
  const resumed = await run(resume, ['r'], {}, { api });
  expect(resumed.data).toMatchObject({ spec: { paused: false, retryHeldBefore: expect.any(String) } });
});

test('install prints what the controller needs, and names no registry', async () => {
  const { text } = await run(install, [], { print: true });
  const shown = text(plainPaint);
  expect(shown).toContain('kind: CustomResourceDefinition');
  expect(shown).toContain('pods/eviction');
  expect(shown).not.toMatch(/image: [^\n]*\//);
});

test('plan fix points elsewhere, to the root, or says what is found', async () => {
  const elsewhere = await run(planFix, ['cold-restart-pending'], {});
  expect(elsewhere).toMatchObject({ exit: 5, data: { plan: null } });
  expect(elsewhere.text(plainPaint)).toContain('nicwright plan activate-firmware plans them');
  expect(elsewhere.text(plainPaint)).toContain('By hand');
  expect((await refusal(planFix, ['nothing-like-it'], {}))?.message).toContain('it finds cold-restart-pending');
  expect((await refusal(planFix, ['resource-missing'], {}))?.message).toContain(
    'resource-missing follows from cold-restart-pending',
  );
});

test('plan fix without a name lists the findings, each with why not', async () => {
  const list = await run(planFix, [], {});
  expect(list).toMatchObject({ exit: 0 });
  expect(list.data).toMatchObject({
    findings: expect.arrayContaining([
      expect.objectContaining({
        finding: 'cold-restart-pending',
        fixable: false,
        because: expect.stringContaining('activate-firmware'),
      }),
    ]),
  });
  expect(list.text(plainPaint)).toContain('No plan can be made for');
});
