/**
 * core/rbac against the authorizer of k8s.io/kubernetes itself, the program that the bench measures: the same answers over
 * the bench's world, and over drawn roles of every odd form.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rbacWorld } from '../../bench/rbac-world.ts';
import type { Question } from '../../bench/rbac-world.ts';
import { askGoAuthorizer } from '../../bench/rbac-world-file.ts';
import type { UserInfo } from '../../src/core/ports/kube-api.ts';
import { serviceAccount } from '../../src/core/rbac/caller.ts';
import { isAllowed } from '../../src/core/rbac/evaluate.ts';
import type { Policy } from '../../src/core/rbac/policy.ts';
import { PolicyIndex } from '../../src/core/rbac/policy-index.ts';
import { arbPolicyOf, arbRequest } from '../../src/testing/arbitrary-rbac.ts';

const MINUTES_MS = 60_000;
const QUESTIONS = 5000;

const CALLERS: readonly UserInfo[] = [
  serviceAccount('ns1', 'sa1'),
  serviceAccount('ns2', 'sa1'),
  { username: 'jane', groups: ['team', 'system:authenticated'] },
  { username: 'joe', groups: ['system:authenticated'] },
];

const drawn = (): { readonly policy: Policy; readonly questions: readonly Question[] } => {
  const [policy] = fc.sample(arbPolicyOf({ roles: 80, bindings: 80, names: 40 }), 1);
  if (policy === undefined) throw new Error('nothing was drawn');
  return {
    policy,
    questions: fc.sample(fc.record({ caller: fc.constantFrom(...CALLERS), request: arbRequest }), QUESTIONS),
  };
};

const ourAnswers = (policy: Policy, questions: readonly Question[]): string => {
  const index = new PolicyIndex(policy);
  return questions.map(({ caller, request }) => (isAllowed(index, caller, request) ? 'A' : 'N')).join('');
};

describe('core/rbac against the Go authorizer', () => {
  test.for([
    ["the bench's world", () => rbacWorld(QUESTIONS)],
    ['drawn roles', drawn],
  ] as const)('%s', { timeout: 10 * MINUTES_MS }, ([, make], { skip }) => {
    const { policy, questions } = make();
    const theirs = askGoAuthorizer(policy, questions, ['-runs', '0']);
    // Building it needs Go and its modules; under NICWRIGHT_REQUIRE_REAL=1 their absence is no excuse.
    if ('because' in theirs) {
      if (process.env['NICWRIGHT_REQUIRE_REAL'] === '1') throw new Error(theirs.because);
      return skip(theirs.because);
    }
    const ours = ourAnswers(policy, questions);
    const at = questions.findIndex((_, index) => ours[index] !== theirs.answers[index]);
    expect(at < 0 ? undefined : { ...questions[at], ours: ours[at], theirs: theirs.answers[at] }).toBeUndefined();
    expect(Math.min(ours.split('A').length, ours.split('N').length)).toBeGreaterThan(100);
  });
});
