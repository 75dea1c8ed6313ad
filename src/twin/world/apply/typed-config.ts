/**
 * Whether the configuration of an apply fits its schema, before anything else is looked at: unknown fields and wrong types are
 * refused there and not pruned (structured-merge-diff typed/validate.go). Of custom resources alone; for built-in kinds the twin
 * has no schemas.
 */
import { isMap } from '../../../core/model/dig.ts';
import type { Schema } from '../schema.ts';

/** What is wrong with it, `.spec.size: expected string, got 3`; undefined when all is well. */
export const configFault = (schema: Schema, config: unknown): string | undefined => {
  if (!isMap(config)) return undefined;
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = config;
  return faultOf(schema, body, '');
};

const faultOf = (schema: Schema, value: unknown, path: string): string | undefined => {
  if (value === null || value === undefined || schema['x-kubernetes-int-or-string'] === true) return undefined;
  const { type, properties = {}, additionalProperties, items } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  switch (type ?? '') {
    case 'object': {
      if (!isMap(value)) return `${path}: expected map, got &{${shown(value)}}`;
      return first(Object.entries(value), ([key, inner]) => {
        const of = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
        const at = `${path}.${key}`;
        if (typeof of === 'object') return faultOf(of, inner, at);
        return isOpen ? undefined : `${at}: field not declared in schema`;
      });
    }
    case 'array':
      if (!Array.isArray(value)) return `${path}: expected list, got &{${shown(value)}}`;
      return items === undefined
        ? undefined
        : first([...value.entries()], ([at, entry]) => {
            const keys = schema['x-kubernetes-list-map-keys'] ?? [];
            const missing = keys.find(
              (key) => isMap(entry) && entry[key] === undefined && items.properties?.[key]?.default === undefined,
            );
            if (missing !== undefined)
              return `${path}: element ${at}: associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`;
            return faultOf(items, entry, `${path}[${at}]`);
          });
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `${path}: expected numeric (int or float), got ${goType(value)}`;
    case 'string':
    case 'boolean':
      return typeof value === type ? undefined : `${path}: expected ${type}, got &{${shown(value)}}`;
    default:
      return undefined;
  }
};

const first = <T>(list: readonly T[], fault: (entry: T) => string | undefined): string | undefined => {
  for (const entry of list) {
    const found = fault(entry);
    if (found !== undefined) return found;
  }
  return undefined;
};

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const goType = (value: unknown): string =>
  typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? 'list' : isMap(value) ? 'map' : typeof value;
