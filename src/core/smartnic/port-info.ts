/** Does a port carry enough to be wired at deploy time? (ironic common/neutron.py validate_port_info) */
import type { BareMetalPort } from './bare-metal-port.ts';
import { isSmartNicLink, missingOfSmartNicLink } from './local-link.ts';

export interface PortInfoVerdict {
  readonly usable: boolean;
  /** How loudly Ironic logs it; it skips the port and, when another one is usable, goes on without a word to the user. */
  readonly log?: 'warning' | 'error';
  readonly because: string;
}

export const judgePortInfo = (port: BareMetalPort, networkInterface: string): PortInfoVerdict => {
  if (port.clientId !== undefined && port.clientId !== '')
    return { usable: true, because: 'an InfiniBand port (extra.client-id) needs no link: the subnet manager finds it' };
  if (networkInterface === 'neutron' && Object.keys(port.link).length === 0)
    return {
      usable: false,
      log: 'warning',
      because: 'local_link_connection is empty, and network interface neutron needs it',
    };
  const complete = isSmartNicLink(port.link);
  if (port.isSmartNic && !complete)
    return {
      usable: false,
      log: 'error',
      because: `is_smartnic is true but local_link_connection lacks ${missingOfSmartNicLink(port.link).join(' and ')}`,
    };
  if (!port.isSmartNic && complete)
    return {
      usable: false,
      log: 'error',
      because:
        'local_link_connection has hostname and port_id, but is_smartnic is false: only smart NIC ports may have both',
    };
  return { usable: true, because: port.isSmartNic ? 'hostname and port_id are there' : 'an ordinary link' };
};

/** The ports that a ramdisk network is put on: those that boot from the network, or all where that is asked for. */
export const portsToWire = (ports: readonly BareMetalPort[], addAllPorts: boolean): readonly BareMetalPort[] =>
  addAllPorts ? ports : ports.filter(({ pxeEnabled }) => pxeEnabled !== false);
