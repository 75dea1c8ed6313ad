/** The published package: `npm pack` makes a tarball that installs elsewhere and runs without the clone. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
  // What npm ci fetched a moment ago is in npm's own cache.
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', `./${tarball ?? ''}`], {
    cwd: folder,
    stdio: 'pipe',
  });
  installed = path.join(folder, 'node_modules/nicwright');
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
