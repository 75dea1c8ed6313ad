/** A node whose driver upgrade does not go on, in the words of the room that knows the upgrade's rules. */
import { explainNode } from '../../../driver/explain/explain-node.ts';
import { driverManagers } from '../../../driver/driver-managers.ts';
import { OFED_KEYS } from '../../../driver/driver-keys.ts';
import { digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aDaemonSet, aDriverPod, aNicClusterPolicy } from '../world-operator.ts';
import { gpuNode } from '../world.ts';

const RULE = 'driver-upgrade-waits';

const check = (facts: Facts): readonly Statement[] => {
  const now = facts.now;
  if (now === undefined || driverManagers(facts.snapshot).length === 0) return [];
  return facts.objects('Node').flatMap((entry): readonly Statement[] => {
    const name = entry.object.metadata.name;
    const state = digText(entry.object, 'metadata', 'labels', OFED_KEYS.state);
    if (state === undefined || state === '') return [];
    if (state === 'upgrade-done') return [{ says: 'clear', scope: { node: name }, saw: 'driver upgrades are over' }];
    const explained = explainNode(facts.snapshot, name, Math.floor(now / 1000));
    if (!explained.ok) return [];
    const { because, unknown } = explained.value;
    return [
      {
        says: 'finding',
        scope: { node: name },
        because: `${name} is in ${state}: ${because}`,
        severity: state === 'upgrade-failed' ? 'error' : 'warning',
        confidence: 'likely',
        sameAs: state,
        evidence: [fieldEvidence(entry, ['metadata', 'labels', OFED_KEYS.state])],
        lacks: unknown.slice(0, 3).map((gap) => ({ what: gap.what, why: gap.because, settle: gap.settle ?? `nicwright driver explain ${name}` })),
      },
    ];
  });
}; // prettier-ignore

const policy = aNicClusterPolicy({ ofedDriver: { upgradePolicy: { autoUpgrade: true, maxParallelUpgrades: 1 } } });
const node = (state: string) => gpuNode('a', {}, { labels: { [OFED_KEYS.state]: state } });
const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, lastTimestamp: '2026-01-01T00:06:00Z' };
const daemonSet = aDaemonSet('mofed-x-ds', {
  container: 'mofed-container',
  labels: { 'nvidia.com/ofed-driver': '' },
  desired: 1,
});

export const driverUpgradeWaits = defineRule({
  id: RULE,
  title: 'The driver upgrade of a node does not go on',
  severity: 'warning',
  role: 'symptom',
  needs: ['nodes', 'pods'],
  explain:
    'With autoUpgrade the operator takes each node through cordon, wait for jobs, drain, restart of the driver pod, validation and uncordon, a few at a time. Where a node stands is a label; why it stands there is in pods, budgets and slots.',
  sources: ['reference network-operator.md 3.3, 3.21'],
  causedBy: [
    'hand-edit-started-upgrade',
    'drain-blocked-by-budget',
    'drain-waits-for-terminating-pods',
    'drain-refused',
    'image-pull-failing',
    'driver-pod-failing',
    'driver-still-building',
    'storage-modules-hold-driver',
  ],
  check,
  remedy: (findings) => [{ text: 'Ask for the whole story of the node.', command: `nicwright driver explain ${findings[0]?.scope.node ?? 'NODE'} --from DUMP` }],
  cases: [
    { name: 'it failed', kind: 'broken', objects: [node('upgrade-failed'), aDriverPod('mofed-x-ds-1'), daemonSet, policy, event], says: 'a is in upgrade-failed' },
    { name: 'it is over', kind: 'healthy', objects: [node('upgrade-done'), aDriverPod('mofed-x-ds-1', { ready: true }), daemonSet, policy, event] },
    { name: 'pods were not looked at', kind: 'lacking', objects: [node('upgrade-failed'), policy], says: 'pods' },
    { name: 'a node that is not managed', kind: 'look-alike', objects: [gpuNode('a', {}), aDriverPod('mofed-x-ds-1'), policy, event] },
  ],
}); // prettier-ignore
