/** Input that is broken, strange or hostile: one sentence that says what, where and what to do; the rest is still used. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import { reportText } from '../src/faces/cli/diagnosis/report-text.ts';
import { plainPaint } from '../src/faces/cli/paint.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../examples/dgx-incident');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-bad-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string | Buffer): string => {
  const target = path.join(folder, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
};

const report = async (...paths: string[]): Promise<Report> => {
  const snapshot = await loadDump(paths);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES);
};

// prettier-ignore
test.for<[string, string | Buffer, RegExp]>([
  ['an empty file', '', /empty/],
  ['binary rubbish', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0, 0, 9]), /not text/],
  ['cut-off JSON', '{"apiVersion": "v1", "kind": "List", "items": [{"kind": "Po', /cut off or broken/],
  ['cut-off YAML', 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Node\n  metadata:\n    name: "dgx0', /cut off or broken/],
  ['an object whose namespace is a map', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', namespace: { toString: '' } } }] }), /no Kubernetes objects/],
  ['items that are no objects', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [7, null, { kind: 'Pod' }] }), /no Kubernetes objects/],
])('%s is named with its reason, and the rest is used', async ([name, content, because]) => {
  const bad = write(`${name}/bad.yaml`, content);
  const { notLookedAt, problems } = await report(EXAMPLE, bad);
  expect(notLookedAt.filter(({ what }) => what === bad).map((gap) => gap.because).join()).toMatch(because);
  expect(problems.map(({ rule }) => rule)).toEqual(['cold-restart-pending']);
});

test('alone, each of these is a fault in one sentence that says what to do', async () => {
  for (const [name, content] of [
    ['empty.yaml', ''],
    ['bits.bin', Buffer.alloc(64)],
  ] as const) {
    const loaded = await loadDump([write(`alone/${name}`, content)]);
    expect(loaded.ok).toBe(false);
    if (!loaded.ok)
      expect(loaded.fault.message).toMatch(/Nothing could be read from .*Give a folder, an archive .* or a file/);
  }
  mkdirSync(path.join(folder, 'nothing'), { recursive: true });
  const nothing = await loadDump([path.join(folder, 'nothing')]);
  expect(!nothing.ok && nothing.fault.message).toMatch(/holds no file/);
  const absent = await loadDump([path.join(folder, 'not-there')]);
  expect(!absent.ok && absent.fault.message).toMatch(/there is no such file or folder/);
});

test('a folder without a known object says that nothing was looked at, and nothing healthy', async () => {
  write('prose/readme.txt', 'Dear colleague,\nthe cluster is fine.\n');
  const text = reportText(await report(path.join(folder, 'prose')), plainPaint);
  expect(text).toContain('Nothing found in what was looked at');
  expect(text).toContain('Could not be told');
  expect(text).not.toMatch(/healthy|in order/);
});

test('links that leave the folder are refused by name; circles end', async () => {
  const root = path.join(folder, 'links');
  mkdirSync(root, { recursive: true });
  cpSync(path.join(EXAMPLE, 'nodes.yaml'), path.join(root, 'nodes.yaml'));
  symlinkSync('/etc/hostname', path.join(root, 'outside'));
  symlinkSync(root, path.join(root, 'circle'));
  symlinkSync(path.join(root, 'gone'), path.join(root, 'dangling'));
  const { notLookedAt } = await report(root);
  const reasons = notLookedAt.map(({ what, because }) => `${path.basename(what)}: ${because}`);
  expect(reasons).toContain('outside: it is a link that leaves the folder given');
  expect(reasons.some((reason) => reason.startsWith('dangling:'))).toBe(true);
});

const files = [
  'nodes.yaml',
  'sriovnetworknodestates.yaml',
  'pods.yaml',
  'sriov-policies.yaml',
  'host/dgx030-mstconfig.txt',
  'host/dgx030-devices.txt',
  'logs/sriov-network-config-daemon-7q4kd.log',
];

type Change = { readonly at: number; readonly cut: number; readonly put: string };

const changed = (text: string, changes: readonly Change[]): string =>
  changes.reduce((now, { at, cut, put }) => {
    const from = Math.floor(at * now.length);
    return now.slice(0, from) + put + now.slice(from + cut);
  }, text);

test('mutated files never throw, never hang, and never turn a missing fact into health', async () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    cut: fc.oneof(fc.nat(40), fc.nat(20_000)),
    put: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('\n', '  ', '- ', ': ', '{', '"', "'", '\t', '\u0000', '---\n', '99999999999999999999', 'null'),
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (file, changes) => {
        const copy = path.join(folder, 'fuzz');
        cpSync(EXAMPLE, copy, { recursive: true, force: true });
        writeFileSync(path.join(copy, file), changed(readFileSync(path.join(EXAMPLE, file), 'utf8'), changes));
        const { problems, symptoms, unknown, notLookedAt } = await report(copy);
        // The incident is in both nodes' files: one broken file can hide it in part, never make all of it fine.
        expect(problems.length + symptoms.length + unknown.length + notLookedAt.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 120 },
  );
});
