/** What an earlier flow left: port B in the card's bridge, a ramdisk's Neutron port, a VIF noted at the port, a MAC still in use. */
import { agentText, neutronPortId, neutronPortText, nodeText, nodeUuid, portText } from '../world-bare-metal.ts';
import { DEAD_VLAN } from '../../../smartnic/agent-plug.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, RemedyStep, Statement } from '../../finding.ts';
import { textEvidence } from '../../evidence.ts';
import { defineNodeCause } from './node-cause.ts';
import { anyOf, bareMetalNodes, quote, type BareMetalNode } from './nodes.ts';

/** The agent's own failure to unplug, which leaves the port where it is (smartnic-baremetal.md 0 (5)). */
const unplugFailures = (facts: Facts): readonly Evidence[] =>
  facts
    .lines('port-left-behind/unplug')
    .slice(-1)
    .map(({ origin, line }) => textEvidence(origin, line));

/** Lines of the bridge and of Neutron that show what is left, by the names of the ports. */
const shown = (facts: Facts, known: BareMetalNode | undefined): readonly Evidence[] => {
  if (known === undefined) return [];
  return known.pictures.flatMap(({ switchOf, bridgePort, plugged, neutronPorts }) => [
    ...(switchOf === undefined || plugged === undefined
      ? []
      : [
          quote(
            facts,
            switchOf.origin,
            anyOf(plugged.externalIds?.['iface-id'], bridgePort),
            `${bridgePort ?? '?'} in the bridge`,
          ),
        ]),
    ...neutronPorts.slice(0, 1).map(({ origin, id }) => quote(facts, origin, anyOf(id), `Neutron port ${id}`)),
  ]);
};

/** Ports in a bridge whose Neutron port was asked for and is not there, whatever else was read. */
const orphans = (facts: Facts): readonly Statement[] => {
  const gone = facts.lines('port-left-behind/gone');
  return facts.bareMetal().switches.flatMap((each) =>
    each.bridges.flatMap(({ name: bridge, ports }) =>
      ports.flatMap((port): readonly Statement[] => {
        const id = port.externalIds?.['iface-id'];
        const line =
          id === undefined ? undefined : gone.find(({ groups }) => groups['id'] === id || groups['id2'] === id);
        const record = facts.bareMetal().neutronPorts.find((known) => known.id === id);
        const isUnbound = record !== undefined && (record.vifType === 'unbound' || record.hostId === '');
        if (id === undefined || (record === undefined ? line === undefined : !isUnbound)) return [];
        const node = bareMetalNodes(facts).find(({ pictures }) =>
          pictures.some(({ bridgePort, switchOf }) => bridgePort === port.name && switchOf === each),
        );
        return [
          {
            says: 'finding',
            scope: node === undefined ? (each.host === undefined ? {} : { node: each.host }) : { node: node.name },
            because: `${port.name} is still plugged into ${bridge}${each.host === undefined ? '' : ` of ${each.host}`} for Neutron port ${id}, which ${isUnbound ? 'is bound nowhere' : 'does not exist any more'}${port.tag === undefined ? '' : `; its VLAN tag is ${port.tag}${port.tag === DEAD_VLAN ? ', the dead one' : ', so it still reaches its old network'}`}`,
            confidence: 'proven',
            sameAs: 'left-plugged',
            evidence: [
              quote(facts, each.origin, anyOf(id, port.name), `${port.name} in ${bridge}`),
              ...(line === undefined ? [] : [textEvidence(line.origin, line.line)]),
              ...(record === undefined ? [] : [quote(facts, record.origin, anyOf(id), `Neutron port ${id}`)]),
              ...unplugFailures(facts),
            ],
          },
        ];
      }),
    ),
  );
};

