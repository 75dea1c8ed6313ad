/**
 * When is an agent up, down, or restarted, and how does a wait end? Ironic's waits are fixed: an interval and a number
 * of attempts (ironic common/neutron.py wait_for_host_agent, wait_for_port_status). Times are milliseconds of epoch.
 */
import type { Practice } from './practice.ts';

export const OVS_AGENT = 'Open vSwitch agent';

export interface AgentSighting {
  /** Absent counts as the OVS agent: recordings of one agent often leave it out. */
  readonly type?: string;
  readonly alive: boolean;
  readonly startedAtMs?: number;
}

/** The sighting that speaks for the card, or undefined when none does. */
export const agentOfCard = (agents: readonly AgentSighting[], practice: Practice): AgentSighting | undefined =>
  practice.asksOvsAgentOnly ? agents.find(({ type }) => type === undefined || type === OVS_AGENT) : agents[0];

/**
 * Is the target reached? `down` also holds for an agent that is not registered, and, where restarts are heeded, for
 * one that started after our power-on: both say that what it reported before is past.
 */
export const agentReached = (
  target: 'up' | 'down',
  agents: readonly AgentSighting[],
  practice: Practice,
  poweredOnAtMs?: number,
): boolean => {
  const agent = agentOfCard(agents, practice);
  if (target === 'up') return agent?.alive === true;
  if (agent?.alive !== true) return true;
  return (
    practice.heedsAgentRestart &&
    poweredOnAtMs !== undefined &&
    agent.startedAtMs !== undefined &&
    agent.startedAtMs > poweredOnAtMs
  );
};

export interface WaitOutcome {
  readonly reached: boolean;
  /** How often it was looked. */
  readonly polls: number;
  readonly raises?: 'NetworkError' | 'OpenStackError' | 'Invalid' | 'InvalidParameterValue';
  readonly message?: string;
}

export interface AgentWait {
  /** `up` or `down`; any other word is refused. */
  readonly target: string;
  readonly host: string;
  /** What each poll sees; the last one is seen again when they run out. */
  readonly looks: readonly (readonly AgentSighting[])[];
  readonly attempts: number;
  readonly poweredOnAtMs?: number;
}

export const waitForAgent = (wait: AgentWait, practice: Practice): WaitOutcome => {
  const { target, host, looks, attempts, poweredOnAtMs } = wait;
  if (target !== 'up' && target !== 'down')
    return {
      reached: false,
      polls: 0,
      raises: 'Invalid',
      message: `Invalid requested agent state to validate, accepted values: up, down. Requested state: ${target}`,
    };
  for (let poll = 1; poll <= attempts; poll += 1)
    if (agentReached(target, looks[Math.min(poll, looks.length) - 1] ?? [], practice, poweredOnAtMs))
      return { reached: true, polls: poll };
  return {
    reached: false,
    polls: attempts,
    raises: 'NetworkError',
    message: `Agent on host ${host} failed to reach state ${target}`,
  };
};

export interface PortLook {
  /** Undefined: Neutron has no such port. */
  readonly status: string | undefined;
  readonly vifType?: string;
}

/** Waits for a Neutron port's status. A binding that failed ends the wait at once where it is fatal. */
export const waitForPort = (
  target: string,
  portId: string,
  looks: readonly PortLook[],
  attempts: number,
  bindingFailureIsFatal: boolean,
): WaitOutcome => {
  for (let poll = 1; poll <= attempts; poll += 1) {
    const look = looks[Math.min(poll, looks.length) - 1];
    if (look?.status === target) return { reached: true, polls: poll };
    if (look !== undefined && look.status === undefined)
      return {
        reached: false,
        polls: poll,
        raises: 'InvalidParameterValue',
        message: `Neutron port ${portId} was not found`,
      };
    if (look?.vifType === 'binding_failed' && bindingFailureIsFatal)
      return {
        reached: false,
        polls: poll,
        raises: 'OpenStackError',
        message: `Binding failed for neutron port ${portId}`,
      };
  }
  return {
    reached: false,
    polls: attempts,
    raises: 'NetworkError',
    message: `Port ${portId} failed to reach status ${target}`,
  };
};

/**
 * After how many seconds a killed agent is seen as dead: from the earliest (it had just been about to report) to the
 * latest (a report was under way, and the reader looks once per polling interval). A restart that is faster than the
 * earliest is never seen as down at all.
 */
export const deathSeenAfterSeconds = (
  agentDownTime: number,
  reportInterval: number,
  pollInterval: number,
): readonly [earliest: number, latest: number] => [
  agentDownTime - reportInterval,
  agentDownTime + reportInterval + pollInterval,
];

/** Seconds between the last wiring call and the restore: twice the OVS agent's polling interval. */
export const settleSeconds = (agentPollInterval: number): number => 2 * agentPollInterval;
