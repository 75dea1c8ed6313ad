/** The published package: `npm pack` makes a tarball that installs elsewhere and runs without the clone. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test('has the public door for rules, with types (docs/writing-rules.md)', () => {
  const [, example = ''] =
    /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(ROOT, 'docs/writing-rules.md'), 'utf8')) ?? [];
  writeFileSync(path.join(folder, 'acme-rules.mjs'), example);
  expect(run('rules', 'test', 'acme-rules.mjs')).toContain('all hold');
  expect(run('explain', 'acme-rack-unknown', '--rules', 'acme-rules.mjs')).toContain('Our waves go rack by rack.');
  // Without nicwright around it: Node finds the door by itself.
  const alone = execFileSync(
    process.execPath,
    ['-e', 'import("./acme-rules.mjs").then(({ default: rule }) => console.log(rule.id))'],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(alone).toBe('acme-rack-unknown\n');
});

test('the types of the door are checked by a compiler', () => {
  const typed = (body: string): string =>
    `import { defineRule, type Facts, type Statement } from 'nicwright/rules';\nexport const check = (facts: Facts): readonly Statement[] => ${body};\nexport { defineRule };\n`;
  const compile = (name: string, body: string): string => {
    writeFileSync(path.join(folder, name), typed(body));
    const args = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', '', name];
    const { stdout } = spawnSync(path.join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: folder, encoding: 'utf8' });
    return stdout;
  };
  expect(compile('good.mts', "facts.objects('Node').map(() => ({ says: 'clear', scope: {}, saw: 'x' }))")).toBe('');
  expect(compile('bad.mts', "facts.objects(5).map(() => ({ says: 'clear', scope: {}, saw: 'x' }))")).toContain(
    'bad.mts(2',
  );
});
