/** Puts the probes of a grant to a live API server, or to the roles of an input. */
import type { KubeApi, UserInfo } from '../../core/ports/kube-api.ts';
import { evaluate, reviewReason } from '../../core/rbac/evaluate.ts';
import { asServed } from '../../core/rbac/access-request.ts';
import type { PolicyIndex } from '../../core/rbac/policy-index.ts';
import { holds } from '../../core/rbac/verify-probes.ts';
import type { Probe } from '../../core/rbac/verify-probes.ts';
import { ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';

export interface ProbeAnswer {
  readonly probe: Probe;
  /** The answer is as it has to be. */
  readonly holds: boolean;
  /** The authorizer's words, which name the binding that allowed it. */
  readonly reason: string;
}

export const askIndex = (index: PolicyIndex, caller: UserInfo, probes: readonly Probe[]): readonly ProbeAnswer[] =>
  probes.map((probe) => ({
    probe,
    holds: holds(index, caller, probe),
    reason: reviewReason(evaluate(index, caller, asServed(probe.request))),
  }));

/** One SubjectAccessReview after the other; the first that cannot be asked ends it. */
export const askServer = async (
  api: KubeApi,
  caller: UserInfo,
  probes: readonly Probe[],
): Promise<Result<readonly ProbeAnswer[]>> => {
  const answers: ProbeAnswer[] = [];
  for (const probe of probes) {
    const verdict = await api.can(caller, probe.request);
    if (!verdict.ok) return verdict;
    answers.push({ probe, holds: verdict.value.allowed === probe.allowed, reason: verdict.value.reason });
  }
  return ok(answers);
};
