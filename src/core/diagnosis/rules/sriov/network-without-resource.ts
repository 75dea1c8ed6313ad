/** The CNI was given no VF: the network names no resource, or the pod asks for none of it. */
import { digList, digMap, digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said, sayings, type Said } from '../../said.ts';
import { aPodEvent, aUserPod } from '../world-ipam.ts';
import { anObject } from '../world-operator.ts';

const RULE = 'network-without-resource';
const WORDS =
  /(?:to network \\?"(?<network>[\w.-]+)\\?"[^\n]*)?(?:VF pci addr is required|deviceID is required|no device ?ID (?:is )?(?:given|provided))/i;
const RESOURCE_KEY = 'k8s.v1.cni.cncf.io/resourceName';

/** Which of the two it is, where pod and network are in the input. */
const whichOf = (facts: Facts, { about, groups }: Said): { readonly sentence: string; readonly key: string } | undefined => {
  const networks = facts.objects('NetworkAttachmentDefinition').filter(({ object }) => object.metadata.name === groups['network']);
  const [network] = networks;
  if (network === undefined) return undefined;
  const resource = digText(network.object, 'metadata', 'annotations', RESOURCE_KEY);
  if (resource === undefined) return { sentence: `network ${network.object.metadata.name} has no annotation ${RESOURCE_KEY}`, key: 'network' };
  const asks = digList(about?.object, 'spec', 'containers').some((container) => resource in digMap(container, 'resources', 'requests') || resource in digMap(container, 'resources', 'limits'));
  return about?.object.kind === 'Pod' && !asks ? { sentence: `the pod asks for no ${resource}`, key: 'pod' } : undefined;
}; // prettier-ignore

const check = (facts: Facts): readonly Statement[] =>
  sayings(said(facts, `${RULE}/said`, WORDS), { over: isPodOver, clear: 'pods that once had no VF run' }, (one) => {
    const which = whichOf(facts, one);
    return {
      because: `${one.podName ?? 'A pod'} was given no VF for network ${one.groups['network'] ?? ''}: ${which?.sentence ?? 'the network names no resource, or the pod asks for none of it'}`,
      confidence: which === undefined ? 'likely' : 'proven',
      scope: {},
      sameAs: `${one.groups['network'] ?? ''} ${which?.key ?? ''}`,
      evidence: facts.objects('NetworkAttachmentDefinition').filter(({ object }) => object.metadata.name === one.groups['network']).slice(0, 1).map((entry) => fieldEvidence(entry, ['metadata', 'annotations', RESOURCE_KEY])),
    };
  }); // prettier-ignore

const SAID =
  'error adding container to network "rail-1": SRIOV-CNI failed to load netconf: LoadConf(): VF pci addr is required';
const nad = (annotations: Readonly<Record<string, string>>) =>
  anObject('k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition', 'rail-1', {
    metadata: { name: 'rail-1', namespace: 'jobs', annotations },
  });

export const networkWithoutResource = defineRule({
  id: RULE,
  title: 'A pod has no VF for its network',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'The kubelet gives a pod VFs for the resources that its containers ask for; Multus hands one to each network by the annotation resourceName of the network. Where either half is missing the CNI is called without a VF.',
  sources: ['reference sriov.md 1.4', 'sriov-network-device-plugin #490'],
  check,
  remedy: () => [
    { text: `Give the network the annotation ${RESOURCE_KEY} with the full resource name, and let a container of the pod request and limit 1 of it.` },
    { text: 'The resources injector does the second half by itself where it runs.' },
  ],
  cases: [
    { name: 'the network names no resource', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', SAID), nad({})], says: 'has no annotation' },
    { name: 'the pod asks for none', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', SAID), nad({ [RESOURCE_KEY]: 'nvidia.com/res' })], says: 'asks for no nvidia.com/res' },
    { name: 'the pod runs since', kind: 'healthy', objects: [aUserPod('nccl-0', 'a', true), aPodEvent('nccl-0', SAID)] },
    { name: 'another fault of the CNI', kind: 'look-alike', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', 'SRIOV-CNI failed to load netconf: LoadConf(): failed to get VF information: link not found')] },
  ],
}); // prettier-ignore
