/** What a permission opens beyond its plain meaning. One row a danger; rules that fall under one are said so. */
import type { PolicyRule } from './policy.ts';
import type { Advice } from './least-grant.ts';

interface Risk {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only where the rule names no object. */
  readonly unnamed?: true;
  readonly says: string;
}

const RISKS: readonly Risk[] = [
  {
    group: '',
    resources: ['secrets'],
    verbs: ['list', 'watch'],
    says: 'list and watch on secrets give the content of all of them, whatever names a rule for get has',
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get'],
    unnamed: true,
    says: 'get on secrets without names opens every Secret whose name can be guessed, tokens and registry passwords among them',
  },
  {
    group: '',
    resources: ['nodes'],
    verbs: ['patch', 'update'],
    says: 'a write on nodes lets the account change labels and taints, and so where pods run; limit it to the node’s name',
  },
  {
    group: '',
    resources: ['pods', 'pods/ephemeralcontainers'],
    verbs: ['create', 'patch', 'update'],
    says: 'who can write pods can run code as any ServiceAccount of that namespace',
  },
  {
    group: '',
    resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    verbs: ['create', 'get'],
    says: 'exec, attach and port-forward reach into running containers; get alone is enough before Kubernetes 1.35',
  },
  {
    group: '',
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    says: 'create on serviceaccounts/token lets the account become the ServiceAccounts it names',
  },
  {
    group: '',
    resources: ['nodes/proxy'],
    verbs: ['get', 'create'],
    says: 'nodes/proxy reaches the kubelet, and with it every container of the node',
  },
  {
    group: '',
    resources: ['users', 'groups', 'serviceaccounts'],
    verbs: ['impersonate'],
    says: 'impersonate lets the account act as those it names',
  },
  {
    group: 'rbac.authorization.k8s.io',
    resources: ['roles', 'clusterroles'],
    verbs: ['escalate', 'bind'],
    says: 'escalate and bind let the account hand out permissions that it does not hold',
  },
  {
    group: 'rbac.authorization.k8s.io',
    resources: ['rolebindings', 'clusterrolebindings'],
    verbs: ['create', 'patch', 'update'],
    says: 'who writes bindings hands out roles',
  },
  {
    group: 'certificates.k8s.io',
    resources: ['certificatesigningrequests/approval', 'signers'],
    verbs: ['update', 'patch', 'approve', 'sign'],
    says: 'who approves certificate requests can make himself any user that the signer vouches for',
  },
  {
    group: 'admissionregistration.k8s.io',
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: ['create', 'update', 'patch', 'delete'],
    says: 'admission webhooks see and change every request they register for',
  },
  {
    group: 'security.openshift.io',
    resources: ['securitycontextconstraints'],
    verbs: ['use'],
    says: 'use on a SecurityContextConstraints lets pods of the account run with all that it permits',
  },
];

const overlaps = (owned: readonly string[], asked: readonly string[]): boolean =>
  owned.includes('*') || asked.some((entry) => owned.includes(entry));

/** The part of a rule that is dangerous. */
export interface RiskyPart {
  readonly part: PolicyRule;
  readonly advice: Advice;
}

const both = (owned: readonly string[], asked: readonly string[]): readonly string[] =>
  owned.includes('*') ? ['*'] : owned.filter((entry) => asked.includes(entry));

/** The dangers of one rule; `namespace` absent: it holds in the whole cluster. */
export const risksIn = (rule: PolicyRule, namespace: string | undefined): readonly RiskyPart[] => {
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  if (rule.verbs.includes('*') && rule.resources.includes('*') && rule.apiGroups.includes('*'))
    return [{ part: rule, advice: { level: 'error', text: `the rule allows everything ${where}` } }];
  return RISKS.filter(
    ({ group, resources, verbs, unnamed }) =>
      (rule.apiGroups.includes(group) || rule.apiGroups.includes('*')) &&
      overlaps(rule.resources, resources) &&
      overlaps(rule.verbs, verbs) &&
      (unnamed !== true || rule.resourceNames.length === 0),
  ).map(({ says, group, resources, verbs }) => ({
    part: { ...rule, apiGroups: [group], resources: both(rule.resources, resources), verbs: both(rule.verbs, verbs) },
    advice: { level: 'warn', text: `${says} (${where})` },
  }));
};

export const riskOf = (rule: PolicyRule, namespace: string | undefined): readonly Advice[] =>
  risksIn(rule, namespace).map(({ advice }) => advice);
