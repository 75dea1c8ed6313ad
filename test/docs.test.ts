/** Pages that repeat code are made from it or checked against it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { citedRequirements } from '../scripts/pages/requirements-page.ts';
import { generatedPages, ROOT } from '../scripts/pages/pages.ts';
import { VERSION } from '../src/faces/cli/version.ts';
import { hasShared, SHARED, WHERE_ABSENT } from './shared-folder.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test('generated pages are up to date (npm run generate)', async () => {
  for (const [file, text] of Object.entries(await generatedPages()))
    expect(read(file), `${file} is stale: npm run generate`).toBe(text);
});

test('docs/dependencies.md gives a reason for each dependency, and for no other', () => {
  const stated = Array.from(
    read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \|/gm),
    ([, name]) => name ?? '',
  ).toSorted((a, b) => a.localeCompare(b));
  expect(stated).toEqual(
    [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)].toSorted((a, b) =>
      a.localeCompare(b),
    ),
  );
});

test('the version printed is that of the package', () => {
  expect(VERSION).toBe(manifest.version);
});

test('paths named in CONTRIBUTING and docs exist', () => {
  const missing: string[] = [];
  for (const file of ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })])
    for (const [, named] of read(file).matchAll(/`((?:src|test|docs|bench|scripts|examples|deploy)\/[\w./-]+)`/g))
      if (named !== undefined && !existsSync(path.join(ROOT, named))) missing.push(`${file}: ${named}`);
  expect(missing).toEqual([]);
});

test('links between pages lead somewhere', () => {
  const broken: string[] = [];
  for (const file of ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })])
    for (const [, target] of read(file).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g))
      if (target !== undefined && !existsSync(path.join(ROOT, path.dirname(file), target)))
        broken.push(`${file}: ${target}`);
  expect(broken).toEqual([]);
});

describe.skipIf(!hasShared)(`requirements${WHERE_ABSENT}`, () => {
  test('every id that a test cites is an id of the requirements', () => {
    const known = new Set(
      Array.from(
        readFileSync(path.join(SHARED, 'requirements.md'), 'utf8').matchAll(/^- \*\*(\d{3}-\d{2,3})\*\*/gm),
        ([, id]) => id,
      ),
    );
    expect([...citedRequirements(ROOT).keys()].filter((id) => !known.has(id))).toEqual([]);
  });
});
