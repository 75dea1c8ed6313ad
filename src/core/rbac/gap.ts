/**
 * Needs against holdings: what a caller lacks on every way, what only on some, what it has, what it has and no need uses.
 * Needs that only other identities ask for are none of the caller's. How to close a gap is left to least-grant.ts.
 */
import type { AccessAttributes, UserInfo } from '../ports/kube-api.ts';
import { asServed, isResourceRequest } from './access-request.ts';
import { accountOf } from './caller.ts';
import { isDefaultBinding } from './default-policy.ts';
import { breakDown } from './escalation.ts';
import { evaluate, grantsFor } from './evaluate.ts';
import type { Verdict } from './evaluate.ts';
import type { PolicyRule, Role } from './policy.ts';
import type { PolicyIndex } from './policy-index.ts';
import { compileRequest, compileRule, ruleCovers } from './rule-match.ts';
import type { Condition } from './script/condition.ts';
import { showWays } from './script/condition.ts';
import type { Need } from './script/recorder.ts';

export interface JudgedNeed {
  readonly need: Need;
  /** With the pod's own namespace put in. */
  readonly request: AccessAttributes;
  readonly verdict: Verdict;
  /** In words, when it is needed on some ways only. */
  readonly when?: string;
}

/** A permission that a role gives and no need uses. */
export interface Excess {
  readonly role: Role;
  readonly rule: PolicyRule;
  /** Where it is given: the namespace of the binding, or everywhere. */
  readonly namespace?: string;
}

export interface Gap {
  readonly missing: readonly JudgedNeed[];
  readonly conditionalMissing: readonly JudgedNeed[];
  readonly satisfied: readonly JudgedNeed[];
  /** Asked for and denied, and kubectl goes on without it. */
  readonly tolerated: readonly JudgedNeed[];
  readonly excess: readonly Excess[];
}

export interface GapOptions {
  /**
   * Whether the objects that the script names are there. Absent: not known, so that what depends on it is conditional
   * (a first run creates, a later one patches).
   */
  readonly objectsExist?: boolean;
}

/** Drops what `objectsExist` settles from a way; undefined when the way then is not taken. */
const settle = (way: Condition, exists: boolean | undefined): Condition =>
  exists === undefined
    ? way
    : way.filter(({ atom: { id }, holds }) => !(holds && id.startsWith(exists ? 'state differs' : 'state absent')));

export const inPodNamespace = (request: AccessAttributes, namespace: string | undefined): AccessAttributes => {
  if (namespace === undefined || !isResourceRequest(request)) return request;
  const own = (name: string | undefined): string | undefined => (name === '@pod' ? namespace : name);
  const [inNamespace, name] = [own(request.namespace), own(request.name)];
  return {
    ...request,
    ...(inNamespace === undefined ? {} : { namespace: inNamespace }),
    ...(name === undefined ? {} : { name }),
  };
};

/** Of several alternatives the one that works on every server: exec by POST is allowed on all versions, by GET not. */
const PREFERRED = 'create';

const altKey = ({ alt, request }: Need): string | undefined =>
  alt === undefined || !isResourceRequest(request)
    ? undefined
    : `${alt} ${request.namespace ?? ''} ${request.name ?? ''}`;

const isGet = (request: AccessAttributes): boolean => request.verb === 'get';

const objectOf = (request: AccessAttributes): string => JSON.stringify({ ...request, verb: '' });

/** After a delete kubectl waits only if it may read the object: without that right it goes on at once (dpf.md 6.4). */
const isWaitForGone = ({ ownWays }: Need): boolean =>
  ownWays.every((way) => way.some(({ atom, holds }) => holds && atom.id.startsWith('state lingers')));

export const findGap = (
  index: PolicyIndex,
  caller: UserInfo,
  needs: readonly Need[],
  { objectsExist }: GapOptions = {},
): Gap => {
  const home = accountOf(caller.username)?.namespace;
  const judged = needs
    .filter(({ ownWays }) => ownWays.length > 0)
    .map((need): JudgedNeed => {
      const request = inPodNamespace(need.request, home);
      const when = showWays(need.ownWays.map((way) => settle(way, objectsExist)));
      return {
        need,
        request,
        verdict: evaluate(index, caller, asServed(request)),
        ...(when === undefined ? {} : { when }),
      };
    });
  const satisfiedAlternatives = new Set(
    judged.filter(({ verdict }) => verdict.allowed).map(({ need }) => altKey(need)),
  );
  const preferred = new Map<string, JudgedNeed>();
  for (const one of judged) {
    const key = altKey(one.need);
    if (key !== undefined && (!preferred.has(key) || one.request.verb === PREFERRED)) preferred.set(key, one);
  }
  const denied = judged.filter((one) => {
    if (one.verdict.allowed) return false;
    const key = altKey(one.need);
    return key === undefined || (!satisfiedAlternatives.has(key) && preferred.get(key) === one);
  });
  const unread = new Set(
    denied
      .filter(({ need, request }) => need.tolerate === true && isGet(request))
      .map(({ request }) => objectOf(request)),
  );
  const untolerated = denied.filter(
    ({ need, request }) => need.tolerate !== true && !(isWaitForGone(need) && unread.has(objectOf(request))),
  );
  return {
    missing: untolerated.filter(({ when }) => when === undefined),
    conditionalMissing: untolerated.filter(({ when }) => when !== undefined),
    satisfied: judged.filter(({ need, verdict }) => verdict.allowed && need.tolerate !== true),
    tolerated: denied.filter(({ need }) => need.tolerate === true),
    excess: excessOf(
      index,
      caller,
      judged.map(({ request }) => request),
    ),
  };
};

/** Every namespace in which the caller has a binding, and the cluster as a whole. */
const scopesOf = (index: PolicyIndex): readonly string[] => ['', ...index.namespaces()];

const excessOf = (index: PolicyIndex, caller: UserInfo, requests: readonly AccessAttributes[]): readonly Excess[] => {
  const asked = requests.map((request) => compileRequest(asServed(request)));
  const seen = new Set<unknown>();
  return scopesOf(index).flatMap((scope) =>
    grantsFor(index, caller, scope).flatMap(({ binding, slot }): readonly Excess[] => {
      if (seen.has(binding) || isDefaultBinding(binding) || slot.role === undefined) return [];
      seen.add(binding);
      const { role } = slot;
      const inScope = asked.filter(
        ({ namespace }) => binding.namespace === undefined || namespace === binding.namespace,
      );
      return slot.rules
        .flatMap(({ rule }) => breakDown(rule))
        .filter((single) => !inScope.some((request) => ruleCovers(compileRule(single), request)))
        .map((rule) => ({ role, rule, ...(binding.namespace === undefined ? {} : { namespace: binding.namespace }) }));
    }),
  );
};
