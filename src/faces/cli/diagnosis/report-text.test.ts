/** The text of a diagnosis: a screen, whatever was found; candidates by number; nothing asked for twice. */
import { describe, expect, test } from 'vitest';
import type { Problem, Report, UnknownFact } from '../../../core/diagnosis/report.ts';
import { plainPaint } from '../paint.ts';
import { reportText } from './report-text.ts';

const long = (word: string, count: number): string => Array.from({ length: count }, () => word).join(' ');

const lack = (what: string, settle: string): UnknownFact => ({
  what,
  why: 'tells of: first; second',
  settle,
  rules: ['r'],
  nodes: [],
  decisive: true,
});

const problem = (index: number, changes: Partial<Problem> = {}): Problem => ({
  rule: `rule-${index}`,
  fingerprint: `rule-${index}`,
  title: `Title ${index}`,
  severity: 'error',
  confidence: 'likely',
  summary: long('summary', 20),
  nodes: Array.from({ length: 50 }, (_, at) => `node-${at}`),
  scopes: [{}],
  count: 50,
  evidence: Array.from({ length: 12 }, (_, at) => ({
    source: `a/long/path/to/some/file/in/a/dump/namespaces/x/pods/y/z/logs/current-${at}.log`,
    line: at + 1,
    excerpt: long('excerpt', 60),
  })),
  against: [],
  lacks: [],
  candidates: [],
  remedy: [{ text: long('do', 20), command: 'kubectl get nodes', risk: 'none' }],
  consequences: [],
  ...changes,
});

const report = (changes: Partial<Report>): Report => ({
  schema: 'nicwright.dev/diagnosis/v1',
  sources: ['dump'],
  nodes: [],
  problems: [],
  symptoms: [],
  observations: [],
  unknown: [],
  notLookedAt: [],
  clear: [],
  ...changes,
});

const COMMAND = /^ {5,}(?:kubectl|oc) /;

test('ten problems with much of everything keep to two screens, and say what -v adds', () => {
  const full = report({
    problems: Array.from({ length: 10 }, (_, index) => problem(index)),
    unknown: Array.from({ length: 30 }, (_, index) => ({ ...lack(`fact ${index}`, 'kubectl get x'), decisive: false })),
    notLookedAt: Array.from({ length: 40 }, (_, index) => ({ what: `file ${index}`, because: long('cut', 30) })),
  });
  const lines = reportText(full, plainPaint).split('\n');
  expect(lines.length).toBeLessThanOrEqual(110);
  expect(lines.filter((line) => line.length > plainPaint.width && !COMMAND.test(line))).toEqual([]);
  for (let index = 0; index < 10; index += 1)
    expect(lines.some((line) => line.startsWith(`Title ${index} `))).toBe(true);
  expect(lines).toContain('evidence and remedies of the last 8 with -v');
  expect(lines).toContain('  and 26 more (-v)');
  expect(lines).toContain('  and 35 more (-v)');
  expect(reportText(full, plainPaint, true)).toContain('current-11.log:12');
});

describe('candidates', () => {
  const candidate = (cause: string, fact: string, against?: string) => ({
    cause,
    provedBy: `proof of ${cause}`,
    disprovedBy: `disproof of ${cause}`,
    fact,
    settle: `kubectl get ${fact}`,
    ...(against === undefined ? {} : { against }),
  });
  const one = report({
    symptoms: [
      problem(1, {
        candidates: [candidate('first', 'pods'), candidate('second', 'pods'), candidate('third', 'x'), candidate('fourth', 'x', 'it is on')],
        lacks: [lack('pods', 'kubectl get pods'), lack('x', 'kubectl get x')],
      }),
    ],
    unknown: [lack('pods', 'kubectl get pods'), lack('nodes', 'kubectl get nodes')],
  });

  test('stand with proof and disproof, and the fact that decides most is asked for first', () => {
    const text = reportText(one, plainPaint);
    expect(text).toContain('  1. first: proved by proof of first; not if disproof of first\n  2. second');
    expect(text).toContain('  - pods: tells of 1, 2\n      kubectl get pods\n  - x: tells of 3\n      kubectl get x');
  });

  test('that are ruled out are named, with the reason under -v', () => {
    expect(reportText(one, plainPaint)).toContain('  - ruled out (-v tells why): fourth');
    expect(reportText(one, plainPaint, true)).toContain('  - fourth: ruled out, it is on');
  });

  test('what is asked for beside the problem is not asked for again below', () => {
    const [, below = ''] = reportText(one, plainPaint).split('Could not be told from this input');
    expect(below).toContain('kubectl get nodes');
    expect(below).not.toContain('kubectl get pods');
  });
}); // prettier-ignore
