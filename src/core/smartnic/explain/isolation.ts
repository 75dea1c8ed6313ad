/**
 * What of the separation of host and card can be told from what was read, and what cannot. A smart NIC runs the
 * provider's switch next to a host that is not trusted; that the host cannot get at it is a matter of hardware and
 * firmware, and nothing here enforces it.
 */
import { DEAD_VLAN } from '../agent-plug.ts';
import type { BareMetalFacts } from '../readers/bare-metal-facts.ts';
import type { PortPicture } from './port-picture.ts';

export interface IsolationCheck {
  readonly id: string;
  readonly asks: string;
  readonly verdict: 'pass' | 'fail' | 'cannot be told';
  readonly because: string;
  /** What would tell, where it cannot be told. */
  readonly settle?: string;
}

export const ISOLATION_HEAD =
  'Isolation of host and card depends on hardware and firmware; it cannot be enforced from here, only checked.';
export const ISOLATION_RISK =
  'Without it a tenant on the host can reach the provisioning network, and the control plane where the agent with its message-bus account runs on the card.';

const unknown = (id: string, asks: string, because: string, settle: string): IsolationCheck => ({
  id,
  asks,
  verdict: 'cannot be told',
  because,
  settle,
});

const LOOPBACK = /^(?:ptcp|tcp):\d+:(?:127\.|\[::1\])/;

const ovsdb = (facts: BareMetalFacts): IsolationCheck => {
  const asks = 'is the switch database closed to the network?';
  const managers = facts.switches.flatMap((each) => each.managers);
  const open = managers.filter((target) => target.startsWith('ptcp:') && !LOOPBACK.test(target));
  if (open.length > 0)
    return {
      id: 'ovsdb',
      asks,
      verdict: 'fail',
      because: `it listens without TLS at ${open.join(', ')}: whoever reaches it controls the switch`,
    };
  if (facts.switches.length === 0)
    return unknown('ovsdb', asks, 'no ovs-vsctl show was read', 'ovs-vsctl show on the card');
  return unknown(
    'ovsdb',
    asks,
    managers.length === 0
      ? 'ovs-vsctl show lists no Manager, and does not show listeners of the command line'
      : `its Managers are ${managers.join(', ')}, and listeners of the command line are not shown`,
    'ss -ltnp on the card, for ovsdb-server',
  );
};

const hostPrivilege = (facts: BareMetalFacts): IsolationCheck => {
  const asks = 'is the host barred from controlling the card?';
  const levels = facts.hostPrivileges.map(({ level }) => level);
  if (levels.includes('privileged'))
    return {
      id: 'host-privilege',
      asks,
      verdict: 'fail',
      because: 'the host is privileged: its tools can change firmware and mode of the card',
    };
  return levels.includes('restricted')
    ? { id: 'host-privilege', asks, verdict: 'pass', because: 'the host is restricted (mlxprivhost)' }
    : unknown('host-privilege', asks, 'no output of mlxprivhost was read', 'mlxprivhost -d DEVICE query, on the card');
};

const hostInterface = (facts: BareMetalFacts): IsolationCheck => {
  const asks = 'is the way from the host into its BMC closed?';
  if (facts.hostInterfaces.some(({ enabled }) => enabled === true))
    return {
      id: 'bmc-host-interface',
      asks,
      verdict: 'fail',
      because: 'the BMC has its host interface enabled: the operating system on the host can log in to it',
    };
  return facts.hostInterfaces.length > 0 && facts.hostInterfaces.every(({ enabled }) => enabled === false)
    ? unknown(
        'bmc-host-interface',
        asks,
        'its Redfish host interface is disabled, and KCS is not shown by Redfish',
        'ipmitool on the host must find no BMC',
      )
    : unknown(
        'bmc-host-interface',
        asks,
        'no Redfish HostInterface was read',
        '/redfish/v1/Managers/ID/HostInterfaces of the BMC',
      );
};

const wiring = (pictures: readonly PortPicture[]): IsolationCheck => {
  const asks = 'is the host on no network but its own?';
  const stale = pictures.filter(
    ({ plugged, neutronPorts, host }) =>
      plugged !== undefined && plugged.tag !== DEAD_VLAN && !neutronPorts.some(({ hostId }) => hostId === host),
  );
  if (stale.length > 0)
    return {
      id: 'wiring',
      asks,
      verdict: 'fail',
      because: `${stale.map(({ bridgePort }) => bridgePort).join(', ')} is plugged with a live VLAN and no Neutron port is bound there`,
    };
  return unknown('wiring', asks, 'the flows in the switch were not read', 'ovs-ofctl dump-flows br-int on the card');
};

/** Never a bare "ok": what was not read is said. */
export const isolationOf = (pictures: readonly PortPicture[], facts: BareMetalFacts): readonly IsolationCheck[] => [
  ovsdb(facts),
  hostPrivilege(facts),
  hostInterface(facts),
  wiring(pictures),
  unknown(
    'rshim',
    'is rshim closed to the host?',
    'nothing that was read shows it',
    'ls /dev/rshim* on the host: there must be none',
  ),
  unknown(
    'bus-account',
    "is the agent's message-bus account its own, with few rights?",
    'the configuration of the agent is not part of any list',
    "transport_url in the agent's configuration: one account a card",
  ),
];
