/** What a visit and a rollout read of a Node object. */
import { digFlag, digList, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { FleetNode } from './fleet.ts';
import { cordonedBy } from './others/cordoned-by.ts';
import type { VisitNode } from './visit-facts.ts';
import { LAST_VISIT_KEY, readJournal, readLastVisit, VISIT_KEY } from './visit-journal.ts';

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

const isReady = (node: KubeObject): boolean =>
  digList(node, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === 'Ready' && digText(condition, 'status') === 'True',
  );

const isControlPlane = (node: KubeObject): boolean =>
  CONTROL_PLANE.some((label) => node.metadata.labels?.[label] !== undefined);

const isCordoned = (node: KubeObject): boolean => digFlag(node, 'spec', 'unschedulable') === true;

export const visitNode = (node: KubeObject): VisitNode => {
  const cordon = cordonedBy(node);
  return {
    name: node.metadata.name,
    ready: isReady(node),
    bootId: digText(node, 'status', 'nodeInfo', 'bootID') ?? '',
    schedulable: !isCordoned(node),
    ...(cordon !== undefined && { cordon }),
    isControlPlane: isControlPlane(node),
    labels: digTexts(node, 'metadata', 'labels'),
    annotations: digTexts(node, 'metadata', 'annotations'),
    allocatable: digTexts(node, 'status', 'allocatable'),
  };
};

/** How the rollout with this uid stands with the node. A journal that cannot be read is somebody else's. */
const visitOf = (node: KubeObject, uid: string): FleetNode['visit'] => {
  const text = node.metadata.annotations?.[VISIT_KEY];
  if (text !== undefined) {
    const journal = readJournal(text);
    if (!journal.ok || journal.value.uid !== uid) return 'elsewhere';
    return journal.value.stage === 'held' ? 'held' : 'visiting';
  }
  const last = node.metadata.annotations?.[LAST_VISIT_KEY];
  const read = last === undefined ? undefined : readLastVisit(last);
  return read?.ok === true && read.value.uid === uid ? read.value.outcome : 'waiting';
};

export const fleetNode = (node: KubeObject, uid: string): FleetNode => ({
  name: node.metadata.name,
  isOut: !isReady(node) || isCordoned(node),
  isControlPlane: isControlPlane(node),
  labels: node.metadata.labels ?? {},
  visit: visitOf(node, uid),
});
