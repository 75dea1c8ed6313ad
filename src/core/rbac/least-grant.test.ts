/** A grant closes the gap it was computed for, gives nothing that was not asked for, and no verb of it can be left out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessAttributes } from '../ports/kube-api.ts';
import { serviceAccount } from './caller.ts';
import { breakDown } from './escalation.ts';
import { isAllowed } from './evaluate.ts';
import { grantObjects, leastGrant } from './least-grant.ts';
import type { LeastGrant } from './least-grant.ts';
import { emptyPolicy } from './policy.ts';
import type { Policy, Role } from './policy.ts';
import { PolicyIndex } from './policy-index.ts';
import { readPolicy } from './read-policy.ts';
import { arbPolicy, arbRequests } from '../../testing/arbitrary-rbac.ts';
import { compileRequest, compileRule, ruleCovers } from './rule-match.ts';

const account = serviceAccount('ns1', 'sa1');

const withGrant = (policy: Policy, { grants }: LeastGrant): PolicyIndex =>
  new PolicyIndex({
    roles: [...policy.roles, ...grants.filter(({ existing }) => !existing).map(({ role }) => role)],
    bindings: [...policy.bindings, ...grants.map(({ binding }) => binding)],
  });

const deniedOf = (index: PolicyIndex, requests: readonly AccessAttributes[]): readonly AccessAttributes[] =>
  requests.filter((request) => !isAllowed(index, account, request));

/** The grant without one verb of one of its rules, for each of them. */
const weaker = ({ grants, ...rest }: LeastGrant): readonly LeastGrant[] =>
  grants.flatMap((grant, at) =>
    grant.existing
      ? []
      : grant.role.rules.flatMap((rule, index) =>
          rule.verbs.map((verb): LeastGrant => {
            const less: Role = {
              ...grant.role,
              rules: grant.role.rules.with(index, { ...rule, verbs: rule.verbs.filter((one) => one !== verb) }),
            };
            return { ...rest, grants: grants.with(at, { ...grant, role: less }) };
          }),
        ),
  );

describe('properties', () => {
  test('it closes the gap, and without any one verb the gap is open again', () => {
    const seen = { gaps: 0, weaker: 0 };
    fc.assert(
      fc.property(arbPolicy, arbRequests, (policy, requests) => {
        const index = new PolicyIndex(policy);
        const missing = deniedOf(index, requests);
        const grant = leastGrant(
          index,
          account,
          missing.map((request) => ({ request })),
        );
        expect(deniedOf(withGrant(policy, grant), requests)).toEqual([]);
        seen.gaps += missing.length > 0 ? 1 : 0;
        for (const less of weaker(grant)) {
          seen.weaker += 1;
          expect(deniedOf(withGrant(policy, less), requests)).not.toEqual([]);
        }
      }),
      { numRuns: 600 },
    );
    expect(Math.min(seen.gaps, seen.weaker)).toBeGreaterThan(20);
  });

  test('every single permission of it was asked for, in that scope, and there is no wildcard', () => {
    fc.assert(
      fc.property(arbRequests, (requests) => {
        const { grants } = leastGrant(
          new PolicyIndex(emptyPolicy),
          account,
          requests.map((request) => ({ request })),
        );
        for (const { role } of grants)
          for (const single of role.rules.flatMap(breakDown)) {
            expect(JSON.stringify(single)).not.toContain('*');
            const asked = requests.filter(
              (request) => 'path' in request || request.namespace === role.namespace || role.namespace === undefined,
            );
            expect(asked.some((request) => ruleCovers(compileRule(single), compileRequest(request)))).toBe(true);
          }
      }),
    );
  });

  test('the objects say the same as the grant, and computing it again with them in place gives nothing', () => {
    fc.assert(
      fc.property(arbRequests, (requests) => {
        const grant = leastGrant(
          new PolicyIndex(emptyPolicy),
          account,
          requests.map((request) => ({ request })),
        );
        const read = new PolicyIndex(readPolicy(grantObjects(grant, 'test').map((object) => ({ object }))));
        expect(deniedOf(read, requests)).toEqual([]);
        expect(leastGrant(read, account, []).grants).toEqual([]);
      }),
    );
  });
});

const secret = (name: string): AccessAttributes => ({
  verb: 'get',
  group: '',
  resource: 'secrets',
  namespace: 'ns1',
  name,
});
const role = (rules: Role['rules'], more: Partial<Role> = {}): Role => ({
  kind: 'Role',
  name: 'there',
  namespace: 'ns1',
  labels: {},
  served: true,
  rules,
  ...more,
});
const rule = (resources: readonly string[], resourceNames: readonly string[] = []) => ({
  verbs: ['get'],
  apiGroups: [''],
  resources,
  resourceNames,
  nonResourceURLs: [],
});

describe('a role that is there', () => {
  const grantFor = (there: Role, request: AccessAttributes) =>
    leastGrant(new PolicyIndex({ roles: [there], bindings: [] }), account, [{ request }]).grants[0];

  test('is bound when it gives just that', () => {
    expect(grantFor(role([rule(['secrets'], ['a'])]), secret('a'))?.existing).toBe(true);
  });
  test.for([
    ['gives another name', role([rule(['secrets'], ['a', 'b'])])],
    ['gives every Secret', role([rule(['secrets'])])],
    ['gives another resource', role([rule(['secrets', 'pods'], ['a'])])],
    ['is kept by an operator', role([rule(['secrets'], ['a'])], { owner: 'operator' })],
    ['is in another namespace', role([rule(['secrets'], ['a'])], { namespace: 'ns2' })],
  ] as const)('is left alone when it %s', ([, there]) => {
    expect(grantFor(there, secret('a'))?.existing).toBe(false);
  });
  test('of our own name keeps what it gave before', () => {
    const ours = role([rule(['secrets'], ['a'])], {
      name: 'nicwright-sa1',
      labels: { 'app.kubernetes.io/managed-by': 'nicwright' },
    });
    expect(grantFor(ours, secret('b'))?.role.rules.flatMap(({ resourceNames }) => resourceNames)).toEqual(['a', 'b']);
  });
});
