/** Rights that were denied: an own Role and binding with exactly that beside what the operator keeps, under the mark of the plan. */
import type { Facts } from '../../diagnosis/facts.ts';
import { refusedRequests } from '../../diagnosis/rules/dpf/access-denied.ts';
import { policyIndex } from '../../diagnosis/rules/dpf/rbac-facts.ts';
import { sccAccounts } from '../../diagnosis/rules/dpf/scc-denied.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { AccessAttributes } from '../../ports/kube-api.ts';
import { isResourceRequest } from '../../rbac/access-request.ts';
import { accountOf, serviceAccount } from '../../rbac/caller.ts';
import { isAllowed } from '../../rbac/evaluate.ts';
import { grantRules } from '../../rbac/grant-rules.ts';
import type { PolicyRule } from '../../rbac/policy.ts';
import { riskOf } from '../../rbac/risks.ts';
import { ok, type Result } from '../../result.ts';
import type { PlanStep } from '../plan.ts';
import { createStep } from './create-step.ts';
import { cannot, type Fix, type FixAsked } from './fixer.ts';

const RBAC = 'rbac.authorization.k8s.io';
const API = `${RBAC}/v1`;

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** Empty lists are left out, as the API server does. */
const shownRule = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): object => ({
  ...(apiGroups.length > 0 && { apiGroups }),
  ...(resources.length > 0 && { resources }),
  ...(resourceNames.length > 0 && { resourceNames }),
  ...(nonResourceURLs.length > 0 && { nonResourceURLs }),
  verbs,
});

/** A name that nothing has yet. */
const freeName = (facts: Facts, base: string): string => {
  const taken = new Set(
    ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
      facts.objects(kind).map(({ object }) => object.metadata.name),
    ),
  );
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
  return name;
};

const bindingOf = (
  namespace: string | undefined,
  name: string,
  roleRef: { readonly kind: string; readonly name: string },
  account: Account,
): KubeObject => ({
  apiVersion: API,
  kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  roleRef: { apiGroup: RBAC, ...roleRef },
  subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
});

const grant = (
  { facts, problem, planName }: FixAsked,
  account: Account,
  namespace: string | undefined,
  requests: readonly AccessAttributes[],
): readonly PlanStep[] => {
  const isWide = namespace === undefined;
  const name = freeName(facts, `nicwright-${isWide ? `${account.namespace}-` : ''}${account.name}`);
  const [role, binding] = isWide ? ['ClusterRole', 'ClusterRoleBinding'] : ['Role', 'RoleBinding'];
  const object: KubeObject = {
    apiVersion: API,
    kind: role,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    rules: grantRules(requests).map(shownRule),
  };
  const where = isWide ? 'for the whole cluster' : `in ${namespace}`;
  const whom = `${account.namespace}/${account.name}`;
  return [
    createStep(object, isWide ? 'clusterroles' : 'roles', planName, {
      id: `role-${name}`,
      title: `Create ${role} ${name} ${where} with exactly what was denied`,
      because: problem.summary,
    }),
    createStep(
      bindingOf(namespace, name, { kind: role, name }, account),
      isWide ? 'clusterrolebindings' : 'rolebindings',
      planName,
      {
        id: `binding-${name}`,
        title: `Create ${binding} ${name} ${where}, which gives it to ${whom}`,
        because: 'RBAC only adds: beside the roles that an operator keeps, an own one stays',
      },
    ),
  ];
};

export const fixDeniedAccess = (asked: FixAsked): Result<Fix> => {
  const { facts, problem } = asked;
  const meant = refusedRequests(facts).filter(
    ({ user, denial }) => problem.fingerprint === `access-denied/${user} ${denial.missingRole ?? ''}`,
  );
  const [first] = meant;
  const account = first === undefined ? undefined : accountOf(first.user);
  if (first === undefined || account === undefined)
    return cannot(
      'The caller that was denied is no ServiceAccount; who it is and what it should have is for whoever gave it its certificate or token.',
    );
  if (first.denial.missingRole !== undefined)
    return cannot(
      `A binding of this account points at ${first.denial.missingRole}, which does not exist: what stood in it only its owner knows. Install the release of the operator whole, which brings it.`,
    );
  const caller = serviceAccount(account.namespace, account.name);
  const index = policyIndex(facts);
  const requests = meant.map(({ request }) => request).filter((request) => !isAllowed(index, caller, request));
  const wide = requests.some(
    (request) => isResourceRequest(request) && request.namespace === undefined && request.resource === 'secrets',
  );
  if (wide)
    return cannot(
      'It would open every Secret of the cluster to this account, and the one that it needs is not told; give the right by name, once the name is known.',
    );
  const scopes = Map.groupBy(requests, (request) => (isResourceRequest(request) ? request.namespace : undefined));
  return ok({
    steps: [...scopes].flatMap(([namespace, group]) => grant(asked, account, namespace, group)),
    effects: [
      `${account.namespace}/${account.name} may do what it was denied, and nothing else is changed; what failed is tried again by itself (a container within five minutes)`,
      ...[...scopes].flatMap(([namespace, group]) =>
        grantRules(group)
          .flatMap((rule) => riskOf(rule, namespace))
          .filter(({ level }) => level !== 'info')
          .map(({ text }) => text),
      ),
    ],
  });
};

export const fixDeniedScc = (asked: FixAsked): Result<Fix> => {
  const { facts, problem, planName } = asked;
  const accounts = sccAccounts(problem.scopes, facts);
  if (accounts.length === 0)
    return cannot(
      'The input does not show the workloads that were refused, and so not their accounts; kubectl get replicasets,daemonsets -n NAMESPACE -o yaml does.',
    );
  if (/is privileged|host network/.test(problem.summary))
    return cannot(
      'Their pods ask for privileges or the host network, and an SCC as wide as that is not given unseen: take the binding from the release of the operator, or give it by hand.',
    );
  return ok({
    steps: accounts.map(({ namespace, account }) =>
      createStep(
        bindingOf(
          namespace,
          freeName(facts, `nicwright-${account}-scc`),
          { kind: 'ClusterRole', name: 'system:openshift:scc:nonroot-v2' },
          { namespace, name: account },
        ),
        'rolebindings',
        planName,
        {
          id: `scc-${account}`,
          title: `Bind ${namespace}/${account} to the SCC nonroot-v2, in ${namespace}`,
          because: `pods of ${account} are refused, since it may use no SecurityContextConstraints that they fit`,
        },
      ),
    ),
    effects: accounts.map(
      ({ namespace, account }) => `${namespace}/${account} may run pods as any user but root, in this namespace`,
    ),
  });
};
