/** A patch and its way back: together they change nothing, whatever the object was. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMap } from '../model/dig.ts';
import { holds, inversePatch, standsAt, type MergePatch } from './merge-patch.ts';

/** RFC 7386, as an API server does it. */
const merge = (target: unknown, patch: unknown): unknown => {
  if (!isMap(patch)) return patch;
  const into: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete into[key];
    else into[key] = merge(into[key], value);
  }
  return into;
};

const leaf = fc.oneof(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 2 }), fc.constant(['x', 'y']));
const keys = fc.constantFrom('spec', 'image', 'labels');
const { object } = fc.letrec<{ object: Readonly<Record<string, unknown>> }>((tie) => ({
  object: fc.dictionary(keys, fc.oneof({ depthSize: 'small' }, leaf, tie('object')), { maxKeys: 3 }),
}));
const { patch } = fc.letrec<{ patch: MergePatch }>((tie) => ({
  patch: fc.dictionary(keys, fc.oneof({ depthSize: 'small' }, leaf, fc.constant(null), tie('patch')), { maxKeys: 3 }),
}));

test('the way back gives the object as it was', () => {
  fc.assert(
    fc.property(object, patch, (before, change) => {
      const back = inversePatch(before, change);
      const after = merge(before, change);
      expect(standsAt(back, change, before)).toBe(true);
      expect(merge(after, back)).toEqual(before);
      expect(holds(back, before)).toBe(true);
    }),
  );
});

test('the order of keys is none of a server’s concern, a value that differs is', () => {
  const wanted = { spec: { exclusions: [{ startIP: '1', endIP: '2' }] } };
  expect(holds(wanted, { spec: { exclusions: [{ endIP: '2', startIP: '1' }] } })).toBe(true);
  expect(holds(wanted, { spec: { exclusions: [{ endIP: '3', startIP: '1' }] } })).toBe(false);
});

test('an object that a person edited in between stands nowhere', () => {
  const change = { spec: { plugin: null } };
  const back = inversePatch({ spec: { plugin: { image: 'x' } } }, change);
  expect(standsAt(back, change, { spec: { plugin: { image: 'x' } } })).toBe(true);
  expect(standsAt(back, change, { spec: { plugin: { image: 'x', config: '{}' } } })).toBe(false);
});
