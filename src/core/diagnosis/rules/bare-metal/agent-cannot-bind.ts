/** The agent of the card answers and cannot take the port: no smart NIC agent, no way to the network, or vhost-user ports. */
import { agentText, neutronPortText, nodeText, portText } from '../world-bare-metal.ts';
import { judgeBinding } from '../../../smartnic/neutron-bind.ts';
import { quote, bareMetalNodes, type BareMetalNode } from './nodes.ts';
import { isTroubled } from './node-cause.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { textEvidence } from '../../evidence.ts';
import { defineRule } from '../../rule.ts';
import type { PortPicture } from '../../../smartnic/explain/port-picture.ts';

const RULE = 'agent-cannot-bind';

/** `'network_type': 'vlan', 'physical_network': 'physnet1'` of the segments that Neutron tried. */
const segmentOf = (facts: Facts, ids: readonly string[]) => {
  const line = facts.lines(`${RULE}/failed`).findLast(({ groups }) => ids.includes(groups['port'] ?? ''));
  const type = /'network_type': '([^']+)'/.exec(line?.line ?? '')?.[1];
  const physical = /'physical_network': '([^']+)'/.exec(line?.line ?? '')?.[1];
  return {
    line,
    ...(type === undefined
      ? {}
      : { segment: { networkType: type, ...(physical === undefined ? {} : { physicalNetwork: physical }) } }),
  };
};

const judge = (facts: Facts, known: BareMetalNode, picture: PortPicture): Statement | undefined => {
  const { port, agent, neutronPorts, name } = picture;
  if (port.isSmartNic !== true || agent === undefined || agent.alive === false) return undefined;
  const refused = neutronPorts.filter(
    ({ vifType, status }) => vifType === 'binding_failed' || vifType === 'vhostuser' || status === 'DOWN',
  );
  if (refused.length === 0 && !isTroubled(known))
    return { says: 'clear', scope: { node: known.name }, saw: 'agents took the ports of their cards' };
  const { line, segment } = segmentOf(
    facts,
    neutronPorts.map(({ id }) => id),
  );
  const tried =
    segment ??
    (port.physicalNetwork === undefined ? undefined : { networkType: 'vlan', physicalNetwork: port.physicalNetwork });
  const verdict = judgeBinding(
    'smart-nic',
    {
      alive: true,
      baremetalSmartNic: agent.smartNic !== false,
      ...(agent.bridgeMappings === undefined ? {} : { bridgeMappings: Object.keys(agent.bridgeMappings) }),
      ...(agent.tunnelTypes === undefined ? {} : { tunnelTypes: agent.tunnelTypes }),
      ...(agent.datapathType === undefined ? {} : { datapathType: agent.datapathType }),
      ...(agent.ifaceTypes === undefined ? {} : { ifaceTypes: agent.ifaceTypes }),
    },
    // A network that the port merely names, and no log shows was tried, is told only where the binding failed.
    line === undefined && refused.length === 0 ? undefined : tried,
  );
  if (verdict.vifType === 'ovs') return undefined;
  return {
    says: 'finding',
    scope: { node: known.name },
    because: `Node ${known.name}, port ${name}: the agent of ${agent.host} cannot take it: ${verdict.because}`,
    confidence: segment === undefined && /physical network/.test(verdict.because) ? 'likely' : 'proven',
    sameAs: verdict.because,
    evidence: [
      ...(line === undefined ? [] : [textEvidence(line.origin, line.line)]),
      ...refused
        .slice(0, 1)
        .map(({ origin, id }) => quote(facts, origin, /binding_failed|vhostuser|DOWN/, `port ${id}`)),
      quote(
        facts,
        agent.origin,
        /baremetal_smartnic|bridge_mappings|datapath_type|ovs_capabilities|Configuration/,
        `agent of ${agent.host}`,
      ),
    ],
    against: ['the agent is alive: it is what it reports of itself that does not fit'],
  };
};

const check = (facts: Facts): readonly Statement[] => {
  const told = bareMetalNodes(facts).flatMap((known) =>
    known.pictures.flatMap((picture) => judge(facts, known, picture) ?? []),
  );
  if (told.length > 0) return told;
  return bareMetalNodes(facts)
    .filter(
      (known) =>
        isTroubled(known) &&
        known.pictures.some(({ port, agent }) => port.isSmartNic === true && agent?.smartNic === undefined),
    )
    .map(({ name, pictures }) => ({
      says: 'unknown',
      scope: { node: name },
      lack: {
        what: `the configuration of the agent of ${pictures[0]?.host ?? name}`,
        why: 'a list of agents does not show whether it takes smart NIC ports, and which networks it reaches',
        settle: 'openstack network agent show AGENT -f json',
      },
    }));
};

const FAILED = { provision_state: 'deploy failed', last_error: 'Failed to create neutron ports' };
const UNBOUND = neutronPortText({ status: 'DOWN', 'binding:vif_type': 'binding_failed' });

export const agentCannotBind = defineRule({
  id: RULE,
  title: 'The agent of the card cannot take the port',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { failed: /Failed to bind port (?<port>[\w-]+) on host \S+ for vnic_type smart-nic using segments/ },
  explain:
    'A smart NIC port is bound only to an agent that reports baremetal_smartnic, whose bridge mappings or tunnel types reach the network of the port. An agent with DPDK vhost-user ports is given vif_type vhostuser, which the smart NIC code of the agent does not plug: such a port stays DOWN.',
  sources: ['reference smartnic-baremetal.md 3.1, 3.3, 7.1'],
  check,
  remedy: (findings) => [
    {
      text: /baremetal_smartnic/.test(findings[0]?.because ?? '')
        ? 'Set [agent] baremetal_smartnic = true on the card and restart the agent.'
        : /bridge mapping|network type/.test(findings[0]?.because ?? '')
          ? 'Map the physical network (or allow the tunnel type) in the configuration of the agent, and restart it.'
          : 'Let the agent offer no vhost-user ports: smart NIC ports need the plain OVS binding.',
      risk: 'the agent wires everything on the card again when it restarts',
    },
    { text: 'Then repeat the operation of Ironic: the port is bound anew.' },
  ],
  cases: [
    { name: 'no smart NIC agent', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText(), 'ports.json': UNBOUND, 'agents.json': agentText({ configurations: { bridge_mappings: { physnet1: 'br-ex' } } }) }, says: 'baremetal_smartnic' },
    { name: 'no bridge for the physical network', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText(), 'ports.json': UNBOUND, 'agents.json': agentText({ configurations: { baremetal_smartnic: true, bridge_mappings: { physnet9: 'br-ex' } } }) }, says: 'physnet1' },
    { name: 'vhost-user', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText(), 'ports.json': neutronPortText({ status: 'DOWN', 'binding:vif_type': 'vhostuser' }), 'agents.json': agentText({ configurations: { baremetal_smartnic: true, datapath_type: 'netdev', ovs_capabilities: { iface_types: ['dpdkvhostuserclient'] } } }) }, says: 'vhost-user' },
    { name: 'ports are bound', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': neutronPortText(), 'agents.json': agentText() } },
    { name: 'what the agent reports was not read', kind: 'lacking', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText(), 'ports.json': UNBOUND }, says: 'the configuration of the agent' },
    { name: 'another reason: the agent is dead', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText(), 'ports.json': UNBOUND, 'agents.json': agentText({ alive: false, configurations: {} }) } },
    { name: 'a network it does not reach, and nothing failed', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText({ physical_network: 'other' }), 'ports.json': neutronPortText(), 'agents.json': agentText() } },
  ],
}); // prettier-ignore
