import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asServed, forbiddenMessage } from './access-request.ts';
import { parseCaller, serviceAccount } from './caller.ts';
import { evaluate, isAllowed, reviewReason } from './evaluate.ts';
import type { Binding, Policy, PolicyRule, Role, Subject } from './policy.ts';
import { PolicyIndex } from './policy-index.ts';
import { readRule } from './read-policy.ts';
import { whoCan } from './who-can.ts';

const SA: Subject = { kind: 'ServiceAccount', namespace: 'ns1', name: 'sa1' };
const account = serviceAccount('ns1', 'sa1');

const role = (rules: readonly Partial<PolicyRule>[], more: Partial<Role> = {}): Role => ({
  kind: 'Role',
  name: 'r',
  namespace: 'ns1',
  labels: {},
  served: false,
  rules: rules.map(readRule),
  ...more,
});
const clusterRole = (name: string, rules: readonly Partial<PolicyRule>[], more: Partial<Role> = {}): Role => {
  const { namespace: _, ...rest } = role(rules, { kind: 'ClusterRole', name, ...more });
  return rest;
};
const binding = (more: Partial<Binding> = {}): Binding => ({
  kind: 'RoleBinding',
  name: 'b',
  namespace: 'ns1',
  roleRef: { kind: 'Role', name: 'r' },
  subjects: [SA],
  ...more,
});
const clusterBinding = (name: string): Binding => ({
  kind: 'ClusterRoleBinding',
  name: `bind-${name}`,
  roleRef: { kind: 'ClusterRole', name },
  subjects: [SA],
});
const indexOf = (roles: readonly Role[], bindings: readonly Binding[]): PolicyIndex =>
  new PolicyIndex({ roles, bindings });

const getPod = { verb: 'get', group: '', resource: 'pods', namespace: 'ns1', name: 'p1' };

describe('a rule is read to the letter', () => {
  const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  // prettier-ignore
  test.for([
    ['the group "core" matches nothing', { ...pods, apiGroups: ['core'] }, getPod, false],
    ['a resource in upper case matches nothing', { ...pods, resources: ['Pods'] }, getPod, false],
    ['a singular matches nothing', { ...pods, resources: ['pod'] }, getPod, false],
    ['a verb in upper case matches nothing', { ...pods, verbs: ['GET'] }, getPod, false],
    ['* as group', { ...pods, apiGroups: ['*'] }, { ...getPod, group: 'any.example' }, true],
    ['* as verb takes in what is no common verb', { ...pods, verbs: ['*'] }, { ...getPod, verb: 'impersonate' }, true],
    ['an uncommon verb is compared too', { ...pods, verbs: ['approve'] }, { ...getPod, verb: 'sign' }, false],
    ['*/log is log of everything', { ...pods, resources: ['*/log'] }, { ...getPod, subresource: 'log' }, true],
    ['*/log is not the pod itself', { ...pods, resources: ['*/log'] }, getPod, false],
    ['an empty name in resourceNames matches a request without a name', { ...pods, resourceNames: [''], verbs: ['list'] }, { verb: 'list', group: '', resource: 'pods', namespace: 'ns1' }, true],
    ['list without a name is not covered by names', { ...pods, resourceNames: ['p1'], verbs: ['list'] }, { verb: 'list', group: '', resource: 'pods', namespace: 'ns1' }, false],
    ['a path is not covered by resources *', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { verb: 'get', path: '/metrics' }, false],
  ] as const)('%s', ([, rule, request, allowed]) => {
    const index = indexOf([clusterRole('c', [rule])], [clusterBinding('c')]);
    expect(isAllowed(index, account, request)).toBe(allowed);
    expect(evaluate(index, account, request).allowed).toBe(allowed);
  });

  // prettier-ignore
  test.for([
    ['/healthz', '/healthz', true], ['/healthz/*', '/healthz', false], ['/healthz/*', '/healthz/etcd', true],
    ['/healthz*', '/healthz', true], ['*', '/anything', true], ['/a**', '/abc', true], ['/a', '/a/b', false],
  ] as const)('path rule %s on %s: %s', ([url, path, allowed]) => {
    const index = indexOf([clusterRole('c', [{ nonResourceURLs: [url], verbs: ['get'] }])], [clusterBinding('c')]);
    expect(isAllowed(index, account, { verb: 'get', path })).toBe(allowed);
  });
});

