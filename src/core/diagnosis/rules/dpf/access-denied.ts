/** The API server denied a request of an operator's account: proven by its own line, whatever the roles look like. */
import { objectPath } from '../../../model/kube-object.ts';
import type { AccessAttributes, UserInfo } from '../../../ports/kube-api.ts';
import { isResourceRequest, showRequest } from '../../../rbac/access-request.ts';
import { accountOf, serviceAccount, showCaller } from '../../../rbac/caller.ts';
import { evaluate } from '../../../rbac/evaluate.ts';
import { explainDenial, type Denial } from '../../../rbac/explain-denial.ts';
import { rolesOf } from '../../../rbac/least-grant.ts';
import { pathOf } from '../../../rbac/policy.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Scope, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig, dpfNamespace } from '../world-dpf.ts';
import { digText } from '../../../model/dig.ts';
import { estateOf, isFieldName, isOurs } from './dpf-estate.ts';
import { grantSteps } from './grant-steps.ts';
import { initFailure } from './init-failure.ts';
import { messagesOf } from './messages.ts';
import { isReady, podLines, scopeOfPod } from './pod-lines.ts';
import { policyIndex, policyWasRead } from './rbac-facts.ts';

const RULE = 'access-denied';

export interface Refused {
  readonly denial: Denial;
  readonly user: string;
  readonly request: AccessAttributes;
  readonly evidence: readonly Evidence[];
  readonly pods: readonly SnapshotObject[];
  readonly nodes: readonly string[];
}

const USER = /User \\?"(?<user>[^"\\]+)/;

const isFieldAccount = (facts: Facts, user: string): boolean => {
  const account = accountOf(user);
  return account !== undefined && (estateOf(facts).field.has(account.namespace) || isFieldName(account.name));
};

const refusedOf = (
  facts: Facts,
  text: string,
  from: {
    readonly evidence: Evidence;
    readonly pod?: SnapshotObject;
    readonly node?: string;
    readonly namespace?: string;
  },
): readonly Refused[] => {
  const denial = explainDenial(text);
  const user = USER.exec(text)?.groups?.['user'];
  if (denial?.permission === undefined || user === undefined) return [];
  const isField =
    isFieldAccount(facts, user) ||
    (accountOf(user) === undefined &&
      from.pod !== undefined &&
      isOurs(facts, from.namespace, from.pod.object.metadata.name));
  if (!isField) return [];
  return [
    {
      denial,
      user,
      request: denial.permission,
      evidence: [from.evidence],
      pods: from.pod === undefined ? [] : [from.pod],
      nodes: from.node === undefined ? [] : [from.node],
    },
  ];
};

const keyOf = ({ user, request }: Refused): string => `${user} ${showRequest(request)}`;

/** Each denied request of each caller once, with every pod that was denied it. */
export const refusedRequests = (facts: Facts): readonly Refused[] => {
  const all = [
    ...podLines(facts, `${RULE}/denied`)
      // The run before the present one, of a pod that is ready: what was denied then was given since.
      .filter(({ pod, text }) => !(text.previous === true && pod !== undefined && isReady(pod)))
      .flatMap(({ line, origin, pod, node, text }) =>
        refusedOf(facts, line, {
          evidence: textEvidence(origin, line),
          ...(pod === undefined ? {} : { pod }),
          ...(node === undefined ? {} : { node }),
          ...(text.namespace === undefined ? {} : { namespace: text.namespace }),
        }),
      ),
    ...messagesOf(facts)
      .filter(({ text }) => USER.test(text))
      .flatMap(({ text, evidence, kind, namespace, name }) => {
        const pod = kind === 'Pod' ? facts.object('Pod', name, namespace) : undefined;
        return refusedOf(facts, text, {
          evidence,
          ...(pod === undefined ? {} : { pod }),
          ...(namespace === undefined ? {} : { namespace }),
        });
      }),
  ];
  return [...Map.groupBy(all, keyOf).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [
          {
            ...first,
            evidence: group.flatMap(({ evidence }) => evidence).slice(-3),
            pods: [...new Set(group.flatMap(({ pods }) => pods))],
            nodes: [...new Set(group.flatMap(({ nodes }) => nodes))],
          },
        ];
  });
};

