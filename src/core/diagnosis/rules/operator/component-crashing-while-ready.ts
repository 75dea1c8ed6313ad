/** A component of which the policy says ready while its Deployment has no pod that works: upstream never looks at Deployments. */
import { policyReport } from '../../../nicpolicy/policy-report.ts';
import { objectPath } from '../../../model/kube-object.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import { aNicClusterPolicy, anObject } from '../world-operator.ts';
import { dig, digList, digNumber, digText } from '../../../model/dig.ts';

const RULE = 'component-crashing-while-ready';

const rowAt = (policy: SnapshotObject, state: string): number =>
  digList(policy.object, 'status', 'appliedStates').findIndex((row) => (row as { name?: unknown }).name === state);

/** A status that was trimmed has no replicas either: the failure itself has to be seen. */
const isShown = (facts: Facts, name: string): boolean => {
  const status = dig(facts.object('Deployment', name)?.object, 'status');
  return (
    (digNumber(status, 'unavailableReplicas') ?? 0) > 0 ||
    digList(status, 'conditions').some(
      (one) => digText(one, 'type') === 'Available' && digText(one, 'status') === 'False',
    ) ||
    facts
      .objects('Pod')
      .some(
        ({ object }) =>
          object.metadata.name.startsWith(`${name}-`) &&
          /CrashLoopBackOff|ImagePull|Error/.test(JSON.stringify(dig(object, 'status', 'containerStatuses') ?? '')),
      )
  );
};

const check = (facts: Facts): readonly Statement[] => {
  const policy = facts.object('NicClusterPolicy', 'nic-cluster-policy');
  if (policy === undefined) return [];
  const report = policyReport(facts.snapshot, policy.object, operatorRelease(facts)?.version, facts.operators.namespaces[0]);
  const ready = report.rows.filter(({ word, inSpec }) => word === 'ready' && inSpec);
  const found = ready.flatMap(({ state, workloads }) =>
    workloads
      .filter(({ object, healthy }) => object.startsWith('Deployment/') && !healthy && isShown(facts, object.slice('Deployment/'.length)))
      .flatMap(({ object, because }): readonly Statement[] => {
        const name = object.slice('Deployment/'.length);
        const entry = facts.object('Deployment', name);
        return [
          {
            says: 'finding',
            scope: { object: entry === undefined ? object : objectPath(entry.object) },
            because: `The policy says ${state} ready, and ${object} has ${because}: the operator looks at DaemonSets only`,
            confidence: 'proven',
            sameAs: object,
            evidence: [fieldEvidence(policy, ['status', 'appliedStates', rowAt(policy, state), 'state']), ...(entry === undefined ? [] : [fieldEvidence(entry, ['status', 'availableReplicas'])])],
          },
        ];
      }),
  );
  const isSeen = ready.some(({ workloads }) => workloads.some(({ object }) => object.startsWith('Deployment/')));
  return found.length > 0 || !isSeen ? found : [{ says: 'clear', scope: {}, saw: 'Deployments of components that the policy calls ready are available' }];
}; // prettier-ignore

const policy = (state: string) => aNicClusterPolicy({ nvIpam: { image: 'nvidia-k8s-ipam', repository: 'ghcr.io/mellanox', version: 'v0.3.7' } }, { state, appliedStates: [{ name: 'state-nv-ipam-cni', state }] }); // prettier-ignore
const deployment = (availableReplicas: number | undefined) =>
  anObject('apps/v1', 'Deployment', 'nv-ipam-controller', {
    metadata: { name: 'nv-ipam-controller', namespace: 'nic-operator', labels: { 'nvidia.network-operator.state': 'state-nv-ipam-cni' } },
    spec: { replicas: 1 },
    status: availableReplicas === undefined ? { unavailableReplicas: 1 } : { availableReplicas },
  }); // prettier-ignore

export const componentCrashingWhileReady = defineRule({
  id: RULE,
  title: 'A component that does not run is called ready',
  severity: 'error',
  role: 'cause',
  needs: ['nicClusterPolicy'],
  explain:
    'The state of a component is made from its DaemonSets alone. The controllers of nv-ipam, ib-kubernetes and the NIC configuration operator are Deployments: they may crash for days while the policy reads ready.',
  sources: ['reference network-operator.md 1.7'],
  causedBy: ['image-absent', 'registry-needs-credentials', 'registry-unreachable', 'image-pull-failing', 'component-image-wrong'],
  check,
  remedy: (findings, facts) => [
    { text: 'Read why its pods end.', command: `${facts.cli} logs -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} deployment/${findings[0]?.sameAs?.split('/')[1] ?? 'NAME'} --previous` },
    { text: 'Do not go by the state of the policy alone: look at the Deployments too.', command: `${facts.cli} get deployments -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'}` },
  ],
  cases: [
    { name: 'no replica is available', kind: 'broken', objects: [policy('ready'), deployment(undefined)], says: 'looks at DaemonSets only' },
    { name: 'it is available', kind: 'healthy', objects: [policy('ready'), deployment(1)] },
    { name: 'no policy was looked at', kind: 'lacking', objects: [deployment(undefined)], says: 'NicClusterPolicy' },
    { name: 'the policy says notReady itself', kind: 'look-alike', objects: [policy('notReady'), deployment(undefined)] },
  ],
}); // prettier-ignore
