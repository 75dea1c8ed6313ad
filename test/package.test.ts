/** The published package: `npm pack` makes a tarball that installs elsewhere and runs without the clone. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../src/faces/cli/version.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
let folder = '';
let installed = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-pack-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' });
  const [tarball] = readdirSync(folder);
  // Unpacked by tar and given our node_modules: what npm install does, without asking a registry.
  installed = path.join(folder, 'node_modules/nicwright');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', path.join(folder, tarball ?? ''), '--strip-components=1', '-C', installed]);
  symlinkSync(path.join(ROOT, 'node_modules/@kubernetes'), path.join(folder, 'node_modules/@kubernetes'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]): string =>
  execFileSync(process.execPath, [path.join(installed, 'bin/nicwright.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });

test('holds the bundle and the examples, and neither sources nor tests', () => {
  expect(existsSync(path.join(installed, 'dist/nicwright.mjs'))).toBe(true);
  expect(existsSync(path.join(installed, 'examples/dgx-incident'))).toBe(true);
  expect(existsSync(path.join(installed, 'src'))).toBe(false);
  expect(existsSync(path.join(installed, 'test'))).toBe(false);
});

test('runs from there', () => {
  expect(run('version')).toBe(`nicwright ${VERSION}\n`);
  expect(run('start', '--once')).toContain('A firmware change waits for a cold restart');
  expect(run('help')).toContain('diagnose');
});
