/**
 * Which nodes a DaemonSet wants a pod on: selector and affinity of its template, and the taints that its pods tolerate by
 * themselves (kubernetes pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). Room on the node does not count.
 */
import { dig, digList, digTexts, digFlag } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { selectsNode } from '../model/node-selector.ts';
import { untolerated, type Toleration } from '../model/taint.ts';
import { nodeRoom } from './node-room.ts';

const exists = (key: string, effect: string): Toleration => ({ key, operator: 'Exists', effect });

const OWN_TOLERATIONS: readonly Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
];

export interface DaemonSetVerdict {
  readonly node: string;
  readonly wants: boolean;
  /** A pod that is there already stays: only a taint that ends pods ends it (daemon_controller.go, shouldContinueRunning). */
  readonly keeps: boolean;
  readonly because: string;
}

/** The verdict for each node, in the order given. */
export const daemonSetNodes = (daemonSet: KubeObject, nodes: readonly KubeObject[]): readonly DaemonSetVerdict[] => {
  const spec = dig(daemonSet, 'spec', 'template', 'spec');
  const selector = digTexts(spec, 'nodeSelector');
  const required = dig(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const hostNetwork =
    digFlag(spec, 'hostNetwork') === true ? [exists('node.kubernetes.io/network-unavailable', 'NoSchedule')] : [];
  const tolerations = [...(digList(spec, 'tolerations') as readonly Toleration[]), ...OWN_TOLERATIONS, ...hostNetwork];
  return nodes.map((node) => {
    const room = nodeRoom(node, []);
    const missing = Object.entries(selector).filter(([key, value]) => room.labels[key] !== value);
    if (missing.length > 0)
      return {
        node: room.name,
        wants: false,
        keeps: false,
        because: `${room.name} lacks ${missing.map(([key, value]) => `${key}=${value}`).join(', ')}`,
      };
    if (required !== undefined && !selectsNode(required, room))
      return {
        node: room.name,
        wants: false,
        keeps: false,
        because: `${room.name} does not match the node affinity`,
      };
    const repelling = untolerated(
      room.taints.filter(({ effect }) => effect !== 'PreferNoSchedule'),
      tolerations,
    );
    const [taint] = repelling;
    if (taint !== undefined)
      return {
        node: room.name,
        wants: false,
        keeps: repelling.every(({ effect }) => effect !== 'NoExecute'),
        because: `${room.name} has the taint ${taint.key}:${taint.effect}, which the pods do not tolerate`,
      };
    return { node: room.name, wants: true, keeps: true, because: `${room.name} matches selector and affinity` };
  });
};
