/**
 * What one call of the network interface does at each port, in order, and how it is taken back
 * (ironic common/neutron.py, network/common.py, network/neutron.py). Bodies are in neutron-body.ts.
 */
import type { Action, NetworkCall } from './action.ts';
import type { BareMetalPort } from './bare-metal-port.ts';
import { judgePortInfo, portsToWire } from './port-info.ts';
import type { Practice } from './practice.ts';
import { act, type Act, type NetworkStep, type PortWork } from './program.ts';

export interface WiringFacts {
  /** For messages. */
  readonly node: string;
  readonly networkInterface: string;
  readonly ports: readonly BareMetalPort[];
  /** [neutron]add_all_ports, or a boot interface that does not boot from the network. */
  readonly addAllPorts?: boolean;
}

const at = (call: Extract<Action, { do: 'port' }>['call'], { id }: BareMetalPort): Action => ({
  do: 'port',
  call,
  port: id,
});

const agentUp = (port: BareMetalPort, because: string, role?: 'check'): readonly Act[] =>
  port.isSmartNic && port.link.hostname !== undefined
    ? [act({ do: 'wait-agent', host: port.link.hostname, until: 'up' }, because, role)]
    : [];

const active = (port: BareMetalPort): readonly Act[] => [
  act(
    at('wait_active', port),
    port.isSmartNic
      ? 'the port is wired when Neutron says ACTIVE and the bridge shows it with an ofport and a live VLAN'
      : 'the port is wired when Neutron says ACTIVE',
    // Releases before 30.0.0 wait for smart NIC ports only.
    port.isSmartNic ? undefined : 'check',
  ),
];

const removal = (port: BareMetalPort, practice: Practice): readonly Act[] => [
  ...(practice.provesRemoval
    ? agentUp(port, 'a port deleted behind the back of its agent keeps its old network in the bridge', 'check')
    : []),
  act(at('delete', port), 'the port is taken out of Neutron; one that is gone already counts as done'),
  ...(practice.provesRemoval
    ? [act(at('verify_gone', port), 'a deleted port must be gone from Neutron and from the bridge', 'proof')]
    : []),
];

const additionAt = (port: BareMetalPort, facts: WiringFacts, practice: Practice): PortWork => {
  const info = judgePortInfo(port, facts.networkInterface);
  if (!info.usable) return { port, unusable: info.because, steps: [], undo: [] };
  return {
    port,
    steps: [
      ...agentUp(port, 'Neutron binds to no dead agent'),
      act(at('create', port), 'the Neutron port of the ramdisk network'),
      act(at('bind', port), 'host, MAC and profile may be written by admins only, so they follow in a second call'),
      ...active(port),
    ],
    undo: removal(port, practice),
  };
};

const addition = (call: NetworkCall, facts: WiringFacts, practice: Practice): NetworkStep => {
  const ports = portsToWire(facts.ports, facts.addAllPorts === true);
  const enabled = facts.addAllPorts === true ? '' : 'PXE-enabled ';
  return {
    kind: 'network',
    call,
    because: `the ${call.slice('add_'.length)} network is put on ${ports.length} of ${facts.ports.length} ports`,
    first: ports.filter(({ leftOver }) => leftOver === true).flatMap((port) => removal(port, practice)),
    work: ports.map((port) => additionAt(port, facts, practice)),
    ...(ports.length === 0 ? { refused: `No available ${enabled}ports on node ${facts.node}.` } : {}),
  };
};

const deletion = (call: NetworkCall, facts: WiringFacts, practice: Practice): NetworkStep => ({
  kind: 'network',
  call,
  because: `the ${call.slice('remove_'.length)} network is taken off before another one may be there`,
  first: [],
  work: portsToWire(facts.ports, facts.addAllPorts === true).map((port) => ({
    port,
    steps: removal(port, practice),
    undo: [],
  })),
});

/** A tenant's VIF at a port that cannot be wired: Ironic breaks off at a missing hostname, and looks at nothing else. */
const tenantProblem = (
  port: BareMetalPort,
  { networkInterface }: WiringFacts,
  practice: Practice,
): string | undefined => {
  const info = judgePortInfo(port, networkInterface);
  if (info.usable) return undefined;
  return practice.wiresAllOrNothing || (port.isSmartNic && port.link.hostname === undefined) ? info.because : undefined;
};

const tenantWork = (port: BareMetalPort, facts: WiringFacts, practice: Practice, steps: readonly Act[]): PortWork => {
  const unusable = tenantProblem(port, facts, practice);
  return unusable === undefined ? { port, steps, undo: [] } : { port, unusable, steps: [], undo: [] };
};

const tenantPlug = (facts: WiringFacts, practice: Practice): NetworkStep => {
  const ports = facts.ports.filter(({ inPortGroup }) => inPortGroup !== true);
  const attached = ports.filter(({ tenantVif }) => tenantVif !== undefined);
  const refused =
    facts.ports.length === 0
      ? `No ports are associated with node ${facts.node}`
      : attached.length === 0
        ? `No neutron ports or portgroups are associated with node ${facts.node}`
        : undefined;
  return {
    kind: 'network',
    call: 'configure_tenant',
    because: "the tenant's networks are put on the ports that carry a VIF",
    first: [],
    work: attached.map((port) =>
      tenantWork(port, facts, practice, [
        ...agentUp(port, 'Neutron binds to no dead agent'),
        act(at('bind', port), "the tenant's port is bound to the card"),
        ...active(port),
      ]),
    ),
    ...(refused === undefined ? {} : { refused }),
  };
};

const tenantUnplug = (facts: WiringFacts, practice: Practice): NetworkStep => ({
  kind: 'network',
  call: 'unconfigure_tenant',
  because: "the tenant's networks are cut before another network may be there",
  first: [],
  work: facts.ports
    .filter(({ tenantVif, inPortGroup }) => tenantVif !== undefined && inPortGroup !== true)
    .map((port) =>
      tenantWork(port, facts, practice, [
        ...agentUp(port, 'an unbind behind the back of the agent leaves the old network in the bridge'),
        act(at('unbind', port), 'host and profile are emptied'),
        // A port group may have no address of its own; then none is given back.
        ...(port.address === undefined
          ? []
          : [act(at('reset_mac', port), 'a second call, since the MAC of a bound port may not change')]),
        ...(practice.provesRemoval
          ? [act(at('verify_gone', port), 'an unbound port must be gone from the bridge', 'proof')]
          : []),
      ]),
    ),
});

export const planNetworkCall = (call: NetworkCall, facts: WiringFacts, practice: Practice): NetworkStep => {
  if (call === 'configure_tenant') return tenantPlug(facts, practice);
  if (call === 'unconfigure_tenant') return tenantUnplug(facts, practice);
  return call.startsWith('add_') ? addition(call, facts, practice) : deletion(call, facts, practice);
};
