/**
 * What Neutron's OVS mechanism driver makes of a binding (neutron ml2/drivers/mech_agent.py and
 * openvswitch/mech_driver): the vif_type it answers, and why. Refused bindings are answered with HTTP 200.
 */
import { VNIC_SMART_NIC, VNIC_TYPES } from './neutron-body.ts';

export interface BindingAgent {
  readonly alive: boolean;
  readonly adminStateUp?: boolean;
  /** configurations.baremetal_smartnic; without it the agent is no smart NIC's. */
  readonly baremetalSmartNic: boolean;
  readonly tunnelTypes?: readonly string[];
  readonly bridgeMappings?: readonly string[];
  readonly datapathType?: string;
  readonly ifaceTypes?: readonly string[];
}

export interface BindingSegment {
  readonly networkType: string;
  readonly physicalNetwork?: string;
}

export interface BindingVerdict {
  readonly http: 200 | 400;
  readonly vifType?: 'ovs' | 'vhostuser' | 'binding_failed';
  readonly message?: string;
  /** What the status becomes once the agent has plugged the port. */
  readonly statusThen?: 'ACTIVE' | 'DOWN';
  readonly because: string;
}

const failed = (because: string): BindingVerdict => ({
  http: 200,
  vifType: 'binding_failed',
  statusThen: 'DOWN',
  because,
});

/** vnic types of the OVS mechanism driver. */
const OVS_VNIC_TYPES: readonly string[] = ['normal', 'direct', VNIC_SMART_NIC, 'vdpa'];
const NEEDS_PHYSICAL_NETWORK = ['flat', 'vlan'];

export const judgeBinding = (
  vnicType: string,
  agent: BindingAgent | undefined,
  segment: BindingSegment | undefined,
): BindingVerdict => {
  if (!(VNIC_TYPES as readonly string[]).includes(vnicType))
    return {
      http: 400,
      message: `Invalid input for binding:vnic_type. Reason: ${vnicType} is not in valid_values.`,
      because: `Neutron has no vnic type ${vnicType}; a smart NIC port is of type ${VNIC_SMART_NIC}`,
    };
  if (!OVS_VNIC_TYPES.includes(vnicType))
    return failed(`the OVS mechanism driver refuses vnic type ${vnicType}; another driver has to bind it`);
  if (agent === undefined) return failed('no Open vSwitch agent is registered on that host');
  if (!agent.alive)
    return failed('the Open vSwitch agent of that host is not alive, and Neutron binds to no dead agent');
  if (vnicType === VNIC_SMART_NIC && !agent.baremetalSmartNic)
    return failed('the agent does not report baremetal_smartnic: set [agent] baremetal_smartnic = true and restart it');
  const unreachable = segmentProblem(agent, segment);
  if (unreachable !== undefined) return failed(unreachable);
  if (agent.datapathType === 'netdev' && (agent.ifaceTypes ?? []).some((type) => type.startsWith('dpdkvhostuser')))
    return {
      http: 200,
      vifType: 'vhostuser',
      statusThen: 'DOWN',
      because:
        'the agent offers DPDK vhost-user ports, and its smart NIC code plugs vif_type ovs only: the port stays down',
    };
  return { http: 200, vifType: 'ovs', statusThen: 'ACTIVE', because: 'the agent is alive and a smart NIC agent' };
};

const segmentProblem = (agent: BindingAgent, segment: BindingSegment | undefined): string | undefined => {
  if (segment === undefined || segment.networkType === 'local') return undefined;
  if (NEEDS_PHYSICAL_NETWORK.includes(segment.networkType))
    return segment.physicalNetwork !== undefined &&
      agent.bridgeMappings !== undefined &&
      !agent.bridgeMappings.includes(segment.physicalNetwork)
      ? `the agent has no bridge mapping for physical network ${segment.physicalNetwork}`
      : undefined;
  return agent.tunnelTypes !== undefined && !agent.tunnelTypes.includes(segment.networkType)
    ? `the agent does not serve network type ${segment.networkType}`
    : undefined;
};