/** Pods of the same account that fail in the same container and left no word: the same denial meets them. */
const silentSiblings = (facts: Facts, { user, pods }: Refused): readonly SnapshotObject[] => {
  const account = accountOf(user);
  if (account === undefined) return [];
  const containers = new Set(pods.map((pod) => initFailure(pod)?.container));
  return facts.objects('Pod').filter((pod) => {
    const { object } = pod;
    if (
      object.metadata.namespace !== account.namespace ||
      digText(object, 'spec', 'serviceAccountName') !== account.name
    )
      return false;
    const failure = initFailure(pod);
    return failure !== undefined && !pods.includes(pod) && (pods.length === 0 || containers.has(failure.container));
  });
};

const callerOf = (user: string): UserInfo => {
  const account = accountOf(user);
  return account === undefined
    ? { username: user, groups: ['system:authenticated'] }
    : serviceAccount(account.namespace, account.name);
};

const roleEvidence = (facts: Facts, caller: UserInfo): readonly Evidence[] =>
  rolesOf(policyIndex(facts), caller)
    .slice(0, 2)
    .flatMap((role) => {
      const entry = facts.object(role.kind, role.name, role.namespace);
      return entry === undefined ? [] : [fieldEvidence(entry, ['rules'], `${pathOf(role)}: rules that do not have it`)];
    });

const judge = (facts: Facts, refused: Refused): readonly Statement[] => {
  const { denial, user, request, evidence } = refused;
  const caller = callerOf(user);
  const verdict = evaluate(policyIndex(facts), caller, request);
  const siblings = silentSiblings(facts, refused);
  const scopes: readonly Scope[] = [
    ...refused.pods.map((pod) => scopeOfPod(pod)),
    ...(refused.pods.length === 0 ? refused.nodes.map((node) => ({ node })) : []),
  ];
  const account = accountOf(user);
  const alone: Scope = account === undefined ? {} : { object: `ServiceAccount/${account.namespace}/${account.name}` };
  if (verdict.allowed)
    return [
      {
        says: 'clear',
        scope: scopes[0] ?? alone,
        saw: 'requests that were denied once are granted by the roles in this input',
      },
    ];
  const wasRead = policyWasRead(facts);
  const base = {
    says: 'finding' as const,
    because:
      `${showCaller(caller)} may not ${showRequest(request)}: the API server denied it` +
      (denial.missingRole === undefined
        ? ''
        : `, because ${denial.missingRole} does not exist, which a binding of this account points at`) +
      (wasRead && denial.missingRole === undefined ? ', and no role that is bound to it has it' : ''),
    sameAs: `${user} ${denial.missingRole ?? ''}`,
    evidence: [...evidence, ...roleEvidence(facts, caller)],
    lacks: wasRead
      ? []
      : [
          {
            what: `what ${showCaller(caller)} may do now`,
            why: 'the line says what was denied then; a right may have been given since',
            settle: isResourceRequest(request)
              ? `${facts.cli} auth can-i ${request.verb} ${request.resource}${request.group === '' ? '' : `.${request.group}`}${request.name === undefined ? '' : `/${request.name}`}${request.namespace === undefined ? '' : ` -n ${request.namespace}`} ${request.subresource === undefined ? '' : `--subresource=${request.subresource} `}--as=${user}`
              : `${facts.cli} auth can-i ${request.verb} ${request.path} --as=${user}`,
          },
        ],
  };
  return [
    ...(scopes.length > 0 || siblings.length > 0 ? scopes : [alone]).map((scope) => ({
      ...base,
      scope,
      confidence: 'proven' as const,
    })),
    ...siblings.map((pod) => ({
      ...base,
      scope: scopeOfPod(pod),
      confidence: scopes.length === 0 ? ('proven' as const) : ('likely' as const),
      evidence: [...evidence, ...(initFailure(pod)?.evidence ?? [])],
    })),
  ];
};

const check = (facts: Facts): readonly Statement[] => {
  const told = refusedRequests(facts).flatMap((one) => judge(facts, one));
  if (told.length > 0) return told;
  const hasLogs = facts.snapshot.texts.some(
    ({ kind, namespace, pod }) =>
      kind === 'log' && (isFieldName(pod ?? '') || (namespace !== undefined && estateOf(facts).field.has(namespace))),
  );
  if (hasLogs) return [{ says: 'clear', scope: {}, saw: 'logs of the operators hold no denied request' }];
  return facts
    .objects('Pod')
    .filter((pod) => isOurs(facts, pod.object.metadata.namespace, pod.object.metadata.name))
    .flatMap((pod): readonly Statement[] => {
      const failure = initFailure(pod);
      return failure === undefined || failure.message !== undefined
        ? []
        : [
            {
              says: 'unknown',
              scope: { ...scopeOfPod(pod), object: objectPath(pod.object) },
              lack: {
                what: `the log of ${failure.container} in ${pod.object.metadata.name}`,
                why: 'only it says why the container ends',
                settle: `${facts.cli} logs -n ${pod.object.metadata.namespace ?? 'NAMESPACE'} ${pod.object.metadata.name} -c ${failure.container} --previous`,
              },
            },
          ];
    });
};

