/** What a node has left: allocatable minus the requests of the pods that are on it and not finished. */
import { digFlag, digList, digMap, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Labels } from '../model/label-selector.ts';
import { quantityMilli } from '../model/quantity.ts';
import type { Taint } from '../model/taint.ts';
import { podDemand, type Amounts, type HostPort, type PodDemand } from './pod-demand.ts';

export interface NodeRoom {
  readonly name: string;
  readonly labels: Labels;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  readonly allocatable: Amounts;
  readonly used: Amounts;
  readonly pods: readonly PodDemand[];
  readonly hostPorts: readonly HostPort[];
}

const isFinished = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].includes(digText(pod, 'status', 'phase') ?? '');

const sum = (pods: readonly PodDemand[]): Amounts => {
  const used = new Map<string, bigint>();
  for (const { requests } of pods)
    for (const [name, amount] of requests) used.set(name, (used.get(name) ?? 0n) + amount);
  return used;
};

/** `pods` may hold pods of other nodes; only those bound to this one and not finished count. */
export const nodeRoom = (node: KubeObject, pods: readonly KubeObject[]): NodeRoom =>
  withPods(
    emptyRoom(node),
    pods
      .filter((pod) => digText(pod, 'spec', 'nodeName') === node.metadata.name && !isFinished(pod))
      .map((pod) => podDemand(pod)),
  );

/** The room with these pods on it. */
export const withPods = (room: NodeRoom, pods: readonly PodDemand[]): NodeRoom => ({
  ...room,
  used: sum(pods),
  pods,
  hostPorts: pods.flatMap(({ hostPorts }) => hostPorts),
});

/** The node as if nothing ran on it. */
export const emptyRoom = (node: KubeObject): NodeRoom => {
  return {
    name: node.metadata.name,
    labels: digTexts(node, 'metadata', 'labels'),
    unschedulable: digFlag(node, 'spec', 'unschedulable') === true,
    taints: digList(node, 'spec', 'taints').flatMap((taint) => {
      const key = digText(taint, 'key');
      const effect = digText(taint, 'effect');
      const value = digText(taint, 'value');
      return key === undefined || effect === undefined
        ? []
        : [{ key, effect, ...(value === undefined ? {} : { value }) }];
    }),
    allocatable: new Map(
      Object.entries(digMap(node, 'status', 'allocatable')).flatMap(([name, quantity]) => {
        const milli = quantityMilli(quantity);
        return milli === undefined ? [] : [[name, milli] as const];
      }),
    ),
    used: new Map(),
    pods: [],
    hostPorts: [],
  };
};
