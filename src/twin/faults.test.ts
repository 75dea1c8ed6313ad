/** Every fault of the list strikes what it says, is told, and is over when its time is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONFIG_MAPS, NODES } from '../core/model/kube-resource.ts';
import type { KubeApi, WatchEvent } from '../core/ports/kube-api.ts';
import type { PowerRequest } from '../core/ports/bmc.ts';
import type { AdapterSpec } from './hardware/adapter.ts';
import { BLUEFIELD3_DPU, CONNECTX7_RAIL } from './hardware/adapter-model.ts';
import { drawFaults } from './draw-faults.ts';
import {
  API_FAULT_NAMES,
  faultWords,
  NODE_FAULT_NAMES,
  type ApiFault,
  type FaultName,
  type FaultStruck,
  type NodeFault,
} from './faults.ts';
import { plainScenario } from './scenarios/plain-fleet.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { scenarioNamed } from './scenarios/scenarios.ts';
import { seededRandom } from './seeded-random.ts';
import { createTwin, type Twin } from './twin.ts';

const HOUR_MS = 3_600_000;
const NODE = 'n1';

const RAIL: AdapterSpec = {
  card: '0000:18:00',
  model: CONNECTX7_RAIL,
  functions: [{ pci: '0000:18:00.0', rdma: 'mlx5_4', interface: 'ibp24s0', linkType: 'IB' }],
};

const DPU: AdapterSpec = {
  card: '0000:29:00',
  model: BLUEFIELD3_DPU,
  functions: [{ pci: '0000:29:00.0', rdma: 'mlx5_5', interface: 'ibp41s0f0', linkType: 'IB' }],
};

const withHardware = ({ fleet, ...rest }: Scenario): Scenario => ({
  ...rest,
  fleet: fleet.map((node) => ({ ...node, host: { ...node.host, adapters: [RAIL, DPU], gpus: 8 } })),
});

interface Stage {
  readonly twin: Twin;
  readonly struck: FaultStruck[];
  readonly run: (ms: number) => Promise<void>;
}

/** Everything is up, and nothing has gone wrong so far. */
const begin = async (): Promise<Stage> => {
  const twin = createTwin(withHardware(plainScenario([NODE])), 1);
  const struck: FaultStruck[] = [];
  twin.onFault((one) => struck.push(one));
  const run = (ms: number): Promise<void> => twin.clock.run(ms);
  await run(600_000);
  return { twin, struck, run };
};

const USER = { username: 'controller', groups: ['system:masters'] };

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'default' } };
const label = (api: KubeApi, value: number) =>
  api.patch(NODES, { name: NODE }, { type: 'merge', body: { metadata: { labels: { value: String(value) } } } });

/** What a caller sees of each fault of the API, whose calls it strikes all. */
const SEEN: Readonly<Record<Exclude<ApiFault, `api-watch-${string}` | 'api-slow'>, string>> = {
  'api-conflict': 'kube-conflict',
  'api-throttled': 'kube-throttled',
  'api-server-error': 'kube-server-error',
  'api-unreachable': 'kube-unreachable',
  'api-answer-lost': 'kube-unreachable',
};

