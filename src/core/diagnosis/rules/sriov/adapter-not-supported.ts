/** The operator passes over every adapter of a node: their models are in none of its lists, or they are VFs that a machine was given. */
import { digList } from '../../../model/dig.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import type { TellingLine } from '../../telling-lines.ts';
import { nodeState, pf, pod } from '../world.ts';

const RULE = 'adapter-not-supported';

const check = (facts: Facts): readonly Statement[] =>
  facts.objects('SriovNetworkNodeState').flatMap((entry): readonly Statement[] => {
    const name = entry.object.metadata.name;
    const sync = facts.node(name)?.nodeState?.syncStatus;
    if (sync === undefined) return [];
    if (digList(entry.object, 'status', 'interfaces').length > 0) return [{ says: 'clear', scope: { node: name }, saw: 'nodes with adapters that the operator supports' }];
    const own = (rule: string): readonly TellingLine[] => facts.lines(`${RULE}/${rule}`).filter(({ text }) => (facts.nodeOfText(text) ?? name) === name);
    const refused = own('model');
    const virtual = own('virtual');
    // A physical adapter of NVIDIA's beside the VFs is missing for another reason.
    if (own('physical').length > 0 || refused.length + virtual.length === 0) return [];
    const models = [...new Set(refused.flatMap(({ groups }) => (groups['vendor'] === undefined ? [] : [`${groups['vendor']}:${groups['device'] ?? ''}`])))];
    return [
      {
        says: 'finding',
        scope: { node: name },
        because:
          refused.length > 0
            ? `${name}: the operator passes over every adapter, since it does not know their models${models.length === 0 ? '' : ` (${models.slice(0, 4).join(', ')})`}`
            : `${name}: the machine has VFs only, which were handed to it from outside: the operator makes VFs of physical functions, and finds none`,
        confidence: 'likely',
        sameAs: refused.length > 0 ? 'model' : 'virtual',
        evidence: [...[...refused, ...virtual].slice(0, 4).map(({ origin, line }) => textEvidence(origin, line)), fieldEvidence(entry, ['status', 'syncStatus'])],
      },
    ];
  }); // prettier-ignore

const empty = nodeState('a', { pfs: [] });
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const UNKNOWN =
  '2025-11-27T06:34:07.2Z\tINFO\tsriovnetwork\tsriov/sriov.go:244\tIsSupportedModel(): found unsupported model\t{"vendorId:": "15b3", "deviceId:": "1013"}\n';

export const adapterNotSupported = defineRule({
  id: RULE,
  title: 'No adapter of the node is supported',
  severity: 'error',
  role: 'cause',
  needs: ['nodeStates'],
  lines: {
    model: /found unsupported model\s+\{"vendorId:?": ?"(?<vendor>[\da-f]{4})", ?"deviceId:?": ?"(?<device>[\da-f]{4})"|unsupported device\s+\{"device": "\S+ -> driver: '(?<driver>\w+)'/,
    virtual: /(?:Ethernet|Infiniband|network)[^\n]*Virtual Function/i,
    physical: /(?:MT\d{4,} Family|\[ConnectX-|ConnectX-\d+\b|BlueField-)(?![^\n]*Virtual Function)/,
  },
  explain:
    'The daemon lists physical functions of the models in ConfigMap supported-nic-ids and nothing else; with none the state of the node is Succeeded and empty. In a virtual machine that was given VFs there is nothing to make VFs of.',
  sources: ['reference sriov.md 1.9, F21, F66', 'openshift sriov-network-operator #747', 'sriov-network-operator #358'],
  check,
  remedy: (findings, facts) =>
    findings[0]?.sameAs === 'virtual'
      ? [{ text: 'Give the machine physical functions, or use the VFs as they are: with the device plugin alone, or a virtual platform that the operator knows.' }]
      : [
          { text: 'Add the models (Helm value supportedExtraNICs), then restart operator, webhook and config daemon.', command: `${facts.cli} get configmap supported-nic-ids -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} -o yaml` },
          { text: 'If the adapters are not the ones that were meant, look why those are not on the bus.', command: `lspci -nn   # on ${findings[0]?.scope.node ?? 'the node'}` },
        ],
  cases: [
    { name: 'a model that is in no list', kind: 'broken', objects: [empty, daemon], texts: { 'sriov-network-config-daemon-x7k2p.log': UNKNOWN }, says: '15b3:1013' },
    { name: 'a machine that was given VFs', kind: 'broken', objects: [empty], texts: { 'a/lshw.txt': '$ sudo lshw -c network -businfo\npci@0000:00:05.0              network        Ethernet Virtual Function 700 Series\n' }, says: 'VFs only' },
    { name: 'adapters are listed', kind: 'healthy', objects: [nodeState('a', { pfs: [pf()] }), daemon], texts: { 'sriov-network-config-daemon-x7k2p.log': UNKNOWN } },
    { name: 'no node state was looked at', kind: 'lacking', objects: [daemon], texts: { 'sriov-network-config-daemon-x7k2p.log': UNKNOWN }, says: 'SR-IOV node states' },
    { name: 'an empty state, and nothing else is known', kind: 'look-alike', objects: [empty] },
    { name: 'a physical adapter is there too', kind: 'look-alike', objects: [empty], texts: { 'a/lspci.txt': '$ lspci\n18:00.0 Ethernet controller: Mellanox Technologies MT2910 Family [ConnectX-7]\n18:00.1 Ethernet controller: Mellanox Technologies ConnectX Family mlx5Gen Virtual Function\n' } },
  ],
}); // prettier-ignore
