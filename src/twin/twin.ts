/**
 * A whole cluster under a virtual clock: the world, its machines, and everyone who acts on them. It is begun from a scenario
 * and a seed, and does nothing until time is let pass; the same seed does the same, to the byte of its log.
 *
 *     const twin = createTwin(scenario, 7);
 *     await twin.runUntil(twin.start + 2 * HOUR_MS);
 *     diagnose(twin.snapshot(), ALL_RULES);
 */
import { hostCommand } from '../core/model/host-question.ts';
import type { ArmSide } from '../core/ports/arm-side.ts';
import type { Bmc } from '../core/ports/bmc.ts';
import type { HostTools } from '../core/ports/host-tools.ts';
import type { Random } from '../core/ports/random.ts';
import { fail, ok } from '../core/result.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';
import { startDaemonSets } from './actors/daemon-sets.ts';
import { startDeployments } from './actors/deployments.ts';
import { startDisruptionBudgets } from './actors/disruption-budgets.ts';
import { imageRegistry } from './actors/image-registry.ts';
import { startJobs } from './actors/jobs.ts';
import { startKubelets, type Kubelets } from './actors/kubelets.ts';
import { startNodeLifecycle } from './actors/node-lifecycle.ts';
import { createPerson, type Person } from './actors/person.ts';
import type { Operator, Program } from './actors/process.ts';
import { startReplicaSets } from './actors/replica-sets.ts';
import { startScheduler } from './actors/scheduler.ts';
import { startStatefulSets } from './actors/stateful-sets.ts';
import { definitionOf } from './field-kinds/field-kind.ts';
import { FIELD_KINDS } from './field-kinds/field-kinds.ts';
import { type ArmFault, type FaultName, type FaultStruck, type PlannedFault, playFaults } from './faults.ts';
import { runOnHost } from './hardware/host-commands.ts';
import { Host, type HostTrouble } from './hardware/host.ts';
import { twinArm } from './hardware/twin-arm.ts';
import { type BmcFault, BmcFaults, twinBmc } from './hardware/twin-bmc.ts';
import { configDaemon } from './programs/config-daemon.ts';
import { gpuDevicePlugin, sriovDevicePlugin } from './programs/device-plugins.ts';
import { networkOperator } from './programs/network-operator.ts';
import { sriovOperator } from './programs/sriov-operator.ts';
import type { Scenario, StandIn } from './scenarios/scenario.ts';
import { createStage, type Stage } from './stage.ts';
import { seededRandom } from './seeded-random.ts';
import { createTwinLog } from './twin-log.ts';
import { startStandIns } from './stand-ins.ts';
import { snapshots } from './twin-snapshot.ts';
import { VirtualClock } from './virtual-clock.ts';
import type { FaultedCall } from './world/world-faults.ts';
import { createWorld, type World } from './world/world.ts';

/** 2025-10-08T06:00:00Z: any fixed time would do. */
const START_MS = 1_759_903_200_000;

const MINUTE_MS = 60_000;

export interface Twin {
  readonly scenario: Scenario;
  readonly seed: number;
  /** When it began, in milliseconds since the Unix epoch. */
  readonly start: number;
  readonly world: World;
  readonly clock: VirtualClock;
  /** A stream of chance of this name, for whoever joins: it disturbs no other. */
  readonly random: (name: string) => Random;
  readonly hosts: ReadonlyMap<string, Host>;
  /** Of a node that has none, a bug: names come from the scenario's fleet. */
  readonly bmc: (node: string) => Bmc;
  readonly bmcFaults: (node: string) => BmcFaults;
  /** Of the BlueField in DPU mode at this PCI address without function; undefined where there is none. */
  readonly arm: (node: string, card: string) => ArmSide | undefined;
  readonly hostTools: (node: string) => HostTools;
  /** Does what a step of a scenario does, now. */
  readonly act: Person;
  /** Lets these things go wrong, from now on (faults.ts). */
  readonly play: (faults: readonly PlannedFault[]) => void;
  /** Called at every strike of a fault, after it stands in the log; the answer ends it. */
  readonly onFault: (listener: (struck: FaultStruck) => void) => () => void;
  readonly runUntil: (time: number) => Promise<void>;
  readonly snapshot: () => Snapshot;
  /** One line for each write, and for each thing that happened outside the API. */
  readonly log: readonly string[];
}

