/** OpenShift refuses pods of an operator because their account may use no SecurityContextConstraints that the pod fits. */
import { dig, digList, digNumber, digText, digTexts } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { explainDenial } from '../../../rbac/explain-denial.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Scope, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aDpfConfig, aDpu, anEvent, aReplicaSet, dpfNamespace } from '../world-dpf.ts';
import { isOurs } from './dpf-estate.ts';
import { messagesOf } from './messages.ts';
import { sccBindings, usableSccs } from './scc-access.ts';

const RULE = 'scc-denied';
const UID_RANGE = 'openshift.io/sa.scc.uid-range';

interface Refusal {
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

const isScc = (text: string): boolean => explainDenial(text)?.cause === 'admission-scc';

const refusals = (facts: Facts): readonly Refusal[] => {
  const fromMessages = messagesOf(facts)
    .filter(({ text }) => isScc(text))
    .filter(({ namespace, name }) => isOurs(facts, namespace, name))
    .map(({ text, evidence, kind, namespace, name }) => ({ text, evidence: [evidence], kind, namespace, name }));
  const fromLogs = facts.lines(`${RULE}/refused`).flatMap(({ line, origin, groups, text }) => {
    const name = groups['pod'] ?? '';
    return isOurs(facts, text.namespace, name)
      ? [
          {
            text: line,
            evidence: [textEvidence(origin, line)],
            kind: 'Pod',
            namespace: text.namespace,
            name: name.replace(/-$/, ''),
          },
        ]
      : [];
  });
  const merged = new Map<string, Refusal>();
  for (const one of [...fromMessages, ...fromLogs]) {
    const key = `${one.kind}/${one.namespace ?? ''}/${one.name}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? one : { ...before, evidence: [...before.evidence, ...one.evidence] });
  }
  return [...merged.values()];
};

const workloadOf = (facts: Facts, { kind, namespace, name }: Refusal): SnapshotObject | undefined =>
  facts.object(kind, name, namespace);

/** What the pod asks for that restricted accounts may not have, by its own fields. */
const wishes = (workload: SnapshotObject): readonly { readonly says: string; readonly evidence: Evidence }[] => {
  const at = workload.object.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  const spec = dig(workload.object, ...at);
  const found: { says: string; evidence: Evidence }[] = [];
  const user = digNumber(spec, 'securityContext', 'runAsUser');
  if (user !== undefined)
    found.push({
      says: `runs as user ${user}`,
      evidence: fieldEvidence(workload, [...at, 'securityContext', 'runAsUser']),
    });
  if (dig(spec, 'hostNetwork') === true)
    found.push({ says: 'uses the host network', evidence: fieldEvidence(workload, [...at, 'hostNetwork']) });
  digList(spec, 'containers').forEach((container, index) => {
    const own = digNumber(container, 'securityContext', 'runAsUser');
    const path = [...at, 'containers', index, 'securityContext'];
    if (own !== undefined && user === undefined)
      found.push({ says: `runs as user ${own}`, evidence: fieldEvidence(workload, [...path, 'runAsUser']) });
    if (dig(container, 'securityContext', 'privileged') === true)
      found.push({ says: 'is privileged', evidence: fieldEvidence(workload, [...path, 'privileged']) });
  });
  return found;
};

const accountOf = (workload: SnapshotObject | undefined): string | undefined => {
  if (workload === undefined) return undefined;
  const at = workload.object.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  return (
    digText(workload.object, ...at, 'serviceAccountName') ??
    (dig(workload.object, ...at) === undefined ? undefined : 'default')
  );
};

/** `restricted-v2: runAsUser 65532 is not in 1000780000-1000789999`. */
const nearest = (text: string): string | undefined => {
  const found =
    /provider "?(?<scc>[\w-]+)"?: (?<field>\S*?)(?<last>[A-Za-z]+): Invalid value: (?<value>[^:,]+): must be in the ranges: \[(?<from>\d+), (?<to>\d+)\]/.exec(
      text,
    )?.groups;
  return found === undefined
    ? undefined
    : `${found['scc'] ?? ''} allows ${found['last'] ?? ''} ${found['from'] ?? ''} to ${found['to'] ?? ''}, and the pod has ${found['value'] ?? ''}`;
};

const rangeEvidence = (facts: Facts, namespace: string | undefined): readonly Evidence[] =>
  facts
    .objects('Namespace')
    .filter(
      ({ object }) => object.metadata.name === namespace && UID_RANGE in digTexts(object, 'metadata', 'annotations'),
    )
    .map((entry) => fieldEvidence(entry, ['metadata', 'annotations', UID_RANGE]));

/** Pods that were made since: an old event stays for an hour. */
const isPast = (workload: SnapshotObject | undefined): boolean =>
  workload !== undefined &&
  !digList(workload.object, 'status', 'conditions').some(
    (one) => digText(one, 'type') === 'ReplicaFailure' && digText(one, 'status') === 'True',
  ) &&
  ((digNumber(workload.object, 'status', 'readyReplicas') ?? 0) > 0 ||
    (digNumber(workload.object, 'status', 'numberReady') ?? 0) > 0);

const judge = (facts: Facts, refusal: Refusal): Statement => {
  const { kind, namespace, name, text, evidence } = refusal;
  const workload = workloadOf(facts, refusal);
  const path =
    workload === undefined
      ? `${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`
      : objectPath(workload.object);
  const scope = { object: path };
  if (isPast(workload))
    return { says: 'clear', scope, saw: 'workloads that were refused for their security context have pods now' };
  const account = accountOf(workload);
  const asks = workload === undefined ? [] : wishes(workload);
  const siblings = sccBindings(facts).filter(({ entry }) => entry.object.metadata.namespace === namespace);
  const usable =
    namespace === undefined || account === undefined ? new Set<string>() : usableSccs(facts, namespace, account);
  const near = nearest(text);
  const looked =
    facts.objects('RoleBinding').length > 0 || facts.snapshot.listed.has('RoleBinding.rbac.authorization.k8s.io');
  return {
    says: 'finding',
    scope,
    because:
      `${path}: its pods are refused, since ${account === undefined ? 'their account' : `account ${account}`} may use no SecurityContextConstraints that they fit` +
      (asks.length > 0 ? ` (the pod ${[...new Set(asks.map(({ says }) => says))].join(', ')})` : '') +
      (near === undefined ? '' : `; ${near}`) +
      (looked && account !== undefined && usable.size === 0 ? `; no binding to an SCC names ${account}` : ''),
    confidence: 'proven',
    sameAs: `scc ${namespace ?? ''}`,
    evidence: [
      ...evidence.slice(0, 2),
      ...asks.slice(0, 2).map((one) => one.evidence),
      ...rangeEvidence(facts, namespace),
      ...siblings.slice(0, 2).map(({ entry }) => fieldEvidence(entry, ['metadata', 'name'])),
    ],
    against: [
      'the request itself was allowed: RBAC for secrets or other objects is not the matter',
      'no pod was made, so nothing crashed and no image was pulled',
      ...(usable.size > 0
        ? [`${account ?? ''} may use ${[...usable].join(', ')} by now: the controller tries again by itself`]
        : []),
    ],
  };
};

const check = (facts: Facts): readonly Statement[] => {
  const found = refusals(facts).map((one) => judge(facts, one));
  // A creator of pods (a DPU, a Deployment) repeats what its ReplicaSet says.
  const told = found.filter(({ says }) => says === 'finding').length;
  if (told > 0 || found.length > 0) return found;
  if (!facts.looked('events') && !['ReplicaSet', 'DPU'].some((kind) => facts.objects(kind).length > 0)) return [];
  const idle = facts
    .objects('ReplicaSet')
    .filter(({ object }) => isOurs(facts, object.metadata.namespace, object.metadata.name))
    .filter(
      ({ object }) =>
        (digNumber(object, 'spec', 'replicas') ?? 0) > 0 && (digNumber(object, 'status', 'replicas') ?? 0) === 0,
    );
  if (idle.length > 0 && !facts.looked('events'))
    return idle.map(({ object }): Statement => ({
      says: 'unknown',
      scope: { object: objectPath(object) },
      lack: {
        what: `events of ${objectPath(object)}`,
        why: 'it has no pod, and only its events say who refused it',
        settle: `${facts.cli} get events -n ${object.metadata.namespace ?? 'NAMESPACE'} --field-selector involvedObject.name=${object.metadata.name}`,
      },
    }));
  return [{ says: 'clear', scope: {}, saw: 'no workload of the operators was refused for its security context' }];
};

const EXAMPLE = (pod: string): string =>
  `pods "${pod}-" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .containers[0].runAsUser: Invalid value: 65532: must be in the ranges: [1000780000, 1000789999]]`;
const REFUSED = aReplicaSet('static-cm-controller-manager-59fb7c8d74', {
  failure: EXAMPLE('static-cm-controller-manager-59fb7c8d74'),
});
const BOUND = anObject('rbac.authorization.k8s.io/v1', 'RoleBinding', 'dpf-operator-scc', {
  metadata: { name: 'dpf-operator-scc', namespace: dpfNamespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:openshift:scc:privileged' },
  subjects: [{ kind: 'ServiceAccount', name: 'dpf-operator-controller-manager', namespace: dpfNamespace }],
});

/** Accounts of the workloads that were refused, each once; plans for this finding ask, too. */
export const sccAccounts = (
  scopes: readonly Scope[],
  facts: Facts,
): readonly { readonly namespace: string; readonly account: string }[] => {
  const found = scopes.flatMap(({ object }) => {
    const [kind = '', namespace = '', name = ''] = (object ?? '').split('/');
    const account = accountOf(facts.object(kind, name, namespace));
    return account === undefined ? [] : [{ namespace, account }];
  });
  return [...new Map(found.map((one) => [`${one.namespace}/${one.account}`, one])).values()];
};

export const sccDenied = defineRule({
  id: RULE,
  title: 'OpenShift refuses the pods of an operator',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { refused: /pods "(?<pod>[^"\\]+)\\?" is forbidden: unable to validate against any security context constraint/ },
  explain:
    'OpenShift admits a pod only where its account may use a SecurityContextConstraints that the pod fits. Pods with a fixed user, with privileges or on the host network need more than restricted-v2, which every account has. ' +
    'The refusal names every SCC that was tried; no pod is made, so nothing is pulled and nothing crashes.',
  sources: ['NVIDIA/doca-platform #61', 'reference dpf.md 3.3, 6.8'],
  affects: 'OpenShift; DPF releases that do not bind every controller',
  check,
  summarise: (findings) => {
    const [first] = findings;
    if (first === undefined || findings.length === 1) return first?.because ?? '';
    return `${findings.map(({ scope }) => scope.object?.split('/').at(-1) ?? '').join(', ')}: their pods are refused, since no SecurityContextConstraints that they fit is theirs to use. Of the first: ${first.because.split(': ').slice(1).join(': ')}`;
  },
  remedy: (findings, facts) => {
    const accounts = sccAccounts(findings.map(({ scope }) => scope), facts);
    const isPlain = findings.every(({ because }) => !/is privileged|host network/.test(because));
    const scc = isPlain ? 'nonroot-v2' : 'privileged';
    return [
      {
        text: `Bind exactly these accounts to an SCC that is wide enough (${scc}), by an own RoleBinding each.`,
        command: (accounts.length > 0 ? accounts : [{ namespace: 'NAMESPACE', account: 'ACCOUNT' }])
          .map(({ namespace, account }) => `oc create rolebinding nicwright-${account}-scc -n ${namespace} --clusterrole=system:openshift:scc:${scc} --serviceaccount=${namespace}:${account}`)
          .join('\n'),
        risk: isPlain ? 'the account may then run pods as any user but root, in this namespace' : 'the account may then run privileged pods in this namespace',
      },
      { text: 'Or take a release of the operator that brings the binding.' },
      { text: 'Widen no SCC that all accounts share, and bind no group such as system:serviceaccounts.' },
    ];
  },
  cases: [
    { name: 'a controller without a binding', kind: 'broken', objects: [REFUSED, BOUND, aDpfConfig()], says: 'no binding to an SCC names static-cm-controller-manager' },
    { name: 'the event alone', kind: 'broken', objects: [aDpfConfig(), anEvent(anObject('apps/v1', 'ReplicaSet', 'dpuservice-controller-manager-6c', {}, dpfNamespace), 'FailedCreate', `Error creating: ${EXAMPLE('dpuservice-controller-manager-6c')}`)], says: 'refused' },
    { name: 'a DMS pod that the controller could not make', kind: 'broken', objects: [aDpu('h1-0000-08-00', { node: 'h1', phase: 'DMS Deployment', conditions: [{ type: 'DMSRunning', status: 'False', reason: 'Error', message: EXAMPLE('h1-0000-08-00-dms') }] })], says: 'refused' },
    { name: 'pods are there', kind: 'healthy', objects: [aReplicaSet('static-cm-controller-manager-59fb7c8d74', { ready: 1 }), aDpfConfig()], listed: ['Event'] },
    { name: 'no pod, and no event was read', kind: 'lacking', objects: [aReplicaSet('static-cm-controller-manager-59fb7c8d74'), aDpfConfig()], says: 'events of' },
    { name: 'refused once, and made since', kind: 'look-alike', objects: [aReplicaSet('static-cm-controller-manager-59fb7c8d74', { ready: 1 }), anEvent(REFUSED, 'FailedCreate', EXAMPLE('static-cm-controller-manager-59fb7c8d74'))] },
    { name: 'a workload of somebody else', kind: 'look-alike', objects: [aReplicaSet('shop-6c', { namespace: 'shop', image: 'registry.example.net/shop:1', failure: EXAMPLE('shop-6c') })] },
    { name: 'Pod Security refuses, and no SCC', kind: 'look-alike', objects: [aReplicaSet('dpf-x-6c', { failure: 'pods "dpf-x-6c-" is forbidden: violates PodSecurity "restricted:latest": privileged' })] },
  ],
}); // prettier-ignore
