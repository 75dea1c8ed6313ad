/**
 * Questions that prove a grant: what it must allow, and what it must not. A fix that answers only the first kind may have
 * opened far more. They are put as SubjectAccessReviews, or to the evaluator here.
 */
import type { AccessAttributes, UserInfo } from '../ports/kube-api.ts';
import { asServed } from './access-request.ts';
import { grantsFor, isAllowed } from './evaluate.ts';
import { isDefaultBinding } from './default-policy.ts';
import { breakDown } from './escalation.ts';
import type { PolicyIndex } from './policy-index.ts';
import type { ResourceRequest } from './access-request.ts';

export interface Probe {
  readonly request: AccessAttributes;
  /** What the answer has to be. */
  readonly allowed: boolean;
  /** `grant`, or what it tries beyond: another name, a list, another namespace. */
  readonly tries: 'grant' | 'other-name' | 'list' | 'other-namespace';
}

/** Stands for an object that no rule names. */
export const OTHER_NAME = 'nicwright-probe-other';
const OTHER_NAMESPACES = ['kube-system', 'default'];

const withoutName = ({ verb, group, resource, subresource, namespace }: ResourceRequest): ResourceRequest => ({
  verb,
  group,
  resource,
  ...(subresource === undefined ? {} : { subresource }),
  ...(namespace === undefined ? {} : { namespace }),
});

/** The probes of one permission of the grant; those that another grant allows anyway prove nothing and fall away. */
const probesFor = (request: ResourceRequest): readonly Probe[] => {
  const probes: Probe[] = [{ request, allowed: true, tries: 'grant' }];
  if (request.name !== undefined) {
    probes.push({ request: { ...request, name: OTHER_NAME }, allowed: false, tries: 'other-name' });
    if (request.subresource === undefined)
      probes.push({ request: { ...withoutName(request), verb: 'list' }, allowed: false, tries: 'list' });
  }
  const { namespace } = request;
  const other = OTHER_NAMESPACES.find((one) => one !== namespace);
  if (namespace !== undefined && other !== undefined)
    probes.push({ request: { ...request, namespace: other }, allowed: false, tries: 'other-namespace' });
  return probes;
};

/** Every single permission that the caller has by name or in a namespace, as requests. */
const grantedRequests = (index: PolicyIndex, caller: UserInfo): readonly ResourceRequest[] =>
  ['', ...index.namespaces()].flatMap((scope) =>
    grantsFor(index, caller, scope)
      .filter(({ binding }) => !isDefaultBinding(binding) && (binding.namespace ?? '') === scope)
      .flatMap(({ slot }) =>
        slot.rules
          .flatMap(({ rule }) => breakDown(rule))
          .flatMap(({ verbs, apiGroups, resources, resourceNames }): readonly ResourceRequest[] => {
            const [resource = '', subresource] = (resources[0] ?? '').split('/');
            if (resource === '' || resource === '*') return [];
            const [name] = resourceNames;
            return [
              {
                verb: verbs[0] ?? '',
                group: apiGroups[0] ?? '',
                resource,
                ...(subresource === undefined ? {} : { subresource }),
                ...(scope === '' ? {} : { namespace: scope }),
                ...(name === undefined ? {} : { name }),
              },
            ];
          }),
      ),
  );

/** The probes for all that this caller was granted. */
export const probesOf = (index: PolicyIndex, caller: UserInfo): readonly Probe[] => {
  const seen = new Set<string>();
  return grantedRequests(index, caller)
    .flatMap(probesFor)
    .filter(({ request, tries }) => {
      const key = JSON.stringify(request);
      if (seen.has(key)) return false;
      seen.add(key);
      // What a wider grant of the same caller allows is no sign that this one is too wide.
      return tries === 'grant' || !isAllowed(index, caller, asServed(request));
    });
};

/** A probe's answer by the evaluator here; on a cluster the same request goes into a SubjectAccessReview. */
export const holds = (index: PolicyIndex, caller: UserInfo, { request, allowed }: Probe): boolean =>
  isAllowed(index, caller, asServed(request)) === allowed;

/** How to ask a cluster, in one sentence. */
export const reviewAdvice = (caller: UserInfo): string =>
  `ask by SubjectAccessReview with user ${caller.username} and its groups ${caller.groups.join(', ')}, since groups are not derived; status.allowed has to be as stated, status.evaluationError empty, and status.reason has to name our binding`;
