/** A pod names a secondary network that does not exist in the namespace where it is looked for. */
import { digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said, sayings } from '../../said.ts';
import { aPodEvent, aUserPod } from '../world-ipam.ts';
import { anObject } from '../world-operator.ts';

const RULE = 'network-attachment-missing';
const WORDS = /cannot find a network-attachment-definition \((?<name>[^)]+)\) in namespace \((?<namespace>[^)]+)\)/;

const check = (facts: Facts): readonly Statement[] =>
  sayings(said(facts, `${RULE}/said`, WORDS), { over: isPodOver, clear: 'pods whose network was once missing run' }, (one) => {
    const { name = '', namespace = '' } = one.groups;
    if (facts.object('NetworkAttachmentDefinition', name, namespace) !== undefined) return undefined;
    const elsewhere = facts.objects('NetworkAttachmentDefinition').filter(({ object }) => object.metadata.name === name);
    const owners = ['SriovNetwork', 'SriovIBNetwork', 'HostDeviceNetwork', 'MacvlanNetwork', 'IPoIBNetwork'].flatMap((kind) => facts.objects(kind).filter(({ object }) => object.metadata.name === name));
    const there = [...elsewhere.map(({ object }) => object.metadata.namespace), ...owners.map(({ object }) => digText(object, 'spec', 'networkNamespace') ?? object.metadata.namespace)].filter((each) => each !== namespace);
    return {
      because: `${one.podName ?? 'A pod'} asks for network ${name}, and namespace ${namespace} has no NetworkAttachmentDefinition of that name${there.length === 0 ? '' : `; ${[...new Set(there)].join(', ')} has one`}`,
      scope: {},
      sameAs: `${namespace}/${name}`,
      evidence: [...elsewhere, ...owners].slice(0, 2).map((entry) => fieldEvidence(entry, ['metadata', 'name'])),
    };
  }); // prettier-ignore

const MISSING =
  '[jobs/nccl-0/1:]: error adding container to network: Multus: [jobs/nccl-0/1]: error loading k8s delegates k8s args: TryLoadPodDelegates: error in getting k8s network for pod: GetNetworkDelegates: failed getting the delegate: getKubernetesDelegate: cannot find a network-attachment-definition (rail-1) in namespace (jobs): network-attachment-definitions.k8s.cni.cncf.io "rail-1" not found';

export const networkAttachmentMissing = defineRule({
  id: RULE,
  title: 'A pod asks for a network that is not there',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'Multus looks for a network in the namespace of the pod unless the annotation says NAMESPACE/NAME. The SR-IOV operator makes the NetworkAttachmentDefinition in spec.networkNamespace of its network, the network operator likewise; without that key it lands in the namespace of the operator.',
  sources: ['reference sriov.md 1.4', 'multus-cni pkg/k8sclient/k8sclient.go'],
  check,
  remedy: (findings, facts) => [
    { text: `Set networkNamespace of the network to the namespace of the pods (${findings[0]?.sameAs?.split('/')[0] ?? ''}), or name the network as NAMESPACE/NAME in the annotation of the pods.`, command: `${facts.cli} get network-attachment-definitions -A` },
  ],
  cases: [
    { name: 'in no namespace', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', MISSING)], says: 'namespace jobs has no' },
    { name: 'in another namespace', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', MISSING), anObject('k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition', 'rail-1')], says: 'nic-operator has one' },
    { name: 'the pod runs since', kind: 'healthy', objects: [aUserPod('nccl-0', 'a', true), aPodEvent('nccl-0', MISSING)] },
    { name: 'it was made since', kind: 'look-alike', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', MISSING), anObject('k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition', 'rail-1', {}, 'jobs')] },
  ],
}); // prettier-ignore
