/** Objects and texts of every rule's cases with parts of the wrong kind in them: a report comes of it, and no exception. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMap } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { caseSnapshot } from '../case-snapshot.ts';
import { diagnose } from '../engine.ts';
import { ALL_RULES } from './index.ts';

const CASES = ALL_RULES.flatMap(({ cases }) => cases).filter(({ objects }) => objects.length > 0);

const WRONG: readonly unknown[] = [null, '', 'x/y:z#0-99999999', -1, 1e308, true, [], {}, [null], { name: 7 }, [['a']]];

/** Every place below metadata, spec, status and data, as a path. */
const placesIn = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] => {
  const entries = Array.isArray(value) ? Object.entries(value) : isMap(value) ? Object.entries(value) : [];
  return entries.flatMap(([key, below]) => [[...path, key], ...placesIn(below, [...path, key])]);
};

const replaced = (value: unknown, [key, ...rest]: readonly string[], wrong: unknown): unknown => {
  if (key === undefined) return wrong;
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === key ? replaced(one, rest, wrong) : one));
  return isMap(value) ? { ...value, [key]: replaced(value[key], rest, wrong) } : value;
};

/** What a loader lets through has a kind, a version and a name. */
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata', 'metadata.name', 'metadata.namespace']);

test('labels of a template that are no map are no labels', () => {
  const labels = ['spec', 'template', 'metadata', 'labels'];
  const cases = CASES.filter((one) => one.objects.some(({ kind }) => kind === 'DaemonSet'));
  expect(cases.length).toBeGreaterThan(0);
  for (const one of cases) {
    const objects = one.objects.map((object) =>
      object.kind === 'DaemonSet' ? (replaced(object, labels, '') as KubeObject) : object,
    );
    expect(diagnose(caseSnapshot({ ...one, objects }), ALL_RULES).schema).toBe('nicwright.dev/diagnosis/v1');
  }
});

test('wrong kinds in any place give a report', () => {
  fc.assert(
    fc.property(
      fc.nat(CASES.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(WRONG.length - 1)), { minLength: 1, maxLength: 4 }),
      (at, changes) => {
        const one = CASES[at];
        if (one === undefined) return;
        let objects: readonly unknown[] = one.objects;
        for (const [which, where, how] of changes) {
          const index = which % objects.length;
          const places = placesIn(objects[index]).filter((path) => !IDENTITY.has(path.join('.')));
          const path = places[where % Math.max(1, places.length)];
          if (path === undefined) continue;
          objects = objects.map((object, number) => (number === index ? replaced(object, path, WRONG[how]) : object));
        }
        const report = diagnose(caseSnapshot({ ...one, objects: objects as readonly KubeObject[] }), ALL_RULES);
        expect(report.schema).toBe('nicwright.dev/diagnosis/v1');
      },
    ),
    { numRuns: 60 },
  );
});
