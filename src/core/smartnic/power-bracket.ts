/**
 * The bracket around wiring: wake the host's card by booting the host into its setup once, and give power back as it
 * was (ironic conductor/utils.py power_on_node_if_needed, restore_power_state_if_needed).
 */
import type { Power } from './action.ts';
import { settleSeconds } from './agent-liveness.ts';
import { cardHosts, type BareMetalPort } from './bare-metal-port.ts';
import { needPowerOn, type PowerNeed } from './power-domain.ts';
import type { Practice } from './practice.ts';
import { act, type Act, type AwakeStep, type NetworkStep } from './program.ts';

export interface BracketFacts {
  readonly networkInterface: string;
  readonly ports: readonly BareMetalPort[];
  readonly provisionState?: string;
  /** driver_info.force_persistent_boot_device, as it stands there. */
  readonly forcePersistentBootDevice?: unknown;
  /** [agent]neutron_agent_poll_interval; default 2. */
  readonly agentPollSeconds?: number;
  /** Given by a caller that has asked the network interface itself. */
  readonly powerNeed?: PowerNeed;
}

export const needOf = (facts: BracketFacts, practice: Practice): PowerNeed =>
  facts.powerNeed ?? needPowerOn(facts.networkInterface, facts.ports, practice);

const TRUE_WORDS = ['always', 'true', '1', 'on', 'yes', 'y', 't'];

const forcedPersistent = ({ forcePersistentBootDevice: forced }: BracketFacts): boolean =>
  forced === true || (typeof forced === 'string' && TRUE_WORDS.includes(forced.toLowerCase()));

const bootDevice = (facts: BracketFacts, practice: Practice): readonly Act[] => {
  // Ironic skips it silently while a node is adopted, so as not to change how a running machine boots.
  if (facts.provisionState === 'adopting') return [];
  const persistent = forcedPersistent(facts) && !practice.ignoresForcedPersistence;
  return [
    act(
      { do: 'set-boot-device', persistent },
      'the next boot stops in setup, where no operating system can reach the network',
    ),
  ];
};

const agentsDown = (facts: BracketFacts, practice: Practice): readonly Act[] => {
  const hosts = cardHosts(facts.ports);
  return (practice.waitsForEveryCard ? hosts : hosts.slice(0, 1)).map((host) =>
    act(
      { do: 'wait-agent', host, until: 'down' },
      'what the agent reported before the power-on does not count; one that restarted since then does',
    ),
  );
};

export const enterSteps = (facts: BracketFacts, practice: Practice): readonly Act[] => [
  ...bootDevice(facts, practice),
  act({ do: 'power', to: 'on' }, 'the card gets power from the host'),
  ...agentsDown(facts, practice),
];

export const leaveSteps = (to: Power, facts: BracketFacts): readonly Act[] => [
  act(
    { do: 'settle', seconds: settleSeconds(facts.agentPollSeconds ?? 2) },
    'the agent applies the last change before its card may lose power',
  ),
  act({ do: 'restore-power', to }, `power goes back to ${to}, as it was before the wiring`),
];

/** What the bracket warns of. */
export const bracketWarnings = (facts: BracketFacts, practice: Practice): readonly string[] => [
  ...(forcedPersistent(facts)
    ? [
        practice.ignoresForcedPersistence
          ? 'persistent override ignored for the wiring boot: force_persistent_boot_device would make the host stop in setup at every boot'
          : 'force_persistent_boot_device makes the boot into setup permanent: the host stops there at every boot',
      ]
    : []),
  ...(facts.provisionState === 'adopting'
    ? ['the boot device is not changed while a node is adopted, so a power-on boots its operating system']
    : []),
];

/** The network steps inside their bracket, where the host is off and its card needs it on; else as they are. */
export const bracketed = (
  steps: readonly NetworkStep[],
  power: Power,
  facts: BracketFacts,
  practice: Practice,
  alwaysLeaves = practice.restoresAfterFailure,
): readonly NetworkStep[] | AwakeStep => {
  const need = needOf(facts, practice);
  if (!need.needed || power === 'on') return steps;
  return {
    kind: 'awake',
    because: need.because,
    enter: enterSteps(facts, practice),
    body: steps,
    leave: leaveSteps(power, facts),
    restoreTo: power,
    alwaysLeaves,
  };
};
