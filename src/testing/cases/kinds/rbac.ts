/** Kinds of cases-rbac.yaml, answered by core/rbac: the same functions that the rbac commands call. */
import { dig, digList, digMap, digText, digTexts, isMap } from '../../../core/model/dig.ts';
import { asServed, isResourceRequest } from '../../../core/rbac/access-request.ts';
import type { AccessAttributes } from '../../../core/ports/kube-api.ts';
import { withDefaults } from '../../../core/rbac/default-policy.ts';
import { checkBindingWrite, checkRoleWrite } from '../../../core/rbac/escalation.ts';
import { evaluate, isAllowed } from '../../../core/rbac/evaluate.ts';
import { explainDenial } from '../../../core/rbac/explain-denial.ts';
import type { Excess } from '../../../core/rbac/gap.ts';
import { judgeScript } from '../../../core/rbac/judge-script.ts';
import type { Advice } from '../../../core/rbac/least-grant.ts';
import { pathOf } from '../../../core/rbac/policy.ts';
import { PolicyIndex } from '../../../core/rbac/policy-index.ts';
import { readRule } from '../../../core/rbac/read-policy.ts';
import { ResourceTypes } from '../../../core/rbac/resource-types.ts';
import { predictRevert } from '../../../core/rbac/revert.ts';
import type { Owner } from '../../../core/rbac/revert.ts';
import { analyzeScript } from '../../../core/rbac/script/analyze-script.ts';
import type { ScriptNeeds } from '../../../core/rbac/script/analyze-script.ts';
import { probesOf, reviewAdvice } from '../../../core/rbac/verify-probes.ts';
import type { CaseContext, CaseInput, CaseKinds, JsonObject } from '../case-kind.ts';
import { Matcher } from '../matcher.ts';
import { inAnyOrder } from '../matchers.ts';
import { callerOf, policyOf, requestOf, roleRefOf } from './rbac-given.ts';
import { grantMatcher } from './rbac-grant.ts';
import { excessList, givenNeed, permissionList } from './rbac-permissions.ts';

const existsOf = ({ about }: CaseInput): boolean | undefined => {
  const exists = dig(about, 'sim', 'exists');
  return exists === 0 ? false : exists === 1 ? true : undefined;
};

const needsOf = ({ given, about }: CaseInput, context: CaseContext): ScriptNeeds => {
  const script = digText(given, 'script');
  if (script === undefined) return needsGiven(given);
  const namespace = digText(given, 'pod', 'namespace');
  const analyzed = analyzeScript(script, {
    name: digText(about, 'name') ?? 'script',
    types: new ResourceTypes(),
    readYaml: context.readYaml,
    ...('args' in given ? { args: digList(given, 'args').map(String) } : {}),
    env: digTexts(given, 'env'),
    ...(namespace === undefined ? {} : { namespace }),
  });
  if (!analyzed.ok) throw new Error(analyzed.fault.message);
  return analyzed.value;
};

/** A case may state the needs instead of a script. */
const needsGiven = (given: JsonObject): ScriptNeeds => ({
  needs: digList(given, 'needs').map((need) => {
    const stated = givenNeed(need as JsonObject, requestOf(need));
    return { ...stated, ownWays: stated.ways, places: [] };
  }),
  unreached: [],
  unresolved: [],
  calls: { total: 0, resolved: 0 },
  identities: [],
  tokenAsConfig: [],
  takesKubeconfig: false,
});

const excessForm = ({ rule, namespace }: Excess) => {
  const [resource = '', subresource] = (rule.resources[0] ?? '').split('/');
  const [resourceName] = rule.resourceNames;
  return {
    apiGroup: rule.apiGroups[0],
    resource,
    verb: rule.verbs[0],
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(resourceName === undefined ? {} : { resourceName }),
    ...(rule.nonResourceURLs[0] === undefined ? {} : { url: rule.nonResourceURLs[0] }),
  };
};

