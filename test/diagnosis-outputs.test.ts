/**
 * What `diagnose` writes for other programs, held against those programs' own readers: SARIF against the validator of its
 * authors, JUnit against a reader that is not ours. Inputs: the example, a folder without its decisive fact, and every
 * shared incident.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'junit2json';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { sourceReferences } from '../src/core/diagnosis/claims.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Problem, Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import { suppress } from '../src/core/diagnosis/suppressions.ts';
import { incidentMarkdown } from '../src/faces/cli/diagnosis/incident-markdown.ts';
import { reportJunit } from '../src/faces/cli/diagnosis/junit.ts';
import { reportSarif } from '../src/faces/cli/diagnosis/sarif.ts';
import { vendorMarkdown } from '../src/faces/cli/diagnosis/vendor-markdown.ts';
import { writtenReport } from '../src/faces/cli/diagnosis/written-report.ts';
import { hasShared, SHARED, WHERE_ABSENT } from './shared-folder.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const NOW = Date.parse('2026-11-26T00:00:00Z');

let scratch = '';
const reports = new Map<string, Report>();

const report = async (...paths: string[]): Promise<Report> => {
  const snapshot = await loadDump(paths);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES, { now: NOW, readYaml });
};

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-outputs-'));
  const example = path.join(ROOT, 'examples/dgx-incident');
  reports.set('example', await report(example));
  reports.set('example by a relative path', await report(path.relative(process.cwd(), example)));
  const copy = path.join(scratch, 'a dump: 100% of it #1');
  cpSync(example, copy, { recursive: true });
  rmSync(path.join(copy, 'host'), { recursive: true });
  reports.set('without firmware settings', await report(copy));
  const suppression = {
    rule: 'cold-restart-pending',
    owner: 'fabric team',
    reason: 'window',
    expires: '2026-12-12',
    at: 's.yaml:2',
  };
  reports.set(
    'set aside',
    suppress(await report(example), [suppression, { ...suppression, expires: '2026-01-01' }], NOW),
  );
  if (hasShared)
    for (const name of readdirSync(path.join(SHARED, 'incidents')).filter((one) => /^\d\d-/.test(one)))
      reports.set(name, await report(path.join(SHARED, 'incidents', name, 'input')));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('SARIF', () => {
  /** The package exports the path of its program. */
  const require = createRequire(import.meta.url);
  const validator = require('@microsoft/sarif-multitool') as string;

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

