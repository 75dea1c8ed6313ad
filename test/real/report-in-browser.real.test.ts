/** The HTML report in a real browser: it renders from one file, asks nobody for anything, and runs nothing of a dump. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../../src/adapters/dump/load-dump.ts';
import { diagnose } from '../../src/core/diagnosis/engine.ts';
import type { Report } from '../../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import { reportHtml } from '../../src/faces/cli/diagnosis/html.ts';
import { realPart } from './real-parts.ts';

const browser = realPart('chromium');

const example = async (): Promise<Report> => {
  const snapshot = await loadDump([path.resolve(import.meta.dirname, '../../examples/dgx-incident')]);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES);
};

/** What a dump could hold to make a browser do something. */
const HOSTILE =
  '</title><script>document.body.dataset.owned="1"</script><img src="http://192.0.2.1/x.png" onerror="document.body.dataset.owned=2"><style>@import "http://192.0.2.1/y.css"</style>';

describe.skipIf(browser.absent)(browser.title('the HTML report in Chromium'), () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nicwright-html-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  const open = (html: string, ...args: string[]): string => {
    const file = path.join(folder, 'report.html');
    writeFileSync(file, html);
    return execFileSync(
      browser.program,
      [`--user-data-dir=${path.join(folder, 'profile')}`, '--virtual-time-budget=1000', ...args, `file://${file}`],
      { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, HOME: folder } },
    );
  };

  test('renders, and holds what the text says', async () => {
    const dom = open(reportHtml(await example(), '2026-11-26T00:00:00Z'), '--dump-dom');
    expect(dom).toContain('<h2>A firmware change waits for a cold restart</h2>');
    expect(dom).toContain('kubectl drain dgx030 --ignore-daemonsets --delete-emptydir-data</pre>');
    expect(dom).not.toMatch(/<script|https?:/);
  });

  test('runs nothing that a dump brings along, and shows it as text', async () => {
    const report = await example();
    const [problem] = report.problems;
    if (problem === undefined) throw new Error('the example has a problem');
    const evil = { ...problem, title: HOSTILE, summary: HOSTILE, rule: HOSTILE, nodes: [HOSTILE], against: [HOSTILE] };
    const dom = open(
      reportHtml(
        {
          ...report,
          problems: [
            { ...evil, evidence: problem.evidence.map((one) => ({ ...one, source: HOSTILE, excerpt: HOSTILE })) },
          ],
          sources: [HOSTILE],
          notLookedAt: [{ what: HOSTILE, because: HOSTILE }],
        },
        HOSTILE,
      ),
      '--dump-dom',
    );
    expect(dom).not.toMatch(/data-owned|<script|<img|<style>@import/);
    expect(dom).toContain('&lt;script&gt;');
  });

  test('can be looked at', async () => {
    const picture = path.join(folder, 'report.png');
    open(reportHtml(await example(), '2026-11-26T00:00:00Z'), '--window-size=1100,2000', `--screenshot=${picture}`);
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG');
    // An empty page of this size is below 20 kB.
    expect(statSync(picture).size).toBeGreaterThan(100_000);
  });
});