/** Every finding expected is there, with its level; we may have more to say than the case's author. */
const findingList = (findings: readonly Advice[]): Matcher =>
  new Matcher(
    `findings ${JSON.stringify(findings)}`,
    (expected) => {
      const left = [...findings];
      for (const item of Array.isArray(expected) ? expected : [expected]) {
        const strange = Object.keys(item as object).find((key) => key !== 'level' && key !== 'text');
        const at = left.findIndex(({ level, text }) => level === dig(item, 'level') && text !== '');
        if (strange !== undefined || at < 0)
          return `expected a finding ${JSON.stringify(item)} among ${JSON.stringify(left)}`;
        left.splice(at, 1);
      }
      return undefined;
    },
    (expected) =>
      (expected as readonly JsonObject[]).map((item, at, all) => all.with(at, { ...item, level: 'altered' })),
  );

const shortRequest = (request: AccessAttributes) =>
  isResourceRequest(request)
    ? {
        apiGroup: request.group,
        resource: request.resource,
        verb: request.verb,
        subresource: request.subresource,
        namespace: request.namespace,
        resourceName: request.name,
      }
    : { url: request.path, verb: request.verb };

/** Expected probes hold, and our own set has one that tries the same thing. */
const probeList = (index: PolicyIndex, given: JsonObject): Matcher => {
  const caller = callerOf(given);
  const probes = probesOf(index, caller);
  const kindOf = (request: AccessAttributes, allowed: unknown): string =>
    isResourceRequest(request)
      ? `${request.verb} ${request.group}/${request.resource} ${String(allowed)}`
      : request.path;
  const ours = new Set(probes.map(({ request, allowed }) => kindOf(request, allowed)));
  return new Matcher(
    `probes ${JSON.stringify(probes)}`,
    (expected) => {
      for (const item of Array.isArray(expected) ? expected : [expected]) {
        const request = requestOf(dig(item, 'request'));
        const allowed = dig(item, 'allowed');
        if (isAllowed(index, caller, asServed(request)) !== allowed) return `${JSON.stringify(item)} does not hold`;
        if (!ours.has(kindOf(request, allowed))) return `no probe of ours tries ${JSON.stringify(item)}`;
      }
      return undefined;
    },
    (expected) =>
      (expected as readonly JsonObject[]).map((item, at, all) =>
        all.with(at, { ...item, allowed: item['allowed'] !== true }),
      ),
  );
};

/** The role's name is ours to choose where the case gives none. */
const helpList = (help: readonly AccessAttributes[], nameGiven: boolean): Matcher => {
  const shown = help.map(shortRequest) as readonly Record<string, unknown>[];
  const fits = (item: JsonObject): boolean =>
    shown.some((one) => {
      const keys = new Set([...Object.keys(item), ...Object.keys(one).filter((key) => one[key] !== undefined)]);
      return [...keys].every((key) =>
        key === 'resourceName' && !nameGiven ? typeof item[key] === typeof one[key] : item[key] === one[key],
      );
    });
  return new Matcher(
    `help ${JSON.stringify(shown)}`,
    (expected) => {
      const items = Array.isArray(expected) ? (expected as readonly JsonObject[]) : [];
      const wrong = items.find((item) => !fits(item));
      if (wrong !== undefined) return `expected ${JSON.stringify(wrong)} among ${JSON.stringify(shown)}`;
      return items.length === shown.length
        ? undefined
        : `expected ${items.length} permissions, got ${JSON.stringify(shown)}`;
    },
    (expected) =>
      (expected as readonly JsonObject[]).flatMap((item, at, all) => [
        all.with(at, { ...item, verb: 'altered' }),
        all.toSpliced(at, 1),
      ]),
  );
};

const writeVerdict = (index: PolicyIndex, given: JsonObject) => {
  const wants = digMap(given, 'wants');
  const kind = digText(wants, 'kind') ?? '';
  const namespace = digText(wants, 'namespace');
  const name = digText(wants, 'name') ?? 'wanted';
  const scope = namespace === undefined ? {} : { namespace };
  const caller = callerOf(given);
  return kind === 'RoleBinding' || kind === 'ClusterRoleBinding'
    ? checkBindingWrite(index, caller, { kind, name, ...scope, roleRef: roleRefOf(digText(wants, 'roleRef') ?? '') })
    : checkRoleWrite(index, caller, {
        kind: kind === 'ClusterRole' ? 'ClusterRole' : 'Role',
        name,
        ...scope,
        rules: digList(wants, 'rules').map(readRule),
      });
};

