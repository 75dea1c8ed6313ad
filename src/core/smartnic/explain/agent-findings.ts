/** What stands against an agent as the one that wires a port: not registered, not alive, no smart NIC's, restarted. */
import { judgeBinding } from '../neutron-bind.ts';
import { VNIC_SMART_NIC } from '../neutron-body.ts';
import type { BareMetalFacts } from '../readers/bare-metal-facts.ts';
import type { Found } from './finding.ts';
import type { PortPicture } from './port-picture.ts';

export const agentFindings = (picture: PortPicture, facts: BareMetalFacts): readonly Found[] => {
  const { host, agent, port } = picture;
  if (port.isSmartNic !== true || host === undefined || host === '') return [];
  if (agent === undefined)
    return [
      facts.listed.has('agents')
        ? {
            id: 'agent-not-registered',
            level: 'problem',
            says: `no Open vSwitch agent of host ${host} is registered`,
            because:
              'Neutron binds to a registered agent only; a wait for it ends in NetworkError after 1000 s by default',
            wayOut: `start neutron-openvswitch-agent on ${host} with host = ${host}, or correct hostname in the port's link`,
          }
        : {
            id: 'agent-not-read',
            level: 'unknown',
            says: `whether the agent of ${host} answers was not read`,
            because: 'no list of Neutron agents was given',
            wayOut: 'openstack network agent list -f json',
          },
    ];
  const verdict = judgeBinding(
    VNIC_SMART_NIC,
    {
      alive: agent.alive !== false,
      baremetalSmartNic: agent.smartNic !== false,
      ...(agent.datapathType === undefined ? {} : { datapathType: agent.datapathType }),
      ...(agent.ifaceTypes === undefined ? {} : { ifaceTypes: agent.ifaceTypes }),
    },
    undefined,
  );
  if (agent.alive === false)
    return [
      {
        id: 'agent-not-alive',
        level: 'problem',
        says: `the agent of ${host} does not answer (alive is false)`,
        because: 'no port is bound to it, and a port that is deleted meanwhile keeps its old network in the bridge',
        wayOut: `see why neutron-openvswitch-agent on ${host} stopped; a card that shares its host's power answers only while the host is on`,
      },
    ];
  if (verdict.vifType !== 'ovs')
    return [
      {
        id: agent.smartNic === false ? 'agent-not-smart-nic' : 'agent-cannot-plug',
        level: 'problem',
        says: `the agent of ${host} cannot plug a smart NIC port`,
        because: verdict.because,
        wayOut: `change the agent's configuration on ${host}, restart it, then bind the port again`,
      },
    ];
  return [...restartFindings(picture), ...(agent.alive === undefined ? [halfReadAgent(host)] : [])];
};

const halfReadAgent = (host: string): Found => ({
  id: 'agent-half-read',
  level: 'unknown',
  says: `whether the agent of ${host} is alive was not read`,
  because: 'what was given of it has no key alive',
  wayOut: 'openstack network agent list -f json',
});

/** An agent that started after the binding knows the port only by its resync; one that started before saw it come. */
const restartFindings = ({ agent, neutronPorts, host, plugged, switchOf }: PortPicture): readonly Found[] => {
  const [bound] = neutronPorts.filter(({ hostId }) => hostId === host);
  if (agent?.startedAtMs === undefined || bound?.updatedAtMs === undefined || agent.startedAtMs <= bound.updatedAtMs)
    return [];
  const seconds = Math.round((agent.startedAtMs - bound.updatedAtMs) / 1000);
  return [
    {
      id: 'agent-restarted-after-binding',
      level: switchOf !== undefined && plugged === undefined ? 'problem' : 'warning',
      says: `the agent of ${host ?? '?'} restarted ${seconds} s after Neutron port ${bound.id} was last changed`,
      because: 'what it plugged before is proved again only by its resync',
      wayOut:
        'ovs-vsctl list interface on the card: iface-id, ofport and tag of the port must be right before the host boots',
    },
  ];
};
