/** Lines of values are those that a parser with positions gives, in JSON and in kubectl's YAML, in lists and streams. */
import fc from 'fast-check';
import yaml from 'js-yaml';
import { expect, test } from 'vitest';
import type { Path } from '../../core/model/dig.ts';
import { lineFinder } from './locate-line.ts';
import { readPositioned } from './read-positioned.ts';

const key = fc.stringMatching(/^[a-z][a-zA-Z0-9./-]{0,8}$/);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.stringMatching(/^[a-z][a-z ]{0,10}[a-z]$/),
    fc.nat(),
    fc.boolean(),
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const list = fc.record({
  apiVersion: fc.constant('v1'),
  items: fc.array(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), { maxLength: 4 }),
  kind: fc.constant('List'),
});

const pathsIn = (inside: unknown, at: Path = []): readonly Path[] =>
  typeof inside === 'object' && inside !== null
    ? [
        at,
        ...Object.entries(inside).flatMap(([step, next]) =>
          pathsIn(next, [...at, Array.isArray(inside) ? Number(step) : step]),
        ),
      ]
    : [at];

test.each<['json' | 'yaml', (document: unknown) => string]>([
  ['json', (document) => JSON.stringify(document, undefined, 2)],
  ['yaml', (document) => yaml.dump(document, { noArrayIndent: true, lineWidth: -1 })],
  ['yaml', (document) => yaml.dump(document, { noArrayIndent: false, lineWidth: -1 })],
])('%s', (format, print) => {
  fc.assert(
    fc.property(list, (document) => {
      const text = print(document);
      const find = lineFinder(format, text);
      const [read] = (() => {
        const documents = readPositioned(text, 'x');
        return documents.ok ? documents.value : [];
      })();
      if (read === undefined) throw new Error('the text cannot be read');
      for (const path of pathsIn(document))
        expect(find(0, path), `${path.join('.')} in\n${text}`).toBe(read.lineOf(path));
    }),
    { numRuns: 200 },
  );
});

test('in the second document of a stream, and for what is not there the nearest parent', () => {
  const text = '---\n# first\na: 1\n---\nitems:\n- name: x\n  spec:\n    b: 2\n- name: y\n';
  const find = lineFinder('yaml', text);
  expect(find(0, ['a'])).toBe(3);
  expect(find(1, ['items', 0, 'spec', 'b'])).toBe(8);
  expect(find(1, ['items', 0, 'spec', 'absent'])).toBe(7);
  expect(find(1, ['items', 1, 'name'])).toBe(9);
  expect(lineFinder('json', '{\n "items": [\n  {"a": 1},\n  {"b": [\n   2]}\n ]\n}')(0, ['items', 1, 'b', 0])).toBe(5);
});
