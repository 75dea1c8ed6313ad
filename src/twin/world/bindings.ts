/** The pods/binding subresource: how a scheduler gives a pod its node. */
import { digList, digText } from '../../core/model/dig.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { ObjectKey } from '../../core/ports/kube-api.ts';
import type { ServedKind } from './kind-registry.ts';
import type { ServerParts } from './server-parts.ts';
import { type Answer, conflict, done, notFound } from './status.ts';
import type { JsonMap } from './stored-value.ts';

/** A pod that has no node gets one. */
export interface BindCall {
  readonly kind: ServedKind;
  readonly actor: string;
  readonly key: Required<ObjectKey>;
  readonly node: string;
}

export const bind = ({ store, clock }: ServerParts, { kind, actor, key, node }: BindCall): Answer<void> => {
  const pod = store.get(kind, key.namespace, key.name);
  if (pod === undefined) return notFound(kind, key.name);
  const assigned = digText(pod, 'spec', 'nodeName') ?? '';
  if (assigned !== '') return conflict(kind, key.name, `pod ${key.name} is already assigned to node "${assigned}"`);
  if (pod.metadata.deletionTimestamp !== undefined)
    return conflict(kind, key.name, `pod ${key.name} is being deleted, cannot be assigned to a host`);
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(clock.now()),
  };
  const others = digList(pod, 'status', 'conditions').filter((one) => digText(one, 'type') !== scheduled.type);
  const status = { ...(pod['status'] as JsonMap | undefined), conditions: [...others, scheduled] };
  const spec = { ...(pod['spec'] as JsonMap), nodeName: node };
  store.put(kind, { ...pod, spec, status }, pod, { actor, verb: 'bind' });
  return done(undefined);
};