describe('faults of the API', () => {
  test.for(Object.entries(SEEN))('%s is seen as %s, by whom it is meant for', async ([fault, code]) => {
    const { twin, struck, run } = await begin();
    const api = twin.world.api(USER);
    twin.play([{ fault: fault as ApiFault, callers: ['controller'], share: 1, atSeconds: 10, forSeconds: 60 }]);
    expect(await label(api, 1)).toMatchObject({ ok: true });
    await run(20_000);
    expect(await label(api, 2)).toMatchObject({ ok: false, fault: { code } });
    expect(await label(twin.world.api(), 3)).toMatchObject({ ok: true });
    expect(struck).toEqual([{ time: twin.clock.now(), fault, on: `patch nodes/${NODE} by controller` }]);
    expect(twin.log.some((line) => line.includes(`fault ${fault} patch nodes/${NODE} by controller`))).toBe(true);
    await run(60_000);
    expect(await label(api, 4)).toMatchObject({ ok: true });
  });

  test('a lost answer is a write that was done', async () => {
    const { twin, run } = await begin();
    twin.play([{ fault: 'api-answer-lost', callers: ['controller'], share: 1, atSeconds: 0, forSeconds: 60 }]);
    await run(1_000);
    expect(await twin.world.api(USER).create(CONFIG_MAPS, MAP)).toMatchObject({ fault: { code: 'kube-unreachable' } });
    expect(await twin.world.api().get(CONFIG_MAPS, MAP.metadata)).toMatchObject({ ok: true });
  });

  test('a slow server takes its time', async () => {
    const { twin, struck, run } = await begin();
    twin.play([{ fault: 'api-slow', callers: ['controller'], atSeconds: 0, forSeconds: 60 }]);
    await run(1_000);
    const asked = twin.clock.now();
    let answered = 0;
    void label(twin.world.api(USER), 1).then(() => (answered = twin.clock.now()));
    await run(30_000);
    expect(answered - asked).toBe(5_000);
    expect(struck.map(({ fault }) => fault)).toEqual(['api-slow']);
  });

  test.for([
    ['api-watch-dropped', 0, []],
    ['api-watch-gone', 0, ['FAILED kube-gone']],
    ['api-watch-late', 30_000, ['MODIFIED']],
  ] as const)('%s strikes a watch that runs', async ([fault, late, seen]) => {
    const { twin, struck, run } = await begin();
    const api = twin.world.api(USER);
    const events: { readonly words: string; readonly at: number }[] = [];
    let ended = false;
    const words = (event: WatchEvent): string => (event.type === 'FAILED' ? `FAILED ${event.fault.code}` : event.type);
    const stop = new AbortController();
    const follow = async (): Promise<void> => {
      const { resourceVersion } = { resourceVersion: twin.world.resourceVersion() };
      for await (const event of api.watch(NODES, { resourceVersion, signal: stop.signal }))
        if (event.type !== 'BOOKMARK') events.push({ words: words(event), at: twin.clock.now() });
      ended = true;
    };
    const following = follow();
    await run(1_000);
    twin.play([{ fault, callers: ['controller'], share: 1, atSeconds: 0, forSeconds: 60 }]);
    await run(1_000);
    const written = twin.clock.now();
    await label(twin.world.api(), 1);
    await run(40_000);
    expect(events.map((event) => event.words)).toEqual(seen);
    expect(struck).toMatchObject([{ fault, on: 'watch nodes by controller' }]);
    if (late > 0) expect(events[0]?.at).toBe(written + late);
    expect(ended).toBe(late === 0);
    stop.abort(new Error('over'));
    await following.catch(() => {});
  });
});

