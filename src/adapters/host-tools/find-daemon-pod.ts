/** The pod of the SR-IOV config daemon on a node, where one runs: the way to its host that is there without us. */
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS } from '../../core/model/kube-resource.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { ok, type Result } from '../../core/result.ts';
import type { DaemonPod, ExecLimits } from './daemon-pod.ts';

/** Name of the DaemonSet, its label `app`, and its container. */
export const DAEMON = 'sriov-network-config-daemon';
export const POD_LIMITS: ExecLimits = { timeoutMs: 60_000, maxBytes: 1_000_000 };

export const runs = (pod: KubeObject): boolean =>
  digText(pod, 'status', 'phase') === 'Running' && pod.metadata.deletionTimestamp === undefined;

export const findDaemonPod = async (api: KubeApi, node: string): Promise<Result<DaemonPod | undefined>> => {
  const page = await api.list(PODS, { labelSelector: `app=${DAEMON}`, fieldSelector: `spec.nodeName=${node}` });
  if (!page.ok) return page;
  const pod = page.value.items.find(runs);
  if (pod === undefined) return ok(undefined);
  return ok({ namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name, container: DAEMON });
};
