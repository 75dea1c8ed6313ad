/**
 * Medik8s: NodeHealthCheck with its remediators, and the node-maintenance-operator. A label on the node excludes it from
 * remediation; it is honoured by the health check and by the remediators.
 */
import { dig, digList, digMap, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { labelMark, onNode } from './node-marks.ts';
import { byTaints } from './operators.ts';
import { annotationsOf, mayMean, named, objectsIn, wait, type Family, type Surroundings } from './surroundings.ts';

const REMEDIATIONS = [
  'SelfNodeRemediation.self-node-remediation.medik8s.io',
  'FenceAgentsRemediation.fence-agents-remediation.medik8s.io',
  'MachineDeletionRemediation.machine-deletion-remediation.medik8s.io',
];

const CHECKS = 'NodeHealthCheck.remediation.medik8s.io';

/** A remediation is named after its node, or says in an annotation which it means. */
const isFor = (node: string, remediation: KubeObject): boolean =>
  (annotationsOf(remediation)['remediation.medik8s.io/node-name'] ?? remediation.metadata.name) === node;

const isUnderWay = (check: KubeObject, node: string): boolean =>
  Object.hasOwn(digMap(check, 'status', 'inFlightRemediations'), node) ||
  digList(check, 'status', 'unhealthyNodes').some(
    (one) => digText(one, 'name') === node && digList(one, 'remediations').length > 0,
  );

export const EXCLUDE = labelMark(
  'NodeHealthCheck and its remediators',
  'node-remediation',
  'remediation.medik8s.io/exclude-from-remediation',
  'true',
);

const hasRemediator = ({ kinds }: Surroundings): boolean =>
  REMEDIATIONS.some((key) => (kinds.get(key) ?? []).length > 0) ||
  (kinds.get('DaemonSet.apps') ?? []).some(({ metadata: { name } }) => name.startsWith('self-node-remediation'));

export const nodeHealthCheck: Family = {
  atWork: (around) => {
    const { name } = around.node.metadata;
    const remediations = REMEDIATIONS.flatMap((key) => objectsIn(around, key)).filter((one) => isFor(name, one));
    const checks = remediations.length > 0 ? [] : objectsIn(around, CHECKS).filter((check) => isUnderWay(check, name));
    return [
      ...remediations.map((one) =>
        wait(
          one.kind,
          `${named(one)} remediates this node`,
          'let the remediation finish; its NodeHealthCheck deletes it when the node is healthy',
        ),
      ),
      ...checks.map((check) =>
        wait('NodeHealthCheck', `${named(check)} has a remediation of this node under way`, 'let it finish'),
      ),
    ];
  },
  toQuiet: (around) =>
    hasRemediator(around) ||
    objectsIn(around, CHECKS).some((check) => mayMean(dig(check, 'spec', 'selector'), around.node))
      ? [onNode(around, EXCLUDE)]
      : [],
};

/** Without an object that explains it, the operator's taint tells as much. */
const byTaint = byTaints({ 'medik8s.io/drain': 'node-maintenance-operator' });

export const nodeMaintenanceOperator: Family = {
  atWork: (around) => {
    const found = objectsIn(around, 'NodeMaintenance.nodemaintenance.medik8s.io')
      .filter((one) => digText(one, 'spec', 'nodeName') === around.node.metadata.name)
      .map((one) => {
        const reason = digText(one, 'spec', 'reason');
        return wait(
          'node-maintenance-operator',
          `${named(one)} is in phase ${digText(one, 'status', 'phase') ?? 'unset'}${reason === undefined || reason === '' ? '' : `, reason: ${reason}`}`,
          `ask whoever made it; kubectl delete nodemaintenances.nodemaintenance.medik8s.io ${one.metadata.name} ends it`,
        );
      });
    return found.length > 0 ? found : byTaint(around);
  },
};