/** Does what the fault needs to strike, and says what came of it. */
const PROBES: Readonly<Record<NodeFault, (stage: Stage) => Promise<unknown>>> = {
  'bmc-unreachable': (stage) => ask(stage, 'off'),
  'bmc-answer-lost': (stage) => ask(stage, 'off'),
  'bmc-ignored': (stage) => ask(stage, 'off'),
  'bmc-busy': (stage) => ask(stage, 'off'),
  'bmc-login-refused': (stage) => ask(stage, 'off'),
  'bmc-untrusted': (stage) => ask(stage, 'off'),
  'bmc-other-host': async ({ twin, run }) => {
    const told = twin.bmc(NODE).identity();
    await run(5_000);
    const identity = await told;
    return identity.ok && identity.value.uuid === twin.hosts.get(NODE)?.uuid;
  },
  'bmc-misread': async ({ twin, run }) => {
    const read = twin.bmc(NODE).power();
    await run(5_000);
    return await read;
  },
  'arm-unreachable': (stage) => shutDownArm(stage),
  'arm-ignored': (stage) => shutDownArm(stage),
  'arm-login-refused': (stage) => shutDownArm(stage),
  'arm-misread': (stage) => armReads(stage),
  'host-arm-hangs': (stage) => shutDownArm(stage),
  'host-never-boots': (stage) => offAndOn(stage),
  'host-shutdown-hangs': async (stage) => {
    await ask(stage, 'graceful-off');
    await stage.run(HOUR_MS);
    return stateOf(stage);
  },
  'host-firmware-keeps': async (stage) => {
    const adapter = stage.twin.hosts.get(NODE)?.adapters[0];
    adapter?.stage('NUM_OF_VFS', '8');
    await offAndOn(stage);
    return `${adapter?.current('NUM_OF_VFS')}/${adapter?.next('NUM_OF_VFS')}`;
  },
  'host-key-changed': async ({ twin }) => {
    const answer = await twin.hostTools(NODE).ask({ ask: 'boot-id' });
    return answer.ok || answer.fault.code;
  },
  'host-loses-gpu': async (stage) => {
    await offAndOn(stage);
    return stage.twin.hosts.get(NODE)?.gpus;
  },
  'host-loses-adapter': async (stage) => {
    await offAndOn(stage);
    return stage.twin.hosts.get(NODE)?.adapters.length;
  },
  'host-link-slow': linkAfterBoot,
  'host-link-narrow': linkAfterBoot,
  'host-port-down': async (stage) => {
    const adapter = stage.twin.hosts.get(NODE)?.adapters[0];
    await offAndOn(stage);
    return adapter?.isPortUp(adapter.spec.functions[0]?.pci ?? '');
  },
  'person-cordons': isCordoned,
  'person-uncordons': isCordoned,
  'person-restarts': async (stage) => {
    await stage.run(HOUR_MS);
    return stage.twin.hosts.get(NODE)?.boots.map(({ kind }) => kind);
  },
  'person-cuts-power': async (stage) => {
    await stage.run(HOUR_MS);
    return stateOf(stage);
  },
  'person-powers-on': (stage) => Promise.resolve(stateOf(stage)),
};

async function armReads({ twin, run }: Stage): Promise<unknown> {
  const read = twin.arm(NODE, DPU.card)?.read();
  await run(5_000);
  const reading = await read;
  return reading?.ok === true ? reading.value.said : reading?.fault.code;
}

async function shutDownArm(stage: Stage): Promise<unknown> {
  const asked = stage.twin.arm(NODE, DPU.card)?.shutDown();
  await stage.run(120_000);
  const answer = await asked;
  return [answer?.ok === true ? answer.value.answer : answer?.fault.code, stage.twin.hosts.get(NODE)?.arms[0]?.state];
}

async function linkAfterBoot(stage: Stage): Promise<unknown> {
  await offAndOn(stage);
  return stage.twin.hosts.get(NODE)?.adapters[0]?.link;
}

async function isCordoned({ twin }: Stage): Promise<unknown> {
  const node = await twin.world.api().get(NODES, { name: NODE });
  return node.ok && JSON.stringify(node.value).includes('"unschedulable":true');
}

const stateOf = ({ twin }: Stage): string => {
  const host = twin.hosts.get(NODE);
  return `${host?.power} ${host?.isUp === true ? 'up' : 'down'}`;
};

const ask = async (stage: Stage, request: PowerRequest): Promise<unknown> => {
  const asked = stage.twin.bmc(NODE).request(request);
  await stage.run(120_000);
  const answer = await asked;
  return [answer.ok ? answer.value.answer : answer.fault.code, stateOf(stage)];
};

const offAndOn = async (stage: Stage): Promise<unknown> => {
  await ask(stage, 'off');
  await ask(stage, 'on');
  await stage.run(HOUR_MS);
  return stateOf(stage);
};

