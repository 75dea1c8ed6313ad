/** The rbac commands as a person sees them: the answer, the reason, the way out, the exit code. */
import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import type { AccessAttributes, UserInfo } from '../../../core/ports/kube-api.ts';
import { scriptedKubeApi } from '../../../testing/scripted-kube-api.ts';
import type { OptionValues } from '../command.ts';
import { ACCOUNT, POD, RBAC, run, SCRIPT, snapshotOf } from '../../../../test/rbac-input.ts';
import rbacCan from './rbac-can.ts';
import rbacDrift from './rbac-drift.ts';
import rbacExplain from './rbac-explain.ts';
import rbacNeeds from './rbac-needs.ts';
import rbacVerify from './rbac-verify.ts';
import rbacWhoCan from './rbac-who-can.ts';
import versionsDpf from './versions-dpf.ts';

const ERROR =
  'Error from server (Forbidden): secrets "w1-server-secret" is forbidden: User "system:serviceaccount:dpf:dms" cannot get resource "secrets" in API group "" in the namespace "dpf"';

const files = { 'rbac.yaml': RBAC };

describe('rbac can', () => {
  const can = (args: readonly string[], options: OptionValues = {}) =>
    run(rbacCan, args, { from: ['rbac.yaml'], ...options }, { snapshot: snapshotOf(files) });

  test('names the rule and the binding that allow it', async () => {
    const { exit, text } = await can([ACCOUNT, 'get', 'nodes/worker1']);
    expect(exit).toBe(0);
    expect(text).toContain(
      'yes ServiceAccount dpf-operator-system/host-registration may get nodes "worker1" cluster-wide',
    );
    expect(text).toContain(
      'rule 2 of ClusterRole/host-registration allows it, by ClusterRoleBinding/host-registration',
    );
  });
  test('says no to the name of the account as the server writes it, with the nearest rule and the grant (001-39)', async () => {
    const { exit, text, data, format } = await can(
      ['system:serviceaccount:dpf-operator-system:host-registration', 'get', 'secrets/worker1-server-secret'],
      { namespace: 'dpf-operator-system' },
    );
    expect(exit).toBe(1);
    expect(text).toMatch(/^no {2}ServiceAccount/);
    expect(text).toContain('rule 2 of ClusterRole/host-registration is for nodes, not secrets');
    expect(data['allowed']).toBe(false);
    expect(format('grant')).toContain('resourceNames:\n      - worker1-server-secret');
    expect(format('grant')).not.toContain('ClusterRole\n');
  });
  // prettier-ignore
  test.for([
    [['sa:x', 'get', 'pods'], 'names nobody'],
    [[ACCOUNT, 'get', 'secrets/x'], 'say with -n in which one x is'],
    [[ACCOUNT, 'get', 'gizmos'], 'gizmos is no type that is known here'],
    [[ACCOUNT, 'get', 'a b'], 'names no resource'],
  ] as const)('%j: %s', async ([args, message]) => {
    expect((await can(args)).text).toContain(message);
  });
  test('says how it understood words with two meanings', async () => {
    expect((await can([ACCOUNT, 'get', 'pods/log'], { namespace: 'a' })).text).toContain('read as the subresource');
    expect((await can([ACCOUNT, 'get', 'nodes'], { namespace: 'a' })).text).toContain('-n a means nothing for them');
    expect((await can([ACCOUNT, 'read', 'nodes'])).text).toContain('read is none of the verbs');
    expect((await can([ACCOUNT, 'get', 'gizmos.example.com'])).text).toContain('in no table and no CRD');
  });
  test('an input without roles is not read as one that denies everything', async () => {
    const { exit, text } = await run(
      rbacCan,
      [ACCOUNT, 'get', 'nodes'],
      {},
      { snapshot: snapshotOf({ 'pod.yaml': POD }) },
    );
    expect(exit).toBe(-1);
    expect(text).toContain('holds no Role, ClusterRole or binding');
  });
  test('a no says which roles could not be read', async () => {
    const gap = { what: 'clusterroles.rbac.authorization.k8s.io', because: 'we have no right to list them there' };
    const snapshot = { ...snapshotOf(files), gaps: [gap] };
    const { text } = await run(rbacCan, [ACCOUNT, 'get', 'secrets'], { from: ['x'] }, { snapshot });
    expect(text).toContain('unknown  clusterroles.rbac.authorization.k8s.io');
  });
  test('a live cluster is asked, too, and has the last word', async () => {
    const asked: [UserInfo, AccessAttributes][] = [];
    const api = scriptedKubeApi({
      can: (who, request) => {
        asked.push([who, request]);
        return Promise.resolve({ ok: true, value: { allowed: true, denied: false, reason: 'by a webhook' } });
      },
    });
    const { exit, text } = await run(
      rbacCan,
      [ACCOUNT, 'list', 'nodes/status'],
      {},
      { snapshot: snapshotOf(files), api },
    );
    expect(exit).toBe(0);
    expect(text).toContain('the API server says yes: by a webhook; the roles that were read say no');
    expect(asked[0]?.[0].groups).toContain('system:serviceaccounts:dpf-operator-system');
  });
});

