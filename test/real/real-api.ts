/** KubeApi for one of the users of a throw-away cluster. */
import { openKubeApi } from '../../src/adapters/kubernetes/open-kube-api.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { type Cluster, TOKENS } from './cluster.ts';

export const apiOf = async (cluster: Cluster, token: string = TOKENS.admin): Promise<KubeApi> => {
  const opened = await openKubeApi({ kubeconfig: cluster.kubeconfigFor(token), env: {} });
  if (!opened.ok) throw new Error(opened.fault.message);
  return opened.value.api;
};
