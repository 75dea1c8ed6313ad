/** What can be read of bare-metal nodes, their ports, agents and switches. Absent keys were not in what was given. */
import type { Origin } from '../../snapshot/snapshot.ts';
import type { LocalLinkConnection } from '../local-link.ts';

export interface NodeFacts {
  readonly uuid?: string;
  readonly name?: string;
  readonly provisionState?: string;
  readonly targetProvisionState?: string;
  /** Null: Ironic itself does not know. Absent: not in what was read. */
  readonly powerState?: string | null;
  readonly maintenance?: boolean;
  readonly maintenanceReason?: string;
  /** The conductor that holds the node now. */
  readonly reservation?: string;
  readonly fault?: string;
  readonly lastError?: string;
  readonly deployInterface?: string;
  readonly networkInterface?: string;
  readonly instanceUuid?: string;
  readonly disablePowerOff?: boolean;
  readonly forcePersistentBootDevice?: unknown;
  readonly redfishSystem?: string;
  readonly updatedAtMs?: number;
  readonly origin: Origin;
}

export interface IronicPortFacts {
  readonly uuid?: string;
  readonly address?: string;
  readonly nodeUuid?: string;
  readonly isSmartNic?: boolean | null;
  /** Absent where only a short list was read. */
  readonly link?: LocalLinkConnection;
  readonly pxeEnabled?: boolean;
  readonly physicalNetwork?: string;
  readonly clientId?: string;
  readonly inPortGroup?: boolean;
  /** Neutron port ids by what they are for: tenant, cleaning, provisioning, ... */
  readonly vifs: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

export interface NeutronPortFacts {
  readonly id: string;
  readonly address?: string;
  readonly status?: string;
  readonly hostId?: string;
  readonly vnicType?: string;
  readonly vifType?: string;
  readonly profile?: LocalLinkConnection;
  readonly deviceId?: string;
  readonly deviceOwner?: string;
  readonly networkId?: string;
  readonly updatedAtMs?: number;
  readonly origin: Origin;
}

export interface AgentFacts {
  readonly type: string;
  readonly host: string;
  readonly alive?: boolean;
  readonly adminStateUp?: boolean;
  readonly startedAtMs?: number;
  readonly heartbeatAtMs?: number;
  readonly smartNic?: boolean;
  readonly integrationBridge?: string;
  readonly bridgeMappings?: Readonly<Record<string, string>>;
  readonly datapathType?: string;
  readonly ifaceTypes?: readonly string[];
  readonly tunnelTypes?: readonly string[];
  readonly origin: Origin;
}

export interface SwitchPort {
  readonly name: string;
  readonly tag?: number;
  readonly type?: string;
  readonly error?: string;
  /** -1: the switch could not make the port. Absent: not in what was read. */
  readonly ofport?: number;
  /** Absent where only `ovs-vsctl show` was read: it does not print them. */
  readonly externalIds?: Readonly<Record<string, string>>;
}

export interface SwitchBridge {
  readonly name: string;
  readonly datapathType?: string;
  readonly ports: readonly SwitchPort[];
}

export interface SwitchFacts {
  /** The card, where the file's name, its folder or the text says it. */
  readonly host?: string;
  readonly bridges: readonly SwitchBridge[];
  readonly managers: readonly string[];
  readonly origin: Origin;
}

export interface SystemFacts {
  readonly id?: string;
  readonly uuid?: string;
  readonly name?: string;
  readonly powerState?: string;
  readonly bootTargets?: readonly string[];
  readonly overrideTarget?: string;
  readonly overrideEnabled?: string;
  readonly enabledValues?: readonly string[];
  readonly lastProgress?: string;
  readonly origin: Origin;
}

export interface HostInterfaceFacts {
  readonly enabled?: boolean;
  readonly origin: Origin;
}

export interface BareMetalFacts {
  readonly nodes: readonly NodeFacts[];
  readonly ports: readonly IronicPortFacts[];
  readonly neutronPorts: readonly NeutronPortFacts[];
  readonly agents: readonly AgentFacts[];
  readonly switches: readonly SwitchFacts[];
  readonly systems: readonly SystemFacts[];
  readonly hostInterfaces: readonly HostInterfaceFacts[];
  /** Output of mlxprivhost or mstprivhost: whether the host may control the card. */
  readonly hostPrivileges: readonly { readonly level: string; readonly origin: Origin }[];
  /** Kinds of which a listing was read, so that absence in it is a fact. */
  readonly listed: ReadonlySet<'ironic-ports' | 'neutron-ports' | 'agents'>;
}
