/**
 * The pipelines of examples/ci as far as a shell can run them: every command of theirs, in a copy of the folder, with npx
 * standing for the program of this clone. They pass on the manifests as they are, and fail where a permission is missing.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'junit2json';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { dig, digList, digText } from '../src/core/model/dig.ts';

const ROOT = path.join(import.meta.dirname, '..');
const EXAMPLE = path.join(ROOT, 'examples/ci');
const read = (file: string): unknown => readYaml(readFileSync(path.join(EXAMPLE, file), 'utf8'))[0];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-ci-'));
  cpSync(EXAMPLE, folder, { recursive: true });
  // npx --yes nicwright ARGS -> this clone's program.
  const npx = `#!/bin/sh\nshift 2\nexec '${process.execPath}' '${path.join(ROOT, 'bin/nicwright.mjs')}' "$@"\n`;
  writeFileSync(path.join(folder, 'npx'), npx, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As the runners do: bash that ends at the first failure. */
const shell = (script: string) => {
  const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder, NO_COLOR: '1' },
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
};

const file = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

/** The operator no longer says that the certificate comes from elsewhere, so the script has to read a Secret. */
const openTheGap = (): void => {
  const pod = file('rendered/host-pod.yaml');
  const changed = pod.replace(/ {8}- --external-certificate\n {8}- TODO\n/, '');
  expect(changed).not.toBe(pod);
  writeFileSync(path.join(folder, 'rendered/host-pod.yaml'), changed);
};

describe('GitHub Actions (001-55)', () => {
  const steps = digList(read('github-actions.yml'), 'jobs', 'rbac', 'steps');
  const [check = '', onFailure = ''] = steps.flatMap((step) => digText(step, 'run') ?? []);

  test('passes, and hands the report to the uploader in any case', () => {
    expect(shell(check)).toMatchObject({ code: 0, err: '' });
    const sarif = JSON.parse(file('rbac.sarif')) as unknown;
    expect(dig(sarif, 'version')).toBe('2.1.0');
    const upload = steps.find(
      (step) => digText(step, 'uses')?.startsWith('github/codeql-action/upload-sarif') === true,
    );
    expect(dig(upload, 'with', 'sarif_file')).toBe('rbac.sarif');
    expect(dig(upload, 'if')).toBe('always()');
  });
  test('fails on a gap, and then shows it with its grant', () => {
    openTheGap();
    expect(shell(check).code).toBe(1);
    expect(digText(JSON.parse(file('rbac.sarif')), 'runs', 0, 'results', 0, 'ruleId')).toBe('rbac-missing');
    const { out } = shell(onFailure);
    expect(out).toContain('missing image/opt/dpf/register-host.sh:28');
    expect(out).toContain('kind: RoleBinding');
  });
});

describe('GitLab CI (001-55)', () => {
  const job = dig(read('gitlab-ci.yml'), 'rbac');
  const script = digList(job, 'script').join('\n');
  const after = digList(job, 'after_script').map(String);

  test('passes, with the report where the artifact is taken from', async () => {
    expect(shell(script)).toMatchObject({ code: 0, err: '' });
    expect(dig(job, 'artifacts', 'reports', 'junit')).toBe('rbac.xml');
    const report = await parse(file('rbac.xml'));
    expect(dig(report, 'failures')).toBe(0);
  });
  test('fails on a new gap only', async () => {
    openTheGap();
    expect(shell(script).code).toBe(1);
    expect(dig(await parse(file('rbac.xml')), 'failures')).toBe(1);
    for (const line of after) shell(line);
    expect(shell(script).code).toBe(0);
    expect(dig(await parse(file('rbac.xml')), 'failures')).toBe(0);
  });
});

test('SARIF passes the validator of its authors', { timeout: 120_000 }, () => {
  openTheGap();
  shell(
    'npx --yes nicwright rbac check -f rendered/ --script image/opt/dpf/register-host.sh -o sarif > rbac.sarif || true',
  );
  /** The package exports the path of its program. */
  const validator = createRequire(import.meta.url)('@microsoft/sarif-multitool') as string;
  const run = spawnSync(validator, ['validate', path.join(folder, 'rbac.sarif')], {
    encoding: 'utf8',
    timeout: 110_000,
  });
  expect(run.stdout).toContain('Analysis completed successfully.');
  // The project has no page on the web to name as informationUri.
  const said = run.stdout
    .split('\n')
    .filter((line) => /: (?:error|warning|note) /.test(line) && !line.includes('SARIF2005'));
  expect(said).toEqual([]);
});