describe('scope', () => {
  test('a ClusterRole by RoleBinding reaches its namespace, and the Namespace object itself', () => {
    const index = indexOf(
      [clusterRole('c', [{ apiGroups: [''], resources: ['namespaces', 'nodes', 'pods'], verbs: ['*'] }])],
      [binding({ roleRef: { kind: 'ClusterRole', name: 'c' } })],
    );
    expect(isAllowed(index, account, getPod)).toBe(true);
    expect(isAllowed(index, account, { ...getPod, namespace: 'ns2' })).toBe(false);
    expect(isAllowed(index, account, { verb: 'get', group: '', resource: 'nodes', name: 'n1' })).toBe(false);
    const getNamespace = { verb: 'get', group: '', resource: 'namespaces', name: 'ns1' };
    expect(isAllowed(index, account, asServed(getNamespace))).toBe(true);
    expect(isAllowed(index, account, asServed({ ...getNamespace, name: 'ns2' }))).toBe(false);
  });

  test('an account without a namespace in a RoleBinding is one of that namespace, in a ClusterRoleBinding nobody', () => {
    const subjects = [{ kind: 'ServiceAccount', name: 'sa1' }] as const;
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    expect(isAllowed(indexOf([role(rules)], [binding({ subjects })]), account, getPod)).toBe(true);
    const wide = indexOf([clusterRole('c', rules)], [{ ...clusterBinding('c'), subjects }]);
    expect(isAllowed(wide, account, getPod)).toBe(false);
  });

  test('system:masters is not asked about', () => {
    const verdict = evaluate(indexOf([], []), { username: 'a', groups: ['system:masters'] }, getPod);
    expect(verdict).toMatchObject({ allowed: true, via: [] });
    expect(isAllowed(indexOf([], []), { username: 'a', groups: ['system:masters'] }, getPod)).toBe(true);
  });
});

describe('aggregated ClusterRoles', () => {
  const selects = (label: string): Partial<Role> => ({
    aggregationSelectors: [{ matchLabels: { [label]: 'true' } }],
  });
  const readPods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

  test('have the rules of those they select, through each other and in a ring, and lose their own', () => {
    const index = indexOf(
      [
        clusterRole('top', [{ ...readPods, verbs: ['delete'] }], selects('middle')),
        clusterRole('middle', [], { ...selects('leaf'), labels: { middle: 'true', leaf: 'true' } }),
        clusterRole('leaf', [readPods], { labels: { leaf: 'true' } }),
      ],
      [clusterBinding('top')],
    );
    expect(isAllowed(index, account, getPod)).toBe(true);
    expect(isAllowed(index, account, { ...getPod, verb: 'delete' })).toBe(false);
  });

  test('keep what a server had filled in, and follow a change of a selected role', () => {
    const served = clusterRole('top', [readPods], { ...selects('leaf'), served: true });
    expect(isAllowed(indexOf([served], [clusterBinding('top')]), account, getPod)).toBe(true);
    const index = indexOf([clusterRole('top', [], selects('leaf'))], [clusterBinding('top')]);
    expect(isAllowed(index, account, getPod)).toBe(false);
    index.setRole(clusterRole('leaf', [readPods], { labels: { leaf: 'true' } }));
    expect(isAllowed(index, account, getPod)).toBe(true);
    index.removeRole({ kind: 'ClusterRole', name: 'leaf' });
    expect(isAllowed(index, account, getPod)).toBe(false);
  });
});

