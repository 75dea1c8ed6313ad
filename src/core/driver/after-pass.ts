/**
 * What the objects look like once a pass's writes are made: for the twin, for looking several passes ahead, and for
 * tests. What others do in between (DaemonSet controller, drain, maintenance operator) is not here.
 */
import { digMap } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { DriverKeys } from './driver-keys.ts';
import type { FleetInput } from './fleet.ts';
import { objectName } from './managed-node.ts';
import { additionalRequestors } from './node-maintenance.ts';
import type { Write } from './write.ts';

/** The input with all writes applied; objects that no write names are the same objects. */
export const afterWrites = (input: FleetInput, writes: readonly Write[]): FleetInput => {
  const nodes = new Map(input.nodes.map((node) => [objectName(node), node]));
  const maintenances = new Map(input.maintenances.map((object) => [objectName(object), object]));
  const deletedPods = new Set<string>();
  for (const write of writes) {
    if (write.do === 'delete-driver-pod') deletedPods.add(`${write.namespace}/${write.pod}`);
    const node = nodes.get(write.node);
    if (node !== undefined) nodes.set(write.node, writeNode(node, write, input.keys));
    writeMaintenance(maintenances, write);
  }
  return {
    ...input,
    nodes: [...nodes.values()],
    maintenances: [...maintenances.values()],
    driverPods: input.driverPods.filter(
      (pod) => !deletedPods.has(`${pod.metadata.namespace ?? ''}/${objectName(pod)}`),
    ),
  };
};

const writeNode = (node: KubeObject, write: Write, keys: DriverKeys): KubeObject => {
  switch (write.do) {
    case 'set-state':
      return withEntry(node, 'labels', keys.state, write.state);
    case 'drop-state':
      return withEntry(node, 'labels', keys.state, undefined);
    case 'annotate':
      return withEntry(node, 'annotations', write.key, write.value);
    case 'drop-annotation':
      return withEntry(node, 'annotations', write.key, undefined);
    case 'cordon':
      return { ...node, spec: { ...digMap(node, 'spec'), unschedulable: true } };
    case 'uncordon':
      return { ...node, spec: { ...digMap(node, 'spec'), unschedulable: false } };
    case 'delete-driver-pod':
    case 'create-maintenance':
    case 'join-maintenance':
    case 'delete-maintenance':
    case 'release-maintenance':
      return node;
  }
};

const withEntry = (
  node: KubeObject,
  map: 'labels' | 'annotations',
  key: string,
  value: string | undefined,
): KubeObject => {
  const { [key]: _old, ...rest } = digMap(node, 'metadata', map);
  return { ...node, metadata: { ...node.metadata, [map]: value === undefined ? rest : { ...rest, [key]: value } } };
};

const writeMaintenance = (maintenances: Map<string, KubeObject>, write: Write): void => {
  if (write.do === 'create-maintenance') maintenances.set(objectName(write.object), write.object);
  if (write.do === 'delete-maintenance') maintenances.delete(write.name);
  if (write.do !== 'join-maintenance' && write.do !== 'release-maintenance') return;
  const object = maintenances.get(write.name);
  if (object === undefined) return;
  const others = additionalRequestors(object).filter((id) => id !== write.requestor);
  maintenances.set(write.name, {
    ...object,
    spec: {
      ...digMap(object, 'spec'),
      additionalRequestors: write.do === 'join-maintenance' ? [...others, write.requestor] : others,
    },
  });
};
