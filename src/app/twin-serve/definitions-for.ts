/**
 * CustomResourceDefinitions for objects whose own definitions were not collected with them: those of the field's kinds as the
 * twin knows them, and for all others one that takes everything.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import { ResourceTypes, typesOfCrds } from '../../core/rbac/resource-types.ts';
import { definitionOf } from '../../twin/field-kinds/field-kind.ts';
import { FIELD_KINDS } from '../../twin/field-kinds/field-kinds.ts';

interface Wanted {
  readonly group: string;
  readonly kind: string;
  readonly versions: Set<string>;
  isNamespaced: boolean;
}

export const definitionsFor = (objects: readonly KubeObject[]): readonly KubeDraft[] => {
  const defined = new Set(typesOfCrds(objects).map(({ group, kind }) => `${kind}.${group}`));
  const wanted = new Map<string, Wanted>();
  for (const { apiVersion, kind, metadata } of objects) {
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const key = `${kind}.${group}`;
    if (isBuiltIn(group) || defined.has(key)) continue;
    const entry = wanted.get(key) ?? { group, kind, versions: new Set<string>(), isNamespaced: false };
    entry.versions.add(version);
    entry.isNamespaced ||= metadata.namespace !== undefined;
    wanted.set(key, entry);
  }
  const known = FIELD_KINDS.filter((field) => {
    const asked = wanted.get(`${field.kind}.${field.group}`);
    return asked === undefined
      ? !defined.has(`${field.kind}.${field.group}`)
      : [...asked.versions].every((version) => version === field.version);
  });
  for (const { kind, group } of known) wanted.delete(`${kind}.${group}`);
  const types = new ResourceTypes();
  return [...known.map(definitionOf), ...[...wanted.values()].map((one) => openDefinition(one, types))];
};

const isBuiltIn = (group: string): boolean => !group.includes('.') || group.endsWith('.k8s.io');

const openDefinition = ({ group, kind, versions, isNamespaced }: Wanted, types: ResourceTypes): KubeDraft => {
  const singular = kind.toLowerCase();
  const plural = types.ofKind(`${group}/v1`, kind)?.plural ?? pluralOf(singular);
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: isNamespaced ? 'Namespaced' : 'Cluster',
      names: { plural, singular, kind, listKind: `${kind}List` },
      versions: [...versions].map((name, at) => ({
        name,
        served: true,
        storage: at === 0,
        subresources: { status: {} },
        schema: { openAPIV3Schema: open },
      })),
    },
  };
};

/** As k8s.io/apimachinery guesses it (UnsafeGuessKindToResource). */
const pluralOf = (singular: string): string => {
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
};
