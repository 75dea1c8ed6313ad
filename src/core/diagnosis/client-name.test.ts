import { describe, expect, test } from 'vitest';
import { caseSnapshot } from './case-snapshot.ts';
import { diagnose } from './engine.ts';
import type { Report } from './report.ts';
import type { RuleCase } from './rule.ts';
import { ALL_RULES } from './rules/index.ts';

/** What OpenShift writes on every namespace. */
const OPENSHIFT_NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'any', annotations: { 'openshift.io/sa.scc.uid-range': '1000780000/10000' } },
};

const commands = ({ problems, symptoms, observations, unknown }: Report): readonly string[] => [
  ...[...problems, ...symptoms, ...observations].flatMap(({ remedy, lacks, candidates }) => [
    ...remedy.flatMap(({ command }) => command ?? []),
    ...lacks.map(({ settle }) => settle),
    ...candidates.map(({ settle }) => settle),
  ]),
  ...unknown.map(({ settle }) => settle),
];

const asOc = (command: string): string => command.replaceAll(/(?<![\w./-])kubectl(?=\s)/g, 'oc');

const diagnosed = (one: RuleCase, onOpenShift: boolean): Report =>
  diagnose(
    caseSnapshot({ ...one, objects: onOpenShift ? [...one.objects, OPENSHIFT_NAMESPACE] : one.objects }),
    ALL_RULES,
  );

describe('on OpenShift printed commands use oc (001-28)', () => {
  const cases = ALL_RULES.flatMap((rule) =>
    rule.cases.filter(({ kind }) => kind === 'broken' || kind === 'lacking').map((one) => ({ id: rule.id, one })),
  );

  test('in every case of every rule, and nothing else differs', () => {
    let changed = 0;
    for (const { id, one } of cases) {
      const plain = commands(diagnosed(one, false));
      const openShift = commands(diagnosed(one, true));
      expect(openShift, `${id}: ${one.name}`).toEqual(plain.map(asOc));
      changed += plain.filter((command) => asOc(command) !== command).length;
    }
    expect(changed).toBeGreaterThan(100);
  });

  test.each([
    ['an SCC', { apiVersion: 'security.openshift.io/v1', kind: 'SecurityContextConstraints', metadata: { name: 'x' } }],
    ['a ClusterVersion', { apiVersion: 'config.openshift.io/v1', kind: 'ClusterVersion', metadata: { name: 'version' } }],
    ['a node', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { 'node.openshift.io/os_id': 'rhcos' } } }],
    ['a pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations: { 'openshift.io/scc': 'anyuid' } } }],
  ])('%s shows it', (_, object) => {
    const report = diagnose(caseSnapshot({ name: 'x', kind: 'lacking', objects: [object] }), ALL_RULES);
    expect(commands(report).some((command) => command.startsWith('oc '))).toBe(true);
  });

  test('the group of the SR-IOV operator alone does not', () => {
    const object = { apiVersion: 'sriovnetwork.openshift.io/v1', kind: 'SriovNetwork', metadata: { name: 'x' } };
    const report = diagnose(caseSnapshot({ name: 'x', kind: 'lacking', objects: [object] }), ALL_RULES);
    expect(commands(report).some((command) => command.startsWith('oc '))).toBe(false);
  });
}); // prettier-ignore
