/** Rules of a user's own, from modules outside of the project: by path, by package name, by configuration, broken ones too. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

/** The module that docs/writing-rules.md shows. */
const MODULE = /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(ROOT, 'docs/writing-rules.md'), 'utf8'))?.[1] ?? '';

let folder = '';
const at = (name: string): string => path.join(folder, name);
const put = (name: string, text: string): string => {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
  return at(name);
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-pack-'));
  put('acme-rules.mjs', MODULE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Run from the folder of the modules, which is outside of the project. */
const nicwright = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [path.join(ROOT, 'bin/nicwright.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: '', ...env },
  });

const EXAMPLE = path.join(ROOT, 'examples/dgx-incident');

const rulesFound = (args: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] => {
  const run = nicwright(['diagnose', '--from', EXAMPLE, '-o', 'json', ...args], env);
  // A slow machine tells its progress there.
  if (run.stdout === '') throw new Error(run.stderr);
  return (JSON.parse(run.stdout) as { problems: { rule: string }[] }).problems.map(({ rule }) => rule);
};

describe('a module outside of the project', () => {
  test('is the one of the documentation, and its cases hold', () => {
    const run = nicwright(['rules', 'test', 'acme-rules.mjs', '-v']);
    expect(run.stdout).toContain('1 rule, 5 checks: all hold');
    expect(run.stdout).toContain('ok    lacking: nodes were not read');
    expect(run.status).toBe(0);
  });

  test('takes part in a diagnosis, beside our rules', () => {
    expect(rulesFound(['--rules', 'acme-rules.mjs'])).toEqual(['cold-restart-pending', 'acme-rack-unknown']);
    expect(rulesFound([])).toEqual(['cold-restart-pending']);
  });

  test('has a page', () => {
    const run = nicwright(['explain', 'acme-rack-unknown', '--rules', 'acme-rules.mjs']);
    expect(run.stdout).toContain('Our waves go rack by rack.');
    expect(run.stdout).toContain('kubectl label node a acme.example/rack=RACK');
  });

  test('may be TypeScript', () => {
    const typed = MODULE.replace('(name, labels)', '(name: string, labels: Record<string, string>)');
    expect(typed).not.toBe(MODULE);
    put('typed.ts', typed);
    expect(nicwright(['rules', 'test', 'typed.ts']).stdout).toContain('all hold');
  });

  test('may be a package beside the user, by name', () => {
    put(
      'node_modules/@acme/nic-rules/package.json',
      '{"name": "@acme/nic-rules", "type": "module", "exports": "./index.js"}',
    );
    put('node_modules/@acme/nic-rules/index.js', MODULE);
    expect(rulesFound(['--rules', '@acme/nic-rules'])).toContain('acme-rack-unknown');
  });
});

describe('the configuration', () => {
  const SUPPRESSIONS = 'suppressions:\n  - {rule: acme-rack-unknown, owner: o, reason: r, expires: "2999-12-31"}\n';

  test('names modules and suppressions, seen from its own folder', () => {
    put('conf/rules.mjs', MODULE);
    put('conf/known.yaml', SUPPRESSIONS);
    put('conf/both.yaml', 'rules: [./rules.mjs]\nsuppressions: known.yaml\n');
    put('conf/rules-only.yaml', 'rules: [./rules.mjs]\n');
    expect(rulesFound(['--config', at('conf/rules-only.yaml')])).toContain('acme-rack-unknown');
    expect(rulesFound(['--config', at('conf/both.yaml')])).toEqual(['cold-restart-pending']);
    expect(rulesFound([], { NICWRIGHT_CONFIG: at('conf/rules-only.yaml') })).toContain('acme-rack-unknown');
  });

  test('is taken from the home, and never from the folder at hand', () => {
    put('.config/nicwright/config.yaml', `rules: [${at('acme-rules.mjs')}]\n`);
    expect(rulesFound([])).toContain('acme-rack-unknown');
    rmSync(at('.config'), { recursive: true });
    put('config.yaml', 'rules: [acme-rules.mjs]\n');
    put('nicwright.yaml', 'rules: [acme-rules.mjs]\n');
    expect(rulesFound([])).toEqual(['cold-restart-pending']);
  });

  test.each([
    ['rule: [x]\n', 'bad.yaml:1: there is no key rule; there are rules and suppressions.'],
    ['\nrules: x\n', 'bad.yaml:2: rules is a list of modules.'],
    ['- x\n', 'bad.yaml:1: the configuration is a map with rules and suppressions.'],
  ])('%j is refused with file and line', (text, message) => {
    const run = nicwright(['diagnose', '--from', EXAMPLE, '--config', put('bad.yaml', text)]);
    expect(run.status).toBe(3);
    expect(run.stderr).toContain(message);
  });
});

describe('a module with a mistake', () => {
  test.each([
    ['syntax', 'export default {', 'cannot be imported'],
    ['a throw at its start', 'throw new Error("not today")', 'cannot be imported: not today'],
    ['no rule', 'export const x = 1', 'it exports no rule'],
    ['an import that is not there', 'import "nosuch-package"', 'cannot be imported: Cannot find package'],
    ['half a rule', 'export default { id: "acme-x", title: "t" }', 'acme-x: severity is not one of'],
  ])('%s: one sentence, exit 3', (name, text, message) => {
    const file = `${name.replaceAll(' ', '-')}.mjs`;
    put(file, text);
    const run = nicwright(['rules', 'test', file]);
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a file that is not there', () => {
    expect(nicwright(['diagnose', '--from', EXAMPLE, '--rules', './nosuch.mjs']).stderr).toContain(
      'there is no such file',
    );
  });

  test('a case that does not hold is told, exit 1', () => {
    put('wrong.mjs', MODULE.replace("says: 'has no label'", "says: 'has two labels'"));
    const run = nicwright(['rules', 'test', 'wrong.mjs']);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('1 check does not hold');
    expect(run.stdout).toContain('no sentence says "has two labels": a has no label');
  });

  test('a rule that throws is named, and the diagnosis goes on', () => {
    put('throws.mjs', MODULE.replace('check: (facts) =>', 'check: (facts) => nosuch ??'));
    const run = nicwright(['diagnose', '--from', EXAMPLE, '--rules', 'throws.mjs', '-v']);
    expect(run.stdout).toContain('A firmware change waits for a cold restart');
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'what the rule acme-rack-unknown of throws.mjs says: it failed: nosuch is not defined',
    );
  });
});
