/** What is written for a vendor about the denied request of dms-init: the least rule, in counts, and no claim repeated. */
import { describe, expect, test } from 'vitest';
import { caseSnapshot } from '../../../core/diagnosis/case-snapshot.ts';
import { diagnose } from '../../../core/diagnosis/engine.ts';
import { linePatterns, type RuleCase } from '../../../core/diagnosis/rule.ts';
import { aCrashingDmsPod, aDpfConfig, aDpu, dpfNamespace } from '../../../core/diagnosis/rules/world-dpf.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { vendorMarkdown } from './vendor-markdown.ts';
import { writtenReport } from './written-report.ts';

const ACCOUNT = 'dpf-provisioning-dms-service-account';
const DENIED = `Error from server (Forbidden): secrets "a-server-secret" is forbidden: User "system:serviceaccount:${dpfNamespace}:${ACCOUNT}" cannot get resource "secrets" in API group "" in the namespace "${dpfNamespace}"\n`;

const write = (objects: RuleCase['objects'], texts: RuleCase['texts']): string => {
  const snapshot = caseSnapshot({ name: 'dump', kind: 'broken', objects, texts: texts ?? {} });
  const written = writtenReport(
    snapshot,
    diagnose(snapshot, ALL_RULES),
    { lines: linePatterns(ALL_RULES) },
    {},
    '2026-11-26T00:00:00Z',
  );
  return vendorMarkdown({ ...written, rules: ALL_RULES, claimed: [] });
};

const part = (text: string, heading: string): string =>
  new RegExp(`^## ${heading}\\n+([\\s\\S]*?)(?=\\n## |\\n---)`, 'm').exec(text)?.[1]?.trim() ?? '';

describe('with the denied line in the log', () => {
  const text = write(
    [
      aCrashingDmsPod('a-dms'),
      aDpfConfig({ status: { version: 'v25.4.0' } }),
      aDpu('card-a', { node: 'a', phase: 'DMS Deployment' }),
      aDpu('card-b', { node: 'b', phase: 'Ready' }),
    ],
    { 'a-dms.dms-init.previous.log': DENIED },
  );

  test('the least rule is proposed: one verb, one name, by a Role in its namespace (001-37)', () => {
    expect(part(text, 'Proposed change')).toBe(
      `- In the manifests of the operator, a Role in ${dpfNamespace} bound to ${dpfNamespace}/${ACCOUNT}: allow get of secrets named a-server-secret; no list, no watch, and not in a ClusterRole.`,
    );
    expect(part(text, 'Request')).toContain('allow get of secrets named a-server-secret');
  });

  test('the reach is counted and not claimed for all (001-48)', () => {
    expect(text).toContain('- **DPUs**: 1 held by what was found, of 1 not Ready (DMS Deployment) and 2 in all');
    expect(text).toContain('- **DPF**: v25.4.0');
    expect(part(text, 'Request')).not.toMatch(/\ball\b.*deployments/i);
  });

  test('what the founding document claims is told with what was found (001-11, 001-12, 001-24)', () => {
    const claims = part(text, 'Claimed elsewhere, and what was found');
    expect(claims).toContain('util.go:253-256');
    expect(claims).toContain('kubectl takes the ServiceAccount of the pod');
    expect(claims).toContain('the note is right for its own case');
  });

  test('its own way comes last, with what it opens', () => {
    const steps = part(text, 'What is done meanwhile');
    expect(steps.indexOf('--resource-name=a-server-secret')).toBeGreaterThan(0);
    if (steps.includes('kubectl patch clusterrole'))
      expect(steps.indexOf('kubectl patch clusterrole')).toBeGreaterThan(steps.indexOf('kubectl create role'));
  });
});

test('without the log no cause is claimed, and the vendor is asked for what is missing (001-19)', () => {
  const text = write([aCrashingDmsPod('a-dms'), aDpfConfig()], {});
  expect(part(text, 'Proposed change')).not.toContain('secrets');
  expect(part(text, 'What the input could not tell')).toContain('-c dms-init --previous');
});
