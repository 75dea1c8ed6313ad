/** One run: a cluster, a rollout and the faults of a seed, from submission to the end, with the safety rules watching. */
import { runRolloutController } from '../../src/controllers/rollout/rollout-controller.ts';
import type { RolloutPorts } from '../../src/controllers/rollout/rollout-ports.ts';
import { VISIT_DECIDERS, type VisitDeciders } from '../../src/controllers/rollout/visit-deciders.ts';
import { changeRollout } from '../../src/app/apply/rollouts.ts';
import { twinPorts, CONTROLLER_USER } from '../../src/app/twin-cluster/twin-ports.ts';
import { rolloutDefinition } from '../../src/core/model/crd/rollout-definition.ts';
import { ROLLOUTS, rolloutStatus, type RolloutStatus } from '../../src/core/model/crd/rollout.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NODES } from '../../src/core/model/kube-resource.ts';
import { dig } from '../../src/core/model/dig.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import type { Stage } from '../../src/core/visit/stages.ts';
import { actOf, API_FAULT_NAMES, NODE_FAULT_NAMES, type FaultName, type PlannedFault } from '../../src/twin/faults.ts';
import { FULL_LINK, type Adapter } from '../../src/twin/hardware/adapter.ts';
import { seededRandom } from '../../src/twin/seeded-random.ts';
import { createTwin, type Twin } from '../../src/twin/twin.ts';
import { drawing, rolloutOfSeed, WANTED, type SimulatedRollout } from './cluster-of-seed.ts';
import { endRules, watchSafety } from './safety-rules.ts';
import { watchedPorts } from './watched-ports.ts';

export const FAULTS: readonly FaultName[] = [...API_FAULT_NAMES, ...NODE_FAULT_NAMES];

/** Stages that a fault can meet; those of a visit that is over are none. */
export const MET_STAGES: readonly Stage[] = [
  'quiet',
  'cordon',
  'jobs',
  'drain',
  'tasks',
  'restart',
  'verify',
  'release',
  'prove',
  'uncordon',
];

export interface RunOptions {
  readonly seed: number;
  /** Begins this fault when a visit enters this stage; absent: by the seed, so that seeds in a row go through the table. */
  readonly meet?: { readonly fault: FaultName; readonly stage: Stage } | 'nothing';
  readonly deciders?: VisitDeciders;
  /** Changes what the controller is handed, for guards that stand in a port. */
  readonly alter?: (ports: RolloutPorts, twin: Twin) => RolloutPorts;
  readonly log?: Log;
  /** The process dies after this effect, and another one takes over. */
  readonly diesAfter?: number;
  readonly rollout?: SimulatedRollout;
}

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly string[];
  /** `fault stage` for each stage that a visit was in while a fault was on. */
  readonly met: ReadonlySet<string>;
  readonly status: RolloutStatus;
  readonly effects: number;
  readonly isComplete: boolean;
  /** The process died at the effect that was named. */
  readonly died: boolean;
  /** What is left at the end, to be compared with another run of the seed. */
  readonly endState: string;
  readonly twin: Twin;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SETTLE_MS = 4 * MINUTE;
const NAME = 'simulated';

const plannedFault = (fault: FaultName, node: string, forSeconds: number): PlannedFault => {
  const when = { atSeconds: 0, forSeconds };
  const api = API_FAULT_NAMES.find((name) => name === fault);
  if (api !== undefined) return { ...when, fault: api, callers: [CONTROLLER_USER] };
  const own = NODE_FAULT_NAMES.find((name) => name === fault);
  if (own === undefined) throw new Error(`there is no fault ${fault}`);
  return { ...when, fault: own, node };
};

const cellOf = (seed: number): { readonly fault: FaultName; readonly stage: Stage } => {
  const at = seed % (FAULTS.length * MET_STAGES.length);
  const fault = FAULTS[Math.floor(at / MET_STAGES.length)];
  const stage = MET_STAGES[at % MET_STAGES.length];
  if (fault === undefined || stage === undefined) throw new Error('the table has no such cell');
  return { fault, stage };
};

const submit = async (twin: Twin, rollout: SimulatedRollout): Promise<void> => {
  const api = twin.world.api();
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  if (rollout.isStaged)
    for (const name of rollout.nodes)
      for (const pci of rollout.pcis) twin.hosts.get(name)?.adapterOf(pci)?.stage('NUM_OF_VFS', WANTED);
  const made = await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: NAME },
    spec: rollout.spec,
  });
  if (!made.ok) throw new Error(made.fault.message);
};

const statusOf = (twin: Twin): RolloutStatus => {
  const found = twin.world.actor('end').get(ROLLOUTS, { name: NAME });
  return rolloutStatus.parse(found?.['status'] ?? {});
};

const isWorn = ({ link, isPortDown }: Adapter): boolean =>
  isPortDown || link.gtPerSecond < FULL_LINK.gtPerSecond || link.lanes < FULL_LINK.lanes;