test('rbac who-can lists subjects with binding and rule, also those that every cluster has', async () => {
  const input = { snapshot: snapshotOf(files) };
  const nodes = await run(rbacWhoCan, ['list', 'nodes'], { verbose: true }, input);
  expect(nodes.text).toContain('1 subject may list nodes cluster-wide');
  expect(nodes.text).toMatch(
    /ServiceAccount\/dpf-operator-system\/host-registration +ClusterRoleBinding\/host-registration/,
  );
  expect((await run(rbacWhoCan, ['get', '/version'], {}, input)).text).toContain('Group/system:unauthenticated');
  expect((await run(rbacWhoCan, ['delete', 'nodes'], {}, input)).text).toContain('nobody may delete nodes');
});

describe('rbac explain', () => {
  test('a pasted error gives the grant', async () => {
    const { exit, text, format } = await run(rbacExplain, [ERROR], {});
    expect(exit).toBe(1);
    expect(text).toContain('ServiceAccount dpf/dms may not get secrets "w1-server-secret" in namespace dpf');
    expect(format('grant')).toContain('kind: RoleBinding');
  });
  test('a log is gone through, and each refusal told once', async () => {
    const log = ['started', ERROR, 'again', ERROR, 'error: You must be logged in to the server (Unauthorized)'].join(
      '\n',
    );
    const { text } = await run(rbacExplain, ['-'], {}, { texts: { '-': log } });
    expect(text).toContain('(line 2 and 1 more)');
    expect(text).toContain('unauthenticated');
  });
  test('with roles it says what comes nearest', async () => {
    const input = { snapshot: snapshotOf(files) };
    const line = ERROR.replaceAll('dpf:dms', 'dpf-operator-system:host-registration');
    expect((await run(rbacExplain, [line], { from: ['rbac.yaml'] }, input)).text).toContain(
      'is for nodes, not secrets',
    );
  });
  test('the token that is given as kubeconfig is explained (001-38)', async () => {
    const line = `error: error loading config file "/var/run/secrets/kubernetes.io/serviceaccount/token": couldn't get version/kind; json parse error: x`;
    expect((await run(rbacExplain, [line], {})).text).toContain('leave --kubeconfig away');
  });
  test('nobody is told to grant anything to anonymous callers', async () => {
    const line =
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "a"';
    const { text, format } = await run(rbacExplain, [line], {});
    expect(text).toContain('log in');
    expect(format('grant')).toBe('');
  });
  test('text without a refusal is said to be that', async () => {
    expect((await run(rbacExplain, ['all well'], {})).text).toContain('no refusal in the text');
  });
});

describe('rbac needs', () => {
  const needs = (options: OptionValues, more: Readonly<Record<string, string>> = {}) =>
    run(rbacNeeds, ['register.sh'], options, {
      texts: { 'register.sh': SCRIPT, 'rbac.yaml': RBAC, ...more },
      documents: { 'rbac.yaml': docs(RBAC) },
    });
  const docs = (text: string) => {
    const parsed = readPositioned(text, 'rbac.yaml');
    return parsed.ok ? parsed.value : [];
  };

  test('tells what is reached, on which condition, and what is not (001-06, 001-07, 001-08, 001-10)', async () => {
    const { exit, text } = await needs({ args: '--kube-node-ref worker1 --external-certificate TODO' });
    expect(exit).toBe(0);
    expect(text).toContain('4 of 4 kubectl calls resolved');
    expect(text).toMatch(/40 +get dpunodes\.provisioning\.dpu\.nvidia\.com "worker1"/);
    expect(text).toMatch(/Not reached.*\n +28 {2}get secrets "worker1-server-secret"/);
    expect(text).toContain('--external-certificate is none or absent');
  });
  test('says who the calls speak as (001-11)', async () => {
    expect((await needs({ args: '--kube-node-ref w' })).text).toContain(
      "speaks as the pod's ServiceAccount (in-cluster config)",
    );
    expect((await needs({ args: '--kube-node-ref w --kubeconfig /k' })).text).toContain(
      'whoever the kubeconfig /k names',
    );
  });
  test('what a new version needs that the old role lacks (001-09, 001-13)', async () => {
    const { exit, text } = await needs({ args: '--kube-node-ref worker1', against: 'rbac.yaml' });
    expect(exit).toBe(1);
    expect(text).toContain('needs 1 permission that rbac.yaml does not have');
    expect(text).toContain('28  get secrets "worker1-server-secret"');
    const fine = await needs({ args: '--kube-node-ref worker1 --external-certificate TODO', against: 'rbac.yaml' });
    expect(fine.exit).toBe(0);
    expect(fine.text).toContain('rbac.yaml gives all that register.sh needs');
  });
  test('what a new version needs that the old one did not (001-09)', async () => {
    const { exit, text } = await needs(
      { args: '--kube-node-ref worker1', against: 'old.sh' },
      { 'old.sh': SCRIPT.replace('server_certificate\n  fi', 'true\n  fi') },
    );
    expect(exit).toBe(1);
    expect(text).toContain('needs 1 permission that old.sh does not have');
  });
  test('a grant needs somebody to give it to', async () => {
    expect((await needs({ output: 'grant' })).text).toContain('Say with --as');
    const { format } = await needs({ output: 'grant', as: 'sa:dpf/x', args: '--kube-node-ref worker1' });
    expect(format('grant')).toContain('name: nicwright-x');
  });
  test('what cannot be resolved is said with its line, and fails where it is asked to', async () => {
    const input = { texts: { 's.sh': 'echo a\nkubectl get "$(curl http://x)" -n b\n' } };
    const { exit, text } = await run(rbacNeeds, ['s.sh'], { strict: true }, input);
    expect(exit).toBe(4);
    expect(text).toContain('0 of 1 kubectl calls resolved');
    expect(text).toMatch(/Not resolved:\n +2 /);
  });
  test.for([
    [{ args: '"open' }, 'that is not closed'],
    [{ env: ['1x'] }, 'write NAME=VALUE'],
  ] as const)('%j: %s', async ([options, message]) => {
    expect((await needs(options)).text).toContain(message);
  });
});

