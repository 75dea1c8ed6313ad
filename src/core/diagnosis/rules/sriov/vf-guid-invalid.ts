/** InfiniBand VFs whose GUID is all zeros or all ones: the CNI refuses to hand them to a pod. */
import { digList, digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said, sayings } from '../../said.ts';
import { aPodEvent, aUserPod } from '../world-ipam.ts';

const RULE = 'vf-guid-invalid';
const WORDS = /VF (?<vf>\S+) GUID is not valid/;
const NO_GUID = /^(?:0{2}(?::0{2}){7}|(?:ff:){7}ff|0{4}(?::0{4}){3})$/i;

/** VFs of the node whose GUID is none, by its node state. */
const zeroGuids = (facts: Facts, node: string | undefined): readonly Evidence[] =>
  facts
    .objects('SriovNetworkNodeState')
    .filter(({ object }) => node === undefined || object.metadata.name === node)
    .flatMap((entry) =>
      digList(entry.object, 'status', 'interfaces').flatMap((iface, at) =>
        digList(iface, 'Vfs').flatMap((vf, index) =>
          NO_GUID.test(digText(vf, 'guid') ?? '') ? [fieldEvidence(entry, ['status', 'interfaces', at, 'Vfs', index, 'guid'])] : [],
        ),
      ),
    )
    .slice(0, 3); // prettier-ignore

const check = (facts: Facts): readonly Statement[] =>
  sayings(
    said(facts, `${RULE}/said`, WORDS),
    { over: isPodOver, clear: 'pods whose VF once had no GUID run' },
    (one) => {
      const where = one.node === undefined ? '' : ` on ${one.node}`;
      return {
        because: `${one.podName ?? 'A pod'}${where} cannot have VF ${one.groups['vf'] ?? '?'}: its InfiniBand GUID was never set`,
        sameAs: 'guid',
        evidence: zeroGuids(facts, one.node),
        lacks: [
          {
            what: `GUIDs of the VFs${where}, and since when they exist`,
            why: 'VFs that were there before the operator (made by an image or a script) get no GUID from it',
            settle: `ip link show; ls -l --time-style=full-iso /sys/class/net/*/device/virtfn0   # on ${one.node ?? 'the node'}`,
          },
        ],
      };
    },
  );

const REFUSED =
  'Failed to create pod sandbox: error adding container to network "ib": infiniBand SRI-OV CNI failed to configure VF "VF ib2 GUID is not valid"';

export const vfGuidInvalid = defineRule({
  id: RULE,
  title: 'InfiniBand VFs have no GUID',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'The CNI for InfiniBand gives a pod only a VF that has a GUID. The config daemon sets GUIDs when it makes the VFs; ib-kubernetes sets them from a pool; VFs that were made by anything else keep zeros. All ones are what a VF has after a pod was removed in a fabric without ib-kubernetes.',
  sources: ['reference sriov.md F61', 'sriov-network-operator #307', 'network-operator #1825', 'ib-sriov-cni #66'],
  check,
  remedy: (findings) => [
    { text: 'Let the VFs be made anew by the operator: drain the node, set sriov_numvfs of the PF to 0, and let the config daemon make them again.', command: `echo 0 > /sys/class/net/PF/device/sriov_numvfs   # on ${findings[0]?.scope.node ?? 'the node'}, drained`, risk: 'pods that use these VFs lose them' },
    { text: 'Take what makes VFs at boot (image, systemd unit, BCM) out, or run ib-kubernetes with a GUID pool.' },
  ],
  cases: [
    { name: 'an event of the kubelet', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', REFUSED)], says: 'VF ib2' },
    { name: 'the pod runs since', kind: 'healthy', objects: [aUserPod('nccl-0', 'a', true), aPodEvent('nccl-0', REFUSED)] },
    { name: 'another refusal of the same CNI', kind: 'look-alike', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', 'infiniBand SRI-OV CNI failed to load netconf: VF pci addr is required')] },
  ],
}); // prettier-ignore
