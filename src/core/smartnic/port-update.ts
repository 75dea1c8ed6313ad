/**
 * Who may change which attribute of a port in which state of its node (ironic conductor/manager.py update_port and
 * destroy_port). The reading of a request is left to port-api.ts.
 */
import type { Practice } from './practice.ts';
import { STATES_WITH_OPEN_LINKS } from './provision-state.ts';

/** The node as these checks see it. */
export interface PortsNode {
  readonly uuid: string;
  readonly provisionState: string;
  readonly maintenance: boolean;
  /** Set while the node belongs to an instance, also before it is active. */
  readonly instanceUuid?: string;
  /** The conductor that holds the node's lock now. */
  readonly reservation?: string;
}

export interface UpdateRefusal {
  readonly http: 409;
  readonly message: string;
  readonly rule: string;
}

const IRONIC_LINK_ATTRIBUTES = ['portgroup_id', 'pxe_enabled', 'local_link_connection', 'physical_network'];

/** A port's attributes that decide what it is wired to. */
export const linkAttributes = (practice: Practice): readonly string[] =>
  practice.guardsPortFlags ? [...IRONIC_LINK_ATTRIBUTES, 'is_smartnic'] : IRONIC_LINK_ATTRIBUTES;

/** The API calls it portgroup_uuid, the conductor portgroup_id. */
const conductorName = (attribute: string): string => (attribute === 'portgroup_uuid' ? 'portgroup_id' : attribute);

const lockRefusal = ({ uuid, reservation }: PortsNode): UpdateRefusal | undefined =>
  reservation === undefined
    ? undefined
    : {
        http: 409,
        message: `Node ${uuid} is locked by host ${reservation}, please retry after the current operation is completed.`,
        rule: 'one operation holds a node at a time; clients may repeat a 409',
      };

/** Undefined when the change is allowed. `changed` are the attributes whose value really changes. */
export const refuseUpdate = (
  portId: string,
  changed: readonly string[],
  node: PortsNode,
  practice: Practice,
): UpdateRefusal | undefined => {
  const locked = lockRefusal(node);
  if (locked !== undefined) return locked;
  const hasInstance = node.provisionState === 'active' || node.instanceUuid !== undefined;
  if (changed.includes('address') && hasInstance && !node.maintenance)
    return {
      http: 409,
      message: `Cannot update hardware address for port ${portId} as node ${node.uuid} is active or has instance UUID assigned`,
      rule: 'the address of a port in use is frozen; put the node into maintenance to change it',
    };
  const frozen = linkAttributes(practice);
  const asked = changed.map(conductorName).filter((attribute) => frozen.includes(attribute));
  const open = (STATES_WITH_OPEN_LINKS as readonly string[]).includes(node.provisionState) || node.maintenance;
  if (asked.length === 0 || open) return undefined;
  return {
    http: 409,
    message:
      `Port ${portId} can not have any connectivity attributes (${frozen.join(', ')}) updated unless node ${node.uuid} ` +
      `is in a ${STATES_WITH_OPEN_LINKS.join(', ')} state or in maintenance mode. The current state is ${node.provisionState}.`,
    rule: asked.includes('is_smartnic')
      ? 'is_smartnic decides how a port is wired, so it is restricted like the link attributes'
      : 'what a port is wired to is frozen while its node is in use',
  };
};

/** Undefined when the port may be deleted. */
export const refuseDelete = (
  portId: string,
  boundVif: string | undefined,
  node: PortsNode,
): UpdateRefusal | undefined => {
  const locked = lockRefusal(node);
  if (locked !== undefined) return locked;
  if (boundVif === undefined || node.maintenance) return undefined;
  return {
    http: 409,
    message: `Cannot delete the port ${portId} as it is bound to VIF ${boundVif} for use.`,
    rule: 'a bound port is in use: detach the VIF first, or put the node into maintenance',
  };
};

/** The address may not be taken twice, whatever node it is on. */
export const macTaken = (address: string): UpdateRefusal => ({
  http: 409,
  message: `A port with MAC address ${address} already exists.`,
  rule: 'a MAC address is unique over all ports',
});