describe('rbac drift', () => {
  const role = (managedFields: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: dms-role
  managedFields: ${managedFields}
rules: []
`;
  const drift = (managedFields: string, names: readonly string[] = []) =>
    run(rbacDrift, names, {}, { snapshot: snapshotOf({ 'r.yaml': role(managedFields) }) });

  test('an edit behind the owner is told with time and manager, and when it will be put back (001-44)', async () => {
    const { exit, text } = await drift(
      '[{manager: dpfoperatorconfig-controller, operation: Apply, time: "2025-08-01T10:00:00Z", fieldsV1: {"f:metadata": {}}}, {manager: kubectl-patch, operation: Update, time: "2025-08-01T10:07:00Z", fieldsV1: {"f:rules": {}}}]',
    );
    expect(exit).toBe(1);
    expect(text).toContain('changed by kubectl-patch at 2025-08-01T10:07:00Z');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('at the latest after its resync, about 10m');
  });
  test('rules as the owner wrote them are no drift', async () => {
    const { exit, text } = await drift(
      '[{manager: dpfoperatorconfig-controller, operation: Apply, fieldsV1: {"f:rules": {}}}]',
      ['ClusterRole/dms-role'],
    );
    expect(exit).toBe(0);
    expect(text).toContain('kept by dpfoperatorconfig-controller');
  });
  test('without managed fields nothing is known, and that is said', async () => {
    expect((await drift('[]')).text).toContain('unknown of 1 of the roles');
    expect((await drift('[]', ['Role/a/b'])).text).toContain('has no Role/a/b');
  });
});

describe('rbac verify', () => {
  const GRANT = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: g, namespace: dpf}
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [w1], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: g, namespace: dpf}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: g}
subjects: [{kind: ServiceAccount, name: dms, namespace: dpf}]
`;
  const verify = (who: string) =>
    run(rbacVerify, [who], { file: ['grant.yaml'], from: ['x'] }, { snapshot: snapshotOf({ 'grant.yaml': GRANT }) });

  test('asks for what is granted and for what lies beside it (001-32)', async () => {
    const { exit, text } = await verify('sa:dpf/dms');
    expect(exit).toBe(0);
    expect(text).toContain('all 4 probes of ServiceAccount dpf/dms hold');
    expect(text).toMatch(/allowed +get secrets "w1".*RBAC: allowed by RoleBinding "g\/dpf"/);
    expect(text).toMatch(/denied +list secrets in namespace dpf/);
  });
  test('a live server that allows more is found out', async () => {
    const api = scriptedKubeApi({
      can: () => Promise.resolve({ ok: true, value: { allowed: true, denied: false, reason: 'r' } }),
    });
    const { exit, text } = await run(
      rbacVerify,
      ['sa:dpf/dms'],
      { file: ['grant.yaml'] },
      { snapshot: snapshotOf({ 'grant.yaml': GRANT }), api },
    );
    expect(exit).toBe(1);
    expect(text).toContain('3 of 4 probes of ServiceAccount dpf/dms do not hold');
  });
  test('a grant for somebody else proves nothing', async () => {
    expect((await verify('sa:dpf/other')).text).toContain('grants nothing by name or namespace');
  });
});

describe('versions dpf', () => {
  const versions = (...args: readonly string[]) => run(versionsDpf, args, {});
  test('one release with condition, known issue and sources (001-04, 001-24, 001-56)', async () => {
    const { exit, text } = await versions('v25.4.0');
    expect(exit).toBe(0);
    expect(text).toContain('affected only if');
    expect(text).toContain('4445638');
    expect(text).toContain('release notes v25.4.0');
  });
  test('a way that is not there is said (001-52)', async () => {
    const { exit, text } = await versions('25.4', '25.10');
    expect(exit).toBe(1);
    expect(text).toContain('there is no upgrade from 25.4 to 25.7');
  });
  test('nothing is said of what is not in the table (001-56)', async () => {
    expect((await versions('27.1')).text).toContain('not in the table (first entry 24.10, last entry 26.8)');
    expect((await versions('26.8', '26.4')).text).toContain('no downgrade');
    expect((await versions()).text).toContain('25.10');
  });
});
