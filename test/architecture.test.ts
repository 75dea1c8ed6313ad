/** Keeps the direction of imports (docs/architecture.md): says who may not import whom, and why. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What each room may import, besides itself. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  core: [],
  runtime: ['core'],
  adapters: ['core'],
  testing: ['core'],
  controllers: ['runtime', 'core'],
  twin: ['runtime', 'core'],
  app: ['controllers', 'runtime', 'twin', 'core'],
  faces: ['app', 'core'],
  'faces/twin-api': ['twin', 'core'],
  main: ['core', 'runtime', 'adapters', 'controllers', 'twin', 'app', 'faces', 'faces/twin-api'],
};

const WHY: Readonly<Record<string, string>> = {
  core: 'decisions are pure, so that the twin, the controllers and the tests can all call them',
  runtime: 'the loop knows work and time, not what the work is',
  adapters: 'an adapter turns one outside system into a port and knows nothing else',
  testing: 'contracts and builders must serve every implementation alike',
  controllers: 'the same controllers run on a cluster and in the twin, so they know ports, not adapters',
  twin: 'the twin does no I/O; its API over HTTPS is a face',
  app: 'use cases are handed their adapters by main',
  faces: 'a face shows what a use case or a decision says; main wires the adapters',
  'faces/twin-api': 'it serves the twin and nothing else',
  main: 'main wires everything',
};

/** npm packages that the core may use, and where. */
const CORE_PACKAGES: readonly { readonly name: string; readonly under: string }[] = [
  { name: 'zod', under: 'src/core/' },
  { name: 'unbash', under: 'src/core/rbac/script' },
];

const roomOf = (file: string): string => {
  const parts = file.split('/');
  if (parts[0] !== 'src') return '';
  return parts[1] === 'faces' && parts[2] === 'twin-api' ? 'faces/twin-api' : (parts[1] ?? '');
};

interface Import {
  readonly file: string;
  readonly target: string;
}

const importsOf = (file: string): readonly Import[] => {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
  );
  return Array.from(found, (match) => ({ file, target: match[1] ?? match[2] ?? match[3] ?? '' }));
};

const files = globSync('src/**/*.ts', { cwd: ROOT }).map((file) => file.replaceAll(path.sep, '/'));
const imports = files.flatMap(importsOf);
const isTest = (file: string): boolean => file.endsWith('.test.ts');

test('rooms import only what they may', () => {
  const wrong = imports.flatMap(({ file, target }) => {
    if (!target.startsWith('.') || isTest(file)) return [];
    const room = roomOf(file);
    const other = roomOf(path.posix.normalize(path.posix.join(path.posix.dirname(file), target)));
    if (other === room || other === '') return other === '' ? [`${file} imports ${target}, which is outside src`] : [];
    return MAY[room]?.includes(other) === true
      ? []
      : [`${file}: ${room} may not import ${other}, since ${WHY[room] ?? 'it is not in the table'}`];
  });
  expect(wrong).toEqual([]);
  expect(imports.length).toBeGreaterThan(100);
});

test('the core imports zod, the shell parser in one folder, and nothing else', () => {
  const wrong = imports.filter(
    ({ file, target }) =>
      file.startsWith('src/core/') &&
      !isTest(file) &&
      !target.startsWith('.') &&
      !CORE_PACKAGES.some(({ name, under }) => target === name && file.startsWith(under)),
  );
  expect(wrong).toEqual([]);
});

test('the twin, the controllers and the runtime use no Node module', () => {
  const wrong = imports.filter(
    ({ file, target }) =>
      /^src\/(?:twin|controllers|runtime)\//.test(file) && !isTest(file) && target.startsWith('node:'),
  );
  expect(wrong).toEqual([]);
});

test('no junk drawer, no file over 400 lines, every file says what it is for', () => {
  const drawers = files.filter((file) =>
    /(?:^|\/)(?:utils?|helpers?|common|misc|types|constants)(?:\.ts|\/)/.test(file),
  );
  expect(drawers).toEqual([]);
  const texts = files.map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
  // Tables made by a script may be long.
  expect(
    texts.filter(({ file, text }) => !file.includes('/data/') && text.split('\n').length > 401).map(({ file }) => file),
  ).toEqual([]);
  const mute = texts.filter(({ file, text }) => !isTest(file) && !text.startsWith('/**') && !text.startsWith('//'));
  expect(mute.map(({ file }) => file)).toEqual([]);
});
