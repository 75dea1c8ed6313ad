/** How long each part of a cold restart may take. Defaults are for a large GPU server; a plan may set others. */

export interface PowerSettings {
  /** Whether the operating system is asked first. */
  readonly graceful: boolean;
  readonly gracefulMs: number;
  /** From a request to cut power until off must be read. */
  readonly offMs: number;
  /** How long power stays off once it is proved. */
  readonly holdMs: number;
  /** Once off was held, standby power goes as well. */
  readonly acCycle: boolean;
  /** From a request for an AC cycle until the host is on, or its BMC is back. */
  readonly acMs: number;
  /** From a request for power until on must be read. */
  readonly onMs: number;
  /** From power on until the node is Ready again: memory training of a DGX takes a quarter of an hour. */
  readonly bootMs: number;
  /** Reads of off in a row that prove it. */
  readonly offReads: number;
  /** How often one request is made before it counts as failed. */
  readonly requests: number;
  /** Reads without an answer in a row that are worth an alarm. */
  readonly alarmAfter: number;
  readonly pollMs: number;
}

export const DEFAULT_POWER: PowerSettings = {
  graceful: true,
  gracefulMs: 10 * 60_000,
  offMs: 3 * 60_000,
  holdMs: 60_000,
  acCycle: false,
  acMs: 10 * 60_000,
  onMs: 3 * 60_000,
  bootMs: 45 * 60_000,
  offReads: 3,
  requests: 3,
  alarmAfter: 5,
  pollMs: 5_000,
};
