/** The twin keeps the KubeApi contract over HTTPS too, asked by the adapter that talks to real clusters. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKubeApi } from '../../adapters/kubernetes/open-kube-api.ts';
import { PODS } from '../../core/model/kube-resource.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { kubeApiContract } from '../../testing/contracts/kube-api.contract.ts';
import { type ContainerAnswers, good } from '../../testing/contracts/kube-api/world.ts';
import { seededRandom } from '../../twin/seeded-random.ts';
import { VirtualClock } from '../../twin/virtual-clock.ts';
import { createWorld } from '../../twin/world/world.ts';
import { serveTwin } from './serve-twin.ts';

kubeApiContract('the adapter on the twin over HTTPS', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20));
  // The contract asks the API server, which has no controllers beside it.
  const world = createWorld({ clock, random: seededRandom(1, 'contract'), garbageCollector: false });
  const started = new Map<string, ContainerAnswers>();
  world.hostContainers({
    log: ({ metadata }, container, previous) => {
      const answers = started.get(metadata.uid ?? '');
      return (previous ? answers?.previousLogs : answers?.logs)?.[container];
    },
    exec: ({ metadata }, _container, command) =>
      started.get(metadata.uid ?? '')?.exec(command) ?? { exitCode: 1, stderr: 'not started\n' },
  });
  const bugs: unknown[] = [];
  const users = new Map([['alice-token', { username: 'alice', groups: ['team-a', 'team-b'] }]]);
  const onBug = (bug: unknown): void => void bugs.push(bug);
  const served = await serveTwin({ world, clock, speed: 1, port: 0, now: Date.now(), users, onBug });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-twin-api-'));
  const open = async (name: string, kubeconfig: string): Promise<KubeApi> => {
    const file = path.join(folder, name);
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    const opened = await openKubeApi({ kubeconfig: file, env: {} });
    if (!opened.ok) throw new Error(opened.fault.message);
    return opened.value.api;
  };
  const api = await open('admin', served.kubeconfig);
  return {
    world: {
      api,
      alice: await open('alice', served.kubeconfigFor('alice-token')),
      forgetHistory: async () => world.forgetHistory(),
      sleep: (ms) => sleep(ms),
      startPod: async (pod, answers) => {
        const { uid = '' } = good(await api.create(PODS, pod)).metadata;
        started.set(uid, answers);
      },
    },
    stop: async () => {
      await served.stop();
      rmSync(folder, { recursive: true });
      if (bugs.length > 0) throw bugs[0];
    },
  };
});
