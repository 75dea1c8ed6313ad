/** 10,000 nodes with 100,000 pods that do nothing for one virtual day: heartbeats are computed, so that nothing is stepped. */
import { digText } from '../../src/core/model/dig.ts';
import { PODS } from '../../src/core/model/kube-resource.ts';
import { fnv1a, showSum } from '../random.ts';
import { createPods, heldBytes, plainTwin } from '../twin-world.ts';
import type { Measured, Workload } from '../workload.ts';

const NODES = 10_000;
const PODS_COUNT = 100_000;
const HOUR_MS = 3_600_000;

const since = (began: number): number => (performance.now() - began) / 1000;

const run = async (): Promise<Measured> => {
  const atFirst = heldBytes();
  const twin = plainTwin(NODES);
  await twin.clock.run(HOUR_MS / 6);
  const withNodes = heldBytes();
  const began = performance.now();
  createPods(twin.world.actor('bench'), PODS_COUNT, NODES);
  await twin.clock.run(HOUR_MS / 6);
  const filled = since(began);
  const withPods = heldBytes();
  const running = twin.world
    .actor('bench')
    .list(PODS)
    .filter((pod) => digText(pod, 'status', 'phase') === 'Running').length;
  const lines = twin.log.length;
  const idle = performance.now();
  await twin.clock.run(24 * HOUR_MS);
  const seconds = since(idle);
  const perNode = Math.round((withNodes - atFirst) / NODES / 1024);
  const perPod = ((withPods - withNodes) / PODS_COUNT / 1024).toFixed(1);
  return {
    seconds,
    checksum: showSum(fnv1a(`${running} ${lines} ${twin.log.at(-1)}`)),
    detail: `${running} pods run after ${filled.toFixed(1)} s; ${perNode} KB a node, ${perPod} KB a pod (with their log of ${lines} lines); ${twin.log.length - lines} writes in the day`,
  };
};

export const workload: Workload = {
  name: `twin, ${NODES} nodes and ${PODS_COUNT} pods idle for one virtual day`,
  aim: '< 60 s',
  run,
};
