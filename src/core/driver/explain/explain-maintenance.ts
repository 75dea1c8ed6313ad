/** node-maintenance-required: how far the maintenance operator is with the node, and what holds it. */
import { dig, digList, digNumber, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { countOf } from '../../model/int-or-percent.ts';
import { objectsOf } from '../../snapshot/snapshot.ts';
import { additionalRequestors, maintenancePhase } from '../node-maintenance.ts';
import { objectName } from '../managed-node.ts';
import { count, named } from '../wording.ts';
import type { Explain, Insight, NodeView } from './explanation.ts';

export const explainMaintenance: Explain = (view) => {
  const { managed, manager, decision } = view;
  const { keys } = view.fleet;
  if (manager.requestor === undefined)
    return {
      todo: [
        {
          what: 'switch requestor mode on again (operator.maintenanceOperator.useRequestor=true) and let the node finish',
        },
        {
          what: 'or start its upgrade in place from the beginning',
          command: `kubectl annotate node NODE ${keys.requestorMode}- && kubectl label node NODE ${keys.state}=upgrade-required --overwrite`,
        },
      ],
    };
  return managed.maintenance === undefined || decision.to !== undefined ? {} : explainPhase(managed.maintenance, view);
};

const explainPhase = (maintenance: KubeObject, { snapshot }: NodeView): Insight => {
  const name = `NodeMaintenance ${objectName(maintenance)}`;
  const phase = maintenancePhase(maintenance) ?? 'Pending';
  if (phase === 'Pending') return explainQueue(name, snapshot);
  if (phase === 'WaitForPodCompletion')
    return explainWaits(name, 'waits for the end of', digList(maintenance, 'status', 'waitForCompletion'));
  if (phase === 'Draining') {
    const progress = digNumber(maintenance, 'status', 'drain', 'drainProgress');
    return explainWaits(
      `${name}${progress === undefined ? '' : ` (${progress} % drained)`}`,
      'still has to evict',
      digList(maintenance, 'status', 'drain', 'waitForEviction'),
    );
  }
  if (phase === 'RequestorFailed')
    return {
      because: `${name} failed: ${failureOf(maintenance)}`,
      todo: [
        {
          what: 'delete the object; the next pass then asks for the node anew',
          command: `kubectl delete nodemaintenance -n ${digText(maintenance, 'metadata', 'namespace') ?? 'default'} ${objectName(maintenance)}`,
        },
      ],
    };
  const others = additionalRequestors(maintenance);
  return others.length > 0 ? { because: `${name} is in phase ${phase} and is shared with ${others.join(', ')}` } : {};
};

const failureOf = (maintenance: KubeObject): string => {
  const failed = digList(maintenance, 'status', 'conditions').find(
    (condition) => dig(condition, 'type') === 'RequestorFailed',
  );
  return digText(failed, 'message') ?? 'its requestor says so without a reason';
};

const explainWaits = (name: string, what: string, pods: readonly unknown[]): Insight => {
  const names = pods.filter((pod) => typeof pod === 'string');
  return names.length === 0
    ? {}
    : {
        because: `${name} ${what} ${count(names.length, 'pod')}: ${named(names)}`,
      };
};

/** Under maintenance = past Pending and not yet gone (ipam-maintenance-power.md 2.3). */
const explainQueue = (name: string, snapshot: NodeView['snapshot']): Insight => {
  const all = objectsOf(snapshot, 'NodeMaintenance').map(({ object }) => object);
  const busy = all.filter((object) => !['Pending', undefined].includes(maintenancePhase(object)));
  const config = objectsOf(snapshot, 'MaintenanceOperatorConfig').find(
    ({ object }) => objectName(object) === 'default',
  );
  const limit = dig(config?.object, 'spec', 'maxParallelOperations') ?? 1;
  const nodes = objectsOf(snapshot, 'Node').length;
  const slots = countOf(limit, nodes, 'up');
  const holders = busy.map(
    (object) => `${digText(object, 'spec', 'nodeName') ?? ''} (${digText(object, 'spec', 'requestorID') ?? ''})`,
  );
  return {
    because: `${name} is queued: the maintenance operator works on ${count(busy.length, 'node')}${holders.length > 0 ? ` (${named(holders)})` : ''} and maxParallelOperations is ${JSON.stringify(limit)}`,
    todo:
      slots === 0
        ? [
            {
              what: 'set maxParallelOperations of MaintenanceOperatorConfig default above 0; 0 schedules nothing, whatever its documentation says',
            },
          ]
        : [],
  };
};
