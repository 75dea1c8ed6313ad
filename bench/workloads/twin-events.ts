/** Writes to the twin's world, each told to a subscriber and counted: statuses of 20,000 pods, as kubelets write them. */
import { PODS } from '../../src/core/model/kube-resource.ts';
import { seededRandom } from '../../src/twin/seeded-random.ts';
import { VirtualClock } from '../../src/twin/virtual-clock.ts';
import { createWorld } from '../../src/twin/world/world.ts';
import { fnv1a, showSum } from '../random.ts';
import { createPods } from '../twin-world.ts';
import type { Measured, Workload } from '../workload.ts';

const COUNT = 20_000;
const ROUNDS = 10;
const NODES = 200;

const statusOf = (round: number): Readonly<Record<string, unknown>> => {
  const isReady = round % 2 === 0;
  const startedAt = '2026-01-01T00:00:00Z';
  return {
    phase: 'Running',
    podIP: '10.0.0.1',
    conditions: [
      { type: 'Ready', status: isReady ? 'True' : 'False', lastProbeTime: null, lastTransitionTime: startedAt },
    ],
    containerStatuses: [
      {
        name: 'main',
        ready: isReady,
        restartCount: round,
        image: 'registry.example/app:1',
        imageID: '',
        state: { running: { startedAt } },
        lastState: {},
      },
    ],
  };
};

const run = (): Measured => {
  const world = createWorld({ clock: new VirtualClock(Date.UTC(2026, 0, 1)), random: seededRandom(1, 'bench') });
  const actor = world.actor('kubelet');
  let told = 0;
  world.subscribe(PODS, () => (told += 1));
  const beginning = performance.now();
  createPods(actor, COUNT, NODES);
  const created = COUNT / ((performance.now() - beginning) / 1000);
  const began = performance.now();
  const used = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1)
    for (let at = 0; at < COUNT; at += 1) {
      const key = { name: `pod-${String(at).padStart(6, '0')}`, namespace: 'default' };
      const body = { status: statusOf(round) };
      const written = actor.patch(PODS, key, { type: 'merge', body }, { subresource: 'status' });
      if (!written.ok) throw new Error(written.fault.message);
    }
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  const perSecond = Math.round((COUNT * ROUNDS) / seconds);
  const perCpuSecond = Math.round((COUNT * ROUNDS * 1e6) / (user + system));
  return {
    seconds,
    checksum: showSum(fnv1a(`${told} ${world.resourceVersion()}`)),
    detail: `${perSecond} status writes/s (${perCpuSecond} a second of processor time), ${Math.round(created)} creations/s, ${told} told`,
  };
};

export const workload: Workload = {
  name: `twin, ${COUNT * ROUNDS} writes, each told to a subscriber`,
  aim: '> 100,000/s',
  run,
};
