/**
 * What the network operator's upgrade controller does around the passes (network-operator.md 3.18;
 * controllers/upgrade_controller.go): it runs a pass while a policy says autoUpgrade, and cleans up when none does.
 */
import { digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { DriverKeys } from './driver-keys.ts';
import type { RequestorIdentity } from './fleet.ts';
import { isUnschedulable, isWaitingForSafeLoad, nodeLabel, objectName } from './managed-node.ts';
import { isOwnMaintenance } from './node-maintenance.ts';
import { IDLE_STATES } from './upgrade-state.ts';
import type { Write } from './write.ts';

export interface CleanUpInput {
  readonly keys: DriverKeys;
  readonly nodes: readonly KubeObject[];
  /** Nodes that a NicNodePolicy with a driver manages: their labels stay. */
  readonly otherPolicyNodes?: ReadonlySet<string>;
  readonly maintenances?: readonly KubeObject[];
  /** Present while requestor mode is on; only then are NodeMaintenance objects looked at (since 25.10). */
  readonly requestor?: RequestorIdentity;
}

export interface CleanUp {
  readonly writes: readonly Write[];
  /** Nodes left in the middle of an upgrade, each with what nobody will undo (D6, D7). */
  readonly leftBehind: readonly { readonly node: string; readonly because: string }[];
}

/**
 * The policy is gone, has no ofedDriver, or says autoUpgrade=false: state labels go, and nothing else. Cordons,
 * annotations and drivers that wait for safe load stay as they are.
 */
export const cleanUpUpgrade = (input: CleanUpInput): CleanUp => {
  const { keys, requestor, nodes, maintenances = [], otherPolicyNodes } = input;
  const labelled = nodes.filter(
    (node) => nodeLabel(node, keys.state) !== undefined && otherPolicyNodes?.has(objectName(node)) !== true,
  );
  const own =
    requestor === undefined
      ? []
      : maintenances.filter(
          (object) =>
            (digText(object, 'metadata', 'namespace') ?? 'default') === requestor.namespace &&
            isOwnMaintenance(object, requestor),
        );
  return {
    writes: [
      ...labelled.map((node): Write => ({ do: 'drop-state', node: objectName(node) })),
      ...own.map((object): Write => ({
        do: 'delete-maintenance',
        node: digText(object, 'spec', 'nodeName') ?? '',
        name: objectName(object),
      })),
    ],
    leftBehind: labelled.flatMap((node) => remains(node, keys)),
  };
};

const remains = (node: KubeObject, keys: DriverKeys): CleanUp['leftBehind'] => {
  const state = nodeLabel(node, keys.state) ?? '';
  const parts = [
    ...(!IDLE_STATES.some((idle) => idle === state) && isUnschedulable(node)
      ? [`was in ${state} and stays cordoned`]
      : []),
    ...(isWaitingForSafeLoad(node, keys.safeLoad) ? ['its driver pod waits for safe load and nobody releases it'] : []),
  ];
  return parts.length === 0 ? [] : [{ node: objectName(node), because: parts.join('; ') }];
};
