/** Nodes handed to the maintenance operator: is the node ready for us, and how is it given back? (upgrade_requestor.go:399-486) */
import { hasJoined, isOwnMaintenance, maintenancePhase } from '../node-maintenance.ts';
import { isTerminating } from '../../drain/pod-facts.ts';
import type { RequestorIdentity } from '../fleet.ts';
import { objectName } from '../managed-node.ts';
import type { ManagedNode } from '../managed-node.ts';
import type { Write } from '../write.ts';
import { biting, move, stay } from './decision.ts';
import type { Rule } from './decision.ts';

export const awaitMaintenance: Rule = (managed, { requestor, fleet }) => {
  if (requestor === undefined)
    return stay('requestor mode is off, and no step looks at this state without it', { defects: ['D17'] });
  const { maintenance } = managed;
  if (maintenance === undefined)
    return fleet.partial.has('maintenances')
      ? stay('the input holds no NodeMaintenance objects, so how far the maintenance is cannot be told', {
          unknown: { settle: `kubectl get nodemaintenances.maintenance.nvidia.com -n ${requestor.namespace} -o yaml` },
        })
      : move(managed, 'upgrade-required', 'its NodeMaintenance is gone, so it begins anew');
  const phase = maintenancePhase(maintenance);
  const name = `NodeMaintenance ${objectName(maintenance)}`;
  return phase === 'Ready'
    ? move(managed, 'pod-restart-required', `${name} is Ready: the maintenance operator has cleared the node`)
    : stay(`${name} is ${phase === undefined ? 'not taken up yet' : `in phase ${phase}`}`, {
        defects: biting({ D14: phase === 'RequestorFailed' }),
      });
};

/** State first, then the annotation, then the object: an error in between leaves the node cordoned (D15). */
export const endMaintenance =
  (requestor: RequestorIdentity): Rule =>
  (managed, { fleet: { keys } }) => {
    const { name } = managed;
    const back = giveBack(managed, requestor);
    return move(
      managed,
      'upgrade-done',
      back.length > 0
        ? 'the driver is ready; the node goes back to the maintenance operator, which uncordons it'
        : 'the driver is ready; there is no NodeMaintenance of ours to give back',
      { after: [{ do: 'drop-annotation', node: name, key: keys.requestorMode }, ...back], defects: ['D15', 'D27'] },
    );
  };

const giveBack = ({ name, maintenance }: ManagedNode, requestor: RequestorIdentity): readonly Write[] => {
  if (maintenance === undefined) return [];
  const object = objectName(maintenance);
  if (isOwnMaintenance(maintenance, requestor))
    return isTerminating(maintenance) ? [] : [{ do: 'delete-maintenance', node: name, name: object }];
  return hasJoined(maintenance, requestor)
    ? [{ do: 'release-maintenance', node: name, name: object, requestor: requestor.id }]
    : [];
};
