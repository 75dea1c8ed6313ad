/**
 * What a vendor should change so that a problem does not come up again: the least that mends it. A rule of a user's own says so
 * itself (`proposal`); for ours it stands here, since most of it is one sentence about a program of somebody else's.
 */
import { accountOf } from '../rbac/caller.ts';
import { isResourceRequest } from '../rbac/access-request.ts';
import { grantRules } from '../rbac/grant-rules.ts';
import type { PolicyRule } from '../rbac/policy.ts';
import type { Facts } from './facts.ts';
import type { Problem, Report } from './report.ts';
import { refusedRequests } from './rules/dpf/access-denied.ts';

const ruleText = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): string => {
  const group = apiGroups[0] === undefined || apiGroups[0] === '' ? '' : ` (${apiGroups.join(', ')})`;
  const named = resourceNames.length === 0 ? '' : ` named ${resourceNames.join(', ')}`;
  return `${verbs.join(', ')} of ${resources.join(', ')}${group}${named}`;
};

/** Which rule, in which object: an own Role where the request has a namespace, and never more than was asked for. */
const leastRules = (_problem: Problem, facts: Facts): readonly string[] =>
  [...Map.groupBy(refusedRequests(facts), ({ user }) => user)].flatMap(([user, refused]) => {
    const account = accountOf(user);
    if (account === undefined) return [];
    const requests = refused.map(({ request }) => request);
    const byNamespace = Map.groupBy(requests, (one) => (isResourceRequest(one) ? one.namespace : undefined));
    return [...byNamespace].map(([namespace, group]) => {
      const rules = grantRules(group).map(ruleText).join('; ');
      return namespace === undefined
        ? `In the ClusterRole that the operator binds to ${account.namespace}/${account.name}: allow ${rules}, since these requests have no namespace.`
        : `In the manifests of the operator, a Role in ${namespace} bound to ${account.namespace}/${account.name}: allow ${rules}; no list, no watch, and not in a ClusterRole.`;
    });
  });

const sentence = (text: string) => (): readonly string[] => [text];

const PROPOSALS: Readonly<Record<string, (problem: Problem, facts: Facts) => readonly string[]>> = {
  'access-denied': leastRules,
  'dms-role-lacks-need': ({ summary }) => [
    `Ship the role of dms-init with what its script asks for in the same release, by a Role in the namespace of the operator: ${summary}`,
  ],
  'scc-denied': sentence(
    'Ship, for the account of each controller, a RoleBinding to an SCC that its pods fit, as the operator does for its others.',
  ),
  'token-as-kubeconfig': sentence(
    'Leave --kubeconfig out of the arguments: in a pod kubectl finds the API server and the token by itself.',
  ),
  'server-secret-not-ready': sentence(
    'Let the script wait for the Secret itself, and say in its last line whether it is absent or may not be read.',
  ),
  'bfb-not-available': sentence('Show a download that fails as a condition of the BFB, with the answer of the server.'),
  'pf-netdevice-missing': sentence(
    'Find the card by its PCI address, as later releases do, instead of by its net device.',
  ),
  'cold-restart-pending': sentence(
    'SR-IOV operator: compare with next boot too, and after one restart that did not activate a value say that the power has to go instead of asking for a restart again.',
  ),
  'nv-access-error': sentence(
    'SR-IOV operator: log the output of mstconfig with its rc, and put it into lastSyncError.',
  ),
  'node-state-not-synced': sentence(
    'SR-IOV operator: put the error of the plugin into lastSyncError of the node state.',
  ),
  'component-crashing-while-ready': sentence(
    'Network operator: let the state of a component look at its Deployments too.',
  ),
  'helm-values-of-old-chart': sentence(
    'Chart: give every map that a template reads a default, nicFirmwareStorage of the sub-chart first.',
  ),
  'init-container-crashing': sentence(
    'Let the init container leave its reason in the termination message, so that it outlives the log.',
  ),
};

export const vendorProposals = (facts: Facts, { problems, symptoms }: Report): readonly string[] => [
  ...new Set(
    [...problems, ...symptoms].flatMap(
      (problem) => problem.proposal ?? PROPOSALS[problem.rule]?.(problem, facts) ?? [],
    ),
  ),
];

/** Rules that the table speaks of, for the test that none is misspelt. */
export const RULES_WITH_PROPOSALS: readonly string[] = Object.keys(PROPOSALS);
