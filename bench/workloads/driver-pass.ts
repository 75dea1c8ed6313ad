/**
 * One pass of the driver upgrade manager over 10,000 nodes in memory (workload U): nothing to do, everything outdated,
 * and a roll-out half way. The peer is the upgrade manager of NVIDIA's k8s-operator-libs on the same world, its API
 * replaced by maps. The check sum covers every node's state and cordon and every deleted pod after the pass.
 */
import { afterWrites } from '../../src/core/driver/after-pass.ts';
import { OFED_KEYS } from '../../src/core/driver/driver-keys.ts';
import { isUnschedulable, nodeLabel } from '../../src/core/driver/managed-node.ts';
import { takePass } from '../../src/core/driver/upgrade-pass.ts';
import type { Write } from '../../src/core/driver/write.ts';
import { driverPolicy, driverWorld, SCENARIOS } from '../driver-world.ts';
import type { Scenario } from '../driver-world.ts';
import { runGoPeer } from '../go-peer.ts';
import { fnv1a, showSum } from '../random.ts';

const NODES = 10_000;
const ROUNDS = 5;

interface Figures {
  readonly scenario: Scenario;
  readonly seconds: number;
  /** Processor time of the same runs, for machines that are busy with other work; the peer does not tell it. */
  readonly cpuSeconds?: number;
  /** Patches of labels and annotations. */
  readonly patches: number;
  /** Cordons, uncordons, pod deletions. */
  readonly otherWrites: number;
  readonly checksum: string;
}

const PATCHES: readonly Write['do'][] = ['set-state', 'annotate', 'drop-annotation'];

const measure = (scenario: Scenario): Figures => {
  const input = driverWorld(scenario, NODES);
  const policy = driverPolicy(NODES);
  const pass = () => takePass(input, policy, { now: 1_764_000_000 });
  const { writes } = pass();
  const cpu = process.cpuUsage();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    pass();
    return (performance.now() - start) / 1000;
  });
  const { user, system } = process.cpuUsage(cpu);
  const patches = writes.filter((write) => PATCHES.includes(write.do)).length;
  const states = afterWrites(input, writes).nodes.map(
    (node) => `${node.metadata.name} ${nodeLabel(node, OFED_KEYS.state) ?? ''} ${isUnschedulable(node)}\n`,
  );
  const deleted = writes.flatMap((write) => (write.do === 'delete-driver-pod' ? [`deleted ${write.pod}\n`] : []));
  return {
    scenario,
    seconds: times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0,
    cpuSeconds: (user + system) / 1e6 / ROUNDS,
    patches,
    otherWrites: writes.length - patches,
    checksum: showSum([...states, ...deleted].reduce((sum, line) => fnv1a(line, sum), fnv1a(''))),
  };
};

const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(0)} ms`;

const words = ({ scenario, seconds, cpuSeconds, patches, otherWrites }: Figures): string =>
  `${scenario} ${milliseconds(seconds)} (${cpuSeconds === undefined ? '' : `cpu ${milliseconds(cpuSeconds)}, `}${patches} + ${otherWrites} writes)`;

const besidePeer = (ours: readonly Figures[]): string => {
  const peer = runGoPeer('driver-pass', ['-nodes', String(NODES), '-runs', '1']);
  if (!peer.ran) return `k8s-operator-libs not run: ${peer.because}`;
  const theirs = peer.lines.map((line) => JSON.parse(line) as Figures);
  const same = ours.every((mine) =>
    theirs.some(
      (other) =>
        other.scenario === mine.scenario &&
        other.checksum === mine.checksum &&
        other.patches === mine.patches &&
        other.otherWrites === mine.otherWrites,
    ),
  );
  return `k8s-operator-libs ${theirs.map(words).join(', ')}; ${same ? 'same writes and states' : 'WRITES OR STATES DIFFER'}`;
};

export const workload = {
  name: 'driver-pass',
  aim: 'each of three scenarios over 10,000 nodes in at most 0.10 s (k8s-operator-libs 0.29 to 0.74 s)',
  run: (): { checksum: string; seconds: number; detail: string } => {
    const figures = SCENARIOS.map(measure);
    return {
      checksum: figures.map(({ checksum }) => checksum).join('/'),
      seconds: Math.max(...figures.map(({ seconds }) => seconds)),
      detail: `${figures.map(words).join(', ')}; ${besidePeer(figures)}`,
    };
  },
};