const ACCOUNT = 'dpf-provisioning-dms-service-account';
const DENIED = `Error from server (Forbidden): secrets "a-server-secret" is forbidden: User "system:serviceaccount:${dpfNamespace}:${ACCOUNT}" cannot get resource "secrets" in API group "" in the namespace "${dpfNamespace}"\n`;
const role = (rules: readonly object[]) =>
  anObject(
    'rbac.authorization.k8s.io/v1',
    'ClusterRole',
    'dpf-provisioning-dms-role',
    { metadata: { name: 'dpf-provisioning-dms-role', resourceVersion: '1' }, rules },
    '',
  );
const binding = anObject(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'dpf-provisioning-dms-rolebinding',
  {
    metadata: { name: 'dpf-provisioning-dms-rolebinding' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'dpf-provisioning-dms-role' },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: dpfNamespace }],
  },
  '',
);
const NODES = { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] };
const SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const RBAC_LISTED = ['ClusterRole', 'ClusterRoleBinding', 'RoleBinding'].map(
  (kind) => `${kind}.rbac.authorization.k8s.io`,
);
const LOG = 'a-dms.dms-init.previous.log';
const failing = aCrashingDmsPod('a-dms');

export const accessDenied = defineRule({
  id: RULE,
  title: 'An account of an operator lacks a permission',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { denied: /User \\?"[^"\\]+\\?" cannot \S+ (?:resource|path) \\?"/ },
  explain:
    'The line of the API server names the account, the verb, the resource and the namespace: that this request was denied is proven by it. A role that merely lacks a rule proves nothing, as the program may never ask for it. ' +
    'RBAC only adds: an own Role and RoleBinding for exactly that request closes the gap beside whatever the operator keeps; a rule added to the operator’s own role is put back at its next reconcile.',
  sources: ['reference dpf.md 3.2, 5, 5.1, 5.2, 6.8', 'kube-apiserver: forbidden messages'],
  check,
  summarise: (findings) => {
    const sentences = [...new Set(findings.map(({ because }) => because))];
    const more = sentences.length > 3 ? ` and ${sentences.length - 3} requests more` : '';
    return `${sentences.slice(0, 3).join('; ')}${more}`;
  },
  remedy: (findings, facts) => grantSteps(findings, facts, refusedRequests(facts)),
  cases: [
    { name: 'the denied line of dms-init (001)', kind: 'broken', objects: [failing, aDpfConfig()], texts: { [LOG]: DENIED }, says: 'get secrets "a-server-secret"' },
    { name: 'the roles agree', kind: 'broken', objects: [failing, aDpfConfig(), role([NODES]), binding], listed: RBAC_LISTED, texts: { [LOG]: DENIED }, says: 'no role that is bound' },
    { name: 'a controller logs it as JSON', kind: 'broken', objects: [aDpfConfig()], texts: { 'dpf-provisioning-controller-manager-7d9f8-x2x4z.log': `{"level":"error","error":"nodes is forbidden: User \\"system:serviceaccount:${dpfNamespace}:dpf-provisioning-controller-manager\\" cannot list resource \\"nodes\\" in API group \\"\\" at the cluster scope"}\n` }, says: 'list nodes' },
    { name: 'logs without a denial', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms-7d9f8.log': '[dmsinit] DPUNode a applied successfully\n' } },
    { name: 'a failing pod without its log', kind: 'lacking', objects: [failing, aDpfConfig()], says: 'the log of dms-init' },
    { name: 'granted since', kind: 'look-alike', objects: [failing, aDpfConfig(), role([NODES, SECRETS]), binding], texts: { [LOG]: DENIED } },
    { name: 'an account of somebody else', kind: 'look-alike', objects: [aDpfConfig()], texts: { 'shop-7d9f8-x2x4z.log': 'secrets "x" is forbidden: User "system:serviceaccount:shop:shop" cannot get resource "secrets" in API group "" in the namespace "shop"\n' } },
    { name: 'a role without the rule, and no denial', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig(), role([NODES]), binding] },
  ],
}); // prettier-ignore
