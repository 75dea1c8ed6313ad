/**
 * What the agent on the card does to the integration bridge, upstream's and ours: which ports it plugs and unplugs on
 * an update and on a resync, what a plug writes, what an unplug leaves (neutron ovs_neutron_agent.py; os-vif).
 */
import type { Practice } from './practice.ts';

export interface PortUpdate {
  /** The binding's host; empty when the port was unbound. */
  readonly bindingHost: string;
  readonly ownHost: string;
  readonly vifType: string;
  readonly vnicType: string;
  /** local_link_information[0].port_id; absent when the profile is empty. */
  readonly profilePort?: string;
  /** The bridge port this agent plugged for the Neutron port, when it remembers one. */
  readonly pluggedAs?: string;
}

export interface Queued {
  readonly vif_name?: string;
  readonly vif_type: string;
}

/** What an update of one port puts into the queue of plugs and unplugs; undefined: nothing. */
export const queueForUpdate = (update: PortUpdate): { readonly queued?: Queued; readonly because: string } => {
  if (update.vnicType !== 'smart-nic') return { because: `vnic type ${update.vnicType} is none of a smart NIC` };
  if (update.bindingHost === update.ownHost)
    return update.profilePort === undefined
      ? { because: 'the binding profile names no port to plug' }
      : {
          queued: { vif_name: update.profilePort, vif_type: update.vifType },
          because: 'the port is bound to this host',
        };
  if (update.bindingHost === '' && update.vifType === 'unbound' && update.pluggedAs !== undefined)
    return {
      queued: { vif_name: update.pluggedAs, vif_type: 'unbound' },
      because: 'the port was unbound, and this agent has plugged it',
    };
  return { because: `the port does not belong to host ${update.ownHost}` };
};

export type Treatment = 'plug' | 'unplug' | 'refuse';

/** vif_type `vhostuser` and any other word is only logged as an error by upstream's agent. */
export const treatmentOf = (vifType: string): Treatment =>
  vifType === 'ovs' ? 'plug' : vifType === 'unbound' ? 'unplug' : 'refuse';

/** One VIF port of the integration bridge: the Neutron port it says it is, and whose it is. */
export interface BridgePort {
  readonly name: string;
  readonly ifaceId: string;
  /** Known to have been plugged as a smart NIC port (by us, or by vm-uuid and a representor's name). */
  readonly isSmartNic?: boolean;
}

export interface Resync {
  readonly plug: readonly string[];
  readonly unplug: readonly string[];
  /** Ports that ours leaves alone and reports, since nothing shows that a smart NIC port was plugged there. */
  readonly foreign: readonly string[];
}

/**
 * A full sync compares what the server lists for this host with the bridge, by Neutron port id. Upstream takes every
 * VIF port that the server does not list as surplus; ours leaves alone what is known to be somebody else's.
 */
export const resync = (
  serverPorts: readonly string[],
  bridgePorts: readonly BridgePort[],
  practice: Practice,
): Resync => {
  const there = new Set(bridgePorts.map(({ ifaceId }) => ifaceId));
  const surplus = bridgePorts.filter(({ ifaceId }) => !serverPorts.includes(ifaceId));
  const foreign = practice.plugsByOvsdb ? surplus.filter(({ isSmartNic }) => isSmartNic === false) : [];
  return {
    plug: serverPorts.filter((id) => !there.has(id)),
    unplug: surplus.filter((port) => !foreign.includes(port)).map(({ ifaceId }) => ifaceId),
    foreign: foreign.map(({ ifaceId }) => ifaceId),
  };
};

export interface PlugInput {
  readonly neutronPortId: string;
  readonly address: string;
  /** The Neutron port's device_id: the instance, or the node during cleaning. */
  readonly deviceId: string;
  readonly nodeUuid: string;
}

/** The external_ids of the plugged interface. Upstream writes vm-uuid where its specification says node-uuid: ours writes both. */
export const externalIds = (plug: PlugInput, practice: Practice): Readonly<Record<string, string>> => ({
  'iface-id': plug.neutronPortId,
  'iface-status': 'active',
  'attached-mac': plug.address.toLowerCase(),
  'vm-uuid': plug.deviceId,
  ...(practice.plugsByOvsdb ? { 'node-uuid': plug.nodeUuid } : {}),
});

export interface PlugEffect {
  readonly datapathTypeAfter: string;
  readonly port: 'ACTIVE' | 'DOWN forever';
  readonly because: string;
}

/** What a plug does to the bridge. os-vif sets datapath_type=system on every plug, which tears a userspace bridge down. */
export const plugEffect = (datapathType: string, practice: Practice): PlugEffect => {
  if (practice.plugsByOvsdb || datapathType === 'system')
    return { datapathTypeAfter: datapathType, port: 'ACTIVE', because: 'the bridge keeps its datapath' };
  return {
    datapathTypeAfter: 'system',
    port: 'DOWN forever',
    because: `os-vif sets datapath_type=system on a ${datapathType} bridge, and its datapath is gone`,
  };
};

/** The VLAN into which the agent puts a port it knows nothing of: everything is dropped there. */
export const DEAD_VLAN = 4095;

export interface UnplugEffect {
  readonly bridgePort: 'absent' | 'still present';
  /** The local VLAN that is left on the port, as a number or in words. */
  readonly tag?: number | 'old local VLAN';
  readonly verifiedBy?: readonly string[];
  readonly orElse?: string;
  readonly because: string;
}

/** How the removal of a bridge port is proved (OVSDB: our change is live, and the row is gone). */
export const REMOVAL_PROOF = ['cur_cfg', 'select Interface'] as const;

/** What is left in the bridge after a port was unbound or deleted in Neutron. */
export const unplugEffect = (agentRuns: boolean, practice: Practice): UnplugEffect => {
  if (practice.plugsByOvsdb)
    return {
      bridgePort: 'absent',
      verifiedBy: REMOVAL_PROOF,
      because: 'the port is taken out of the bridge by OVSDB, and that is read back',
      ...(agentRuns ? {} : { orElse: 'host must not be powered on; drift reported' }),
    };
  return agentRuns
    ? {
        bridgePort: 'still present',
        tag: DEAD_VLAN,
        because:
          "the agent's VIF object has no id, os-vif's unplug raises, and the port is only moved to the dead VLAN",
      }
    : {
        bridgePort: 'still present',
        tag: 'old local VLAN',
        because: 'the agent was not running, so the port keeps the VLAN of its old network',
      };
};
