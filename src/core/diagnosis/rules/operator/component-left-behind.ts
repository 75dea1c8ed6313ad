/** What a component left behind: objects that the policy no longer asks for and that the operator will not take away. */
import { policyReport } from '../../../nicpolicy/policy-report.ts';
import { COMPONENTS, STATE_LABEL } from '../../../nicpolicy/components.ts';
import { digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import { aDaemonSet, aNicClusterPolicy, anObject } from '../world-operator.ts';

const RULE = 'component-left-behind';

const named = (facts: Facts, text: string): readonly SnapshotObject[] =>
  [...facts.objects('DaemonSet'), ...facts.objects('Deployment')].filter(({ object }) =>
    text.includes(`${object.kind}/${object.metadata.name}`),
  );

const check = (facts: Facts): readonly Statement[] => {
  const policy = facts.object('NicClusterPolicy', 'nic-cluster-policy');
  if (policy === undefined) return [];
  const { rows } = policyReport(facts.snapshot, policy.object, operatorRelease(facts)?.version, facts.operators.namespaces[0]);
  const found = rows.flatMap(({ state, word, remarks }): readonly Statement[] => {
    const orphans = remarks.find((remark) => remark.startsWith('still there'));
    const left = remarks.find((remark) => remark.startsWith('not in the spec, and leftovers'));
    // With notReady the operator is deleting them: that is work, and no fault.
    const isOver = left !== undefined && word === 'ignore';
    if (orphans === undefined && !isOver) return [];
    // Without the label nothing ties an object to this component but its name: the other operator may have made it.
    const entries = named(facts, orphans ?? left ?? '').filter(({ object }) => digText(object, 'metadata', 'labels', STATE_LABEL) === state);
    if (entries.length === 0) return [];
    const names = entries.map(({ object }) => `${object.kind}/${object.metadata.name}`).join(', ');
    return [
      {
        says: 'finding',
        scope: {},
        because: orphans === undefined ? `${names} of ${state} runs although the policy no longer has the component, and the operator calls it gone (ignore)` : `${names} of ${state} runs, and this release does not know that component: nobody manages it any more`,
        confidence: 'proven',
        sameAs: state,
        evidence: entries.slice(0, 3).map((entry) => fieldEvidence(entry, ['metadata', 'labels', STATE_LABEL])),
      },
    ];
  });
  return found.length > 0 || rows.length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'no component runs that the policy does not have' }];
}; // prettier-ignore

const whereabouts = aDaemonSet('whereabouts', { labels: { [STATE_LABEL]: 'state-whereabouts-cni' } });
const release = (version: string) => anObject('apps/v1', 'Deployment', 'network-operator', { metadata: { name: 'network-operator', namespace: 'nic-operator', labels: { 'app.kubernetes.io/name': 'network-operator' } }, spec: { template: { spec: { containers: [{ name: 'network-operator', image: `nvcr.io/nvidia/cloud-native/network-operator:v${version}` }] } } } }); // prettier-ignore
const row = (state: string) =>
  aNicClusterPolicy({}, { state: 'ready', appliedStates: [{ name: 'state-whereabouts-cni', state }] });

export const componentLeftBehind = defineRule({
  id: RULE,
  title: 'A removed component still runs',
  severity: 'warning',
  role: 'cause',
  needs: ['nicClusterPolicy', 'daemonSets'],
  explain:
    'When a section leaves the policy the operator deletes what carries the label of its state. What lost the label, or belongs to a state that the new release no longer has, stays: whereabouts after 25.10 keeps running so that pods keep their addresses, and gets neither updates nor repairs.',
  sources: ['reference network-operator.md 1.10', 'network-operator #73'],
  check,
  remedy: (findings, facts) => [
    { text: `See who still uses it, move them, then delete it by its label (${COMPONENTS.find(({ state }) => state === findings[0]?.sameAs)?.field ?? 'no field of the policy'}).`, command: `${facts.cli} get all,cm,sa -A -l ${STATE_LABEL}=${findings[0]?.sameAs ?? 'STATE'}`, risk: 'pods whose addresses or networks come from it fail at their next start' },
  ],
  cases: [
    { name: 'whereabouts after 25.10', kind: 'broken', objects: [whereabouts, row('ready'), release('25.10.0')], says: 'nobody manages it' },
    { name: 'the operator calls it gone', kind: 'broken', objects: [aDaemonSet('rdma-shared-dp-ds', { labels: { [STATE_LABEL]: 'state-RDMA-device-plugin' } }), aNicClusterPolicy({}, { appliedStates: [{ name: 'state-RDMA-device-plugin', state: 'ignore' }] }), release('25.7.0')], says: 'no longer has the component' },
    { name: 'the policy has it', kind: 'healthy', objects: [whereabouts, aNicClusterPolicy({ secondaryNetwork: { ipamPlugin: { image: 'whereabouts' } } }, { appliedStates: [{ name: 'state-whereabouts-cni', state: 'ready' }] }), release('25.4.0')] },
    { name: 'no policy was looked at', kind: 'lacking', objects: [whereabouts], says: 'NicClusterPolicy' },
    { name: 'it is being taken away', kind: 'look-alike', objects: [aDaemonSet('rdma-shared-dp-ds', { labels: { [STATE_LABEL]: 'state-RDMA-device-plugin' } }), aNicClusterPolicy({}, { appliedStates: [{ name: 'state-RDMA-device-plugin', state: 'notReady' }] }), release('25.7.0')] },
    { name: 'a device plugin of the SR-IOV operator', kind: 'look-alike', objects: [aDaemonSet('sriov-device-plugin'), aNicClusterPolicy({}, { appliedStates: [{ name: 'state-SRIOV-device-plugin', state: 'ignore' }] }), release('24.7.0')] },
  ],
}); // prettier-ignore
