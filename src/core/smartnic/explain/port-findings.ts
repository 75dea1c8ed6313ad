/** What is missing or wrong at one port: its own data and its Neutron port here, its agent and its bridge beside this. */
import { isSmartNicLink, missingOfSmartNicLink } from '../local-link.ts';
import { VNIC_SMART_NIC } from '../neutron-body.ts';
import type { BareMetalFacts, NeutronPortFacts, NodeFacts } from '../readers/bare-metal-facts.ts';
import { factsOfState } from '../provision-state.ts';
import { agentFindings } from './agent-findings.ts';
import { bridgeFindings } from './bridge-findings.ts';
import type { Found, NodeFinding } from './finding.ts';
import type { PortPicture } from './port-picture.ts';

const SHOW_PORT = 'openstack baremetal port show PORT -f json';

const ownData = ({ name, port }: PortPicture): readonly Found[] => {
  if (port.link === undefined || port.isSmartNic === undefined)
    return [
      {
        id: 'port-half-read',
        level: 'unknown',
        says: 'only its address was read',
        because: 'a short list shows neither is_smartnic nor local_link_connection',
        wayOut: SHOW_PORT.replace('PORT', name),
      },
    ];
  const missing = missingOfSmartNicLink(port.link);
  if (port.isSmartNic === true && missing.length > 0)
    return [
      {
        id: 'link-incomplete',
        level: 'problem',
        says: `local_link_connection lacks ${missing.join(' and ')}`,
        because:
          'hostname says which agent wires the port, and port_id which bridge port it is; Ironic skips a port without them',
        wayOut: `openstack baremetal port set ${name} ${missing.map((key) => `--local-link-connection ${key}=...`).join(' ')}, with the node in maintenance or manageable`,
      },
    ];
  if (port.isSmartNic !== true && isSmartNicLink(port.link))
    return [
      {
        id: 'flag-missing',
        level: 'problem',
        says: 'its link has hostname and port_id, but is_smartnic is false',
        because: 'only smart NIC ports may have both: Ironic skips this port when it wires the node',
        wayOut: `openstack baremetal port set ${name} --is-smartnic`,
      },
    ];
  return [];
};

const neutronPortFindings = (picture: PortPicture, neutronPort: NeutronPortFacts): readonly Found[] => {
  const { host, bridgePort, port } = picture;
  if (port.isSmartNic !== true) return [];
  const found: Found[] = [];
  const { id, vifType, vnicType, hostId, status, profile } = neutronPort;
  const says = (text: string): string => `Neutron port ${id} ${text}`;
  if (vifType === 'binding_failed')
    found.push({
      id: 'binding-failed',
      level: 'problem',
      says: says('could not be bound (binding_failed)'),
      because: 'no mechanism driver took it: the agent was dead, no smart NIC agent, or could not reach the segment',
      wayOut: 'mend the agent, then repeat the operation: each change of the port tries the binding again',
    });
  if (vnicType !== undefined && vnicType !== VNIC_SMART_NIC)
    found.push({
      id: 'wrong-vnic-type',
      level: 'problem',
      says: says(`has vnic_type ${vnicType}`),
      because: `the agent on the card plugs ports of type ${VNIC_SMART_NIC} only`,
      wayOut: `openstack port set ${id} --vnic-type ${VNIC_SMART_NIC} while it is unbound`,
    });
  if (hostId !== undefined && hostId !== '' && host !== undefined && hostId !== host)
    found.push({
      id: 'bound-to-another-host',
      level: 'problem',
      says: says(`is bound to ${hostId}, and the port's link names ${host}`),
      because: 'the agent of another host plugs it, so this card gets no network',
      wayOut: 'repeat the operation once the link is right',
    });
  if (profile?.port_id !== undefined && bridgePort !== undefined && profile.port_id !== bridgePort)
    found.push({
      id: 'profile-differs',
      level: 'problem',
      says: says(`names bridge port ${profile.port_id}, and the port's link ${bridgePort}`),
      because: 'the profile was written before the link was changed',
      wayOut: 'repeat the operation, so that the port is bound anew',
    });
  if (status === 'DOWN' && vifType === 'ovs' && hostId === host)
    found.push({
      id: 'port-down',
      level: 'problem',
      says: says('is bound but DOWN'),
      because: 'the agent has not reported it as wired; it may have been restarting, or its bridge lost the data path',
      wayOut: `read the agent's log on ${host ?? 'the card'}, and ovs-vsctl show for an error at the interface`,
    });
  return found;
};

/** Neutron ports of a ramdisk network that are still noted while nothing of that kind runs. */
const leftVifFindings = ({ port }: PortPicture, node: NodeFacts): readonly Found[] => {
  const flow = factsOfState(node.provisionState ?? '');
  if (flow?.phase !== 'stable') return [];
  return Object.entries(port.vifs)
    .filter(([purpose]) => purpose !== 'tenant' && !(purpose === 'rescuing' && node.provisionState === 'rescue'))
    .map(([purpose, id]) => ({
      id: 'vif-left',
      level: 'problem',
      says: `Neutron port ${id} of the ${purpose} network is still noted at it while the node is ${node.provisionState ?? '?'}`,
      because: `a flow of an earlier time did not take the ${purpose} network off`,
      wayOut: `openstack port show ${id}: when it is there, delete it and see that the bridge port is gone`,
    }));
};

export const portFindings = (picture: PortPicture, node: NodeFacts, facts: BareMetalFacts): readonly NodeFinding[] => {
  const { port, agent, neutronPorts, switchOf } = picture;
  const about = `port ${picture.name}`;
  const at = (
    found: readonly Found[],
    ...origins: readonly ({ readonly origin: NodeFinding['origins'][number] } | undefined)[]
  ): readonly NodeFinding[] =>
    found.map((each) => ({
      ...each,
      about,
      origins: origins.flatMap((item) => (item === undefined ? [] : [item.origin])),
    }));
  return [
    ...at(ownData(picture), port),
    ...at(agentFindings(picture, facts), agent, port),
    ...neutronPorts.flatMap((each) => at(neutronPortFindings(picture, each), each, port)),
    ...at(bridgeFindings(picture, facts), switchOf, ...neutronPorts),
    ...at(leftVifFindings(picture, node), port),
  ];
};
