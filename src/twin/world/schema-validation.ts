/** Whether an object keeps its structural schema, in the words of kube-openapi's validator. */
import { isMap } from '../../core/model/dig.ts';
import type { Schema } from './schema.ts';
import { type Cause, invalidValue, notSupported, requiredValue, typeInvalid } from './status.ts';

/** The causes of a refusal, in the order of the schema; empty when all is well. */
export const validateBySchema = (schema: Schema, value: unknown, path: string): readonly Cause[] => {
  if (value === null)
    return schema.nullable === true || schema.type === undefined ? [] : [wrongType(schema, value, path)];
  if (schema['x-kubernetes-int-or-string'] === true)
    return Number.isInteger(value) || typeof value === 'string' ? [] : [wrongType(schema, value, path)];
  if (schema.type !== undefined && !hasType(schema.type, value)) return [wrongType(schema, value, path)];
  const own = ownCauses(schema, value, path);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? own
      : [...own, ...value.flatMap((entry, at) => validateBySchema(items, entry, `${path}[${at}]`))];
  }
  if (!isMap(value)) return own;
  const { properties = {}, additionalProperties, required = [] } = schema;
  const missing = required.filter((key) => value[key] === undefined).map((key) => requiredValue(join(path, key)));
  const inner = Object.entries(value).flatMap(([key, part]) => {
    const of = Object.hasOwn(properties, key)
      ? properties[key]
      : typeof additionalProperties === 'object'
        ? additionalProperties
        : undefined;
    return of === undefined || part === undefined ? [] : validateBySchema(of, part, join(path, key));
  });
  return [...own, ...missing, ...inner];
};

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const hasType = (type: string, value: unknown): boolean => {
  switch (type) {
    case 'object':
      return isMap(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
};

const wrongType = (schema: Schema, value: unknown, path: string): Cause => {
  const is = value === null ? 'null' : Array.isArray(value) ? 'array' : isMap(value) ? 'object' : goType(value);
  return typeInvalid(
    path,
    is,
    `${path} in body must be of type ${schema.type ?? 'integer or string'}: ${JSON.stringify(is)}`,
  );
};

const goType = (value: unknown): string =>
  typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;

const ownCauses = (schema: Schema, value: unknown, path: string): readonly Cause[] => {
  const causes: Cause[] = [];
  const refuse = (why: string): void => {
    causes.push(invalidValue(path, value, `${path} in body ${why}`));
  };
  if (schema.enum !== undefined && !schema.enum.includes(value))
    causes.push(notSupported(path, value, schema.enum.map(String)));
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum)
      refuse(`should be greater than or equal to ${schema.minimum}`);
    if (schema.maximum !== undefined && value > schema.maximum)
      refuse(`should be less than or equal to ${schema.maximum}`);
  }
  if (typeof value === 'string') {
    if (schema.minLength !== undefined && value.length < schema.minLength)
      refuse(`should be at least ${schema.minLength} chars long`);
    if (schema.maxLength !== undefined && value.length > schema.maxLength)
      refuse(`should be at most ${schema.maxLength} chars long`);
    if (schema.pattern !== undefined && !matches(schema.pattern, value)) refuse(`should match '${schema.pattern}'`);
  }
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems)
      refuse(`should have at least ${schema.minItems} items`);
    if (schema.maxItems !== undefined && value.length > schema.maxItems)
      refuse(`must have at most ${schema.maxItems} items`);
  }
  return causes;
};

const EXPRESSIONS = new Map<string, RegExp | undefined>();

/** A pattern that JavaScript cannot read is taken for kept. */
const matches = (pattern: string, value: string): boolean => {
  if (!EXPRESSIONS.has(pattern)) {
    try {
      EXPRESSIONS.set(pattern, new RegExp(pattern));
    } catch {
      EXPRESSIONS.set(pattern, undefined);
    }
  }
  return EXPRESSIONS.get(pattern)?.test(value) ?? true;
};