const ownerOf = (operator: JsonObject): Owner => ({
  ...(operator as Owner),
  ...('watchesClusterRole' in operator ? { watchesObject: operator['watchesClusterRole'] === true } : {}),
});

export const roomKinds: CaseKinds = {
  'kind:rbac-eval': {
    answer: ({ given }) => {
      const index = new PolicyIndex(policyOf(given));
      const verdict = evaluate(index, callerOf(given), asServed(requestOf(given['request'])));
      return {
        allowed: verdict.allowed,
        via: inAnyOrder(verdict.via.map(({ binding }) => binding.name)),
        why: verdict.because,
      };
    },
  },
  'kind:script': {
    expectDefaults: { unresolved: [] },
    answer: (input, context) => {
      const needs = needsOf(input, context);
      const exists = existsOf(input);
      const own = needs.identities.find((identity) => identity.own);
      return {
        permissions: permissionList(needs.needs, exists),
        unreached: permissionList(needs.unreached),
        unresolved: needs.unresolved.map(({ text, why, line }) => ({ text, why, line })),
        masked: needs.needs.some(({ places }) => places.some(({ onDenied }) => onDenied === 'masked')),
        ...(own === undefined ? {} : { identity: { who: own.who, when: own.when } }),
      };
    },
  },
  'kind:gap': {
    answer: (input, context) => {
      const { given } = input;
      const exists = existsOf(input);
      const index = new PolicyIndex(withDefaults(policyOf(given)));
      const needs = needsOf(input, context);
      const judged = judgeScript(index, callerOf(given), needs, exists === undefined ? {} : { objectsExist: exists });
      const { gap, grant, findings, verdict, nextChecks } = judged;
      const list = (of: typeof gap.missing) =>
        permissionList(
          of.map(({ need, request }) => ({ ...need, request })),
          exists,
        );
      return {
        missing: list(gap.missing),
        conditionalMissing: list(gap.conditionalMissing),
        satisfied: list(gap.satisfied),
        unreached: permissionList(needs.unreached),
        excess: excessList(gap.excess.map(excessForm)),
        fix: { create: grantMatcher(grant.grants), doNotTouch: inAnyOrder(grant.doNotTouch.map(pathOf)) },
        findings: findingList(findings),
        verdict,
        nextChecks,
      };
    },
  },
  'kind:log': {
    answer: ({ given }) => {
      const denial = explainDenial(digText(given, 'line') ?? '');
      if (denial === undefined) return {};
      const { cause, who, permission, missingRole, because, remedy } = denial;
      return {
        cause,
        who,
        permission: permission === undefined ? null : shortRequest(permission),
        missingRole,
        because,
        remedy,
      };
    },
  },
  'kind:verify': {
    answer: ({ given }) => {
      const index = new PolicyIndex(policyOf(given));
      const verdict = isMap(given['wants']) ? writeVerdict(index, given) : undefined;
      return {
        probes: probeList(index, given),
        review: reviewAdvice(callerOf(given)),
        allowed: verdict?.allowed,
        why: verdict?.because,
        smallestHelp:
          verdict === undefined
            ? undefined
            : helpList(verdict.smallestHelp, digText(given, 'wants', 'name') !== undefined),
      };
    },
  },
  'kind:drift': {
    answer: ({ given }) => {
      const operator = digMap(given, 'operator') as JsonObject;
      const object = digText(given, 'object') ?? '';
      // An object that bears our own mark, or that the operator is not said to apply, is none of the operator's.
      const own = 'labels' in given && operator['apply'] === undefined;
      const forecast = predictRevert({ object, own, details: ownerOf(operator) });
      return { ...forecast, avoidLabels: inAnyOrder(forecast.avoidLabels) };
    },
  },
};
