/**
 * The management controller of one host: what it says of the power, and what may be asked of it. Whether a request may be
 * made at all (drained, allowed, held off long enough) is left to whoever asks.
 *
 * - `accepted` says that the request was taken and nothing more: only reading the power afterwards shows what came of it.
 * - `refused` says that nothing was done, and why; a host that is already there refuses, too.
 * - A fault says that no answer came. Whether the request was taken is then unknown; read the power before asking again.
 */
import type { Result } from '../result.ts';
import type { Signal } from './clock.ts';

/** As the controller reports it. `powering-off` may last minutes, and is not off. */
export type PowerState = 'on' | 'off' | 'powering-on' | 'powering-off';

/**
 * `graceful-off` asks the operating system to shut down and may never end; `off` cuts the power. A cycle of the main power
 * is not among them: machines of the DGX line offer none, and the off in between could not be proved (reference:
 * ipam-maintenance-power.md 4.2 and 4.6). `ac-cycle` takes standby power away as well, by a vendor's own means or a site's
 * command; the controller itself may go away with it, and few offer it (abilities say who). It is asked for on a host that
 * is off already, and the host may come back on by itself.
 */
export type PowerRequest = 'on' | 'off' | 'graceful-off' | 'ac-cycle';

export type PowerAnswer = { readonly answer: 'accepted' } | { readonly answer: 'refused'; readonly because: string };

/** What tells whether this controller belongs to the host that is meant; each as far as the controller knows it. */
export interface BmcIdentity {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  /** The system's UUID as DMI has it, lower case. */
  readonly uuid?: string;
}

export interface BmcCallOptions {
  readonly signal?: Signal;
}

export interface Bmc {
  /** For reports, without a secret: `https://10.1.0.30/redfish/v1/Systems/DGX`. */
  readonly where: string;
  power(options?: BmcCallOptions): Promise<Result<PowerState>>;
  request(request: PowerRequest, options?: BmcCallOptions): Promise<Result<PowerAnswer>>;
  identity(options?: BmcCallOptions): Promise<Result<BmcIdentity>>;
}
