/** docs/requirements.md: which requirement of the founding documents is met by which test, read off the tests themselves. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Not part of a longer word or range such as `dgx[001-032]`. */
const ID = /(?<![\w[-])00[0-3]-\d{2,3}(?![\w\]-])/g;
const RANGE = /(?<![\w[-])(00[0-3])-(\d{2,3}) to \1-(\d{2,3})(?![\w\]-])/g;

/** A rule carries its own cases, which rules.test.ts runs. */
const TESTS = ['src/**/*.test.ts', 'test/**/*.test.ts', 'src/core/diagnosis/rules/*/*.ts'];

/** Every id that a text cites, ranges such as `003-25 to 003-35` with all between. */
const idsIn = (text: string): readonly string[] => [
  ...[...text.matchAll(ID)].map(([id]) => id),
  ...[...text.matchAll(RANGE)].flatMap(([, seed, first, last]) =>
    Array.from(
      { length: Math.max(0, Number(last) - Number(first)) },
      (_, at) => `${seed}-${String(Number(first) + at).padStart(2, '0')}`,
    ),
  ),
];

/** Requirement ids with the test files that cite them in a title, sorted. */
export const citedRequirements = (root: string): ReadonlyMap<string, readonly string[]> => {
  const files = globSync(TESTS, { cwd: root }).toSorted();
  const cited = new Map<string, Set<string>>();
  for (const file of files)
    for (const id of idsIn(readFileSync(path.join(root, file), 'utf8'))) {
      const where = cited.get(id) ?? new Set();
      cited.set(id, where.add(file.replaceAll(path.sep, '/')));
    }
  return new Map(
    [...cited]
      .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([id, where]) => [id, [...where]]),
  );
};

export const requirementsPage = (root: string): string => {
  const cited = citedRequirements(root);
  return [
    '# Requirements met, and by which test',
    '',
    'An id is the number of a founding document (000 SR-IOV and the cold restart, 001 DPF and RBAC, 002 the operator life cycle,',
    '003 bare-metal smart NICs) and a running number. An id that is not in this table is not met yet. Generated from the tests',
    'that cite the ids (`npm run generate`); a test keeps this page so.',
    '',
    `${cited.size} ids are cited.`,
    '',
    '| id | test |',
    '|---|---|',
    ...[...cited].map(([id, where]) => `| ${id} | ${where.map((file) => `\`${file}\``).join(', ')} |`),
    '',
  ].join('\n');
};
