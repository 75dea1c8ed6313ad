/**
 * A pasted error, or a whole log -> each refusal in it once: what refused, whom, and the grant that would allow it. With roles
 * and bindings at hand also what comes nearest, or that it is allowed by now.
 */
import type { UserInfo } from '../ports/kube-api.ts';
import { asServed } from './access-request.ts';
import { parseCaller } from './caller.ts';
import { evaluate } from './evaluate.ts';
import type { Verdict } from './evaluate.ts';
import { explainDenial } from './explain-denial.ts';
import type { Denial } from './explain-denial.ts';
import { leastGrant } from './least-grant.ts';
import type { LeastGrant } from './least-grant.ts';
import { emptyPolicy } from './policy.ts';
import { PolicyIndex } from './policy-index.ts';

export interface ExplainedDenial {
  readonly denial: Denial;
  /** 1-based line of the text, and how often the same refusal comes in it. */
  readonly line: number;
  readonly count: number;
  readonly caller?: UserInfo;
  /** Only where RBAC refused it. */
  readonly grant?: LeastGrant;
  /** By the roles and bindings at hand. */
  readonly verdict?: Verdict;
}

const explainOne = (denial: Denial, index: PolicyIndex | undefined): Omit<ExplainedDenial, 'line' | 'count'> => {
  const { who, permission } = denial;
  const caller = who === undefined ? undefined : parseCaller(who);
  // What is granted to anonymous is granted to everybody who can reach the server.
  if (permission === undefined || caller?.ok !== true || who === 'system:anonymous') return { denial };
  const verdict = index === undefined ? undefined : evaluate(index, caller.value, asServed(permission));
  return {
    denial,
    caller: caller.value,
    ...(verdict === undefined ? {} : { verdict }),
    ...(verdict?.allowed === true
      ? {}
      : { grant: leastGrant(index ?? new PolicyIndex(emptyPolicy), caller.value, [{ request: permission }]) }),
  };
};

/** Lines that are no refusal are passed by. */
export const explainLog = (text: string, index?: PolicyIndex): readonly ExplainedDenial[] => {
  const found = new Map<string, { denial: Denial; line: number; count: number }>();
  for (const [at, line] of text.split('\n').entries()) {
    const denial = explainDenial(line);
    if (denial === undefined) continue;
    const key = JSON.stringify(denial);
    const before = found.get(key);
    if (before === undefined) found.set(key, { denial, line: at + 1, count: 1 });
    else before.count += 1;
  }
  return [...found.values()].map(({ denial, line, count }) => ({ ...explainOne(denial, index), line, count }));
};
