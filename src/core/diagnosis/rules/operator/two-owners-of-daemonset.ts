/** Two operators make a DaemonSet of one name in one namespace, and write over each other. */
import { compareVersions } from '../../../release/version.ts';
import { dig, digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { STATE_LABEL } from '../../../nicpolicy/components.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import { aDaemonSet, aNicClusterPolicy, anOperatorConfig } from '../world-operator.ts';

const RULE = 'two-owners-of-daemonset';
/** Both operators called it so until the network operator changed its name (network-operator PR #1234). */
const SHARED_NAME = 'sriov-device-plugin';
const RENAMED_IN = '25.1.0';
/** Writes of a DaemonSet that one owner makes in the life of a cluster. */
const RESTLESS = 20;

const ownersOf = ({ object }: SnapshotObject): readonly string[] =>
  digList(object, 'metadata', 'ownerReferences').flatMap((owner) => digText(owner, 'kind') ?? []);

/** Signs on the object itself that both wrote it. */
const signs = (entry: SnapshotObject): readonly Evidence[] => {
  const owners = ownersOf(entry);
  const bySriov = owners.includes('SriovOperatorConfig');
  const byNetwork = owners.includes('NicClusterPolicy') || digText(entry.object, 'metadata', 'labels', STATE_LABEL) !== undefined;
  const managers = digList(entry.object, 'metadata', 'managedFields').flatMap((field, index) => {
    const manager = digText(field, 'manager') ?? '';
    return /sriov-network-operator|network-operator/.test(manager) ? [{ manager, index }] : [];
  });
  const names = new Set(managers.map(({ manager }) => (/sriov/.test(manager) ? 'sriov' : 'network')));
  if (bySriov && byNetwork) return [fieldEvidence(entry, ['metadata', 'ownerReferences']), fieldEvidence(entry, ['metadata', 'labels', STATE_LABEL])];
  return names.size > 1 ? managers.slice(0, 2).map(({ index }) => fieldEvidence(entry, ['metadata', 'managedFields', index, 'manager'])) : [];
}; // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const policy = facts.object('NicClusterPolicy', 'nic-cluster-policy');
  const config = facts.objects('SriovOperatorConfig').find(({ object }) => object.metadata.name === 'default');
  const asked = policy === undefined ? undefined : dig(policy.object, 'spec', 'sriovDevicePlugin');
  const release = operatorRelease(facts)?.version;
  const isRenamed = release !== undefined && compareVersions(release, RENAMED_IN) >= 0;
  return facts
    .objects('DaemonSet')
    .filter(({ object }) => object.metadata.name === SHARED_NAME)
    .flatMap((entry): readonly Statement[] => {
      const seen = signs(entry);
      const scope = { object: objectPath(entry.object) };
      const { namespace } = entry.object.metadata;
      const generation = dig(entry.object, 'metadata', 'generation');
      // Which release it is may not be known: then the object has to show that it is written over and over.
      const isRestless = (typeof generation === 'number' && generation > RESTLESS) || facts.lines(`${RULE}/ended`).length > 0;
      const isClash = (release !== undefined || isRestless) && policy !== undefined && asked !== undefined && !isRenamed && config !== undefined && config.object.metadata.namespace === namespace;
      if (seen.length === 0 && !isClash) return [{ says: 'clear', scope, saw: 'the device plugin DaemonSet has one owner' }];
      return [
        {
          says: 'finding',
          scope: {},
          because: `DaemonSet ${SHARED_NAME} in ${namespace ?? ''} is written by the SR-IOV operator and by the network operator (spec.sriovDevicePlugin), each over the other${typeof generation === 'number' && generation > RESTLESS ? ` (generation ${generation})` : ''}: its pods are ended and made again without end`,
          confidence: seen.length > 0 ? 'proven' : 'likely',
          sameAs: objectPath(entry.object),
          evidence: [
            ...seen,
            ...(policy === undefined || asked === undefined ? [] : [fieldEvidence(policy, ['spec', 'sriovDevicePlugin', 'image'])]),
            ...(config === undefined ? [] : [fieldEvidence(config, ['metadata', 'name'])]),
            fieldEvidence(entry, ['metadata', 'generation']),
          ],
        },
      ];
    });
}; // prettier-ignore

const daemonSet = { ...aDaemonSet(SHARED_NAME), metadata: { name: SHARED_NAME, namespace: 'nic-operator', generation: 212, labels: {}, ownerReferences: [{ apiVersion: 'sriovnetwork.openshift.io/v1', kind: 'SriovOperatorConfig', name: 'default', uid: 'u1' }] } }; // prettier-ignore
const withPlugin = aNicClusterPolicy({
  sriovDevicePlugin: { image: 'sriov-network-device-plugin', repository: 'ghcr.io/x', version: 'v3.7.0' },
});

export const twoOwnersOfDaemonset = defineRule({
  id: RULE,
  title: 'Two operators own one DaemonSet',
  severity: 'error',
  role: 'cause',
  needs: ['daemonSets'],
  lines: { ended: /Received signal "terminated", shutting down/ },
  explain:
    'The SR-IOV operator runs a device plugin for the VFs of its policies; spec.sriovDevicePlugin of the NicClusterPolicy asks the network operator for another one, for host devices. Until release 25.1 both DaemonSets and their ConfigMaps had one name. In one namespace each operator then writes the object back, and the pods get a signal every few seconds.',
  sources: ['sriov-network-device-plugin #610', 'network-operator #1234', 'reference network-operator.md 5'],
  check,
  remedy: (_, facts) => [
    { text: 'Where the SR-IOV operator gives out the VFs, take sriovDevicePlugin out of the NicClusterPolicy.', command: `${facts.cli} patch nicclusterpolicy nic-cluster-policy --type json -p '[{"op":"remove","path":"/spec/sriovDevicePlugin"}]'`, risk: 'resources of host devices that only that plugin offers go away' },
    { text: 'Where both are needed, move to release 25.1 or later.' },
  ],
  cases: [
    { name: 'both are asked for', kind: 'broken', objects: [daemonSet, withPlugin, anOperatorConfig()], says: 'each over the other' },
    { name: 'the object has signs of both', kind: 'broken', objects: [{ ...daemonSet, metadata: { ...daemonSet.metadata, labels: { [STATE_LABEL]: 'state-SRIOV-device-plugin' } } }], says: 'each over the other' },
    { name: 'only the SR-IOV operator', kind: 'healthy', objects: [daemonSet, aNicClusterPolicy(), anOperatorConfig()] },
    { name: 'DaemonSets were not looked at', kind: 'lacking', objects: [withPlugin, anOperatorConfig()], says: 'DaemonSets' },
    { name: 'in two namespaces', kind: 'look-alike', objects: [{ ...daemonSet, metadata: { ...daemonSet.metadata, namespace: 'other' } }, withPlugin, anOperatorConfig()] },
  ],
}); // prettier-ignore
