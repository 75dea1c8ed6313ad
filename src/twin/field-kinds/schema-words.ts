/** Words for structural schemas, so that a kind's fields read as a table. They say nothing of any kind. */
import type { Schema } from '../world/schema.ts';

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const flag: Schema = { type: 'boolean' };
export const countOrPercent: Schema = { 'x-kubernetes-int-or-string': true };

/** Kept as it is sent: what is in it matters to nobody here. */
export const open: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const oneOf = (...values: readonly (string | number)[]): Schema => ({
  type: typeof values[0] === 'number' ? 'integer' : 'string',
  enum: values,
});

export const between = (minimum: number, maximum?: number): Schema => ({
  type: 'integer',
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});

export const matching = (pattern: string, length: Pick<Schema, 'minLength' | 'maxLength'> = {}): Schema => ({
  type: 'string',
  pattern,
  ...length,
});

export const orElse = (schema: Schema, value: unknown): Schema => ({ ...schema, default: value });

export const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** Replaced as a whole by whoever applies it. */
export const atomicListOf = (items: Schema): Schema => ({ ...listOf(items), 'x-kubernetes-list-type': 'atomic' });

export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

export const fields = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});

const expression = (list: typeof listOf): Schema =>
  fields({ key: text, operator: text, values: list(text) }, ['key', 'operator']);

/** metav1.LabelSelector. */
export const labelSelector: Schema = {
  ...fields({ matchExpressions: atomicListOf(expression(atomicListOf)), matchLabels: mapOf(text) }),
  'x-kubernetes-map-type': 'atomic',
};

/** corev1.NodeSelector. */
export const nodeSelector: Schema = {
  ...fields(
    {
      nodeSelectorTerms: listOf({
        ...fields({ matchExpressions: listOf(expression(listOf)), matchFields: listOf(expression(listOf)) }),
        'x-kubernetes-map-type': 'atomic',
      }),
    },
    ['nodeSelectorTerms'],
  ),
  'x-kubernetes-map-type': 'atomic',
};

/** metav1.Condition. */
export const condition: Schema = fields(
  {
    type: matching(
      '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
      { maxLength: 316 },
    ),
    status: oneOf('True', 'False', 'Unknown'),
    reason: matching('^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$', { minLength: 1, maxLength: 1024 }),
    message: { ...text, maxLength: 32_768 },
    lastTransitionTime: text,
    observedGeneration: between(0),
  },
  ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
);
