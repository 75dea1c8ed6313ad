/** Small objects of address management for the cases of rules: pools of nv-ipam and whereabouts, networks, pods that wait. */
import type { KubeObject } from '../../model/kube-object.ts';
import { operatorNamespace } from './world.ts';
import { anObject } from './world-operator.ts';

/** An IPPool of nv-ipam; `blocks` are `NODE FIRST LAST`. */
export const anIpPool = (
  name: string,
  spec: Readonly<Record<string, unknown>>,
  blocks: readonly string[] = [],
): KubeObject =>
  anObject('nv-ipam.nvidia.com/v1alpha1', 'IPPool', name, {
    spec: { gateway: undefined, ...spec },
    status: {
      allocations: blocks.map((block) => {
        const [nodeName = '', startIP = '', endIP = ''] = block.split(' ');
        return { nodeName, startIP, endIP };
      }),
    },
  });

/** The daemon of nv-ipam on a node, of some release. */
export const anIpamDaemon = (tag: string, node = 'a'): KubeObject =>
  anObject('v1', 'Pod', `nv-ipam-node-${node}`, {
    spec: { nodeName: node, containers: [{ name: 'nv-ipam-node', image: `ghcr.io/mellanox/nvidia-k8s-ipam:${tag}` }] },
    status: { phase: 'Running' },
  });

/** A warning that the kubelet wrote about a pod. */
export const aPodEvent = (
  pod: string,
  message: string,
  reason = 'FailedCreatePodSandBox',
  namespace = 'jobs',
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${pod}.1`, namespace },
  involvedObject: { kind: 'Pod', name: pod, namespace },
  type: 'Warning',
  reason,
  message,
});

/** A pod of a user: waiting in ContainerCreating unless it is said to be up. */
export const aUserPod = (name: string, node = 'a', isUp = false): KubeObject =>
  anObject(
    'v1',
    'Pod',
    name,
    {
      spec: { nodeName: node, containers: [{ name: 'main', image: 'registry.example.net/app:v1' }] },
      status: {
        phase: isUp ? 'Running' : 'Pending',
        conditions: [{ type: 'Ready', status: isUp ? 'True' : 'False' }],
      },
    },
    'jobs',
  );

/** A pool of whereabouts; allocations by offset from the first address of the range: `OFFSET -> NAMESPACE/POD`. */
export const aWhereaboutsPool = (range: string, allocations: Readonly<Record<string, string>>): KubeObject =>
  anObject('whereabouts.cni.cncf.io/v1alpha1', 'IPPool', range.replace('/', '-'), {
    metadata: { name: range.replace('/', '-'), namespace: operatorNamespace },
    spec: {
      range,
      allocations: Object.fromEntries(
        Object.entries(allocations).map(([offset, podref]) => [offset, { id: `c${offset}`, podref, ifname: 'net1' }]),
      ),
    },
  });
