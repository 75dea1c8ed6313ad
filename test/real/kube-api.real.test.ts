/** The adapter keeps the KubeApi contract on a real kube-apiserver. What is surprising there is in docs/kubernetes-api.md. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { NAMESPACES } from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { kubeApiContract } from '../../src/testing/contracts/kube-api.contract.ts';
import { type Cluster, startCluster, TOKENS } from './cluster.ts';
import { startKubeletStub } from './kubelet-stub.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');

/**
 * etcd forgets all versions but the newest. kube-apiserver still knows the last events of its own, so it starts anew;
 * what is asked of an older version then is answered with 410, as after any restart in the field.
 */
const forgetHistory = async (cluster: Cluster, api: KubeApi): Promise<void> => {
  const listed = await api.list(NAMESPACES);
  if (!listed.ok) throw new Error(listed.fault.message);
  const body = JSON.stringify({ revision: listed.value.resourceVersion, physical: true });
  const answer = await fetch(`${cluster.etcd}/v3/kv/compaction`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`etcd did not compact: ${answer.status} ${await answer.text()}`);
  await cluster.restartApiServer();
};

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
