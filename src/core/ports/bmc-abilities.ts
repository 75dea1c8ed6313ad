/** What a BMC says that it can do, for `power check`; asking changes nothing. */
import type { Result } from '../result.ts';
import type { BmcCallOptions, PowerRequest } from './bmc.ts';
import type { BootTarget } from './boot-override.ts';

export interface BmcAbilities {
  readonly requests: readonly PowerRequest[];
  /** Undefined: it does not tell which targets it takes. */
  readonly bootTargets?: readonly BootTarget[];
  /** A power cut below the main rails, by the vendor's own means. */
  readonly acCycle: boolean;
  /** Role of the account, where the BMC tells it: `Administrator`, `Operator`, `ReadOnly`, or a vendor's own. */
  readonly role?: string;
  /** What the host does when power comes back after a loss, in the BMC's own word: `LastState`, `always-on`. */
  readonly afterPowerLoss?: string;
}

export interface AbleBmc {
  abilities(options?: BmcCallOptions): Promise<Result<BmcAbilities>>;
}
