/** Opens what switches the power of a node: main hands in the adapter that its entry names. Nothing is sent yet. */
import type { BmcEntry } from '../power/bmc-entry.ts';
import type { Result } from '../result.ts';
import type { ArmSide } from './arm-side.ts';
import type { AbleBmc } from './bmc-abilities.ts';
import type { Bmc } from './bmc.ts';

export interface OpenedBmc {
  readonly bmc: Bmc & Partial<AbleBmc>;
  /** Where the BMC is that of a BlueField: its Arm side. */
  readonly arm?: ArmSide;
  /** Gives the session back: BMCs hold only a handful. */
  readonly close: () => Promise<void>;
}

export type OpenBmc = (node: string, entry: BmcEntry) => Promise<Result<OpenedBmc>>;