describe('why not', () => {
  const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
  const getSecret = { verb: 'get', group: '', resource: 'secrets', namespace: 'ns1', name: 's1' };
  // prettier-ignore
  test.for([
    ['name', [role([{ ...rule, resourceNames: ['s2'] }])], [binding()], 'limited to s2, not s1'],
    ['verb', [role([{ ...rule, verbs: ['list'] }])], [binding()], 'verbs list, not get'],
    ['group', [role([{ ...rule, apiGroups: ['core'] }])], [binding()], 'API group "core"'],
    ['resource', [role([{ ...rule, resources: ['configmaps'] }])], [binding()], 'configmaps, not secrets'],
    ['other-namespace', [role([rule], { namespace: 'ns2' })], [binding({ namespace: 'ns2' })], 'namespace ns2 only'],
    ['missing-role', [], [binding()], 'does not exist'],
    ['not-bound', [role([rule])], [], 'no binding gives it to ServiceAccount ns1/sa1'],
    [undefined, [], [], 'denied by default'],
  ] as const)('nearest miss %s', ([missed, roles, bindings, words]) => {
    const verdict = evaluate(indexOf(roles, bindings), account, getSecret);
    expect(verdict.allowed).toBe(false);
    expect(verdict.nearest?.missed).toBe(missed);
    expect(verdict.because).toContain(words);
  });

  test('a request for all namespaces says that a RoleBinding is not enough', () => {
    const index = indexOf([role([{ ...rule, verbs: ['list'] }])], [binding()]);
    const verdict = evaluate(index, account, { verb: 'list', group: '', resource: 'secrets' });
    expect(verdict.because).toContain('takes a ClusterRoleBinding');
  });

  test('the server’s own words', () => {
    const denied = evaluate(indexOf([], [clusterBinding('gone')]), account, getSecret);
    expect(reviewReason(denied)).toBe('RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found');
    const allowed = evaluate(indexOf([role([rule])], [binding()]), account, getSecret);
    expect(reviewReason(allowed)).toBe('RBAC: allowed by RoleBinding "b/ns1" of Role "r" to ServiceAccount "sa1/ns1"');
    expect(forbiddenMessage(account, getSecret)).toBe(
      'User "system:serviceaccount:ns1:sa1" cannot get resource "secrets" in API group "" in the namespace "ns1"',
    );
  });
});

test('who-can names subject and binding, and leaves out bindings of other namespaces', () => {
  const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  const index = indexOf(
    [role([rule]), role([rule], { namespace: 'ns2' }), clusterRole('c', [rule])],
    [
      binding({ subjects: [{ kind: 'ServiceAccount', name: 'sa1' }] }),
      binding({ namespace: 'ns2' }),
      clusterBinding('c'),
    ],
  );
  const holders = whoCan(index, getPod);
  expect(holders.map(({ binding: { name, namespace } }) => [name, namespace])).toEqual([
    ['b', 'ns1'],
    ['bind-c', undefined],
  ]);
  expect(holders[0]?.subject.namespace).toBe('ns1');
});

test.for([
  ['sa:ns/name', 'system:serviceaccount:ns:name', 3],
  ['system:serviceaccount:ns:name', 'system:serviceaccount:ns:name', 3],
  ['user:jane', 'jane', 1],
  ['system:anonymous', 'system:anonymous', 1],
] as const)('caller %s', ([text, username, groups]) => {
  const parsed = parseCaller(text);
  expect(parsed.ok && [parsed.value.username, parsed.value.groups.length]).toEqual([username, groups]);
});
test.for(['', 'sa:', 'sa:only', 'two words'])('%j is no caller, and the sentence says how to write one', (text) => {
  const parsed = parseCaller(text);
  expect(parsed.ok ? '' : parsed.fault.message).toContain('sa:NAMESPACE/NAME');
});

/** Small alphabets, so that rules and questions meet often. */
const arbRule = fc
  .record({
    verbs: fc.subarray(['get', 'list', 'create', 'sign', '*'], { minLength: 1 }),
    apiGroups: fc.subarray(['', 'apps', '*'], { minLength: 1 }),
    resources: fc.subarray(['pods', 'pods/log', '*/log', 'nodes', '*'], { minLength: 1 }),
    resourceNames: fc.subarray(['a', 'b']),
  })
  .map(readRule);
const arbRole = fc.oneof(
  fc
    .record({ name: fc.constantFrom('x', 'y'), rules: fc.array(arbRule, { maxLength: 3 }) })
    .map(({ name, rules }) => clusterRole(name, [], { rules })),
  fc
    .record({
      name: fc.constantFrom('x', 'y'),
      namespace: fc.constantFrom('ns1', 'ns2'),
      rules: fc.array(arbRule, { maxLength: 3 }),
    })
    .map((more) => role([], more)),
);
const arbSubject: fc.Arbitrary<Subject> = fc.constantFrom<Subject>(
  SA,
  { kind: 'User', name: 'system:serviceaccount:ns1:sa1' },
  { kind: 'Group', name: 'system:serviceaccounts' },
  { kind: 'ServiceAccount', namespace: 'ns2', name: 'sa1' },
);
const arbBinding: fc.Arbitrary<Binding> = fc
  .record({
    name: fc.constantFrom('p', 'q', 'r'),
    namespace: fc.constantFrom('ns1', 'ns2', undefined),
    role: fc.constantFrom('x', 'y'),
    toCluster: fc.boolean(),
    subjects: fc.array(arbSubject, { minLength: 1, maxLength: 2 }),
  })
  .map(({ name, namespace, role: ref, toCluster, subjects }) =>
    namespace === undefined
      ? { kind: 'ClusterRoleBinding', name, roleRef: { kind: 'ClusterRole', name: ref }, subjects }
      : {
          kind: 'RoleBinding',
          name,
          namespace,
          roleRef: { kind: toCluster ? 'ClusterRole' : 'Role', name: ref },
          subjects,
        },
  );