/** The same by a single printed interface, where the bridge itself was not shown. */
const orphanLines = (facts: Facts): readonly Statement[] => {
  const seen = new Set(
    facts
      .bareMetal()
      .switches.flatMap(({ bridges }) =>
        bridges.flatMap(({ ports }) => ports.flatMap((port) => port.externalIds?.['iface-id'] ?? [])),
      ),
  );
  const gone = facts.lines('port-left-behind/gone');
  return facts.lines('port-left-behind/interface').flatMap((line): readonly Statement[] => {
    const id = line.groups['id'];
    const proof = gone.find(({ groups }) => groups['id'] === id || groups['id2'] === id);
    if (
      id === undefined ||
      proof === undefined ||
      seen.has(id) ||
      facts.bareMetal().neutronPorts.some((port) => port.id === id)
    )
      return [];
    const card = facts.bareMetal().switches.find(({ origin }) => origin.source === line.origin.source);
    const host = card?.host ?? /[\w.-]+@(?<host>[\w.-]+)/.exec(line.text.text)?.groups?.['host'];
    return [
      {
        says: 'finding',
        scope: host === undefined ? {} : { node: host },
        because: `An interface${host === undefined ? '' : ` on ${host}`} is still plugged for Neutron port ${id}, which does not exist any more`,
        confidence: 'proven',
        sameAs: 'left-plugged',
        evidence: [
          textEvidence(line.origin, line.line),
          textEvidence(proof.origin, proof.line),
          ...unplugFailures(facts),
        ],
      },
    ];
  });
};

/** VIFs noted at Ironic's ports whose Neutron port was asked for and is not there. */
const deadVifs = (facts: Facts): readonly Statement[] =>
  bareMetalNodes(facts).flatMap(({ name, pictures }) =>
    pictures.flatMap(({ port, name: portName }) =>
      Object.entries(port.vifs).flatMap(([purpose, id]): readonly Statement[] => {
        const line = facts
          .lines('port-left-behind/gone')
          .find(({ groups }) => groups['id'] === id || groups['id2'] === id);
        if (line === undefined || facts.bareMetal().neutronPorts.some((known) => known.id === id)) return [];
        return [
          {
            says: 'finding',
            scope: { node: name },
            because: `Node ${name}, port ${portName}: VIF ${id} (${purpose}) is still noted at it, and its Neutron port does not exist any more; the port counts as used`,
            confidence: 'proven',
            sameAs: 'vif-left',
            evidence: [
              quote(facts, port.origin, anyOf(id), `${purpose}_vif_port_id: ${id}`),
              textEvidence(line.origin, line.line),
            ],
          },
        ];
      }),
    ),
  );

const bridgeOf = (facts: Facts, { scope }: Finding) =>
  bareMetalNodes(facts).find(({ name }) => name === scope.node)?.pictures[0];

const removeFromBridge = (facts: Facts, findings: readonly Finding[]): readonly RemedyStep[] => {
  const left = findings.filter(({ sameAs }) => sameAs === 'left-plugged' || sameAs === 'plugged-for-another-port');
  return left.length === 0
    ? []
    : [
        {
          text: 'Take the port out of the card’s bridge by hand, and see that it is gone; do not boot the host before.',
          command: left
            .slice(0, 3)
            .map((one) => {
              const picture = bridgeOf(facts, one);
              return `ovs-vsctl --if-exists del-port ${picture?.bridge ?? 'br-int'} ${picture?.bridgePort ?? 'PORT'}; ovs-vsctl list interface ${picture?.bridgePort ?? 'PORT'}   # on ${picture?.host ?? 'the card'}`;
            })
            .join('\n'),
          risk: 'a port of a running host loses its network at once: see first that Neutron has none bound there',
        },
      ];
};

const SHOW = (ports: string): string =>
  `11111111-aaaa-4bbb-8ccc-000000000001\n    Bridge br-int\n        fail_mode: secure\n        datapath_type: system\n${ports}        Port br-int\n            Interface br-int\n                type: internal\n    ovs_version: "3.1.0"\n`;
const LEFT = SHOW('        Port pf0hpf\n            tag: 3\n            Interface pf0hpf\n');
const REST = { provision_state: 'available', power_state: 'power off' };

