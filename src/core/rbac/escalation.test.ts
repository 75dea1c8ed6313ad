import { expect, test } from 'vitest';
import { serviceAccount } from './caller.ts';
import { breakDown, checkBindingWrite, checkRoleWrite } from './escalation.ts';
import type { Binding, PolicyRule, Role } from './policy.ts';
import { PolicyIndex } from './policy-index.ts';
import { readRule } from './read-policy.ts';

const caller = serviceAccount('tools', 'us');
const RBAC = 'rbac.authorization.k8s.io';
const WRITER = { apiGroups: [RBAC], resources: ['roles', 'rolebindings'], verbs: ['create', 'patch'] };
const SECRET = { apiGroups: [''], resources: ['secrets'], resourceNames: ['s1'], verbs: ['get'] };

const holding = (rules: readonly Partial<PolicyRule>[]): PolicyIndex => {
  const mine: Role = { kind: 'ClusterRole', name: 'mine', labels: {}, served: false, rules: rules.map(readRule) };
  const bound: Binding = {
    kind: 'ClusterRoleBinding',
    name: 'b',
    roleRef: { kind: 'ClusterRole', name: 'mine' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'tools', name: 'us' }],
  };
  return new PolicyIndex({ roles: [mine], bindings: [bound] });
};
const wanted = { kind: 'Role', name: 'fix', namespace: 'dpf', rules: [readRule(SECRET)] } as const;

// prettier-ignore
test.for([
  ['nothing of it is held', [WRITER], false, ['escalate', 'bind']],
  ['the same right is held', [WRITER, SECRET], true, []],
  ['the right is held without names', [WRITER, { ...SECRET, resourceNames: [] }], true, []],
  ['another name is held', [WRITER, { ...SECRET, resourceNames: ['s2'] }], false, ['escalate', 'bind']],
  ['everything is held', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], true, []],
  ['escalate on the role, no bind', [WRITER, { apiGroups: [RBAC], resources: ['roles'], resourceNames: ['fix'], verbs: ['escalate'] }], false, ['bind']],
  ['escalate and bind', [WRITER, { apiGroups: [RBAC], resources: ['roles'], resourceNames: ['fix'], verbs: ['escalate', 'bind'] }], true, []],
  ['held, but roles may not be written', [SECRET], false, ['create', 'patch']],
] as const)('writing a role: %s', ([, rules, allowed, help]) => {
  const verdict = checkRoleWrite(holding(rules), caller, wanted);
  expect([verdict.allowed, verdict.smallestHelp.map(({ verb }) => verb)]).toEqual([allowed, help]);
  expect(verdict.because).not.toBe('');
});

test('two rules do not cover one permission together, and a role of two verbs needs both', () => {
  const both = { ...wanted, rules: [readRule({ ...SECRET, verbs: ['get', 'list'] })] };
  const split = holding([WRITER, SECRET, { ...SECRET, resourceNames: [], verbs: ['watch'] }]);
  expect(checkRoleWrite(split, caller, both).lacking.map(({ verbs }) => verbs)).toEqual([['list']]);
});

test('*/status of the holder covers dpus/status, and * of the role takes * of the holder', () => {
  const status = { ...wanted, rules: [readRule({ apiGroups: ['x'], resources: ['dpus/status'], verbs: ['patch'] })] };
  expect(
    checkRoleWrite(holding([WRITER, { apiGroups: ['x'], resources: ['*/status'], verbs: ['patch'] }]), caller, status)
      .allowed,
  ).toBe(true);
  const star = { ...wanted, rules: [readRule({ apiGroups: [''], resources: ['*'], verbs: ['get'] })] };
  expect(
    checkRoleWrite(holding([WRITER, { apiGroups: [''], resources: ['secrets'], verbs: ['*'] }]), caller, star).allowed,
  ).toBe(false);
});

test('a binding needs the permissions of its role in its own scope, or bind', () => {
  const binding = {
    kind: 'RoleBinding',
    name: 'x',
    namespace: 'dpf',
    roleRef: { kind: 'ClusterRole', name: 'mine' },
  } as const;
  expect(checkBindingWrite(holding([WRITER, SECRET]), caller, binding).allowed).toBe(true);
  const absent = { ...binding, roleRef: { kind: 'Role', name: 'gone' } };
  const verdict = checkBindingWrite(holding([WRITER]), caller, absent);
  expect(verdict).toMatchObject({ allowed: false, smallestHelp: [{ verb: 'bind', resource: 'roles', name: 'gone' }] });
  expect(verdict.because).toContain('does not exist');
});

test('a rule breaks down into single permissions', () => {
  expect(
    breakDown(
      readRule({ apiGroups: ['', 'apps'], resources: ['a', 'b'], resourceNames: ['n', 'm'], verbs: ['get', 'list'] }),
    ),
  ).toHaveLength(16);
  expect(breakDown(readRule({ nonResourceURLs: ['/a', '/b'], verbs: ['get'] }))).toHaveLength(2);
});