const keyOf = ({ kind, name, namespace }: Role | Binding): string => `${kind}/${namespace ?? ''}/${name}`;
const arbPolicy: fc.Arbitrary<Policy> = fc.record({
  roles: fc.uniqueArray(arbRole, { selector: keyOf, maxLength: 5 }),
  bindings: fc.uniqueArray(arbBinding, { selector: keyOf, maxLength: 6 }),
});
const arbRequest = fc.record({
  verb: fc.constantFrom('get', 'list', 'create', 'sign', 'delete'),
  group: fc.constantFrom('', 'apps', 'batch'),
  resource: fc.constantFrom('pods', 'nodes'),
  subresource: fc.constantFrom('', 'log'),
  namespace: fc.constantFrom('', 'ns1', 'ns2'),
  name: fc.constantFrom('', 'a', 'c'),
});

/** The rules again, written the slow way and without an index. */
const slowly = (
  { roles, bindings }: Policy,
  request: {
    readonly namespace: string;
    readonly verb: string;
    readonly group: string;
    readonly resource: string;
    readonly subresource: string;
    readonly name: string;
  },
): boolean =>
  bindings.some((one) => {
    if (one.namespace !== undefined && one.namespace !== request.namespace) return false;
    const named = one.subjects.some(({ kind, name, namespace }) =>
      kind === 'ServiceAccount'
        ? namespace === 'ns1' && name === 'sa1'
        : kind === 'User'
          ? name === account.username
          : account.groups.includes(name),
    );
    const ref = roles.find(
      ({ kind, name, namespace }) =>
        kind === one.roleRef.kind &&
        name === one.roleRef.name &&
        (kind === 'ClusterRole' || namespace === one.namespace),
    );
    const combined = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`;
    return (
      named &&
      (ref?.rules ?? []).some(
        (rule) =>
          (rule.verbs.includes('*') || rule.verbs.includes(request.verb)) &&
          (rule.apiGroups.includes('*') || rule.apiGroups.includes(request.group)) &&
          (rule.resources.includes('*') ||
            rule.resources.includes(combined) ||
            (request.subresource !== '' && rule.resources.includes(`*/${request.subresource}`))) &&
          (rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name)),
      )
    );
  });

describe('properties', () => {
  test('the index answers as a walk over all bindings does, whatever their order, and both answers occur', () => {
    const seen = { allowed: 0, denied: 0 };
    fc.assert(
      fc.property(arbPolicy, arbRequest, (policy, request) => {
        const want = slowly(policy, request);
        seen[want ? 'allowed' : 'denied'] += 1;
        const index = new PolicyIndex(policy);
        const turned = new PolicyIndex({ roles: policy.roles.toReversed(), bindings: policy.bindings.toReversed() });
        expect(isAllowed(index, account, request)).toBe(want);
        expect(isAllowed(turned, account, request)).toBe(want);
        const verdict = evaluate(index, account, request);
        expect(verdict.allowed).toBe(want);
        expect(verdict.via.length > 0).toBe(want);
        expect(verdict.because).not.toBe('');
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.allowed, seen.denied)).toBeGreaterThan(50);
  });

  test('without roles or without bindings everything is denied', () => {
    fc.assert(
      fc.property(arbPolicy, arbRequest, ({ roles, bindings }, request) => {
        expect(isAllowed(indexOf(roles, []), account, request)).toBe(false);
        expect(isAllowed(indexOf([], bindings), account, request)).toBe(false);
      }),
    );
  });

  test('an index changed in place answers as one built anew', () => {
    fc.assert(
      fc.property(arbPolicy, arbPolicy, arbRequest, (before, after, request) => {
        const index = new PolicyIndex(before);
        for (const one of before.bindings) index.removeBinding(one);
        for (const one of before.roles) index.removeRole(one);
        expect(isAllowed(index, account, request)).toBe(false);
        for (const one of after.bindings) index.setBinding(one);
        for (const one of after.roles) index.setRole(one);
        expect(isAllowed(index, account, request)).toBe(slowly(after, request));
      }),
    );
  });
});