export const portLeftBehind = defineNodeCause({
  id: 'port-left-behind',
  title: 'A port of an earlier flow was left behind',
  // A short list shows no binding: then nobody knows whether the port in the bridge is wanted.
  counts: ({ pictures }, { id }) => id === 'vif-left' || !pictures.some(({ neutronPorts }) => neutronPorts.some(({ hostId }) => hostId === undefined)),
  also: (facts) => [...orphans(facts), ...orphanLines(facts), ...deadVifs(facts)],
  found: ['left-plugged', 'plugged-for-another-port', 'vif-left'],
  shownBy: /_vif_port_id|iface-id|Port (?!br-)\S+/,
  line: /(?:MAC|mac) address \S+ (?:is|already) in use|MacAddressInUse|Cannot delete the port (?<ironic>[\w-]+) as it is bound to VIF (?<port>[\w-]+)|VIF (?<port2>[\w-]+) is already attached|[Ff]ailed to (?:remove|delete|unbind) (?:the )?(?:neutron )?(?:port|VIF)s?\b/,
  otherLines: { interface: /iface-id="?(?<id>[0-9a-f-]{36})/, gone: /No Port found for (?<id>[\w-]{36})|[Pp]ort (?<id2>[\w-]{36}) could not be found/, unplug: /Cannot load 'id' in the base class|[Uu]nplug\w* .*(?:fail|[Ee]rror|[Ee]xception)|(?:fail|[Ee]rror|[Ee]xception).*\bunplug/ },
  because: (node, text) =>
    /in use/i.test(text)
      ? `Node ${node}: Neutron refuses a port because another one still has the MAC: a port of an earlier flow was left behind (${text.trim().slice(0, 140)})`
      : /bound to VIF|already attached/.test(text)
        ? `Node ${node}: a VIF of an earlier flow is still noted at its port (${text.trim().slice(0, 140)})`
        : `Node ${node}: a port of an earlier flow could not be taken away (${text.trim().slice(0, 140)})`,
  more: (facts, known) => [...shown(facts, known), ...unplugFailures(facts)],
  lack: { what: 'the card’s bridge and the Neutron ports of NODE', why: 'a port that was left behind keeps its old network, and may keep a new one from being made', settle: 'openstack port list --long -f json; ovs-vsctl show; ovs-vsctl list interface   # on the card' },
  explain:
    'Unplugging a smart NIC port fails in the agent: os-vif reads vif.id, which the agent never sets. After unbind or delete port B stays in br-int; if the agent was down at that moment (a card that lost its power with its host) it even keeps its VLAN tag, the old network. Ironic checks neither. Ports of ramdisk networks and VIFs that a broken flow left keep the MAC and make the next flow fail.',
  sources: ['reference smartnic-baremetal.md 0 (4, 5, 6), 1.7, 1.8, 3.3, 7.1', 'neutron ovs_neutron_agent.py 709-716, os-vif vif_plug_ovs'],
  remedy: (findings, facts) => [
    ...removeFromBridge(facts, findings),
    ...(findings.some(({ sameAs }) => sameAs === 'vif-left' || sameAs === 'port-left-behind')
      ? [
          {
            text: 'Look at the Neutron port that is left, and delete it when nothing of the node uses it; then take the VIF off the Ironic port.',
            command: findings.slice(0, 3).map(({ scope }) => `openstack port list --device-id NODE_UUID --long; openstack baremetal node vif list ${scope.node ?? 'NODE'}; openstack baremetal node vif detach ${scope.node ?? 'NODE'} VIF`).join('\n'),
            risk: 'deleting the port of a running instance cuts it off',
          },
        ]
      : []),
  ],
  cases: [
    { name: 'still plugged, and Neutron has none', kind: 'broken', objects: [], texts: { 'node.json': nodeText(REST), 'port.json': portText(), 'ports.json': '{"ports": []}', 'bf2-1/ovs.txt': LEFT, 'agents.json': agentText() }, says: 'is still plugged into br-int' },
    { name: 'plugged for another port', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': neutronPortText(), 'bf2-1/ovs.txt': LEFT, 'bf2-1/list.txt': '_uuid               : 1\nexternal_ids        : {attached-mac="02:00:5e:bb:00:01", iface-id="99999999-2222-4333-8444-555555555555", iface-status=active}\nname                : pf0hpf\nofport              : 2\n' }, says: 'is plugged for Neutron port 99999999' },
    { name: 'a VIF of the cleaning network', kind: 'broken', objects: [], texts: { 'node.json': nodeText(REST), 'port.json': portText({ internal_info: { cleaning_vif_port_id: neutronPortId } }) }, says: 'cleaning network is still noted' },
    { name: 'the MAC is in use', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'deploy failed', last_error: `Failed to create neutron ports for node's ${nodeUuid} ports: Unable to complete operation for network 1. The mac address 02:00:5e:bb:00:01 is in use.` }) }, says: 'still has the MAC' },
    { name: 'its Neutron port was asked for and is gone', kind: 'broken', objects: [], texts: { 'card.txt': `$ ovs-vsctl show\n${LEFT}$ ovs-vsctl list interface pf0hpf\n_uuid               : 1\nexternal_ids        : {iface-id="${neutronPortId}", iface-status=active}\nname                : pf0hpf\nofport              : 2\n$ openstack port show ${neutronPortId}\nNo Port found for ${neutronPortId}\n` }, says: 'does not exist any more' },
    { name: 'one interface, printed with few columns', kind: 'broken', objects: [], texts: { 'card.txt': `root@bf2-1:~# ovs-vsctl --columns=name,external_ids list interface pf0hpf\nname                : pf0hpf\nexternal_ids        : {iface-id="${neutronPortId}", iface-status=active}\n`, 'port.txt': `$ openstack port show ${neutronPortId}\nNo Port found for ${neutronPortId}\n` }, says: 'does not exist any more' },
    { name: 'a VIF whose Neutron port is gone', kind: 'broken', objects: [], texts: { 'node.json': nodeText(REST), 'port.json': portText({ internal_info: { tenant_vif_port_id: neutronPortId } }), 'show.txt': `$ openstack port show ${neutronPortId}\nNo Port found for ${neutronPortId}\n` }, says: 'counts as used' },
    { name: 'its Neutron port is bound nowhere', kind: 'broken', objects: [], texts: { 'bf2-1/ovs.txt': LEFT, 'bf2-1/list.txt': `_uuid               : 1\nexternal_ids        : {iface-id="${neutronPortId}", iface-status=active}\nname                : pf0hpf\nofport              : 2\n`, 'ports.json': neutronPortText({ 'binding:host_id': '', 'binding:vif_type': 'unbound', status: 'DOWN' }) }, says: 'is bound nowhere' },
    { name: 'a list of ports that is empty', kind: 'broken', objects: [], texts: { 'node.json': nodeText(REST), 'port.json': portText(), 'card.txt': `$ openstack port list --host bf2-1\n$ ovs-vsctl show\n${LEFT}` }, says: 'Neutron has no port bound there' },
    { name: 'a short list shows no binding', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'bf2-1/ovs.txt': LEFT, 'ports.txt': `+----+------+-------------------+--------+\n| ID | Name | MAC Address | Status |\n+----+------+-------------------+--------+\n| ${neutronPortId} | | 02:00:5e:bb:00:01 | ACTIVE |\n+----+------+-------------------+--------+\n` } },
    { name: 'wired as it should be', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': neutronPortText(), 'bf2-1/ovs.txt': LEFT, 'agents.json': agentText() } },
    { name: 'a failed node, and no bridge', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed' }), 'port.json': portText() }, says: 'the card’s bridge' },
    { name: 'Neutron was not read', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(REST), 'port.json': portText(), 'bf2-1/ovs.txt': LEFT } },
    { name: 'a VIF of a flow that runs', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean wait' }), 'port.json': portText({ internal_info: { cleaning_vif_port_id: neutronPortId } }) } },
    { name: 'the tenant’s VIF', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText({ internal_info: { tenant_vif_port_id: neutronPortId } }), 'ports.json': neutronPortText() } },
  ],
}); // prettier-ignore
