/** What would die if a component left the policy now: its objects, and every object of the kinds whose CRD goes with it. */
import { digTexts } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { objectsOf, type Snapshot } from '../snapshot/snapshot.ts';
import { removeComponent, type Removal } from './component-removal.ts';
import { STATE_LABEL, type Component } from './components.ts';

export interface RemovalPreview extends Removal {
  /** Paths of the objects that go with a CRD (`IPPool/ns/name`). */
  readonly dies: readonly string[];
}

const managed = (object: KubeObject) => ({
  kind: object.kind,
  name: object.metadata.name,
  labels: digTexts(object, 'metadata', 'labels'),
});

/** Only objects in the input are counted. */
export const previewRemoval = (snapshot: Snapshot, component: Component, release: string): RemovalPreview => {
  const objects = snapshot.objects
    .map(({ object }) => object)
    .filter((object) => digTexts(object, 'metadata', 'labels')[STATE_LABEL] === component.state);
  const removal = removeComponent(component, release, objects.map(managed));
  const dies = removal.destroys.flatMap((key) => {
    const [kind = '', ...group] = key.split('.');
    return objectsOf(snapshot, kind)
      .filter(({ object }) => object.apiVersion.startsWith(`${group.join('.')}/`))
      .map(({ object }) => objectPath(object));
  });
  return { ...removal, dies };
};
