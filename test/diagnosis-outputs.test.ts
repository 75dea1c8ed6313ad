/**
 * What `diagnose` writes for other programs, held against those programs' own readers: SARIF against the validator of its
 * authors, JUnit against a reader that is not ours. Inputs: the example, a folder without its decisive fact, and every
 * shared incident.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'junit2json';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Problem, Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import { suppress } from '../src/core/diagnosis/suppressions.ts';
import { reportJunit } from '../src/faces/cli/diagnosis/junit.ts';
import { reportSarif } from '../src/faces/cli/diagnosis/sarif.ts';
import { hasShared, SHARED } from './shared-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const NOW = Date.parse('2026-11-26T00:00:00Z');

let scratch = '';
const reports = new Map<string, Report>();

const report = (...paths: string[]): Report => {
  const snapshot = loadDump(paths);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES, { now: NOW, readYaml });
};

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-outputs-'));
  const example = path.join(ROOT, 'examples/dgx-incident');
  reports.set('example', report(example));
  reports.set('example by a relative path', report(path.relative(process.cwd(), example)));
  const copy = path.join(scratch, 'a dump: 100% of it #1');
  cpSync(example, copy, { recursive: true });
  rmSync(path.join(copy, 'host'), { recursive: true });
  reports.set('without firmware settings', report(copy));
  const suppression = {
    rule: 'cold-restart-pending',
    owner: 'fabric team',
    reason: 'window',
    expires: '2026-12-12',
    at: 's.yaml:2',
  };
  reports.set('set aside', suppress(report(example), [suppression, { ...suppression, expires: '2026-01-01' }], NOW));
  if (hasShared)
    for (const name of readdirSync(path.join(SHARED, 'incidents')).filter((one) => /^\d\d-/.test(one)))
      reports.set(name, report(path.join(SHARED, 'incidents', name, 'input')));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('SARIF', () => {
  const validator = path.join(ROOT, 'node_modules/.bin/sarif-multitool');

  test('passes the validator of its authors, on every input', () => {
    // One log with all runs: the validator starts slowly.
    const logs = [...reports.values()].map((one) => JSON.parse(reportSarif(one, ALL_RULES)) as { runs: unknown[] });
    const file = path.join(scratch, 'all.sarif');
    writeFileSync(file, JSON.stringify({ ...logs[0], runs: logs.flatMap(({ runs }) => runs) }));
    const run = spawnSync(validator, ['validate', file], { encoding: 'utf8', timeout: 110_000 });
    expect(run.stdout).toContain('Analysis completed successfully.');
    // The project has no page on the web to name as informationUri.
    const said = run.stdout
      .split('\n')
      .filter((line) => /: (?:error|warning|note) /.test(line) && !line.includes('SARIF2005'));
    expect(said).toEqual([]);
  });

  test('the validator does find what is wrong', () => {
    const file = path.join(scratch, 'wrong.sarif');
    const [first] = reports.values();
    writeFileSync(file, reportSarif(first as Report, ALL_RULES).replace('"ruleIndex"', '"ruleIndecks"'));
    const run = spawnSync(validator, ['validate', file], { encoding: 'utf8', timeout: 110_000 });
    expect(run.stdout).toContain('error JSON1005');
  });

  test('has a result a problem, and evidence as places that exist', () => {
    for (const [name, one] of reports) {
      const { runs } = JSON.parse(reportSarif(one, ALL_RULES)) as {
        runs: [
          {
            results: {
              locations: { physicalLocation?: { artifactLocation: { uri: string } } }[];
              suppressions?: unknown[];
            }[];
          },
        ];
      };
      const [{ results }] = runs;
      const aside = one.suppressed?.applied.length ?? 0;
      expect(results.length, name).toBe(one.problems.length + one.symptoms.length + one.observations.length + aside);
      expect(results.filter(({ suppressions }) => suppressions !== undefined).length, name).toBe(aside);
      for (const { physicalLocation } of results.flatMap(({ locations }) => locations)) {
        const uri = physicalLocation?.artifactLocation.uri;
        if (uri !== undefined) expect(existsSync(new URL(uri, `file://${process.cwd()}/`)), uri).toBe(true);
      }
    }
  });
});

describe('JUnit', () => {
  const read = async (text: string) => {
    const suites = (await parse(text)) as {
      tests: number;
      failures: number;
      skipped: number;
      testsuite: {
        name: string;
        tests: number;
        testcase: { name: string; failure?: unknown[]; skipped?: unknown[] }[];
      }[];
    };
    const cases = suites.testsuite.flatMap(({ testcase }) => testcase);
    return {
      stated: { tests: suites.tests, failures: suites.failures, skipped: suites.skipped },
      found: {
        tests: cases.length,
        failures: cases.filter(({ failure }) => failure !== undefined).length,
        skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
      },
    };
  };
  const places = (problems: readonly Problem[]): number => problems.reduce((sum, { scopes }) => sum + scopes.length, 0);

  test('is read back with the counts of the report; cannot tell and set aside are skipped', async () => {
    for (const [name, one] of reports) {
      const { stated, found } = await read(reportJunit(one, 'info'));
      expect(found, name).toEqual(stated);
      const unknown = one.unknown.reduce((sum, { rules }) => sum + rules.length, 0);
      const aside = (one.suppressed?.applied.length ?? 0) + (one.suppressed?.expired.length ?? 0);
      expect(found, name).toEqual({
        tests: places([...one.problems, ...one.symptoms, ...one.observations]) + unknown + aside + one.clear.length,
        failures: places([...one.problems, ...one.symptoms]),
        skipped: unknown + aside,
      });
    }
    expect(reports.get('without firmware settings')?.unknown.length).toBeGreaterThan(0);
  });

  test('--fail-on decides what fails', async () => {
    const one = reports.get('without firmware settings') as Report;
    const failures = async (failOn: 'info' | 'critical') => (await read(reportJunit(one, failOn))).found.failures;
    expect(await failures('info')).toBeGreaterThan(0);
    expect(await failures('critical')).toBe(0);
  });

  test('whatever a dump holds, the XML can be read', async () => {
    const [one] = (reports.get('example') as Report).problems;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        const hostile = {
          ...(reports.get('example') as Report),
          problems: [{ ...(one as Problem), summary: text, title: text }],
        };
        const { stated, found } = await read(reportJunit(hostile, 'info'));
        expect(found).toEqual(stated);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the command', () => {
  const nicwright = (...args: string[]) =>
    spawnSync(process.execPath, ['bin/nicwright.mjs', 'diagnose', '--from', 'examples/dgx-incident', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 60_000,
    });

  test('prints each form, with the exit code of the findings', () => {
    expect(nicwright('-o', 'sarif')).toMatchObject({ status: 1 });
    expect(JSON.parse(nicwright('-o', 'sarif').stdout)).toMatchObject({ version: '2.1.0' });
    expect(nicwright('-o', 'junit').stdout).toMatch(/^<\?xml version="1.0"/);
  });

  test('exits 0 when all is set aside, and 3 for a file that cannot be one', () => {
    const file = path.join(scratch, 's.yaml');
    writeFileSync(
      file,
      'suppressions:\n  - {rule: cold-restart-pending, owner: o, reason: r, expires: "2999-12-31"}\n',
    );
    const aside = nicwright('--suppressions', file);
    expect(aside.status).toBe(0);
    expect(aside.stdout).toContain('Nothing found besides what is set aside');
    writeFileSync(file, 'suppressions: 5\n');
    const broken = nicwright('--suppressions', file);
    expect(broken).toMatchObject({ status: 3, stdout: '' });
    expect(broken.stderr).toContain('s.yaml:1: the file has one key, suppressions, with a list.');
  });
});
