import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWithoutManagedFields } from './managed-fields.ts';

const cut = (value: unknown): unknown => JSON.parse(textWithoutManagedFields(Buffer.from(JSON.stringify(value))));

const FIELDS = [{ manager: 'a"}],\\', fieldsV1: { 'f:x': { 'k:{"name":"]}"}': {} } } }];

test.for([
  ['last', { type: 'ADDED', object: { metadata: { name: 'a', managedFields: FIELDS }, spec: { n: 1 } } }],
  ['first', { type: 'ADDED', object: { metadata: { managedFields: FIELDS, name: 'a' }, spec: { n: 1 } } }],
  ['alone', { type: 'ADDED', object: { metadata: { managedFields: FIELDS }, spec: { n: 1 } } }],
  ['after another map', { type: 'ADDED', object: { data: { x: { y: [] } }, metadata: { managedFields: FIELDS } } }],
  ['empty', { type: 'ADDED', object: { metadata: { name: 'a', managedFields: [] } } }],
] as const)('they are cut where they stand %s', ([, event]) => {
  const { managedFields: _cut, ...metadata } = event.object.metadata as Record<string, unknown>;
  expect(cut(event)).toEqual({ ...event, object: { ...event.object, metadata } });
});

test.for([
  ['in spec', { object: { metadata: { name: 'a' }, spec: { managedFields: FIELDS } } }],
  ['in a label', { object: { metadata: { labels: { managedFields: 'x' } } } }],
  ['in a template', { object: { spec: { template: { metadata: { managedFields: FIELDS } } } } }],
  ['in a text', { object: { metadata: { annotations: { last: '{"metadata":{"managedFields":[]}}' } } } }],
  ['as null', { object: { metadata: { managedFields: null, name: 'a' } } }],
  ['nowhere', { object: { metadata: { name: 'a' } } }],
] as const)('the same word %s stays', ([, event]) => {
  expect(cut(event)).toEqual(event);
});

test('whatever the object, nothing else is lost', () => {
  const word = fc.constantFrom('managedFields', 'metadata', 'object', 'a"', '\\', 'é', ']}', '{"managedFields":[');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, null, 'managedFields', ',"managedFields":['),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('tree'), { maxLength: 3 }),
    map: fc.dictionary(word, tie('tree'), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(tree, fc.dictionary(word, tree), (inner, metadata) => {
      const event = { type: 'ADDED', object: { inner, metadata, spec: inner } };
      const { managedFields, ...rest } = metadata;
      const less = { ...event, object: { inner, metadata: rest, spec: inner } };
      const expected = Array.isArray(managedFields) ? less : event;
      expect(cut(event)).toEqual(JSON.parse(JSON.stringify(expected)));
    }),
    { numRuns: 500 },
  );
});

test('a line that is cut off gives what it has', () => {
  const whole = JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'a', managedFields: FIELDS } } });
  for (let end = 0; end < whole.length; end += 1)
    expect(() => textWithoutManagedFields(Buffer.from(whole.slice(0, end)))).not.toThrow();
});
