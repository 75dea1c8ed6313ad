/** What a real kube-apiserver made of such patches (test/real/twin-differential.real.test.ts), kept for machines without one. */
import { describe, expect, test } from 'vitest';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicPatch } from './strategic-patch.ts';

describe('strategic merge patch', () => {
  const main = { name: 'main', image: 'a:1' };
  const side = { name: 'side', image: 'b:1' };
  const containers = (...list: readonly object[]): object => ({ spec: { containers: list } });

  test.for([
    [
      'an entry that is there is merged',
      containers(main),
      containers({ name: 'main', image: 'a:2' }),
      containers({ ...main, image: 'a:2' }),
    ],
    [
      'a new entry comes before those that the patch does not name',
      containers(main),
      containers(side),
      containers(side, main),
    ],
    [
      'entries that the server knows keep its order',
      containers(main, side),
      containers({ name: 'side', tty: true }),
      containers(main, { ...side, tty: true }),
    ],
    [
      '$patch: delete takes an entry out',
      containers(main, side),
      containers({ name: 'main', $patch: 'delete' }),
      containers(side),
    ],
    [
      '$patch: replace leaves the patch alone',
      containers(main),
      containers(side, { $patch: 'replace' }),
      containers(side),
    ],
    [
      'a list without a key is replaced',
      { spec: { args: ['a', 'b'] } },
      { spec: { args: ['c'] } },
      { spec: { args: ['c'] } },
    ],
    [
      'scalars of a set are added, those of the patch last',
      { metadata: { finalizers: ['x'] } },
      { metadata: { finalizers: ['y'] } },
      { metadata: { finalizers: ['y', 'x'] } },
    ],
    [
      '$setElementOrder orders what is there',
      containers(main, side),
      { spec: { '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }] } },
      containers(side, main),
    ],
    [
      'what is new loses its directives and nulls',
      {},
      { spec: { a: null, b: { $patch: 'delete' }, c: 1 } },
      { spec: { c: 1 } },
    ],
    ['null removes', { spec: { replicas: 1, paused: true } }, { spec: { paused: null } }, { spec: { replicas: 1 } }],
  ])('%s', ([, target, patch, patched]) => {
    expect(applyStrategicPatch(target, patch)).toEqual({ ok: true, value: patched });
  });

  test('an entry without its key cannot be merged', () => {
    const answer = applyStrategicPatch(containers(main), containers({ image: 'c:1' }));
    expect(answer).toMatchObject({ ok: false, because: expect.stringContaining('declared merge key: name') as string });
  });

  test('a map may be named that is not merged', () => {
    const target = { spec: { selector: { matchLabels: { a: '1' } } } };
    expect(applyStrategicPatch(target, { spec: { selector: {} } }, ['spec/selector'])).toEqual({
      ok: true,
      value: { spec: { selector: {} } },
    });
  });
});

describe('merge patch', () => {
  test.for([
    ['nulls go from what is new, in lists too', {}, { a: [1, { b: null, c: 2 }] }, { a: [1, { c: 2 }] }],
    ['a list in the place of a map keeps them', { a: { b: 1 } }, { a: [{ c: null }] }, { a: [{ c: null }] }],
    ['a map in the place of a text is new', { a: 'x' }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  ])('%s', ([, target, patch, patched]) => {
    expect(applyMergePatch(target, patch)).toEqual(patched);
  });
});

test('JSON patch: replace adds a member that is absent, remove does not forgive it', () => {
  expect(applyJsonPatch({ a: {} }, [{ op: 'replace', path: '/a/b', value: 1 }])).toEqual({
    ok: true,
    value: { a: { b: 1 } },
  });
  expect(applyJsonPatch({ a: {} }, [{ op: 'remove', path: '/a/b' }])).toMatchObject({ ok: false });
  expect(applyJsonPatch({}, [{ op: 'replace', path: '/a/b', value: 1 }])).toMatchObject({ ok: false });
});
