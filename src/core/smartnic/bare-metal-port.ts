/** A port of a bare-metal node as the deciders see it. Reading it from an API's document is left to readers/. */
import type { LocalLinkConnection } from './local-link.ts';
import type { PowerDomain } from './power-domain.ts';

export interface BareMetalPort {
  /** UUID, or any name that tells it from the node's other ports. */
  readonly id: string;
  /** Lower-case MAC; absent only for port groups. */
  readonly address?: string;
  readonly isSmartNic: boolean;
  readonly link: LocalLinkConnection;
  /** Default true, as in Ironic. */
  readonly pxeEnabled?: boolean;
  readonly physicalNetwork?: string;
  /** extra.client-id: an InfiniBand port. */
  readonly clientId?: string;
  /** The tenant's Neutron port that is attached (internal_info.tenant_vif_port_id). */
  readonly tenantVif?: string;
  /** Whether a port of an earlier run is still on the network that is about to be added. */
  readonly leftOver?: boolean;
  /** The port belongs to a port group, which is wired in its place and is never a smart NIC. */
  readonly inPortGroup?: boolean;
  /** Absent counts as `unknown`. */
  readonly powerDomain?: PowerDomain;
}

export const smartNicPorts = (ports: readonly BareMetalPort[]): readonly BareMetalPort[] =>
  ports.filter(({ isSmartNic }) => isSmartNic);

/** The host names of the cards whose agents wire these ports, each once, in the order of the ports. */
export const cardHosts = (ports: readonly BareMetalPort[]): readonly string[] => [
  ...new Set(smartNicPorts(ports).flatMap(({ link }) => (link.hostname === undefined ? [] : [link.hostname]))),
];
