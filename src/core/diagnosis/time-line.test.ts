import { expect, test } from 'vitest';
import { caseSnapshot } from './case-snapshot.ts';
import { diagnose } from './engine.ts';
import { gatherFacts } from './facts.ts';
import { linePatterns } from './rule.ts';
import { aCrashingDmsPod, aDpfConfig, dpfNamespace } from './rules/world-dpf.ts';
import { ALL_RULES } from './rules/index.ts';
import { timeLine } from './time-line.ts';

const pod = aCrashingDmsPod('a-dms');
const dated = { ...pod, metadata: { ...pod.metadata, creationTimestamp: '2026-11-20T10:00:00Z' } };
const event = (about: string, at: string | undefined) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${about}.1`, namespace: dpfNamespace },
  involvedObject: { kind: 'Pod', name: about },
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  count: 7,
  ...(at === undefined ? {} : { lastTimestamp: at }),
});
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a' },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-20T09:00:00Z', reason: 'KubeletReady' },
      { type: 'MemoryPressure', status: 'False', lastTransitionTime: '2026-11-20T09:00:00Z' },
    ],
  },
};

test('is in the order of time, of what the report is about, and without what has no time (001-35)', () => {
  const snapshot = caseSnapshot({
    name: 'dump',
    kind: 'broken',
    objects: [
      event('a-dms', '2026-11-20T10:05:00Z'),
      event('a-dms', undefined),
      event('other', '2026-11-20T10:01:00Z'),
      dated,
      node,
      aDpfConfig(),
    ],
  });
  const report = diagnose(snapshot, ALL_RULES);
  expect(report.symptoms.map(({ rule }) => rule)).toContain('init-container-crashing');
  const facts = gatherFacts(snapshot, { lines: linePatterns(ALL_RULES) });
  expect(timeLine(facts, report)).toEqual([
    { at: '2026-11-20T09:00:00Z', what: 'node a: Ready became True (KubeletReady)' },
    { at: '2026-11-20T10:00:00Z', what: `Pod/${dpfNamespace}/a-dms was created` },
    { at: '2026-11-20T10:05:00Z', what: 'Pod/a-dms: BackOff, 7 times: Back-off restarting failed container' },
  ]);
});