const endState = (twin: Twin, { nodes, pcis }: SimulatedRollout): string =>
  JSON.stringify(
    nodes.map((name) => {
      const node = twin.world.actor('end').get(NODES, { name });
      const host = twin.hosts.get(name);
      return {
        name,
        cordoned: dig(node, 'spec', 'unschedulable') === true,
        ours: Object.keys({ ...node?.metadata.annotations, ...node?.metadata.labels })
          .filter((key) => key.startsWith('nicwright.dev/'))
          .toSorted(),
        settings: pcis.map((pci) => host?.adapterOf(pci)?.current('NUM_OF_VFS')),
        up: host?.isUp,
      };
    }),
  );

export const runSeed = async (options: RunOptions): Promise<RunResult> => {
  const { seed, meet = cellOf(seed), deciders = VISIT_DECIDERS, alter = (ports) => ports, log = silentLog } = options;
  const random = seededRandom(seed, 'simulation');
  const rollout = options.rollout ?? rolloutOfSeed(random, seededRandom(seed, 'dpus'));
  const draw = drawing(random);
  const twin = createTwin(rollout.scenario, seed);
  await twin.runUntil(twin.start + SETTLE_MS);
  await submit(twin, rollout);
  const safety = watchSafety(twin, rollout, meet === 'nothing');

  const met = new Set<string>();
  const on: { readonly fault: FaultName; readonly node: string | undefined; readonly until: number }[] = [];
  const strike = (planned: PlannedFault): void => {
    const node = 'node' in planned ? planned.node : undefined;
    on.push({ fault: planned.fault, node, until: twin.clock.now() + Math.max(1, planned.forSeconds) * 1000 });
    twin.act(actOf(planned));
    for (const name of rollout.nodes) notice(name);
  };
  const notice = (name: string): void => {
    const stage = safety.journalOf(name)?.stage;
    if (stage === undefined) return;
    for (const { fault, node, until } of on)
      if ((node === undefined || node === name) && twin.clock.now() <= until) met.add(`${fault} ${stage}`);
  };
  let isDue = meet !== 'nothing';
  twin.world.subscribe(NODES, ({ object }) => {
    const { name } = object.metadata;
    if (meet !== 'nothing' && isDue && safety.journalOf(name)?.stage === meet.stage) {
      isDue = false;
      const planned = plannedFault(meet.fault, name, 60 + draw.below(1200));
      strike(planned);
    }
    notice(name);
  });
  if (meet !== 'nothing')
    for (let extra = draw.below(3); extra > 0; extra -= 1) {
      const planned = plannedFault(draw.pick(FAULTS), draw.pick(rollout.nodes), 60 + draw.below(900));
      twin.clock.after(draw.below(60 * 60) * 1000, () => strike(planned));
    }

  let effects = 0;
  let died = false;
  const alive = async (until: () => boolean, mostMs: number): Promise<void> => {
    const stop = new AbortController();
    const watched = watchedPorts(
      alter({ ...twinPorts(twin), log }, twin),
      { ...safety.eye, ...(options.diesAfter !== undefined && !died && { diesAfter: options.diesAfter }) },
      () => {
        died = true;
        stop.abort();
      },
    );
    const running = runRolloutController(watched.ports, stop.signal, {
      mayAct: () => !watched.isDead(),
      deciders,
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    const end = twin.clock.now() + mostMs;
    await twin.runUntil(twin.clock.now() + 5 * MINUTE);
    while (!until() && !stop.signal.aborted && twin.clock.now() < end)
      await twin.runUntil(twin.clock.now() + 5 * MINUTE);
    stop.abort();
    if (!watched.isDead()) await running;
    effects += watched.effects();
  };

  const submitted = twin.clock.now();
  /** Complete, held, or kept back at a gate for so long that only a person can help. */
  const isDone = (): boolean => {
    const { conditions, visiting, held } = statusOf(twin);
    const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    const isOld = twin.clock.now() - submitted > 3 * HOUR;
    return isReady || (visiting.length === 0 && (held.length > 0 || isOld));
  };
  const isComplete = (): boolean =>
    statusOf(twin).conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

  await alive(isDone, 12 * HOUR);
  // Whoever died is followed by another process.
  if (died) await alive(isDone, 12 * HOUR);
  // A person looks at what is held and lets it try again; by then the faults are over.
  for (let tries = 0; tries < 3 && !isComplete(); tries += 1) {
    await twin.runUntil(twin.clock.now() + HOUR / 2);
    for (const [node, { power }] of twin.hosts) if (power === 'off') twin.act({ do: 'power', node, request: 'on' });
    // The way out of a link or a port that came back worse.
    const worn = [...twin.hosts].filter(
      ([node, host]) => safety.journalOf(node)?.stage === 'held' && host.adapters.some(isWorn),
    );
    for (const [node] of worn) twin.act({ do: 'restart', node });
    if (worn.length > 0) await twin.runUntil(twin.clock.now() + HOUR / 2);
    // A person's own calls: faults of the controller's do not strike them, so that no time has to pass for them.
    await changeRollout(twin.world.api(), NAME, 'resume', twin.clock.now());
    await alive(isDone, 8 * HOUR);
  }
  return {
    seed,
    violations: [...safety.violations, ...endRules(twin, rollout)],
    met,
    status: statusOf(twin),
    effects,
    isComplete: isComplete(),
    died,
    endState: endState(twin, rollout),
    twin,
  };
};

/** How a run of a seed is seen once more. */
export const replayLine = (seed: number): string => `npm run -s simulate -- --seed ${seed}`;
