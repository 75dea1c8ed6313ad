/** Whether the pods that wait for what a node's policies promise would fit there now, and if not, why (requirement 000-81). */
import type { InventoryNode } from '../../inventory/build-inventory.ts';
import { digList, digMap, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { nodeRoom } from '../../placement/node-room.ts';
import { fitOf } from '../../placement/place-pod.ts';
import { podDemand } from '../../placement/pod-demand.ts';
import { kindKey, objectsOf, type Snapshot } from '../../snapshot/snapshot.ts';
import { failing, pass, unknown, type Gate } from './gate.ts';
import { promisedOf } from './node-gates.ts';

const isPending = (pod: KubeObject): boolean =>
  digText(pod, 'status', 'phase') === 'Pending' && digText(pod, 'spec', 'nodeName') === undefined;

/** Undefined where the pods are told, be it that there is none. */
const podsLack = (snapshot: Snapshot): string | undefined =>
  objectsOf(snapshot, 'Pod').length > 0 || snapshot.listed.has(kindKey('Pod', 'v1'))
    ? undefined
    : 'the input has no pods';

const requestsOneOf = (pod: KubeObject, promised: ReadonlyMap<string, number>): boolean =>
  ['initContainers', 'containers'].some((list) =>
    digList(pod, 'spec', list).some((container) =>
      Object.keys((container as { resources?: { requests?: object } }).resources?.requests ?? {}).some((name) =>
        promised.has(name),
      ),
    ),
  );

/** Pods that wait for something that this node's policies promise, one after the other: each takes its share from the next. */
export const fitsOf = (snapshot: Snapshot, node: InventoryNode): readonly Gate[] => {
  const promised = promisedOf(node.nodeState);
  const object = objectsOf(snapshot, 'Node').find(({ object: one }) => one.metadata.name === node.name)?.object;
  if (promised.size === 0) return [];
  const lacks = object === undefined ? 'the input has no Node of it' : podsLack(snapshot);
  if (object === undefined || lacks !== undefined)
    return [
      unknown('fits', node.name, `${lacks ?? 'nothing is told of it'}, so that whether waiting pods fit is not known`),
    ];
  const pods = objectsOf(snapshot, 'Pod').map(({ object: pod }) => pod);
  const here = pods.filter((pod) => digText(pod, 'spec', 'nodeName') === node.name);
  const gates: Gate[] = [];
  for (const pod of pods.filter((one) => isPending(one) && requestsOneOf(one, promised))) {
    const on = `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
    const room = nodeRoom(object, here);
    const { verdict, misfits } = fitOf(podDemand(pod), room, [room]);
    // A pod that is meant for another node says nothing about this one.
    if (misfits.some(({ kind }) => kind === 'node-name' || kind === 'node-affinity')) continue;
    const because = misfits[0]?.because ?? 'not known';
    if (verdict === 'fits') {
      gates.push(pass('fits', on, `would fit ${node.name} now`));
      here.push({ ...pod, spec: { ...digMap(pod, 'spec'), nodeName: node.name } });
    } else gates.push(verdict === 'unknown' ? unknown('fits', on, because) : failing('fits', on, because));
  }
  return gates;
};
