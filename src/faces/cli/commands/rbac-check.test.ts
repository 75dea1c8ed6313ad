/** `rbac check` on a DPF host pod in the two variants of the founding document, and as a pipeline uses it. */
import { describe, expect, test } from 'vitest';
import type { OptionValues } from '../command.ts';
import { ACCOUNT, POD, RBAC, REACHED, run, SCRIPT, snapshotOf } from '../../../../test/rbac-input.ts';
import rbacCheck from './rbac-check.ts';

const files = { 'rbac.yaml': RBAC };

describe('rbac check', () => {
  const check = (pod: string, options: OptionValues = {}, texts: Readonly<Record<string, string>> = {}) =>
    run(
      rbacCheck,
      [],
      { file: ['rendered'], script: ['register-host.sh'], ...options },
      {
        snapshot: snapshotOf({ 'rendered/rbac.yaml': RBAC, 'rendered/pod.yaml': pod }),
        texts: { 'register-host.sh': SCRIPT, 'rendered/pod.yaml': pod, ...texts },
      },
    );

  test('the refuted variant: with --external-certificate TODO the Secret is not reached (001-10, 001-58)', async () => {
    const { exit, text } = await check(POD);
    expect(exit).toBe(0);
    expect(text).toContain('no gap; 4 of 4 kubectl calls resolved');
    expect(text).toContain('nothing is missing as it is started');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('not reached as it is started: get secrets "worker1-server-secret"');
  });
  test('the other variant: the missing rule with its line, and the least grant (001-13, 001-15, 001-20, 001-27, 001-54)', async () => {
    const { exit, text, format } = await check(REACHED);
    expect(exit).toBe(1);
    expect(text).toContain('missing register-host.sh:28');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('a denial is printed and the script goes on');
    const grant = format('grant');
    expect(grant).toContain('kind: Role\n');
    expect(grant).toContain('- worker1-server-secret');
    expect(grant).not.toMatch(/ClusterRole|list|applyset/);
  });
  test('the role, and who keeps it (001-14)', async () => {
    expect((await check(REACHED)).text).toContain(
      'leave ClusterRole/host-registration alone: Helm release dpf keeps it',
    );
  });
  test('the quoted role alone lacks dpunodes, too (001-13)', async () => {
    const quoted = RBAC.replace(/ {2}- apiGroups: \[provisioning[^]*?create\]\n/, '');
    const { data } = await run(
      rbacCheck,
      [],
      { file: ['r'], script: ['register-host.sh'] },
      { snapshot: snapshotOf({ 'r/rbac.yaml': quoted, 'r/pod.yaml': REACHED }), texts: { 'register-host.sh': SCRIPT } },
    );
    expect(JSON.stringify(data['findings'])).toContain('get dpunodes.provisioning.dpu.nvidia.com');
    expect(JSON.stringify(data['findings'])).toContain('create dpunodes.provisioning.dpu.nvidia.com');
  });
  test("the document's other remedy, the token as kubeconfig, is told as wrong (001-38)", async () => {
    const token = '/var/run/secrets/kubernetes.io/serviceaccount/token';
    const { exit, text } = await check(POD.replace('- TODO', `- TODO\n        - --kubeconfig\n        - ${token}`));
    expect(exit).toBe(1);
    expect(text).toContain('token-as-kubeconfig register-host.sh:');
    expect(text).toContain('every such call fails');
  });
  test('in place is offered when asked for, as temporary, with who reverts it (001-26)', async () => {
    expect((await check(REACHED)).text).not.toContain('in place');
    const { text } = await check(REACHED, { inPlace: true });
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'temporary: Helm release dpf will put ClusterRole/host-registration back',
    );
    expect(text).toContain('kubectl patch clusterrole host-registration --type=json');
  });
  test('only new gaps fail against a baseline, and all formats say so (001-55)', async () => {
    const first = await check(REACHED);
    const baseline = JSON.stringify(first.data);
    const again = await check(REACHED, { baseline: 'before.json' }, { 'before.json': baseline });
    expect(again.exit).toBe(0);
    expect(again.text).toContain('1 gap, 0 of them new');
    expect(again.format('sarif')).toContain('"baselineState": "unchanged"');
    expect(again.format('junit')).toContain('failures="0"');
    expect(first.format('junit')).toContain('failures="1"');
    const other = await check(REACHED, { baseline: 'b' }, { b: '[]' });
    expect(other.text).toContain('b is no earlier answer');
  });
  test('SARIF names the line of the call', async () => {
    const sarif = JSON.parse((await check(REACHED)).format('sarif')) as {
      runs: { results: { ruleId: string; locations: { physicalLocation: { region: unknown } }[] }[] }[];
    };
    const [result] = sarif.runs[0]?.results ?? [];
    expect(result?.ruleId).toBe('rbac-missing');
    expect(result?.locations[0]?.physicalLocation.region).toEqual({ startLine: 28 });
  });
  test('a script that no container starts is not judged, unless its account is given', async () => {
    const snapshot = snapshotOf({ 'rbac.yaml': RBAC, 'pod.yaml': POD.replace('register-host.sh', 'other') });
    const input = { snapshot, texts: { 'register-host.sh': SCRIPT } };
    const options = { file: ['x'], script: ['register-host.sh'], strict: true };
    const loose = await run(rbacCheck, [], options, input);
    expect(loose.exit).toBe(4);
    expect(loose.text).toContain('No container of the input starts this script: 1');
    const judged = await run(rbacCheck, [], { ...options, as: ACCOUNT }, input);
    expect(judged.exit).toBe(1);
    expect(judged.text).toContain('on some ways register-host.sh:28');
    expect((await run(rbacCheck, [], { ...options, as: 'jane' }, input)).text).toContain('names no ServiceAccount');
  });
  test('an input without workloads is refused with what to give', async () => {
    const { exit, text } = await run(rbacCheck, [], { file: ['x'] }, { snapshot: snapshotOf(files) });
    expect(exit).toBe(-1);
    expect(text).toContain('give manifests with pods');
  });
});
