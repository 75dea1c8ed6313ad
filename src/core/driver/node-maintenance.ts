/**
 * NodeMaintenance objects of the maintenance operator as a driver manager in requestor mode writes and reads them
 * (network-operator.md 3.17; ipam-maintenance-power.md 2.1). What the maintenance operator does with them is not here.
 */
import { dig, digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { maintenanceName } from './fleet.ts';
import type { RequestorIdentity } from './fleet.ts';
import type { UpgradePolicy } from './upgrade-policy.ts';

/**
 * The object that asks for a node. Its drainSpec is always there, whatever drain.enable says, and the maintenance
 * operator leaves draining out only where it is absent (D13; upgrade_requestor.go:497-524).
 */
export const newMaintenance = (
  requestor: RequestorIdentity,
  nodeName: string,
  { drain, waitForCompletion }: UpgradePolicy,
): KubeObject => ({
  apiVersion: 'maintenance.nvidia.com/v1alpha1',
  kind: 'NodeMaintenance',
  metadata: { name: maintenanceName(requestor, nodeName), namespace: requestor.namespace },
  spec: {
    requestorID: requestor.id,
    nodeName,
    drainSpec: {
      force: drain?.force ?? false,
      podSelector: drain?.podSelector ?? '',
      timeoutSeconds: drain?.timeoutSeconds ?? 0,
      deleteEmptyDir: drain?.deleteEmptyDir ?? false,
    },
    ...(waitForCompletion && {
      waitForPodCompletion: {
        podSelector: waitForCompletion.podSelector,
        timeoutSeconds: waitForCompletion.timeoutSeconds,
      },
    }),
  },
});

export const isOwnMaintenance = (maintenance: KubeObject, { id }: RequestorIdentity): boolean =>
  digText(maintenance, 'spec', 'requestorID') === id;

export const additionalRequestors = (maintenance: KubeObject): readonly string[] =>
  digList(maintenance, 'spec', 'additionalRequestors').filter((entry) => typeof entry === 'string');

export const hasJoined = (maintenance: KubeObject, { id }: RequestorIdentity): boolean =>
  additionalRequestors(maintenance).includes(id);

/** The reason of condition Ready is the phase: Pending, Scheduled, Cordon, WaitForPodCompletion, Draining, Ready. */
export const maintenancePhase = (maintenance: KubeObject): string | undefined => {
  const ready = digList(maintenance, 'status', 'conditions').find((condition) => dig(condition, 'type') === 'Ready');
  return digText(ready, 'reason');
};
