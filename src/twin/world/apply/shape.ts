/**
 * How server-side apply sees a value: which maps and lists are owned part by part and which as one
 * (structured-merge-diff's schema). Custom resources say it in their schema; for built-in kinds a short table is enough,
 * since what is not in it is a plain struct, a list owned as one, or a leaf.
 */
import { MERGED_LISTS, MERGED_MAPS, SINGLE_ENTRIES, SINGLE_MAPS } from './built-in-lists.ts';
import type { Schema } from '../schema.ts';

export interface Shape {
  /** Owned as one, whatever is inside. */
  readonly atomic: boolean;
  /** Of a list: the fields that make an entry's key; empty for a set of scalars. Undefined: a list is owned as one. */
  readonly keys?: readonly string[];
  /** A key of a map that is no field of a struct is owned beside what is in it. */
  readonly isField: (key: string) => boolean;
  /** Of the value under a key of a map. */
  readonly at: (key: string) => Shape;
  /** Of a list's entries. */
  readonly entry: () => Shape;
}

/** Values that no schema describes: maps by key, lists as one. */
const DEDUCED: Shape = { atomic: false, isField: () => false, at: () => DEDUCED, entry: () => DEDUCED };

export const shapeOfSchema = (schema: Schema | undefined): Shape => {
  const of = new WeakMap<Schema, Shape>();
  const make = (one: Schema): Shape => {
    const known = of.get(one);
    if (known !== undefined) return known;
    const { properties = {}, additionalProperties, items } = one;
    const listType = one['x-kubernetes-list-type'];
    const keys = listType === 'map' ? (one['x-kubernetes-list-map-keys'] ?? []) : listType === 'set' ? [] : undefined;
    const shape: Shape = {
      atomic: one['x-kubernetes-map-type'] === 'atomic',
      ...(keys !== undefined && { keys }),
      isField: (key) => Object.hasOwn(properties, key),
      at: (key) => {
        const field = Object.hasOwn(properties, key) ? properties[key] : undefined;
        if (field !== undefined) return make(field);
        return typeof additionalProperties === 'object' ? make(additionalProperties) : DEDUCED;
      },
      entry: () => (items === undefined ? DEDUCED : make(items)),
    };
    of.set(one, shape);
    return shape;
  };
  const body = schema === undefined ? DEDUCED : make(schema);
  const fields = (key: string): boolean => key === 'metadata' || key === 'apiVersion' || key === 'kind';
  return {
    ...body,
    isField: (key) => fields(key) || body.isField(key),
    at: (key) => (key === 'metadata' ? BUILT_IN_METADATA : body.at(key)),
  };
};

const cache = new Map<string, Shape>();

/** Of the value under `field` of a struct that stands under `parent`. */
const builtIn = (parent: string, field: string): Shape => {
  const name = `${parent}/${field}`;
  let shape = cache.get(name);
  if (shape === undefined) {
    const keys = MERGED_LISTS[name] ?? MERGED_LISTS[field];
    const isMap = MERGED_MAPS.has(field);
    shape = {
      atomic: SINGLE_MAPS.has(name) || SINGLE_MAPS.has(field),
      ...(keys !== undefined && { keys }),
      isField: () => !isMap,
      at: (key) => (isMap ? DEDUCED : builtIn(field, key)),
      entry: () => (SINGLE_ENTRIES.has(field) ? { ...DEDUCED, atomic: true } : builtIn(parent, field)),
    };
    cache.set(name, shape);
  }
  return shape;
};

const BUILT_IN_METADATA = builtIn('', 'metadata');

/** Of an object of a built-in kind. */
export const builtInShape: Shape = builtIn('', '');

/** Of a kind whose fields of these names hold what no schema describes: owned as one. */
export const withRawFields = (...names: readonly string[]): Shape => ({
  ...builtInShape,
  at: (key) => (names.includes(key) ? { ...DEDUCED, atomic: true } : builtInShape.at(key)),
});
