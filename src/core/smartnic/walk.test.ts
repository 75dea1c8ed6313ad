/** What must never happen in a flow, whatever goes wrong: requirements 003-17, 003-21, 003-42, 003-44, 003-55, 003-56. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BareMetalPort } from './bare-metal-port.ts';
import { FLOWS, type FlowCondition, type FlowName } from './flows.ts';
import { planFlow, type FlowFacts } from './plan-flow.ts';
import { POWER_DOMAINS } from './power-domain.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE, type Practice } from './practice.ts';
import { flatCalls, walk, type Walk } from './walk.ts';
import type { Call, Failure, World } from './world.ts';

const FLOW_NAMES = Object.keys(FLOWS) as FlowName[];
const CONDITIONS: readonly FlowCondition[] = [
  'fast-track',
  'boot-from-volume',
  'clean-failure',
  'service-failure',
  'no-clean-steps',
];

const port = fc.record({
  isSmartNic: fc.boolean(),
  hostname: fc.constantFrom('card1', 'card2'),
  powerDomain: fc.constantFrom(...POWER_DOMAINS),
  leftOver: fc.boolean(),
  pxeEnabled: fc.boolean(),
});

const scenario = fc.record({
  flow: fc.constantFrom(...FLOW_NAMES),
  ports: fc.array(port, { minLength: 1, maxLength: 3 }),
  power: fc.constantFrom('power on', 'power off'),
  conditions: fc.subarray([...CONDITIONS]),
  failsAt: fc.option(fc.nat({ max: 40 }), { nil: undefined }),
  raises: fc.constantFrom<Failure['raises']>('NetworkError', 'OpenStackError', 'power error'),
  worksLate: fc.boolean(),
  fromThereOn: fc.boolean(),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const factsOf = ({ ports, power, conditions }: Scenario): FlowFacts => ({
  node: 'node-1',
  networkInterface: 'neutron',
  power,
  conditions,
  ports: ports.map((each, index): BareMetalPort => ({
    id: `port${index}`,
    address: `52:54:00:00:00:0${index}`,
    isSmartNic: each.isSmartNic,
    link: each.isSmartNic
      ? { hostname: each.hostname, port_id: `pf${index}hpf` }
      : { switch_id: '0a:1b:2c:3d:4e:5f', port_id: `Eth${index}` },
    leftOver: each.leftOver,
    pxeEnabled: index === 0 || each.pxeEnabled,
    powerDomain: each.powerDomain,
    tenantVif: `vif${index}`,
  })),
});

/** Fails at the n-th action that is asked for, and, where so wished, at every one after it that is no power action. */
const worldOf = ({ power, failsAt, raises, worksLate, fromThereOn }: Scenario): World => {
  let asked = -1;
  return {
    power: power === 'power off' ? 'off' : 'on',
    failureOf: (action) => {
      asked += 1;
      const isPower = action.do === 'power' || action.do === 'restore-power';
      const fails = failsAt !== undefined && (asked === failsAt || (fromThereOn && asked > failsAt && !isPower));
      if (!fails) return undefined;
      const late = worksLate && action.do === 'power' && action.to !== 'reboot' ? { leavesPower: action.to } : {};
      return { raises, message: `failed at ${asked}`, ...late };
    },
  };
};

const run = (given: Scenario, practice: Practice): Walk | undefined => {
  const planned = planFlow(given.flow, factsOf(given), practice);
  return planned.ok ? walk(planned.value.program, worldOf(given), practice) : undefined;
};

const restoreFailed = (calls: readonly Call[]): boolean =>
  calls.some(({ action, failed }) => failed === true && (action.do === 'restore-power' || action.do === 'settle'));

/** What power was asked to be outside of brackets, up to where the flow stopped. */
const lastAsked = (calls: readonly Call[]): 'on' | 'off' | undefined =>
  calls
    .flatMap(({ action, after, failed }) =>
      action.do === 'power' && failed !== true && after.host !== 'setup'
        ? [action.to === 'off' ? ('off' as const) : ('on' as const)]
        : [],
    )
    .at(-1);