const COMES_OF: Readonly<Record<NodeFault, unknown>> = {
  'bmc-unreachable': ['bmc-unreachable', 'on up'],
  'bmc-answer-lost': ['bmc-unreachable', 'off down'],
  'bmc-ignored': ['accepted', 'on up'],
  'bmc-busy': ['bmc-busy', 'on up'],
  'bmc-login-refused': ['bmc-credentials', 'on up'],
  'bmc-untrusted': ['bmc-certificate', 'on up'],
  'bmc-other-host': false,
  'bmc-misread': { ok: true, value: 'off' },
  'arm-unreachable': ['bmc-unreachable', 'up'],
  'arm-ignored': ['accepted', 'up'],
  'arm-login-refused': ['bmc-credentials', 'up'],
  'arm-misread': 'LowPowerStandby',
  'host-arm-hangs': ['accepted', 'up'],
  'host-never-boots': 'on down',
  'host-shutdown-hangs': 'on up',
  'host-firmware-keeps': '16/8',
  'host-key-changed': 'host-key-changed',
  'host-loses-gpu': 7,
  'host-loses-adapter': 1,
  'host-link-slow': { gtPerSecond: 16, lanes: 16 },
  'host-link-narrow': { gtPerSecond: 32, lanes: 8 },
  'host-port-down': false,
  'person-cordons': true,
  'person-uncordons': false,
  'person-restarts': ['first', 'warm'],
  'person-cuts-power': 'off down',
  'person-powers-on': 'on up',
};

test.for(NODE_FAULT_NAMES)('%s strikes its node', async (fault) => {
  const stage = await begin();
  stage.twin.play([{ fault, node: NODE, share: 1, atSeconds: 0, forSeconds: 2 * 3600 }]);
  await stage.run(5_000);
  expect(await PROBES[fault](stage)).toEqual(COMES_OF[fault]);
  expect(stage.struck).toContainEqual(expect.objectContaining({ fault, on: NODE }));
  expect(faultWords(fault)).not.toBe('');
});

test('a host that was in trouble comes back whole afterwards', async () => {
  const stage = await begin();
  stage.twin.play([{ fault: 'host-loses-gpu', node: NODE, atSeconds: 0, forSeconds: 60 }]);
  await stage.run(120_000);
  await offAndOn(stage);
  expect(stage.twin.hosts.get(NODE)?.gpus).toBe(8);
});

test('faults are drawn from the names that are asked for, in their time, and alike for one seed', () => {
  const all: readonly FaultName[] = [...API_FAULT_NAMES, ...NODE_FAULT_NAMES];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.subarray([...all], { minLength: 1 }), (seed, names) => {
      const draw = { count: 12, withinSeconds: 600, mostSeconds: 300, nodes: ['a', 'b'], callers: ['me'], names };
      const faults = drawFaults(seededRandom(seed, 'faults'), draw);
      expect(faults).toEqual(drawFaults(seededRandom(seed, 'faults'), draw));
      expect(faults).toHaveLength(12);
      for (const one of faults) {
        expect(names).toContain(one.fault);
        expect(one.atSeconds).toBeLessThan(600);
        expect(one.forSeconds).toBeGreaterThanOrEqual(30);
        expect('node' in one ? draw.nodes : ['me']).toContain('node' in one ? one.node : one.callers?.[0]);
      }
    }),
  );
});

test('no names that fit, no faults', () => {
  const draw = { count: 3, withinSeconds: 10, mostSeconds: 10, nodes: [], names: ['host-loses-gpu'] as const };
  expect(drawFaults(seededRandom(1, 'faults'), draw)).toEqual([]);
});

test.for([2, 6, 16])(
  'the twin bears whatever comes together, and a run with faults repeats itself: seed %i',
  async (seed) => {
    const play = async (): Promise<readonly string[]> => {
      const scenario = scenarioNamed('dgx-cold-restart-cured');
      if (scenario === undefined) throw new Error('the scenario is gone');
      const twin = createTwin(scenario, seed);
      const nodes = [...twin.hosts.keys()].filter((name) => name.startsWith('dgx'));
      twin.play(drawFaults(twin.random('faults'), { count: 15, withinSeconds: 7_200, mostSeconds: 1_800, nodes }));
      await twin.clock.run(4 * HOUR_MS);
      return twin.log;
    };
    const log = await play();
    expect(log.filter((line) => line.includes(' fault ')).length).toBeGreaterThan(5);
    expect(await play()).toEqual(log);
  },
);
