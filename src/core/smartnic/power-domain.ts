/**
 * Whether a card loses power with its host, and hence whether the host must be switched on before its ports can be
 * wired. The domain is data: given for a port, or learned by watching the agent while the host is off.
 */
import { smartNicPorts, type BareMetalPort } from './bare-metal-port.ts';
import type { Practice } from './practice.ts';

export const POWER_DOMAINS = ['shares-host', 'own', 'unknown'] as const;
export type PowerDomain = (typeof POWER_DOMAINS)[number];

export interface PowerNeed {
  readonly needed: boolean;
  readonly because: string;
  /** What a person should know although the answer stands. */
  readonly warn?: string;
}

const NEVER_POWERS_ON: Readonly<Record<string, string>> = {
  flat: 'flat never powers on for smart NIC wiring; cleaning ports still wait for the agent',
  noop: 'noop wires nothing, so a smart NIC port keeps the network it has',
};

/**
 * Must the host be on while its ports are wired? Only the network interface `neutron` looks at the ports
 * (ironic drivers/modules/network/neutron.py need_power_on); a card of unknown domain counts as sharing its host's.
 */
export const needPowerOn = (
  networkInterface: string,
  ports: readonly BareMetalPort[],
  practice: Practice,
): PowerNeed => {
  const cards = smartNicPorts(ports);
  if (cards.length === 0) return { needed: false, because: 'no port of the node is a smart NIC' };
  if (networkInterface !== 'neutron') {
    const warn = NEVER_POWERS_ON[networkInterface];
    return {
      needed: false,
      because: `network interface ${networkInterface} never asks for power, whatever the ports are`,
      ...(warn === undefined ? {} : { warn }),
    };
  }
  const names = (of: readonly BareMetalPort[]): string => of.map(({ id }) => id).join(', ');
  if (!practice.heedsPowerDomain)
    return {
      needed: true,
      because: `port ${names(cards)} is a smart NIC, and Ironic does not ask where it gets its power`,
    };
  const dark = cards.filter(({ powerDomain }) => powerDomain !== 'own');
  if (dark.length === 0)
    return { needed: false, because: `the card keeps power without the host (port ${names(cards)})` };
  const unknown = dark.filter(({ powerDomain }) => powerDomain !== 'shares-host');
  return {
    needed: true,
    because: `the card of port ${names(dark)} has power only while the host is on`,
    ...(unknown.length === 0
      ? {}
      : {
          warn:
            `where the card of port ${names(unknown)} gets its power is not known, so it counts as the host's: ` +
            'see whether its agent reports while the host is off',
        }),
  };
};

export interface PowerObservation {
  readonly hostPower: string | null | undefined;
  /** The agent reported after the host was known to be off; a heartbeat from before the power-off does not count. */
  readonly agentReportedWhileOff: boolean;
}

/** What one look teaches. Silence teaches nothing: an agent may be down for many reasons. */
export const learnPowerDomain = (known: PowerDomain, seen: PowerObservation): PowerDomain =>
  known === 'unknown' && seen.hostPower === 'power off' && seen.agentReportedWhileOff ? 'own' : known;
