/** A network of the wrong kind for the link: the Ethernet CNI on InfiniBand VFs, or the other way round. */
import { dig, digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said } from '../../said.ts';
import { aPodEvent, aUserPod } from '../world-ipam.ts';
import { anObject } from '../world-operator.ts';
import { nodeState, pf } from '../world.ts';

const RULE = 'wrong-cni-for-link';
const WORDS =
  /SRIOV-CNI failed to configure VF[^\n]*operation not supported|failed to set vf \d+ (?:vlan|mac|spoof|trust|min|max)[^\n]*operation not supported|link type[^\n]{0,60}(?:not infiniband|is not supported)|infiniBand SRI-OV CNI[^\n]*(?:not an? infiniband|link type)/i;

type Link = 'ETH' | 'IB';
const KINDS: Readonly<Record<string, Link>> = { SriovNetwork: 'ETH', SriovIBNetwork: 'IB' };
const CNIS: Readonly<Record<string, Link>> = { sriov: 'ETH', 'ib-sriov': 'IB' };
const RESOURCE_KEY = 'k8s.v1.cni.cncf.io/resourceName';

interface Network {
  readonly entry: SnapshotObject;
  readonly link: Link;
  readonly resource: string;
  readonly evidence: Evidence;
}

const cniOf = (config: string | undefined): string | undefined => {
  try {
    const read: unknown = JSON.parse(config ?? '');
    return digText(read, 'type') ?? digText(dig(read, 'plugins', 0), 'type');
  } catch {
    return undefined;
  }
};

const networksOf = (facts: Facts): readonly Network[] => [
  ...Object.entries(KINDS).flatMap(([kind, link]) =>
    facts.objects(kind).flatMap((entry): readonly Network[] => {
      const resource = digText(entry.object, 'spec', 'resourceName');
      return resource === undefined ? [] : [{ entry, link, resource, evidence: fieldEvidence(entry, ['kind']) }];
    }),
  ),
  ...facts.objects('NetworkAttachmentDefinition').flatMap((entry): readonly Network[] => {
    const link = CNIS[cniOf(digText(entry.object, 'spec', 'config')) ?? ''];
    const resource = digText(entry.object, 'metadata', 'annotations', RESOURCE_KEY)?.split('/').at(-1);
    return link === undefined || resource === undefined ? [] : [{ entry, link, resource, evidence: fieldEvidence(entry, ['spec', 'config']) }];
  }),
]; // prettier-ignore

/** The link types of the ports behind each resource, with where that stands. */
const linksOf = (facts: Facts): ReadonlyMap<string, readonly { readonly link: Link; readonly port: string; readonly evidence: Evidence }[]> =>
  Map.groupBy(
    facts.nodes.flatMap((name) => {
      const state = facts.node(name)?.nodeState;
      return (state?.wanted ?? []).flatMap(({ pci, groups }) => {
        const seen = state?.seen.find((one) => one.pci === pci);
        if (seen?.linkType === undefined) return [];
        const { linkType: link, origin } = seen;
        return groups.map(({ resourceName }) => ({ resourceName, link, port: `${seen.name ?? pci} of ${name}`, evidence: textEvidence(origin, `linkType: ${link}`) }));
      });
    }),
    ({ resourceName }) => resourceName,
  ); // prettier-ignore

const WORD: Readonly<Record<Link, string>> = { ETH: 'Ethernet', IB: 'InfiniBand' };

const check = (facts: Facts): readonly Statement[] => {
  const links = linksOf(facts);
  const words = said(facts, `${RULE}/said`, WORDS).filter((one) => !isPodOver(one));
  // The operator makes a NetworkAttachmentDefinition for each of its networks: one fault, one finding.
  const seen = new Set<string>();
  return networksOf(facts).flatMap(({ entry, link, resource, evidence }): readonly Statement[] => {
    const ports = links.get(resource) ?? [];
    const scope = { resource };
    if (ports.length === 0) return [];
    const wrong = ports.filter((one) => one.link !== link);
    if (wrong.length < ports.length) return [{ says: 'clear', scope, saw: 'networks are of the kind that their links need' }];
    if (seen.has(resource)) return [];
    seen.add(resource);
    const { kind, metadata } = entry.object;
    return [
      {
        says: 'finding',
        scope: {},
        because: `${kind} ${metadata.name} is for ${WORD[link]}, and the ports of its resource ${resource} are ${WORD[link === 'IB' ? 'ETH' : 'IB']} (${wrong[0]?.port ?? ''}): its CNI cannot set up these VFs`,
        confidence: 'proven',
        sameAs: resource,
        evidence: [evidence, ...wrong.slice(0, 2).map((one) => one.evidence), ...words.slice(-2).map((one) => one.evidence)],
      },
    ];
  });
}; // prettier-ignore

const network = (kind: string) =>
  anObject('sriovnetwork.openshift.io/v1', kind, 'rail-1', {
    spec: { resourceName: 'resibp24s0', networkNamespace: 'jobs' },
  });
const FAILS =
  'error adding container to network "rail-1": SRIOV-CNI failed to configure VF "failed to set vf 0 vlan configuration - id 0, qos 0 and proto 802.1q: operation not supported"';

export const wrongCniForLink = defineRule({
  id: RULE,
  title: 'A network is of the wrong kind for its link',
  severity: 'error',
  role: 'cause',
  needs: ['nodeStates'],
  lines: { said: WORDS },
  explain:
    'SriovNetwork makes a network of the sriov CNI, which sets MAC, VLAN and spoof check of a VF: InfiniBand VFs refuse all of them ("operation not supported"). SriovIBNetwork makes one of ib-sriov, which sets a GUID and looks for an InfiniBand link.',
  sources: ['reference sriov.md 1.4', 'sriov-cni #285', 'sriov-network-device-plugin #261'],
  check,
  remedy: (_, facts) => [
    { text: 'Replace the network by one of the other kind with the same resource, IPAM and target namespace.', command: `${facts.cli} get sriovnetworks,sriovibnetworks -A -o yaml`, risk: 'pods keep their attachment until they are made again' },
  ],
  cases: [
    { name: 'the Ethernet kind on InfiniBand', kind: 'broken', objects: [network('SriovNetwork'), nodeState('a', { pfs: [pf()] }), aUserPod('nccl-0'), aPodEvent('nccl-0', FAILS)], says: 'is for Ethernet' },
    { name: 'the InfiniBand kind on InfiniBand', kind: 'healthy', objects: [network('SriovIBNetwork'), nodeState('a', { pfs: [pf()] })] },
    { name: 'no node state', kind: 'lacking', objects: [network('SriovNetwork')], says: 'SR-IOV node states' },
    { name: 'a network of another resource', kind: 'look-alike', objects: [anObject('sriovnetwork.openshift.io/v1', 'SriovNetwork', 'x', { spec: { resourceName: 'other' } }), nodeState('a')] },
  ],
}); // prettier-ignore