export const createTwin = (scenario: Scenario, seed: number): Twin => {
  const { startMs = START_MS } = scenario;
  const clock = new VirtualClock(startMs);
  const log = createTwinLog(clock);
  // Objects that another twin of this seed has made bear its uids: they must not be drawn once more.
  const uids = scenario.stored === undefined ? 'world' : 'world that goes on';
  const world = createWorld({ clock, random: seededRandom(seed, uids) });
  log.follow(world);
  const faultListeners = new Set<(struck: FaultStruck) => void>();
  const struck = (fault: FaultName, on: string): void => {
    log.note('fault', fault, on);
    for (const listener of faultListeners) listener({ time: clock.now(), fault, on });
  };
  world.faults.onStrike(({ kind }, call) => struck(`api-${kind}`, callWords(call)));
  const hosts = new Map<string, Host>();
  for (const { host } of scenario.fleet) {
    const { name } = host;
    const note = (what: string): void => log.note('host', `Host/${name}`, what);
    const onTrouble = (trouble: HostTrouble): void => struck(`host-${trouble}`, name);
    hosts.set(name, new Host(host, { clock, random: seededRandom(seed, `host ${name}`), note, onTrouble }));
  }
  const stage = createStage({ world, clock, seed, hosts, note: log.note });
  const bmcs = new Map([...hosts].map(([name, host]) => [name, bmcOf(stage, host, struck)]));
  const bmcEntry = (node: string): BmcsOfHost => {
    const found = bmcs.get(node);
    if (found === undefined) throw new Error(`the fleet of ${scenario.name} has no host ${node}`);
    return found;
  };
  const act = createPerson(stage, {
    bmc: (node) => bmcEntry(node).bmc,
    bmcFaults: (node) => bmcEntry(node).faults,
    armFaults: (node) => bmcEntry(node).armFaults,
  });
  const kubelets = startActors(stage, scenario);
  act({ do: 'apply', objects: FIELD_KINDS.map(definitionOf) });
  world.load(scenario.stored ?? []);
  act({ do: 'apply', objects: scenario.objects });
  startStandIns(stage, scenario.standIns ?? [], operators(stage, scenario.release));
  for (const step of scenario.steps) clock.after(step.atMinutes * MINUTE_MS, () => act(step.act));
  return {
    scenario,
    seed,
    start: startMs,
    world,
    clock,
    random: stage.random,
    hosts,
    bmc: (node) => bmcEntry(node).bmc,
    bmcFaults: (node) => bmcEntry(node).faults,
    arm: (node, card) => bmcEntry(node).arms.get(card),
    hostTools: (node) => toolsOf(node, hosts.get(node)),
    act,
    play: (faults) => playFaults({ clock, act, struck }, faults),
    onFault: (listener) => {
      faultListeners.add(listener);
      return () => void faultListeners.delete(listener);
    },
    runUntil: (time) => clock.runUntil(time),
    snapshot: snapshots({ world, hosts, logs: kubelets.logs }),
    log: log.lines,
  };
};

const callWords = ({ verb, plural, name, actor }: FaultedCall): string =>
  `${verb} ${name === undefined ? plural : `${plural}/${name}`} by ${actor}`;

interface BmcsOfHost {
  readonly bmc: Bmc;
  readonly faults: BmcFaults;
  /** By card. */
  readonly arms: ReadonlyMap<string, ArmSide>;
  readonly armFaults: BmcFaults;
}

const bmcOf = (stage: Stage, host: Host, struck: (fault: FaultName, on: string) => void): BmcsOfHost => {
  const { clock, random } = stage;
  const { name } = host;
  const faults = new BmcFaults(random(`bmc faults ${name}`), (fault: BmcFault) => struck(`bmc-${fault}`, name));
  const armFaults = new BmcFaults(random(`arm faults ${name}`), (fault: BmcFault) =>
    struck(`arm-${fault as ArmFault}`, name),
  );
  const arms = host.arms.map((arm) => twinArm(name, arm, clock, random(`arm ${name} ${arm.card}`), armFaults));
  return {
    bmc: twinBmc(host, clock, random(`bmc ${name}`), faults),
    faults,
    arms: new Map(arms.map((arm, at) => [host.arms[at]?.card ?? '', arm])),
    armFaults,
  };
};

const operators = (stage: Stage, release: string): Readonly<Record<StandIn['operator'], Operator>> => ({
  'sriov-network-operator': sriovOperator(stage, release),
  'network-operator': networkOperator(stage),
});

/** Controllers first: they are there when the first object comes. */
const startActors = (stage: Stage, { fleet, release, missingImages = [] }: Scenario): Kubelets => {
  startScheduler(stage);
  startDaemonSets(stage);
  startDeployments(stage);
  startReplicaSets(stage);
  startStatefulSets(stage);
  startJobs(stage);
  startDisruptionBudgets(stage);
  let kubelets: Kubelets | undefined;
  const running = (): Kubelets => {
    if (kubelets === undefined) throw new Error('a program runs before its kubelet');
    return kubelets;
  };
  const programs: Readonly<Record<string, Program>> = {
    'sriov-network-config-daemon': configDaemon(stage),
    'sriov-device-plugin': sriovDevicePlugin(stage, running),
    'nvidia-device-plugin': gpuDevicePlugin(stage, running),
    ...operators(stage, release),
  };
  kubelets = startKubelets(stage, { fleet, programs, registry: imageRegistry(new Set(missingImages)) });
  startNodeLifecycle(stage, kubelets);
  return kubelets;
};

const toolsOf = (node: string, host: Host | undefined): HostTools => ({
  via: `the host ${node} of the twin`,
  ask: async (question) => {
    if (host === undefined) return fail('host-unreachable', `There is no host ${node}; correct the name.`);
    const refusal = host.refusal();
    if (refusal !== undefined) return { ok: false, fault: refusal };
    const command = hostCommand(question, '');
    const { stdout, stderr, exitCode } = runOnHost(host, command);
    return ok({ question, command, output: stdout + stderr, exitCode, truncated: false });
  },
});
