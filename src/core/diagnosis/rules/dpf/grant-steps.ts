/**
 * What to do about a denied request: the least grant as an own Role, what then happens with the failing pods, and the other
 * way, a rule in the role that is there, with its cost (dpf.md 5, 5.1). What is least is asked of core/rbac.
 */
import type { AccessAttributes } from '../../../ports/kube-api.ts';
import { isResourceRequest } from '../../../rbac/access-request.ts';
import { accountOf, serviceAccount } from '../../../rbac/caller.ts';
import { editInPlace } from '../../../rbac/in-place-edit.ts';
import { grantRules } from '../../../rbac/grant-rules.ts';
import { MANAGED_BY, rolesOf } from '../../../rbac/least-grant.ts';
import type { PolicyRule, Role } from '../../../rbac/policy.ts';
import type { Facts } from '../../facts.ts';
import type { Finding, RemedyStep } from '../../finding.ts';
import type { Refused } from './access-denied.ts';
import { isDmsPod } from './dpf-estate.ts';
import { deletingPods } from './dpf-release.ts';
import { policyIndex } from './rbac-facts.ts';

const DPF_OWNER = 'dpfoperatorconfig-controller';

/** `--verb=get --resource=secrets --resource-name=x`, one for each resource of the rule. */
const flagsOf = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): string =>
  [
    `--verb=${verbs.join(',')}`,
    ...resources.map((resource) => {
      const [type = '', sub] = resource.split('/');
      const group = apiGroups[0] === undefined || apiGroups[0] === '' ? '' : `.${apiGroups[0]}`;
      return `--resource=${type}${group}${sub === undefined ? '' : `/${sub}`}`;
    }),
    ...resourceNames.map((name) => `--resource-name=${name}`),
  ].join(' ');

export const createRole = (
  cli: string,
  namespace: string | undefined,
  account: { readonly namespace: string; readonly name: string },
  rules: readonly PolicyRule[],
): string => {
  const kind = namespace === undefined ? 'clusterrole' : 'role';
  const inside = namespace === undefined ? '' : ` -n ${namespace}`;
  return rules
    .flatMap((rule, index) => {
      const name = `${MANAGED_BY}-${account.name}${index === 0 ? '' : `-${index + 1}`}`;
      return [
        `${cli} create ${kind} ${name}${inside} ${flagsOf(rule)}`,
        `${cli} create ${kind}binding ${name}${inside} --${kind}=${name} --serviceaccount=${account.namespace}:${account.name}`,
      ];
    })
    .join('\n');
};

const grantFor = (facts: Facts, user: string, requests: readonly AccessAttributes[]): readonly RemedyStep[] => {
  const account = accountOf(user);
  if (account === undefined) return [{ text: `Give ${user} exactly what was denied, by a role of its own.` }];
  const byScope = Map.groupBy(requests, (request) => (isResourceRequest(request) ? request.namespace : undefined));
  return [...byScope].map(([namespace, group]) => ({
    text: `Give ${account.namespace}/${account.name} exactly what was denied, by an own ${namespace === undefined ? 'ClusterRole and ClusterRoleBinding' : `Role and RoleBinding in ${namespace}`}: no operator puts those back.`,
    command: createRole(facts.cli, namespace, account, grantRules(group)),
    ...(namespace === undefined
      ? { risk: 'it holds in the whole cluster, as the request is one without a namespace' }
      : {}),
  }));
};

const dmsRole = (roles: readonly Role[]): Role | undefined => roles.find(({ kind }) => kind === 'ClusterRole');

const versionOf = (facts: Facts, role: Role): string | undefined =>
  facts.object(role.kind, role.name, role.namespace)?.object.metadata.resourceVersion;

/** The founding document's own way (001), offered with what it costs. */
const inPlace = (facts: Facts, user: string, requests: readonly AccessAttributes[]): readonly RemedyStep[] => {
  const account = accountOf(user);
  if (account === undefined) return [];
  const role = dmsRole(rolesOf(policyIndex(facts), serviceAccount(account.namespace, account.name)));
  if (role === undefined) return [];
  const opensSecrets = requests.some(
    (request) => isResourceRequest(request) && request.resource === 'secrets' && request.group === '',
  );
  const owner = role.owner ?? (role.name.startsWith('dpf-') ? DPF_OWNER : undefined);
  const edit = editInPlace(
    { ...role, ...(owner === undefined ? {} : { owner }) },
    grantRules(requests),
    versionOf(facts, role),
  );
  return edit.ok
    ? [
        {
          text: `Only if it must be quick: add the rule to ${edit.value.object} itself, as others do.`,
          command: `${facts.cli} patch ${role.kind.toLowerCase()} ${role.name} --type=json -p '${JSON.stringify(edit.value.patch)}'`,
          risk: `${edit.value.because}${opensSecrets ? '; it opens every Secret of the cluster to this account, whose token lies on every host with a card' : ''}`,
        },
      ]
    : [];
};

const restart = (facts: Facts, refused: readonly Refused[]): readonly RemedyStep[] => {
  const dms = refused.flatMap(({ pods }) => pods).some(isDmsPod);
  if (!dms) return [];
  return [
    {
      text: 'Then wait: the kubelet starts the container again by itself, after five minutes at most.',
      command: `${facts.cli} get pods -A -l provisioning.dpu.nvidia.com/component=dms -w`,
      risk: deletingPods(facts),
    },
  ];
};

export const grantSteps = (
  findings: readonly Finding[],
  facts: Facts,
  all: readonly Refused[],
): readonly RemedyStep[] => {
  const meant = all.filter(({ user, denial }) =>
    findings.some(({ sameAs }) => sameAs === `${user} ${denial.missingRole ?? ''}`),
  );
  const dangling = meant.filter(({ denial }) => denial.missingRole !== undefined);
  if (dangling.length > 0)
    return dangling
      .slice(0, 1)
      .map(({ denial }) => ({ text: `${denial.remedy.slice(0, 1).toUpperCase()}${denial.remedy.slice(1)}.` }));
  const byUser = Map.groupBy(meant, ({ user }) => user);
  return [...byUser].flatMap(([user, group]) => {
    const requests = group.map(({ request }) => request);
    return [...grantFor(facts, user, requests), ...restart(facts, group), ...inPlace(facts, user, requests)];
  });
};
