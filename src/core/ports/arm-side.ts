/**
 * The Arm side of one BlueField: a computer of its own on the card, whose power goes with that of its host. It is asked to
 * shut down by its own BMC or through the host; whether that was done tells only a read.
 */
import type { Result } from '../result.ts';
import type { BmcCallOptions, PowerAnswer } from './bmc.ts';

/** `down` is standby: more off than that an Arm side does not get. Whatever is not plainly one of both is unknown. */
export type ArmState = 'up' | 'down' | 'unknown';

export interface ArmReading {
  readonly state: ArmState;
  /** What was read, in the words of whoever was asked: `OsIsRunning`. */
  readonly said: string;
}

export interface ArmSide {
  /** For reports, without a secret. */
  readonly where: string;
  /** It is asked through the host itself, and gives no answer while that is down. */
  readonly needsHost: boolean;
  read(options?: BmcCallOptions): Promise<Result<ArmReading>>;
  /** Its operating system is asked to end. The power of the card is not touched. */
  shutDown(options?: BmcCallOptions): Promise<Result<PowerAnswer>>;
}
