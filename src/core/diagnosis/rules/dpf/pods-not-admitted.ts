/** Pods of an operator are not made: its account is gone, a quota is full, or Pod Security forbids what they need. */
import { digNumber } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { explainDenial } from '../../../rbac/explain-denial.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aDpfConfig, anEvent, aReplicaSet, dpfNamespace } from '../world-dpf.ts';
import { estateOf, isOurs } from './dpf-estate.ts';
import { messagesOf, type Message } from './messages.ts';

const NO_ACCOUNT = /error looking up service account (?<namespace>[^/\s]+)\/(?<account>[^:\s]+):.*not found/;

type Kind = 'account' | 'quota' | 'pod-security';

const SAYS: Readonly<Record<Kind, string>> = {
  account: 'the ServiceAccount that they run as does not exist',
  quota: 'a ResourceQuota of the namespace is used up',
  'pod-security': 'Pod Security of the namespace forbids what they need',
};

const kindOf = (text: string): Kind | undefined => {
  if (NO_ACCOUNT.test(text)) return 'account';
  const cause = explainDenial(text)?.cause;
  return cause === 'admission-quota' ? 'quota' : cause === 'admission-pod-security' ? 'pod-security' : undefined;
};

const MAKERS = new Set(['ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job', 'Deployment', 'DPU', 'DPUNode']);

/** What was refused once is there now: the controller tries again by itself. */
const hasPods = ({ object }: SnapshotObject): boolean =>
  ['readyReplicas', 'numberReady', 'succeeded', 'active'].some((key) => (digNumber(object, 'status', key) ?? 0) > 0);

const levelOf = (facts: Facts, namespace: string | undefined): readonly Evidence[] =>
  facts
    .objects('Namespace')
    .filter(({ object }) => object.metadata.name === namespace)
    .flatMap((entry) => {
      const label = 'pod-security.kubernetes.io/enforce';
      return entry.object.metadata.labels?.[label] === undefined
        ? []
        : [fieldEvidence(entry, ['metadata', 'labels', label])];
    });

const judge = (facts: Facts, message: Message, kind: Kind): Statement => {
  const { namespace, name, text, evidence } = message;
  const maker = facts.object(message.kind, name, namespace);
  const scope = {
    object: maker === undefined ? `${message.kind}/${namespace ?? ''}/${name}` : objectPath(maker.object),
  };
  if (maker !== undefined && hasPods(maker))
    return { says: 'clear', scope, saw: 'workloads that were refused have pods now' };
  const account = NO_ACCOUNT.exec(text)?.groups?.['account'];
  return {
    says: 'finding',
    scope,
    because: `${scope.object}: its pods are not made, since ${SAYS[kind]}${account === undefined ? '' : ` (${account})`}`,
    confidence: 'proven',
    sameAs: `${kind} ${account ?? ''}`,
    evidence: [evidence, ...(kind === 'pod-security' ? levelOf(facts, namespace) : [])],
    against: ['no pod was made, so nothing crashed and no image was pulled'],
  };
};

const check = (facts: Facts): readonly Statement[] => {
  const told = new Map<string, Statement>();
  for (const message of messagesOf(facts)) {
    const kind = MAKERS.has(message.kind) ? kindOf(message.text) : undefined;
    if (kind === undefined || !isOurs(facts, message.namespace, message.name)) continue;
    told.set(`${message.kind}/${message.namespace ?? ''}/${message.name} ${kind}`, judge(facts, message, kind));
  }
  if (told.size > 0) return [...told.values()];
  if (facts.looked('events'))
    return [{ says: 'clear', scope: {}, saw: 'no workload of the operators was refused its pods' }];
  return facts
    .objects('ReplicaSet')
    .filter(({ object }) => estateOf(facts).field.has(object.metadata.namespace ?? ''))
    .filter(
      ({ object }) =>
        (digNumber(object, 'spec', 'replicas') ?? 0) > 0 && (digNumber(object, 'status', 'replicas') ?? 0) === 0,
    )
    .map(({ object }) => ({
      says: 'unknown',
      scope: { object: objectPath(object) },
      lack: {
        what: `events of ${objectPath(object)}`,
        why: 'it has no pod, and only its events say who refused it',
        settle: `${facts.cli} get events -n ${object.metadata.namespace ?? 'NAMESPACE'} --field-selector involvedObject.name=${object.metadata.name}`,
      },
    }));
};

const set = aReplicaSet('dpf-operator-controller-manager-6c7d8f9b5d');
const refused = (why: string) =>
  anEvent(
    set,
    'FailedCreate',
    `Error creating: pods "dpf-operator-controller-manager-6c7d8f9b5d-" is forbidden: ${why}`,
  );

export const podsNotAdmitted = defineRule({
  id: 'pods-not-admitted',
  title: 'Pods of an operator are not made',
  severity: 'error',
  role: 'cause',
  needs: [],
  explain:
    'A controller makes pods and the API server refuses them: the account of the pod does not exist, a quota is used up, or the namespace enforces a level of Pod Security that privileged pods and the host network do not fit. Only events and the condition ReplicaFailure say so; no pod is there to look at.',
  sources: ['reference dpf.md 6.8, 7.1 (9)'],
  check,
  remedy: (findings, facts) => {
    const kinds = new Set(findings.map(({ sameAs }) => sameAs?.split(' ')[0]));
    const space = findings[0]?.scope.object?.split('/')[1] ?? 'NAMESPACE';
    return [
      ...(kinds.has('account') ? [{ text: 'Install the release of the operator whole: its ServiceAccounts come with it.', command: `${facts.cli} get serviceaccounts -n ${space}` }] : []),
      ...(kinds.has('quota') ? [{ text: 'Raise the quota, or free what uses it up.', command: `${facts.cli} describe quota -n ${space}` }] : []),
      ...(kinds.has('pod-security') ? [{ text: 'Label the namespace for privileged pods, if it is meant for them.', command: `${facts.cli} label namespace ${space} --overwrite pod-security.kubernetes.io/enforce=privileged`, risk: 'every pod in that namespace may then be privileged' }] : []),
    ];
  },
  cases: [
    { name: 'the account is gone', kind: 'broken', objects: [aDpfConfig(), set, refused(`error looking up service account ${dpfNamespace}/dpf-operator-controller-manager: serviceaccount "dpf-operator-controller-manager" not found`)], says: 'does not exist' },
    { name: 'Pod Security', kind: 'broken', objects: [aDpfConfig(), set, refused('violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)'), anObject('v1', 'Namespace', dpfNamespace, { metadata: { name: dpfNamespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } })], says: 'Pod Security' },
    { name: 'a quota', kind: 'broken', objects: [aDpfConfig(), set, refused('exceeded quota: pods, requested: pods=1, used: pods=10, limited: pods=10')], says: 'ResourceQuota' },
    { name: 'nothing was refused', kind: 'healthy', objects: [aDpfConfig(), aReplicaSet('dpf-operator-controller-manager-6c7d8f9b5d', { ready: 1 })], listed: ['Event'] },
    { name: 'no pod, and no events', kind: 'lacking', objects: [aDpfConfig(), set], says: 'events of' },
    { name: 'refused once, and there now', kind: 'look-alike', objects: [aDpfConfig(), aReplicaSet('dpf-operator-controller-manager-6c7d8f9b5d', { ready: 1 }), refused('exceeded quota: pods')] },
    { name: 'an SCC refuses, which is another matter', kind: 'look-alike', objects: [aDpfConfig(), set, refused('unable to validate against any security context constraint: []')] },
  ],
}); // prettier-ignore
