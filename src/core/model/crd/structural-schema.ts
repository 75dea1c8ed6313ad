/**
 * A zod schema as the OpenAPI v3 schema that a CustomResourceDefinition may carry: structural, without what Kubernetes refuses
 * ($schema, const, additionalProperties: false). Only the shapes that our kinds use are translated.
 */
import { z } from 'zod';
import { dig, isMap } from '../dig.ts';

type Json = Readonly<Record<string, unknown>>;

/** Keys of JSON Schema that no CRD may have, or that add nothing there. */
const DROPPED: ReadonlySet<string> = new Set(['$schema', 'propertyNames', 'additionalProperties']);

const INT_OR_STRING = 'x-kubernetes-int-or-string';

const translate = (schema: unknown): Json => {
  if (!isMap(schema)) return {};
  if (schema[INT_OR_STRING] === true) {
    const { description, default: preset } = schema;
    return {
      [INT_OR_STRING]: true,
      ...(description !== undefined && { description }),
      ...(preset !== undefined && { default: preset }),
    };
  }
  const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => !DROPPED.has(key)));
  const values = schema['additionalProperties'];
  const properties = dig(schema, 'properties');
  return {
    ...kept,
    ...(isMap(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, translate(one)])),
    }),
    ...(isMap(values) && Object.keys(values).length > 0 && { additionalProperties: translate(values) }),
    ...(schema['items'] !== undefined && { items: translate(schema['items']) }),
  };
};

/** As what a person writes: fields with a default may be left out. */
export const structuralSchema = (schema: z.ZodType): Json =>
  translate(z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }));
