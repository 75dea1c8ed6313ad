/** Makes all versions of before too old at a real API server. */
import { NAMESPACES } from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import type { Cluster } from './cluster.ts';

/**
 * etcd forgets all versions but the newest. kube-apiserver still knows the last events of its own, so it starts anew;
 * what is asked of an older version then is answered with 410, as after any restart in the field.
 */
export const forgetHistory = async (cluster: Cluster, api: KubeApi): Promise<void> => {
  const listed = await api.list(NAMESPACES);
  if (!listed.ok) throw new Error(listed.fault.message);
  const body = JSON.stringify({ revision: listed.value.resourceVersion, physical: true });
  const answer = await fetch(`${cluster.etcd}/v3/kv/compaction`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`etcd did not compact: ${answer.status} ${await answer.text()}`);
  await cluster.restartApiServer();
};
