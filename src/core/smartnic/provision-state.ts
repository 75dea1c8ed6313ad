/**
 * Ironic's provision states as one table: where ports may be rewired by hand, which flow a node is in, and what it becomes when
 * that flow fails. The states themselves are Ironic's (common/states.py); none is added (requirement 003-58).
 */

export type FlowFamily = 'deploy' | 'clean' | 'rescue' | 'unrescue' | 'tear-down' | 'inspect' | 'service';

interface StateFacts {
  /** stable: nothing runs. moving: the conductor works. waiting: the ramdisk is expected to call. failed: a person acts. */
  readonly phase: 'stable' | 'moving' | 'waiting' | 'failed';
  /** The flow that the node is in, or that was last tried. */
  readonly flow?: FlowFamily;
}

export const PROVISION_STATES = {
  enroll: { phase: 'stable' },
  verifying: { phase: 'moving' },
  manageable: { phase: 'stable' },
  available: { phase: 'stable' },
  active: { phase: 'stable' },
  error: { phase: 'failed', flow: 'tear-down' },
  rescue: { phase: 'stable' },
  deploying: { phase: 'moving', flow: 'deploy' },
  'wait call-back': { phase: 'waiting', flow: 'deploy' },
  'deploy hold': { phase: 'waiting', flow: 'deploy' },
  'deploy failed': { phase: 'failed', flow: 'deploy' },
  deleting: { phase: 'moving', flow: 'tear-down' },
  deleted: { phase: 'moving', flow: 'tear-down' },
  cleaning: { phase: 'moving', flow: 'clean' },
  'clean wait': { phase: 'waiting', flow: 'clean' },
  'clean hold': { phase: 'waiting', flow: 'clean' },
  'clean failed': { phase: 'failed', flow: 'clean' },
  inspecting: { phase: 'moving', flow: 'inspect' },
  'inspect wait': { phase: 'waiting', flow: 'inspect' },
  'inspect failed': { phase: 'failed', flow: 'inspect' },
  adopting: { phase: 'moving' },
  'adopt failed': { phase: 'failed' },
  rescuing: { phase: 'moving', flow: 'rescue' },
  'rescue wait': { phase: 'waiting', flow: 'rescue' },
  'rescue failed': { phase: 'failed', flow: 'rescue' },
  unrescuing: { phase: 'moving', flow: 'unrescue' },
  'unrescue failed': { phase: 'failed', flow: 'unrescue' },
  servicing: { phase: 'moving', flow: 'service' },
  'service wait': { phase: 'waiting', flow: 'service' },
  'service hold': { phase: 'waiting', flow: 'service' },
  'service failed': { phase: 'failed', flow: 'service' },
} as const satisfies Readonly<Record<string, StateFacts>>;

export type ProvisionState = keyof typeof PROVISION_STATES;

/** What is known of a state; undefined for a word that Ironic does not have. */
export const factsOfState = (state: string): StateFacts | undefined =>
  Object.hasOwn(PROVISION_STATES, state) ? PROVISION_STATES[state as ProvisionState] : undefined;

/** Where link attributes of ports may be changed without maintenance; in the order in which Ironic's messages list them. */
export const STATES_WITH_OPEN_LINKS: readonly ProvisionState[] = ['enroll', 'inspecting', 'inspect wait', 'manageable'];

/** The state a node gets when a flow of this family fails. */
export const FAILED_STATE: Readonly<Record<FlowFamily, ProvisionState>> = {
  deploy: 'deploy failed',
  clean: 'clean failed',
  rescue: 'rescue failed',
  unrescue: 'unrescue failed',
  'tear-down': 'error',
  inspect: 'inspect failed',
  service: 'service failed',
};

/** What is most often asked of a node that rests in a state: shown when no flow is named. */
export const USUAL_FLOW: Partial<Readonly<Record<ProvisionState, FlowFamily>>> = {
  enroll: 'inspect',
  manageable: 'clean',
  available: 'deploy',
  active: 'tear-down',
  rescue: 'unrescue',
};
