/** No pass gets past its snapshot, so every node of the manager stands still: which DaemonSet and which node are to blame (D1). */
import { digNumber } from '../../model/dig.ts';
import { daemonSetNodes } from '../../placement/daemonset-nodes.ts';
import type { DriverManager } from '../driver-managers.ts';
import { isTerminating } from '../../drain/pod-facts.ts';
import { podNode } from '../driver-pod.ts';
import { isNodeReady, objectName } from '../managed-node.ts';
import type { PassResult } from '../upgrade-pass.ts';
import { named } from '../wording.ts';
import type { Explanation, Todo } from './explanation.ts';

export const explainFrozen = (
  manager: DriverManager,
  { fault, gaps }: PassResult,
): Pick<Explanation, 'because' | 'next' | 'todo' | 'defects' | 'unknown'> => {
  const suspects = suspectsOf(manager);
  return {
    because: `the upgrade stands still for all nodes: ${fault?.message ?? 'its snapshot fails'}${suspects.length > 0 ? ` (${named(suspects)})` : ''}`,
    next: 'nothing on any node until the numbers agree; a pod that is being made anew settles by itself',
    todo: todoOf(manager),
    defects: ['D1', 'D23'],
    unknown: [...manager.gaps, ...gaps],
  };
};

/** What may explain a wrong number of driver pods. */
const suspectsOf = ({ input }: DriverManager): readonly string[] => [
  ...input.driverPods.filter((pod) => podNode(pod) === '').map((pod) => `pod ${objectName(pod)} has no node yet`),
  ...input.driverPods.filter(isTerminating).map((pod) => `pod ${objectName(pod)} on ${podNode(pod)} is terminating`),
  ...nodesWithoutPod(input).map((node) => `${node} has no driver pod`),
];

/** Nodes that a driver DaemonSet wants and that have no driver pod. */
const nodesWithoutPod = ({ nodes, daemonSets, driverPods }: DriverManager['input']): readonly string[] => {
  const served = new Set(driverPods.map(podNode));
  const unserved = nodes.filter((node) => !served.has(objectName(node)));
  const wanted = new Set(
    daemonSets.flatMap((daemonSet) =>
      daemonSetNodes(daemonSet, unserved).flatMap(({ node, wants }) => (wants ? [node] : [])),
    ),
  );
  return unserved
    .filter((node) => wanted.has(objectName(node)))
    .map((node) => `node ${objectName(node)}${isNodeReady(node) ? '' : ' (not Ready)'}`);
};

const todoOf = ({ input }: DriverManager): readonly Todo[] =>
  input.daemonSets
    .filter((daemonSet) => (digNumber(daemonSet, 'status', 'desiredNumberScheduled') ?? 0) > 0)
    .slice(0, 1)
    .map((daemonSet) => ({
      what: 'find the node that lacks its driver pod, and mend or remove it',
      command: `kubectl get pods -n ${daemonSet.metadata.namespace ?? ''} -l nvidia.com/ofed-driver -o wide`,
    }));
