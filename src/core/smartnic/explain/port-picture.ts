/**
 * One port of a node with everything that was read about it, laid side by side: A, the port at the host; B, the port that
 * stands for it in the card's bridge; C, the card's way out; the agent between; the Neutron port that wires it.
 */
import { OVS_AGENT } from '../agent-liveness.ts';
import type { BareMetalPort } from '../bare-metal-port.ts';
import type { PowerDomain } from '../power-domain.ts';
import type {
  AgentFacts,
  BareMetalFacts,
  IronicPortFacts,
  NeutronPortFacts,
  NodeFacts,
  SwitchFacts,
  SwitchPort,
} from '../readers/bare-metal-facts.ts';

export interface PortPicture {
  /** UUID, else the MAC. */
  readonly name: string;
  readonly port: IronicPortFacts;
  readonly host: string | undefined;
  readonly bridgePort: string | undefined;
  readonly bridge: string;
  /** How the card's bridge reaches the network, where the agent says it. */
  readonly uplink: string | undefined;
  /** Undefined: none was read for that host. */
  readonly agent: AgentFacts | undefined;
  readonly neutronPorts: readonly NeutronPortFacts[];
  readonly switchOf: SwitchFacts | undefined;
  /** B as the switch has it; undefined when the switch was read and has none, or was not read. */
  readonly plugged: SwitchPort | undefined;
  readonly powerDomain: PowerDomain;
}

const DEFAULT_BRIDGE = 'br-int';
/** An agent reports at this interval unless told otherwise ([agent] report_interval). */
export const REPORT_INTERVAL_MS = 30_000;

/** Ports of the node; those that name no node belong to it when no other node was read. */
export const portsOfNode = (node: NodeFacts, facts: BareMetalFacts): readonly IronicPortFacts[] => {
  const own = facts.ports.filter(({ nodeUuid }) => nodeUuid !== undefined && nodeUuid === node.uuid);
  const nameless = facts.ports.filter(({ nodeUuid }) => nodeUuid === undefined);
  const merged = mergeByUuid([...own, ...(facts.nodes.length <= 1 || own.length === 0 ? nameless : [])]);
  return merged.filter(({ nodeUuid }) => nodeUuid === undefined || node.uuid === undefined || nodeUuid === node.uuid);
};

/** A short list and a show of the same port are one port. */
const mergeByUuid = (ports: readonly IronicPortFacts[]): readonly IronicPortFacts[] => {
  const merged = new Map<string, IronicPortFacts>();
  for (const port of ports) {
    const key = port.uuid ?? port.address ?? '';
    const before = merged.get(key);
    merged.set(key, before === undefined ? port : { ...before, ...port, vifs: { ...before.vifs, ...port.vifs } });
  }
  return [...merged.values()];
};

const neutronPortsOf = (port: IronicPortFacts, facts: BareMetalFacts): readonly NeutronPortFacts[] => {
  const vifs = Object.values(port.vifs);
  const found = facts.neutronPorts.filter(
    ({ id, address, profile }) =>
      vifs.includes(id) ||
      (address !== undefined && address === port.address) ||
      (profile?.port_id !== undefined &&
        profile.port_id === port.link?.port_id &&
        profile.hostname === port.link.hostname),
  );
  const merged = new Map<string, NeutronPortFacts>();
  for (const each of found) merged.set(each.id, { ...merged.get(each.id), ...each });
  return [...merged.values()];
};

const agentOf = (host: string | undefined, facts: BareMetalFacts): AgentFacts | undefined => {
  const found = facts.agents.filter((agent) => agent.host === host && agent.type === OVS_AGENT);
  // A list and a show of the same agent: what one lacks the other may have.
  return found.length === 0 ? undefined : Object.assign({}, ...found);
};

const switchFor = (host: string | undefined, facts: BareMetalFacts): SwitchFacts | undefined => {
  const named = facts.switches.find(
    (each) =>
      host !== undefined &&
      (each.host === host ||
        each.origin.source
          .split(/[/!]/)
          .some((part) => part === host || part.startsWith(`${host}.`) || part.startsWith(`${host}-`))),
  );
  return named ?? (facts.switches.length === 1 ? facts.switches[0] : undefined);
};

const uplinkOf = (agent: AgentFacts | undefined, port: IronicPortFacts): string | undefined => {
  if (agent === undefined) return undefined;
  const bridge = agent.bridgeMappings?.[port.physicalNetwork ?? ''];
  if (bridge !== undefined) return `${bridge} (physical network ${port.physicalNetwork ?? ''})`;
  const mapped = Object.entries(agent.bridgeMappings ?? {}).map(
    ([network, name]) => `${name} (physical network ${network})`,
  );
  if (mapped.length > 0) return mapped.join(', ');
  const tunnels = agent.tunnelTypes ?? [];
  return tunnels.length > 0 ? `br-tun (${tunnels.join(', ')} tunnels)` : undefined;
};

/**
 * The agent of a card that shares its host's power cannot report while the host is off. Ironic's row of the node was
 * last changed at the latest when it saw the power go off, so a report well after that came from a card with own power.
 */
export const reportedWhileOff = (node: NodeFacts, agent: AgentFacts | undefined): boolean =>
  node.powerState === 'power off' &&
  agent?.heartbeatAtMs !== undefined &&
  node.updatedAtMs !== undefined &&
  agent.heartbeatAtMs > node.updatedAtMs + REPORT_INTERVAL_MS;

export const picturesOf = (node: NodeFacts, facts: BareMetalFacts): readonly PortPicture[] =>
  portsOfNode(node, facts).map((port) => {
    const host = port.link?.hostname;
    const bridgePort = port.link?.port_id;
    const agent = agentOf(host, facts);
    const switchOf = port.isSmartNic === true ? switchFor(host, facts) : undefined;
    const plugged = switchOf?.bridges.flatMap(({ ports }) => ports).find(({ name }) => name === bridgePort);
    return {
      name: port.uuid ?? port.address ?? '?',
      port,
      host,
      bridgePort,
      bridge: agent?.integrationBridge ?? DEFAULT_BRIDGE,
      uplink: uplinkOf(agent, port),
      agent,
      neutronPorts: neutronPortsOf(port, facts),
      switchOf,
      plugged,
      powerDomain: reportedWhileOff(node, agent) ? 'own' : 'unknown',
    };
  });

/** The port as the planner wants it. A link that was not read counts as complete, so that the steps can be shown. */
export const plannedPort = ({ name, port, powerDomain }: PortPicture): BareMetalPort => ({
  id: name,
  ...(port.address === undefined ? {} : { address: port.address }),
  isSmartNic: port.isSmartNic === true,
  link: port.link ?? { hostname: '?', port_id: '?' },
  ...(port.pxeEnabled === undefined ? {} : { pxeEnabled: port.pxeEnabled }),
  ...(port.physicalNetwork === undefined ? {} : { physicalNetwork: port.physicalNetwork }),
  ...(port.clientId === undefined ? {} : { clientId: port.clientId }),
  ...(port.inPortGroup === true ? { inPortGroup: true } : {}),
  ...(port.vifs['tenant'] === undefined ? {} : { tenantVif: port.vifs['tenant'] }),
  powerDomain,
});
