/** A driver DaemonSet was edited by hand, and the upgrade controller took the new revision for an upgrade of the fleet. */
import { OFED_KEYS } from '../../../driver/driver-keys.ts';
import { driverManagers } from '../../../driver/driver-managers.ts';
import { handEdits } from '../../../driver/template-change.ts';
import { dig, digList, digMap, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { driftVerdict } from '../../../nicpolicy/component-removal.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { gpuNode } from '../world.ts';
import { aDaemonSet, aNicClusterPolicy } from '../world-operator.ts';

const RESTARTED = ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'] as const;
const AUTO = ['spec', 'ofedDriver', 'upgradePolicy', 'autoUpgrade'] as const;

/** When the operator itself last wrote the template. */
const lastByOperator = ({ object }: SnapshotObject): string =>
  digList(object, 'metadata', 'managedFields')
    .filter((entry) => dig(entry, 'fieldsV1', 'f:spec', 'f:template') !== undefined)
    .filter((entry) => digText(entry, 'manager')?.startsWith('kubectl') === false)
    .map((entry) => digText(entry, 'time') ?? '')
    .toSorted()
    .at(-1) ?? '';

const underWay = (facts: Facts): readonly SnapshotObject[] =>
  facts.objects('Node').filter(({ object }) => {
    const state = digText(object, 'metadata', 'labels', OFED_KEYS.state);
    return state !== undefined && state !== '' && state !== 'upgrade-done';
  });

const check = (facts: Facts): readonly Statement[] => {
  const manager = driverManagers(facts.snapshot).find(({ policy }) => policy.autoUpgrade);
  const nodes = underWay(facts);
  const edited = facts
    .objects('DaemonSet')
    .filter(({ object }) => 'nvidia.com/ofed-driver' in digMap(object, 'spec', 'template', 'metadata', 'labels'))
    .map((entry) => ({ entry, edits: handEdits(entry.object) }));
  return edited.flatMap(({ entry, edits }): readonly Statement[] => {
    const [latest] = edits;
    const scope = { object: objectPath(entry.object) };
    if (latest === undefined) return [{ says: 'clear', scope, saw: 'no driver DaemonSet was edited by hand' }];
    // What the operator wrote later is its own change, and the upgrade is that one's.
    if (manager === undefined || nodes.length === 0 || lastByOperator(entry) > latest.time) return [];
    const policy = facts.objects('NicClusterPolicy').find(({ object }) => dig(object, ...AUTO) === true);
    const names = nodes.map(({ object }) => object.metadata.name);
    return [
      {
        says: 'finding',
        scope: {},
        because: `DaemonSet ${entry.object.metadata.name} was edited by hand (${[...new Set(edits.map(({ manager: tool }) => tool))].toReversed().join(', ')}${latest.time === '' ? '' : `, last at ${latest.time}`}), which made a new revision; with autoUpgrade the operator takes that for a driver upgrade and cordons and drains ${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''} in turn`,
        confidence: 'proven',
        sameAs: objectPath(entry.object),
        evidence: [
          ...edits
            .slice(0, 2)
            .map(({ at }): Evidence => fieldEvidence(entry, ['metadata', 'managedFields', at, 'manager'])),
          ...(dig(entry.object, ...RESTARTED) === undefined ? [] : [fieldEvidence(entry, RESTARTED)]),
          ...(policy === undefined ? [] : [fieldEvidence(policy, AUTO)]),
          ...nodes.slice(0, 3).map((node): Evidence => fieldEvidence(node, ['metadata', 'labels', OFED_KEYS.state])),
        ],
      },
    ];
  });
};

const edited = (manager: string) => {
  const daemonSet = aDaemonSet('mofed-x-ds', { container: 'mofed-container' });
  const template = { 'f:spec': { 'f:template': { 'f:spec': {} } } };
  return {
    ...daemonSet,
    metadata: { ...daemonSet.metadata, labels: { 'nvidia.com/ofed-driver': '' }, managedFields: [{ manager: 'manager', time: '2026-01-01T00:00:00Z', fieldsV1: template }, { manager, time: '2026-01-02T00:00:00Z', fieldsV1: template }] },
    spec: { ...(daemonSet['spec'] as object), template: { metadata: { labels: { 'nvidia.com/ofed-driver': '' } }, spec: { containers: [{ name: 'mofed-container' }] } } },
  };
}; // prettier-ignore
const policy = (autoUpgrade: boolean) => aNicClusterPolicy({ ofedDriver: { upgradePolicy: { autoUpgrade } } });
const node = (state: string) => gpuNode('a', {}, { labels: { [OFED_KEYS.state]: state } });

export const handEditStartedUpgrade = defineRule({
  id: 'hand-edit-started-upgrade',
  title: 'A hand edit started an upgrade of every node',
  severity: 'error',
  role: 'cause',
  needs: ['daemonSets', 'nodes'],
  explain: `The operator compares only a revision annotation of its own, so an edit by hand stays: ${driftVerdict(true, true).because}. kubectl rollout restart counts as an edit too. Every node is then cordoned, drained and given the driver anew, although nothing about the driver may have changed.`,
  sources: ['reference network-operator.md 1.10', 'network-operator #1084'],
  check,
  remedy: (_findings, facts) => [
    {
      text: 'To halt the roll-out, switch autoUpgrade off; a drain that runs goes to its end, and cordoned nodes are given back by hand.',
      command: `${facts.cli} patch nicclusterpolicy nic-cluster-policy --type merge -p '{"spec":{"ofedDriver":{"upgradePolicy":{"autoUpgrade":false}}}}'`,
      risk: 'nodes stay as they are: some with the new pod, some with the old, one perhaps cordoned',
    },
    { text: 'Put what the edit was for into the policy (spec.ofedDriver.env and its like); the operator then writes the DaemonSet itself.' },
    { text: 'Or let it go on: every node is drained once.', risk: 'jobs on these nodes are evicted one node after the other' },
  ],
  cases: [
    { name: 'edited, and a node is on its way', kind: 'broken', objects: [edited('kubectl-edit'), policy(true), node('drain-required')], says: 'was edited by hand' },
    { name: 'only the operator wrote it', kind: 'healthy', objects: [edited('manager'), policy(true), node('drain-required')] },
    { name: 'nodes were not looked at', kind: 'lacking', objects: [edited('kubectl-edit'), policy(true)], says: 'nodes' },
    { name: 'edited, and nothing is upgraded', kind: 'look-alike', objects: [edited('kubectl-edit'), policy(true), node('upgrade-done')] },
    { name: 'edited, with autoUpgrade off', kind: 'look-alike', objects: [edited('kubectl-edit'), policy(false), node('drain-required')] },
  ],
}); // prettier-ignore
