/**
 * The pods that manifests would make: of every workload kind, and of any custom resource that holds a pod template in the
 * usual place. What their containers start is left to container-start.ts.
 */
import { dig, digList, digText, isMap } from '../../model/dig.ts';
import type { Path } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { SnapshotObject } from '../../snapshot/snapshot.ts';

export interface PodTemplate {
  readonly from: SnapshotObject;
  /** `DaemonSet/ns/name`. */
  readonly workload: string;
  readonly namespace: string;
  /** A pod spec, of unknown shape. */
  readonly spec: unknown;
  /** Where the spec stands in the object. */
  readonly at: Path;
  readonly account: string;
  /** Known for a bare pod alone. */
  readonly podName?: string;
}

export interface TemplateContainer {
  readonly container: unknown;
  readonly name: string;
  readonly init: boolean;
  readonly at: Path;
}

const PLACES: readonly Path[] = [
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['template', 'spec'],
];

const placeOf = (object: KubeObject): Path | undefined =>
  object.kind === 'Pod' ? ['spec'] : PLACES.find((place) => Array.isArray(dig(object, ...place, 'containers')));

/** What a Deployment, a DaemonSet or a Job has made is looked at once: in the template it was made from. */
const isMadeFrom = ({ metadata }: KubeObject, names: ReadonlySet<string>): boolean =>
  digList(metadata, 'ownerReferences').some(
    (owner) =>
      dig(owner, 'controller') === true &&
      names.has(`${digText(owner, 'kind') ?? ''}/${metadata.namespace ?? ''}/${digText(owner, 'name') ?? ''}`),
  );

export const podTemplates = (objects: readonly SnapshotObject[]): readonly PodTemplate[] => {
  const names = new Set(
    objects.map(({ object: { kind, metadata } }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`),
  );
  return objects.flatMap((from): readonly PodTemplate[] => {
    const { object } = from;
    const at = placeOf(object);
    if (at === undefined || isMadeFrom(object, names)) return [];
    const spec = dig(object, ...at);
    if (!isMap(spec)) return [];
    const namespace = object.metadata.namespace ?? 'default';
    return [
      {
        from,
        workload: `${object.kind}/${namespace}/${object.metadata.name}`,
        namespace,
        spec,
        at,
        account: digText(spec, 'serviceAccountName') ?? digText(spec, 'serviceAccount') ?? 'default',
        ...(object.kind === 'Pod' ? { podName: object.metadata.name } : {}),
      },
    ];
  });
};

/** In the order in which they start. */
export const containersOf = ({ spec, at }: PodTemplate): readonly TemplateContainer[] =>
  (['initContainers', 'containers'] as const).flatMap((list) =>
    digList(spec, list).map((container, index) => ({
      container,
      name: digText(container, 'name') ?? `number ${index + 1}`,
      init: list === 'initContainers',
      at: [...at, list, index],
    })),
  );
