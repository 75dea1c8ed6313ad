/**
 * The members of etcd, as far as the cluster shows them: static pods of kubeadm and RKE2 (kube-system, component=etcd) and
 * of OpenShift (openshift-etcd, app=etcd). An etcd that runs outside of pods shows none, and counts as unknown.
 */
import { digText } from '../model/dig.ts';
import { isReady } from '../drain/pod-facts.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { told, untold, type Told } from './told.ts';

export interface EtcdMember {
  readonly pod: string;
  readonly node: string;
  readonly ready: boolean;
}

/** Where to look for them. */
export const ETCD_PODS = [
  { namespace: 'kube-system', labelSelector: 'component=etcd' },
  { namespace: 'openshift-etcd', labelSelector: 'app=etcd' },
] as const;

export const etcdMembers = (pods: readonly KubeObject[]): Told<readonly EtcdMember[]> =>
  pods.length === 0
    ? untold('no pod of etcd is seen')
    : told(
        pods.map((pod) => ({
          pod: pod.metadata.name,
          node: digText(pod, 'spec', 'nodeName') ?? '',
          ready: isReady(pod),
        })),
      );

/** Why etcd might lose its quorum while this node is out; undefined where it is proved that it would not. */
export const etcdAtRisk = (members: Told<readonly EtcdMember[]>, node: string): string | undefined => {
  if (!members.known) return `whether etcd keeps its quorum without ${node} is not known: ${members.because}`;
  const others = members.value.filter((member) => member.node !== node);
  const down = others.filter(({ ready }) => !ready);
  if (down.length > 0) return `${down.map(({ pod }) => pod).join(', ')} is not Ready, and etcd has no member to spare`;
  return others.length > members.value.length / 2
    ? undefined
    : `only ${others.length} of ${members.value.length} members of etcd would be up, and it needs more than half`;
};
