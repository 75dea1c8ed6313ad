/**
 * CustomResourceDefinitions at work: one that is written is served at once and told so in its status; one that is gone
 * takes its objects along. The real server needs some milliseconds for both, and a finalizer for the second.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { ServedKind } from './kind-registry.ts';
import { storageVersionOf } from './kinds/custom-kinds.ts';
import { establishedStatus } from './kinds/custom-resource-definitions.ts';
import type { ServerParts } from './server-parts.ts';
import { sameJson } from './stored-value.ts';

const ACTOR = 'kube-apiserver';

const isDefinition = ({ group, plural }: ServedKind): boolean =>
  group === 'apiextensions.k8s.io' && plural === 'customresourcedefinitions';

export const establish = ({ store, kinds, clock }: ServerParts, kind: ServedKind, written: KubeObject): void => {
  if (!isDefinition(kind)) return;
  const crd = store.get(kind, undefined, written.metadata.name);
  if (crd === undefined) return;
  kinds.serve(crd);
  const before = crd['status'] as { readonly conditions?: unknown } | undefined;
  const status = establishedStatus(crd, timestamp(clock.now()), storageVersionOf(crd));
  // Conditions that hold already keep their time.
  const next =
    before?.conditions === undefined || before.conditions === null
      ? status
      : { ...status, conditions: before.conditions };
  if (!sameJson(next, before)) store.put(kind, { ...crd, status: next }, crd, { actor: ACTOR, verb: 'update status' });
};

export const withdraw = ({ store, kinds }: ServerParts, kind: ServedKind, crd: KubeObject): void => {
  if (!isDefinition(kind)) return;
  for (const served of kinds.all()) {
    const { spec } = crd as unknown as {
      readonly spec: { readonly group: string; readonly names: { readonly plural: string } };
    };
    if (served.group !== spec.group || served.plural !== spec.names.plural) continue;
    const left = [...store.collection(served).inOrder()];
    for (const object of left) store.remove(served, object, object, { actor: ACTOR, verb: 'delete' });
  }
  kinds.withdraw(crd);
};
