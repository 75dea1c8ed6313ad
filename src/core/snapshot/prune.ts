/**
 * Takes away what no room ever reads and what is most of a large dump: managed fields of pods, nodes and events, and
 * the list of images on a node. Who wrote what matters for objects that people and operators share, and stays there.
 */
import { isMap } from '../model/dig.ts';

const NOBODY_ASKS_WHO = new Set(['Pod', 'Node', 'Event', 'Lease', 'Endpoints', 'EndpointSlice', 'ReplicaSet']);

/** Prunes the object in place: it was just parsed, and nobody else holds it. */
export const prune = (object: {
  readonly kind: string;
  readonly metadata: object;
  readonly status?: unknown;
}): void => {
  if (!NOBODY_ASKS_WHO.has(object.kind)) return;
  if ('managedFields' in object.metadata) delete (object.metadata as Record<string, unknown>)['managedFields'];
  if (object.kind === 'Node' && isMap(object.status)) delete (object.status as Record<string, unknown>)['images'];
};
