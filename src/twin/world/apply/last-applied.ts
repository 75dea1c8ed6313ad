/**
 * How `kubectl apply --server-side` takes over what `kubectl apply` wrote before: what its annotation says and the object still
 * has is its own, so no conflict stands in the way; and the annotation is kept in step from then on (k8s.io/apimachinery
 * pkg/util/managedfields/internal/{lastappliedmanager,lastappliedupdater}.go).
 */
import { digText, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { type JsonMap, without } from '../stored-value.ts';
import { difference, type FieldSet, isEmpty, union } from './field-set.ts';
import { type Applied, type Apply, applyConfig } from './managed-fields.ts';
import { compare, fieldSetOf } from './typed-value.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
/** Whoever calls himself otherwise does not want it. */
const KUBECTL = 'kubectl';

export const applyAfterKubectl = (apply: Apply): Applied => {
  const applied = applyConfig(apply);
  if (apply.by.name !== KUBECTL) return applied;
  if (applied.ok) return { ...applied, object: withAnnotation(applied.object, apply.sent) };
  const allowed = stillAsApplied(apply);
  const isAllowed = [...applied.conflicts.values()].every((set) => isEmpty(difference(set, allowed)));
  return isAllowed ? applyAfterKubectl({ ...apply, force: true }) : applied;
};

const annotationOf = (object: KubeObject): string | undefined => digText(object, 'metadata', 'annotations', ANNOTATION);

/** The fields that were applied last and have not been changed by anybody since. */
const stillAsApplied = ({ shape, live }: Apply): FieldSet => {
  const last = readJson(annotationOf(live) ?? '');
  if (!isMap(last)) return { members: new Set(), children: new Map() };
  const { added, removed, modified } = compare(shape, last, live);
  return difference(fieldSetOf(shape, last), union(union(added, removed), modified));
};

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const withAnnotation = (object: KubeObject, sent: KubeObject): KubeObject => {
  if (annotationOf(object) === undefined) return object;
  const annotations = {
    ...(object.metadata.annotations as JsonMap),
    [ANNOTATION]: `${JSON.stringify(sorted(bare(sent)))}\n`,
  };
  return { ...object, metadata: { ...object.metadata, annotations } } as KubeObject;
};

/** As it was sent, but for the annotation itself. */
const bare = ({ metadata, ...rest }: KubeObject): unknown => {
  const annotations = without((metadata.annotations ?? {}) as JsonMap, ANNOTATION);
  return { ...rest, metadata: { ...without(metadata as JsonMap, 'annotations', 'managedFields'), annotations } };
};

/** Go writes the keys of its maps in order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
};