describe('markdown', () => {
  const write = async (name: string): Promise<{ incident: string; vendor: string }> => {
    const one = reports.get(name) as Report;
    const snapshot = await loadDump([...one.sources]);
    if (!snapshot.ok) throw new Error(snapshot.fault.message);
    const written = writtenReport(snapshot.value, one, { readYaml }, { from: one.sources }, '2026-11-26T00:00:00Z');
    const claimed = [{ reference: 'internal/dms/util.go:253-256', by: 'analysis.md' }];
    return { incident: incidentMarkdown(written), vendor: vendorMarkdown({ ...written, rules: ALL_RULES, claimed }) };
  };
  /** What follows a heading, up to the next of any level. */
  const under = (text: string, heading: string): string =>
    new RegExp(`^#+ ${heading}\\n+([\\s\\S]*?)(?=\\n#|\\n---)`, 'm').exec(text)?.[1]?.trim() ?? '';

  test('an incident report has every part, and a part without content says so (000-100)', async () => {
    for (const name of reports.keys()) {
      const { incident } = await write(name);
      const headings = Array.from(incident.matchAll(/^## (.*)$/gm), ([, heading]) => heading);
      expect(
        headings.filter((heading) => heading !== 'Set aside'),
        name,
      ).toEqual([
        'Environment',
        'Original issue',
        'Time-line',
        'Resolution',
        'Worth knowing',
        'What was learned',
        'What the input could not tell',
        'Not looked at',
        'Appendix: devices',
      ]);
      const part = ['Problem', 'Symptoms', 'Related reports', 'Verification', 'Worth knowing', 'Not looked at'];
      for (const heading of part) expect(under(incident, heading), `${name}: ${heading}`).not.toBe('');
    }
  });

  test('fences are closed, and every row of a table has the cells of its heading', async () => {
    for (const name of reports.keys())
      for (const text of Object.values(await write(name))) {
        expect(text.split('\n').filter((line) => /^\s*```/.test(line)).length % 2, name).toBe(0);
        const cells = text.split('\n').map((line) => (line.startsWith('|') ? line.split(/(?<!\\)\|/).length : 0));
        cells.forEach((count, at) => {
          if (count > 0 && (cells[at - 1] ?? 0) > 0) expect(count, text.split('\n')[at]).toBe(cells[at - 1]);
        });
      }
  });

  test('the example is written up from its evidence: causes, steps, verification, devices', async () => {
    const { incident } = await write('example');
    expect(incident).toMatch(/^# A firmware change waits for a cold restart\n/);
    expect(incident).toContain('### Root cause #1: A firmware change waits for a cold restart');
    expect(incident).toContain('\nhost/dgx030-mstconfig.txt:14  NUM_OF_VFS current 16 next boot 8\n');
    expect(incident).toContain('   kubectl drain dgx030 --ignore-daemonsets --delete-emptydir-data\n');
    expect(under(incident, 'Verification')).toContain('- A promised resource is not offered');
    expect(incident).toContain(
      '| 0000:18:00.0 | mlx5_4 | ibp24s0 | 28.43.2026 | 0 of 8 VFs, pending NUM_OF_VFS 16 -> 8 |',
    );
    expect(incident).toContain('**Machines**: DGXB200 (2)');
    expect(incident).toContain('**Network operator**: not shown by the input');
  });

  test('what is written for the vendor counts the reach, and keeps claims as claims (001-12, 001-48, 001-51)', async () => {
    const { vendor } = await write('example');
    expect(under(vendor, 'Request').split('\n')).toHaveLength(1);
    expect(under(vendor, 'Scope')).toContain('- **Nodes**: 2 of 2 affected: dgx030, dgx031; 0 not looked at');
    expect(under(vendor, 'Scope')).toContain('- **DPUs**: no DPU object was read');
    expect(under(vendor, 'Scope')).toContain('2 pods wait for these resources');
    expect(vendor).not.toMatch(/all deployments/i);
    expect(vendor).toContain('util.go:253-256 (claimed) by analysis.md: nothing in the input shows it');
    expect(vendor).toContain('"every firmware change needs a cold restart" (founding document 000)');
  });

  test('a chain has eight lines at most, each with a place or the word that nothing was looked at (001-22)', async () => {
    for (const name of reports.keys()) {
      const chains = Array.from(
        (await write(name)).vendor.matchAll(/^Chain:\n\n((?:\d+\. .*\n)+)/gm),
        ([, lines = '']) => lines.trim().split('\n'),
      );
      for (const lines of chains) {
        expect(lines.length, name).toBeLessThanOrEqual(8);
        for (const line of lines) expect(line).toMatch(/: \S+|more that follow/);
      }
    }
  });
});

describe.skipIf(!hasShared)(`the request of founding document 001${WHERE_ABSENT}`, () => {
  test('its references to source are found in its text', () => {
    const document = readdirSync(path.join(SHARED, 'seeds')).find((name) => name.startsWith('001')) ?? '';
    expect(sourceReferences(readFileSync(path.join(SHARED, 'seeds', document), 'utf8'))).toEqual([
      'internal/provisioning/controllers/util/dms/util.go:253-256',
    ]);
  });

  test('DPUs that are held are counted of those that are not Ready (001-48)', async () => {
    const name = readdirSync(path.join(SHARED, 'incidents')).find((one) => one.startsWith('25-')) ?? '';
    const one = reports.get(name) as Report;
    const snapshot = await loadDump([...one.sources]);
    if (!snapshot.ok) throw new Error(snapshot.fault.message);
    const { incident } = writtenReport(snapshot.value, one, { readYaml }, {}, '');
    expect(incident.scope.find(({ what }) => what === 'DPUs')?.value).toBe(
      '1 held by what was found, of 2 not Ready (OS Installing, Rebooting) and 2 in all',
    );
    expect(incident.scope.find(({ what }) => what === 'Workflows')?.value).toContain('provisioning by DPUSet');
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

  test.each([
    [['--for', 'vendor'], '--for vendor is a form of the markdown report; add -o markdown.'],
    [['-o', 'markdown', '--claims', 'x.md'], '--claims belongs to -o markdown --for vendor.'],
    [['-o', 'markdown', '--for', 'boss'], 'Allowed choices are vendor.'],
  ])('%s is refused as usage', (args, message) => {
    const refused = nicwright(...args);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(message);
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
