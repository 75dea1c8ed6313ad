import { expect, test } from 'vitest';
import type { Problem, Report } from '../../../core/diagnosis/report.ts';
import { withinDump } from './within-dump.ts';

const sourcesOf = (sources: readonly string[], cited: readonly string[]): readonly string[] => {
  const evidence = cited.map((source) => ({ source, excerpt: 'x' }));
  const problem = { evidence, consequences: [{ evidence }] } as unknown as Problem;
  const report = { sources, problems: [problem], symptoms: [], observations: [] } as unknown as Report;
  const [inside] = withinDump(report).problems;
  expect(inside?.consequences[0]?.evidence).toEqual(inside?.evidence);
  return (inside?.evidence ?? []).map(({ source }) => source);
};

test.each([
  ['a folder', ['dump/'], ['dump/a/b.yaml', 'dumpling/c'], ['a/b.yaml', 'dumpling/c']],
  ['an archive', ['x/dump.tgz'], ['x/dump.tgz!a/b.yaml'], ['a/b.yaml']],
  ['one file', ['a.yaml'], ['a.yaml'], ['a.yaml']],
  ['two inputs: which one it is must stay visible', ['p', 'q'], ['p/a', 'q/a'], ['p/a', 'q/a']],
  ['a live cluster', ['live: dgx'], ['live: dgx/nodes'], ['live: dgx/nodes']],
])('%s', (_, sources, cited, inside) => {
  expect(sourcesOf(sources, cited)).toEqual(inside);
});
