/** The adapter keeps the KubeApi contract on a real kube-apiserver. What is surprising there is in docs/kubernetes-api.md. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { kubeApiContract } from '../../src/testing/contracts/kube-api.contract.ts';
import { startCluster, TOKENS } from './cluster.ts';
import { forgetHistory } from './forget-history.ts';
import { startKubeletStub } from './kubelet-stub.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');

describe.skipIf(parts.absent)(parts.title('kube-apiserver'), () => {
  kubeApiContract('the adapter on a real kube-apiserver', async () => {
    const cluster = await startCluster();
    const stub = await startKubeletStub(cluster.pki);
    const api = await apiOf(cluster);
    await stub.addNode(api, 'kubelet-stub');
    return {
      world: {
        api,
        alice: await apiOf(cluster, TOKENS.alice),
        forgetHistory: () => forgetHistory(cluster, api),
        sleep: (ms) => sleep(ms),
        startPod: (pod, answers) => stub.startPod(api, 'kubelet-stub', pod, answers),
      },
      stop: async () => {
        await stub.stop();
        await cluster.stop();
      },
    };
  });
});
