/** The world keeps the KubeApi contract that the real kube-apiserver keeps too (test/real/kube-api.real.test.ts). */
import { PODS } from '../../core/model/kube-resource.ts';
import { kubeApiContract } from '../../testing/contracts/kube-api.contract.ts';
import type { ContainerAnswers } from '../../testing/contracts/kube-api/world.ts';
import { good } from '../../testing/contracts/kube-api/world.ts';
import { seededRandom } from '../seeded-random.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { createWorld } from './world.ts';

kubeApiContract('the twin', async () => {
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
  const api = world.api();
  return {
    world: {
      api,
      alice: world.api({ username: 'alice', groups: ['team-a', 'team-b'] }),
      forgetHistory: async () => world.forgetHistory(),
      sleep: (ms) => clock.run(ms),
      startPod: async (pod, answers) => {
        const { uid = '' } = good(await api.create(PODS, pod)).metadata;
        started.set(uid, answers);
      },
    },
  };
});
