/** `diagnose` as a command: exit codes, and what --fail-on, --strict and suppressions do to them. */
import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import { caseSnapshot } from '../../../core/diagnosis/case-snapshot.ts';
import type { RuleCase } from '../../../core/diagnosis/rule.ts';
import { gpuNode, nodeState } from '../../../core/diagnosis/rules/world.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import type { OptionValues } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { plainPaint } from '../paint.ts';
import diagnose from './diagnose.ts';

const SETTINGS =
  '=== 0000:18:00.0 ===\nConfigurations:   Default   Current   Next Boot\n*   NUM_OF_VFS   16   16   8\n';
const DGX = gpuNode('a', { 'nvidia.com/resibp24s0': '8' }, { labels: { 'nvidia.com/gpu.machine': 'DGXB200' } });

const world = (objects: RuleCase['objects'], texts: RuleCase['texts'] = {}) =>
  caseSnapshot({ name: 'dump', kind: 'broken', objects, texts });

/** A critical cause; a symptom of severity error without one; nothing to find. */
const CRITICAL = world([DGX, nodeState('a')], { 'host/a/m.txt': SETTINGS });
const SYMPTOM = world([
  nodeState('a', { syncStatus: 'InProgress', desired: 'Reboot_Required', current: 'DrainComplete' }),
]);
const QUIET = world([DGX, nodeState('a')], { 'host/a/m.txt': SETTINGS.replace('16   8', '8   8') });

const SUPPRESSIONS = 'suppressions: [{rule: cold-restart-pending, owner: o, reason: r, expires: "2026-12-31"}]\n';
const NOW = Date.parse('2026-11-26T00:00:00Z');

const run = async (snapshot: typeof CRITICAL, options: OptionValues) => {
  const documents = readPositioned(SUPPRESSIONS, 's.yaml');
  if (!documents.ok) throw new Error(documents.fault.message);
  const context = fakeCommandContext({ snapshot, documents: { 's.yaml': documents.value }, now: NOW });
  const result = await diagnose.run(context, [], { failOn: 'warning', ...options });
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
};

describe('exit codes', () => {
  test.each([
    ['a critical cause', CRITICAL, {}, EXIT.findings],
    ['a critical cause, fails on critical', CRITICAL, { failOn: 'critical' }, EXIT.findings],
    ['a critical cause that is set aside', CRITICAL, { suppressions: 's.yaml' }, EXIT.clean],
    ['a symptom', SYMPTOM, {}, EXIT.findings],
    ['a symptom, fails on critical', SYMPTOM, { failOn: 'critical' }, EXIT.clean],
    ['a symptom, fails on critical, strict', SYMPTOM, { failOn: 'critical', strict: true }, EXIT.unresolved],
    ['nothing', QUIET, { failOn: 'info' }, EXIT.clean],
  ])('%s', async (_, snapshot, options, exit) => {
    expect((await run(snapshot, options)).exit).toBe(exit);
  });
});

test('what is set aside is counted in the first line and named below', async () => {
  const text = (await run(CRITICAL, { suppressions: 's.yaml' })).text(plainPaint);
  expect(text.split('\n')[0]).toBe('Nothing found besides what is set aside (1 of 1 nodes looked at, 1 set aside)');
  expect(text.replaceAll(/\s+/g, ' ')).toContain('by o until 2026-12-31: r (s.yaml:1)');
});

test('absence is no health: nothing found says in what', async () => {
  const text = (await run(QUIET, {})).text(plainPaint);
  expect(text).toMatch(/^Nothing found in what was looked at/);
  expect(text).toContain('Could not be told from this input');
});
