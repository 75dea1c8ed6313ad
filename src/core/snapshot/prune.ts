/**
 * Takes away what no room ever reads and what is most of a large dump: managed fields of pods, nodes and events, and
 * the list of images on a node. Who wrote what matters for objects that people and operators share, and stays there; of a
 * node stays who cordoned it.
 */
import { dig, digList, isMap } from '../model/dig.ts';

const NOBODY_ASKS_WHO = new Set(['Pod', 'Node', 'Event', 'Lease', 'Endpoints', 'EndpointSlice', 'ReplicaSet']);

const CORDON = { 'f:spec': { 'f:unschedulable': {} } };

const cordoners = (metadata: object): readonly unknown[] =>
  digList(metadata, 'managedFields')
    .filter((entry) => dig(entry, 'fieldsV1', 'f:spec', 'f:unschedulable') !== undefined)
    .map((entry) => ({ ...(isMap(entry) ? entry : {}), fieldsV1: CORDON }));

/** Prunes the object in place: it was just parsed, and nobody else holds it. */
export const prune = (object: {
  readonly kind: string;
  readonly metadata: object;
  readonly status?: unknown;
}): void => {
  if (!NOBODY_ASKS_WHO.has(object.kind)) return;
  const metadata = object.metadata as Record<string, unknown>;
  const kept = object.kind === 'Node' ? cordoners(metadata) : [];
  if (kept.length > 0) metadata['managedFields'] = kept;
  else if ('managedFields' in metadata) delete metadata['managedFields'];
  if (object.kind === 'Node' && isMap(object.status)) delete (object.status as Record<string, unknown>)['images'];
};
