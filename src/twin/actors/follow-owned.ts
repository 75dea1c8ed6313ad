/** What wakes a controller: its object is new or wants something else, or something that the object owns has changed. */
import { objectPath } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { World } from '../world/world.ts';
import { controllerUid } from './controller-pods.ts';

export interface Followed {
  readonly world: World;
  readonly kind: KubeResource;
  readonly owned: KubeResource;
  /** Called with the object's path. */
  readonly wake: (path: string) => void;
}

/** Answers the paths of the objects that there are, by uid; it follows them, too. */
export const followOwned = ({ world, kind, owned, wake }: Followed): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>();
  world.subscribe(kind, ({ type, object, before }) => {
    const uid = object.metadata.uid ?? '';
    if (type === 'DELETED') paths.delete(uid);
    else {
      const path = paths.get(uid) ?? objectPath(object);
      paths.set(uid, path);
      if (before === undefined || before['spec'] !== object['spec']) wake(path);
    }
  });
  world.subscribe(owned, ({ object }) => {
    const path = paths.get(controllerUid(object) ?? '');
    if (path !== undefined) wake(path);
  });
  return paths;
};
