/**
 * Objects of the input by which others say that they act on nodes, held on the twin as they are: the gates of visits read them
 * there as they would for real. Nobody on the twin acts by them, and that is told.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, type KubeResource } from '../../core/model/kube-resource.ts';
import { objectsByKind } from '../../core/plan/surroundings-of.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { WATCHED_KINDS } from '../../core/visit/others/watched-kinds.ts';
import { looseDefinition } from '../../twin/field-kinds/loose-definition.ts';
import type { Twin } from '../../twin/twin.ts';

const asFound = ({ metadata, ...rest }: KubeObject): KubeDraft => {
  const { name, namespace, labels, annotations, ownerReferences } = metadata;
  return {
    ...rest,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ...(ownerReferences !== undefined && { ownerReferences }),
    },
  } as KubeDraft;
};

const resourceOf = (object: KubeObject, { group, plural, kind }: (typeof WATCHED_KINDS)[number]): KubeResource => ({
  group,
  version: object.apiVersion.slice(group.length + 1),
  plural,
  kind,
  namespaced: object.metadata.namespace !== undefined,
});

/** Kinds that the twin serves anyway are not its matter. The answer: what nobody acts by. */
export const holdWatchedObjects = (twin: Twin, snapshot: Snapshot): readonly string[] => {
  const kinds = objectsByKind(snapshot);
  const actor = twin.world.actor('snapshot');
  const served = new Set(twin.world.served().map(({ group, plural }) => `${plural}.${group}`));
  return WATCHED_KINDS.flatMap((watched) => {
    const objects = kinds.get(`${watched.kind}.${watched.group}`) ?? [];
    const [first] = objects;
    if (first === undefined || served.has(`${watched.plural}.${watched.group}`)) return [];
    const resource = resourceOf(first, watched);
    actor.create(CUSTOM_RESOURCE_DEFINITIONS, looseDefinition(resource));
    const refused = objects.flatMap((object) => {
      const made = actor.create(resource, asFound(object));
      return made.ok
        ? []
        : [`${object.kind}/${object.metadata.name}: the twin does not take it: ${made.fault.message}`];
    });
    return [
      `${objects.length} ${watched.kind}.${watched.group}: nothing acts for its controller, which ${watched.does}`,
      ...refused,
    ];
  });
};

/** Which Machine a node has, by annotation, and in which kind it would be found. */
const MACHINES: Readonly<Record<string, string>> = {
  'machine.openshift.io/machine': 'Machine.machine.openshift.io',
  'cluster.x-k8s.io/machine': 'Machine.cluster.x-k8s.io',
};

/** Where the input holds no Machines at all, a gate would take a Machine that it names for gone. */
export const withoutUnreadMachines = (nodes: readonly KubeObject[], snapshot: Snapshot): readonly KubeObject[] => {
  const kinds = objectsByKind(snapshot);
  const unread = Object.keys(MACHINES).filter((key) => !kinds.has(MACHINES[key] ?? ''));
  return nodes.map((node) => ({
    ...node,
    metadata: {
      ...node.metadata,
      annotations: Object.fromEntries(
        Object.entries(node.metadata.annotations ?? {}).filter(([key]) => !unread.includes(key)),
      ),
    },
  }));
};
