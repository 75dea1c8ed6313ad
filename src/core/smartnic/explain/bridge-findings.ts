/** What the card's bridge has plugged, against what Neutron wants there: missing, left behind, dead, or failed to open. */
import { DEAD_VLAN } from '../agent-plug.ts';
import type { BareMetalFacts } from '../readers/bare-metal-facts.ts';
import type { Found } from './finding.ts';
import type { PortPicture } from './port-picture.ts';

export const bridgeFindings = (picture: PortPicture, facts: BareMetalFacts): readonly Found[] => {
  const { port, bridgePort, bridge, plugged, switchOf, neutronPorts, host } = picture;
  if (port.isSmartNic !== true || bridgePort === undefined) return [];
  const wanted = neutronPorts.filter(
    ({ hostId, vifType }) => hostId === host && vifType !== 'unbound' && vifType !== 'binding_failed',
  );
  const neutronRead = facts.listed.has('neutron-ports') || neutronPorts.length > 0;
  if (switchOf === undefined)
    return wanted.length === 0
      ? []
      : [
          {
            id: 'bridge-not-read',
            level: 'unknown',
            says: `what ${bridge} of ${host ?? 'the card'} has plugged was not read`,
            because: 'ACTIVE in Neutron is the word of the agent, not of the switch',
            wayOut: `ovs-vsctl show and ovs-vsctl list interface on ${host ?? 'the card'}`,
          },
        ];
  if (plugged === undefined)
    return wanted.length === 0
      ? []
      : [
          {
            id: 'not-plugged',
            level: 'problem',
            says: `${bridgePort} is not in the bridge, although Neutron has port ${wanted[0]?.id ?? '?'} bound there`,
            because: 'the host would boot without a network',
            wayOut: 'restart the agent on the card for a full resync, then look again',
          },
        ];
  const found: Found[] = [];
  const ifaceId = plugged.externalIds?.['iface-id'];
  if (wanted.length === 0 && !neutronRead)
    found.push({
      id: 'plugged-for-unread-port',
      level: 'unknown',
      says: `${bridgePort} is plugged into ${bridge}, and Neutron's ports were not read`,
      because: 'whether it is wired or was left behind is told by Neutron',
      wayOut: ifaceId === undefined ? 'openstack port list --long -f json' : `openstack port show ${ifaceId} -f json`,
    });
  if (wanted.length === 0 && neutronRead)
    found.push({
      id: 'left-plugged',
      level: 'problem',
      says: `${bridgePort} is still plugged into ${bridge}${ifaceId === undefined ? '' : ` for Neutron port ${ifaceId}`}, and Neutron has no port bound there`,
      because:
        plugged.tag === DEAD_VLAN
          ? `Neutron's agent cannot unplug a smart NIC port; it moved it to the dead VLAN ${DEAD_VLAN}, which drops everything`
          : `the port was taken out of Neutron and not out of the bridge: with VLAN tag ${plugged.tag ?? 'none'} it still reaches its old network`,
      wayOut: `on ${host ?? 'the card'}: ovs-vsctl --if-exists del-port ${bridge} ${bridgePort}, then ovs-vsctl list interface ${bridgePort} must find none; do not boot the host before`,
    });
  else if (ifaceId !== undefined && wanted.length > 0 && wanted.every(({ id }) => id !== ifaceId))
    found.push({
      id: 'plugged-for-another-port',
      level: 'problem',
      says: `${bridgePort} is plugged for Neutron port ${ifaceId}, and ${wanted[0]?.id ?? '?'} is bound there now`,
      because: 'the bridge still has the network of an earlier port',
      wayOut: `on ${host ?? 'the card'}: ovs-vsctl --if-exists del-port ${bridge} ${bridgePort}, then bind the port again`,
    });
  if (wanted.length > 0 && plugged.tag === DEAD_VLAN)
    found.push({
      id: 'dead-vlan',
      level: 'problem',
      says: `${bridgePort} is in the dead VLAN ${DEAD_VLAN}`,
      because: 'the agent has not wired it, so everything is dropped',
      wayOut: 'see whether the agent is alive and its log; the tag changes when it has wired the port',
    });
  if (plugged.error !== undefined || plugged.ofport === -1)
    found.push({
      id: 'switch-error',
      level: 'problem',
      says: `the switch could not open ${bridgePort}${plugged.error === undefined ? '' : `: ${plugged.error}`}`,
      because:
        'an interface without an ofport passes no packet; the representor may not exist yet, or under another name',
      wayOut: `ip link show ${bridgePort} on ${host ?? 'the card'}`,
    });
  return found;
};