describe('whatever fails, and wherever', () => {
  test('003-21: power ends as it began or as the flow last asked; nothing is left in setup without a gate', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const done = run(given, OUR_PRACTICE);
        if (done === undefined) return;
        const calls = flatCalls(done.calls);
        if (restoreFailed(calls)) {
          expect(done.gate).toBeDefined();
          return;
        }
        const began = given.power === 'power off' ? 'off' : 'on';
        const failedPower = calls.some(({ action, failed }) => action.do === 'power' && failed === true);
        expect([began, lastAsked(calls), ...(failedPower ? ['on', 'off'] : [])]).toContain(done.powerAfter);
        if (!failedPower) expect(done.hostAfter).not.toBe('setup');
      }),
      { numRuns: 2000 },
    );
  });

  test('003-21: a power-on into setup that failed and worked late is taken back', () => {
    const given: Scenario = {
      flow: 'clean.prepare',
      ports: [{ isSmartNic: true, hostname: 'card1', powerDomain: 'unknown', leftOver: false, pxeEnabled: true }],
      power: 'power off',
      conditions: [],
      failsAt: 1,
      raises: 'power error',
      worksLate: true,
      fromThereOn: false,
    };
    const done = run(given, OUR_PRACTICE);
    expect(done?.calls.map(({ word }) => word)).toEqual([
      'set_boot_device:bios:once',
      'power:on',
      'get_power',
      'sleep:settle',
      'restore:off',
    ]);
    expect(done).toMatchObject({ powerAfter: 'off', hostAfter: 'off', failure: { raises: 'power error' } });
  });

  test('003-17, 003-55: no operating system boots before every port that was to be wired is proved', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const done = run(given, OUR_PRACTICE);
        if (done === undefined) return;
        let before = given.power === 'power off' ? 'off' : 'booted';
        let broken = false;
        for (const call of done.calls) {
          if (call.action.do === 'network') broken ||= call.failed === true || !everyPortProved(call);
          const boots = call.after.host === 'booted' && (before !== 'booted' || call.word === 'power:reboot');
          // A power-on that failed and worked late is the BMC's doing, not ours.
          if (boots && call.failed !== true) expect(broken).toBe(false);
          before = call.after.host;
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('003-42, 003-44: a delete or unbind of a smart NIC port follows a look at its agent, and its proof follows it', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const done = run(given, OUR_PRACTICE);
        const smart = new Set(factsOf(given).ports.flatMap(({ id, isSmartNic }) => (isSmartNic ? [id] : [])));
        for (const { steps = [] } of done?.calls ?? [])
          steps.forEach(({ action, failed }, at) => {
            if (action.do !== 'port' || failed === true || (action.call !== 'delete' && action.call !== 'reset_mac'))
              return;
            const next = steps[at + 1]?.action;
            expect(next?.do === 'port' ? [next.call, next.port] : next).toEqual(['verify_gone', action.port]);
            if (!smart.has(action.port)) return;
            const earlier = steps.slice(0, at).map((step) => [step.word, step.failed]);
            expect(earlier.some(([word, bad]) => String(word).endsWith(':up') && bad !== true)).toBe(true);
          });
      }),
      { numRuns: 1000 },
    );
  });

  test('003-18: the boot into setup is never permanent, whatever driver_info says', () => {
    fc.assert(
      fc.property(scenario, fc.constantFrom<unknown>('Always', true, 'true', 'Never', null, {}), (given, forced) => {
        const planned = planFlow(given.flow, { ...factsOf(given), forcePersistentBootDevice: forced }, OUR_PRACTICE);
        const words = planned.ok ? flatCalls(walk(planned.value.program, worldOf(given), OUR_PRACTICE).calls) : [];
        expect(words.map(({ word }) => word)).not.toContain('set_boot_device:bios:persistent');
      }),
    );
  });
});

/** Every port that was created or bound in this call was seen ACTIVE after its last binding. */
const everyPortProved = ({ steps = [] }: Call): boolean => {
  const open = new Set<string>();
  for (const { action, failed } of steps) {
    if (action.do !== 'port') continue;
    if (action.call === 'create' || action.call === 'bind') open.add(action.port);
    if (action.call === 'wait_active' && failed !== true) open.delete(action.port);
    if (action.call === 'delete' && failed !== true) open.delete(action.port);
  }
  return open.size === 0;
};

test('the properties can fail: Ironic leaves the host in its setup after a failed wiring', () => {
  const given: Scenario = {
    flow: 'clean.prepare',
    ports: [{ isSmartNic: true, hostname: 'card1', powerDomain: 'own', leftOver: false, pxeEnabled: true }],
    power: 'power off',
    conditions: [],
    failsAt: 5,
    raises: 'NetworkError',
    worksLate: false,
    fromThereOn: false,
  };
  expect(run(given, IRONIC_PRACTICE)).toMatchObject({ powerAfter: 'on', hostAfter: 'setup' });
  // With power of its own the card is wired while the host stays off.
  expect(run(given, OUR_PRACTICE)).toMatchObject({ powerAfter: 'off', hostAfter: 'off' });
});
