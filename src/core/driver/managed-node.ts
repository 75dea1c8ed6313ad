/**
 * One node with one driver pod, as the upgrade manager pairs them, and the few facts that it reads from a node.
 * A node with two driver pods is two of these (network-operator.md 3.5). Objects are kept as they came and read
 * when asked, so that a pass over ten thousand nodes copies nothing.
 */
import { dig, digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

export interface ManagedNode {
  readonly name: string;
  /** The state label when the pass began: '' when absent, any text when somebody mistyped it (D26). */
  readonly label: string;
  readonly node: KubeObject;
  readonly pod: KubeObject;
  /** Absent = orphan: the pod has no owner. */
  readonly daemonSet?: KubeObject;
  /** The NodeMaintenance of the manager's own name for this node; looked for in requestor mode only. */
  readonly maintenance?: KubeObject;
}

/** Objects of a dump may lack even a name. */
export const objectName = (object: KubeObject): string => digText(object, 'metadata', 'name') ?? '';

export const nodeLabel = (node: KubeObject, key: string): string | undefined =>
  digText(node, 'metadata', 'labels', key);

/** Presence counts for some keys, so an empty value is a value. */
export const nodeAnnotation = (node: KubeObject, key: string): string | undefined =>
  digText(node, 'metadata', 'annotations', key);

/** The maintenance operator handles the node, by annotation `key` (keys.requestorMode); presence counts. */
export const isInRequestorMode = ({ node }: ManagedNode, key: string): boolean =>
  nodeAnnotation(node, key) !== undefined;

/** The driver pod's init container blocks until annotation `key` (keys.safeLoad) is gone; an empty value counts as gone. */
export const isWaitingForSafeLoad = (node: KubeObject, key: string): boolean =>
  (nodeAnnotation(node, key) ?? '') !== '';

export const isUnschedulable = (node: KubeObject): boolean => dig(node, 'spec', 'unschedulable') === true;

/** A node without a Ready condition counts as ready (common_manager.go, isNodeConditionReady). */
export const isNodeReady = (node: KubeObject): boolean => {
  for (const condition of digList(node, 'status', 'conditions'))
    if (dig(condition, 'type') === 'Ready' && dig(condition, 'status') !== 'True') return false;
  return true;
};
