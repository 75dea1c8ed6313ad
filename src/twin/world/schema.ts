/**
 * Structural schemas as CustomResourceDefinitions have them, and what the server does with an object by them: unknown
 * fields are pruned, then defaults are filled in (k8s.io/apiextensions-apiserver pkg/apiserver/schema/{pruning,defaulting}).
 * Keys are spelled as in openAPIV3Schema. Expressions (CEL), oneOf and its kin are not evaluated.
 */
import { isMap } from '../../core/model/dig.ts';
import type { JsonMap } from './stored-value.ts';

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
}

/** What every object has beside its schema. */
const HEAD = ['apiVersion', 'kind', 'metadata'];

/** Prunes and fills the top-level fields of a custom resource; its head is left as it is. */
export const completeBySchema = <T extends JsonMap>(schema: Schema, object: T): T => {
  const complete = fill(schema, prune(schema, object, HEAD));
  return complete as T;
};

const prune = (schema: Schema, value: unknown, keep: readonly string[] = []): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : mapSame(value, (entry) => prune(items, entry));
  }
  if (!isMap(value)) return value;
  const kept = schema['x-kubernetes-embedded-resource'] === true ? HEAD : keep;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  const { properties = {}, additionalProperties } = schema;
  const pruned: Record<string, unknown> = {};
  let changed = false;
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const of = known ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (of === undefined && !isOpen && !kept.includes(key)) {
      changed = true;
      continue;
    }
    pruned[key] = of === undefined || kept.includes(key) ? inner : prune(of, inner);
    changed ||= pruned[key] !== inner;
  }
  return changed ? pruned : value;
};

const fill = (schema: Schema, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : mapSame(value, (entry) => fill(items, entry));
  }
  if (!isMap(value)) return value;
  const { properties = {}, additionalProperties } = schema;
  const filled: Record<string, unknown> = { ...value };
  let changed = false;
  for (const [key, of] of Object.entries(properties)) {
    const there = Object.hasOwn(value, key) ? value[key] : undefined;
    const isMissing = there === undefined || (there === null && of.nullable !== true);
    const next = isMissing && of.default !== undefined ? of.default : there;
    if (next === undefined) continue;
    filled[key] = fill(of, next);
    changed ||= filled[key] !== value[key];
  }
  if (typeof additionalProperties === 'object')
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(properties, key)) continue;
      filled[key] = fill(additionalProperties, value[key]);
      changed ||= filled[key] !== value[key];
    }
  return changed ? filled : value;
};

const mapSame = (list: readonly unknown[], change: (entry: unknown) => unknown): readonly unknown[] => {
  const changed = list.map(change);
  return changed.every((entry, at) => entry === list[at]) ? list : changed;
};
