/**
 * Where we do other than Ironic, as one table of two columns. Deciders of this room ask the practice they are given and
 * never who is asking. Reasons: docs/bare-metal.md, and the sections of the smart NIC reference named beside each.
 */

export interface Practice {
  readonly name: 'ours' | 'ironic';
  /** A card with power of its own is wired with the host off (7.2, 1). Ironic always cycles the host. */
  readonly heedsPowerDomain: boolean;
  /** With an unknown power state nothing is wired. Ironic goes on as if the host were on (1.6, step 3). */
  readonly refusesUnknownPower: boolean;
  /** Every card is waited for. Ironic waits for the first one's agent only (1.6, step 6). */
  readonly waitsForEveryCard: boolean;
  /** The boot into setup is for once, whatever driver_info says (7.1). */
  readonly ignoresForcedPersistence: boolean;
  /** Power goes back to what it was also when the wiring failed (fact 3). */
  readonly restoresAfterFailure: boolean;
  /** Also when a clean failure is being torn down; Ironic leaves the host in setup (1.6). */
  readonly restoresAfterCleanFailure: boolean;
  /** Only the Open vSwitch agent answers for a card. Ironic takes the first agent of that host name (1.6). */
  readonly asksOvsAgentOnly: boolean;
  /** An agent that started after our power-on satisfies a wait for down (7.2, 2). */
  readonly heedsAgentRestart: boolean;
  /** The agent is alive before a delete or unbind, and the port is proved gone after it (facts 4 to 6). */
  readonly provesRemoval: boolean;
  /** One port that cannot be wired fails the node, and the others are undone. Ironic warns and goes on (1.7). */
  readonly wiresAllOrNothing: boolean;
  /** What was created for a port is deleted again when its wait ends in vain (1.7, step 5). */
  readonly undoesAfterTimeOut: boolean;
  /** anaconda's second half is wrapped by the power helper too (1.6). */
  readonly wakesCardForAnaconda: boolean;
  /** The card's agent speaks OVSDB itself: it leaves datapath_type alone, writes node-uuid too, and removes the port (7.2, 12). */
  readonly plugsByOvsdb: boolean;
  /**
   * is_smartnic is frozen by node state as the other link attributes are, and taken away it is false (1.4, 1.5). A flag
   * that may not be null is the client's mistake, 400; Ironic answers 500.
   */
  readonly guardsPortFlags: boolean;
}

export const OUR_PRACTICE: Practice = {
  name: 'ours',
  heedsPowerDomain: true,
  refusesUnknownPower: true,
  waitsForEveryCard: true,
  ignoresForcedPersistence: true,
  restoresAfterFailure: true,
  restoresAfterCleanFailure: true,
  asksOvsAgentOnly: true,
  heedsAgentRestart: true,
  provesRemoval: true,
  wiresAllOrNothing: true,
  undoesAfterTimeOut: true,
  wakesCardForAnaconda: true,
  plugsByOvsdb: true,
  guardsPortFlags: true,
};

export const IRONIC_PRACTICE: Practice = {
  name: 'ironic',
  heedsPowerDomain: false,
  refusesUnknownPower: false,
  waitsForEveryCard: false,
  ignoresForcedPersistence: false,
  restoresAfterFailure: false,
  restoresAfterCleanFailure: false,
  asksOvsAgentOnly: false,
  heedsAgentRestart: false,
  provesRemoval: false,
  wiresAllOrNothing: false,
  undoesAfterTimeOut: false,
  wakesCardForAnaconda: false,
  plugsByOvsdb: false,
  guardsPortFlags: false,
};
