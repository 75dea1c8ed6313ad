/** The verbs of the world as actors have them: at once and with all rights. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { ObjectKey, Selection } from '../../core/ports/kube-api.ts';
import type { ActorApi } from './actor-api.ts';
import { CallerVerbs } from './caller-verbs.ts';
import { candidates } from './reads.ts';
import { readSelection } from './selection.ts';
import type { ServerParts } from './server-parts.ts';
import type { WorldFaults } from './world-faults.ts';
import { shownIn } from './versions.ts';

export const actorVerbs = (parts: ServerParts, faults: WorldFaults, name: string): ActorApi => {
  const verbs = new CallerVerbs(parts, faults, { name, where: 'twin', refusal: () => undefined });
  return {
    name,
    // Actors look at what is stored without a call in between, so that no fault strikes them there.
    get: (kind: KubeResource, key: ObjectKey): KubeObject | undefined => {
      const served = parts.kinds.find(kind);
      const found = served === undefined ? undefined : parts.store.get(kind, key.namespace, key.name);
      return served === undefined || found === undefined ? undefined : shownIn(served, found);
    },
    list: (kind: KubeResource, selection: Selection = {}): readonly KubeObject[] => {
      const served = parts.kinds.find(kind);
      if (served === undefined) return [];
      const selector = readSelection(served, selection);
      if (!selector.ok) throw new Error(`${name} lists ${kind.plural}: ${selector.status.message}`);
      const found: KubeObject[] = [];
      for (const object of candidates(parts.store, served, selector.value))
        if (selector.value.matches(object)) found.push(shownIn(served, object));
      return found;
    },
    create: (kind, draft, options) => verbs.create(kind, draft, options),
    update: (kind, object, options) => verbs.update(kind, object, options),
    apply: (kind, object, options) => verbs.apply(kind, object, options),
    patch: (kind, key, change, options) => verbs.patch(kind, key, change, options),
    delete: (kind, key, options) => verbs.delete(kind, key, options),
    bind: (pod, node) => verbs.bind(pod, node),
    evict: (pod, options) => verbs.evict(pod, options),
  };
};
