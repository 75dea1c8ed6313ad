/** How far one port is: proved wired, bound, or not; and whether that is enough for a host to boot. */
import { DEAD_VLAN } from '../agent-plug.ts';
import type { PortPicture } from './port-picture.ts';

export type Wired = 'proved' | 'bound, not proved' | 'not bound' | 'no smart NIC' | 'unknown';

export interface PortStanding {
  readonly wired: Wired;
  readonly because: string;
}

/** Proved: Neutron says ACTIVE, and the bridge has it with the same id, an ofport and a live VLAN. */
export const standingOf = (picture: PortPicture): PortStanding => {
  const { port, host, neutronPorts, plugged, switchOf } = picture;
  if (port.isSmartNic === undefined) return { wired: 'unknown', because: 'is_smartnic was not read' };
  if (port.isSmartNic !== true) return { wired: 'no smart NIC', because: 'a switch driver or nobody wires it' };
  const bound = neutronPorts.find(
    ({ hostId, vifType }) => hostId === host && hostId !== undefined && vifType === 'ovs',
  );
  if (bound === undefined)
    return neutronPorts.some(({ hostId }) => hostId === undefined)
      ? { wired: 'unknown', because: 'the binding of its Neutron port was not read' }
      : { wired: 'not bound', because: 'Neutron has no port bound there' };
  if (bound.status !== 'ACTIVE')
    return {
      wired: 'bound, not proved',
      because: `Neutron port ${bound.id} is ${bound.status ?? 'of unknown status'}`,
    };
  if (switchOf === undefined)
    return { wired: 'bound, not proved', because: 'Neutron says ACTIVE, and the bridge was not read' };
  const ids = plugged?.externalIds;
  const matches = ids === undefined || ids['iface-id'] === bound.id;
  const live = plugged !== undefined && plugged.tag !== undefined && plugged.tag !== DEAD_VLAN;
  if (plugged === undefined || !matches || !live || plugged.error !== undefined || (plugged.ofport ?? 1) < 1)
    return { wired: 'bound, not proved', because: 'Neutron says ACTIVE, and the bridge does not have it as it should' };
  return ids === undefined || plugged.ofport === undefined
    ? {
        wired: 'bound, not proved',
        because: 'ovs-vsctl show has it with a live VLAN; its iface-id and ofport stand in ovs-vsctl list interface',
      }
    : { wired: 'proved', because: 'ACTIVE in Neutron, and in the bridge with its id, an ofport and a live VLAN' };
};
