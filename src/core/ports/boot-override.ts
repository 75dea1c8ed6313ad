/**
 * What a host boots next, for one boot: asked of its BMC, and read back. Powering the host is left to the port Bmc.
 * As there, `accepted` says only that the request was taken; several BMCs take it and forget it.
 */
import type { Result } from '../result.ts';
import type { BmcCallOptions, PowerAnswer } from './bmc.ts';

/** `bios-setup` keeps a host from booting anything, while its PCI cards have power. */
export type BootTarget = 'bios-setup' | 'pxe' | 'disk' | 'cd';

export interface BootSetting {
  /** `none`: the host boots by its own order. Another vendor's target stands as it was read. */
  readonly target: BootTarget | 'none' | { readonly other: string };
  readonly for: 'one boot' | 'every boot' | 'nothing';
}

export interface BootOverride {
  bootOnce(target: BootTarget, options?: BmcCallOptions): Promise<Result<PowerAnswer>>;
  bootSetting(options?: BmcCallOptions): Promise<Result<BootSetting>>;
}
