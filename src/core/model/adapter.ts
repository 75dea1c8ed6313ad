/**
 * The nouns of the inventory: node, adapter (one card), physical function, virtual function. Each fact keeps where it was
 * read. How they are found in a snapshot is left to core/inventory; what to do about them to core/firmware and core/sriov.
 */
import type { Origin } from '../snapshot/snapshot.ts';
import type { Fact } from './fact.ts';
import type { FirmwareSetting } from './firmware-setting.ts';

export interface VirtualFunction {
  readonly index: number;
  readonly pci?: string;
  readonly interface?: string;
  readonly deviceId?: string;
  readonly driver?: string;
  readonly origin: Origin;
}

export interface PhysicalFunction {
  /** Long form, lower case. */
  readonly pci: string;
  readonly interface?: Fact<string>;
  readonly altNames: readonly string[];
  /** `mlx5_4`. Numbers move when cards are added or removed: shown to people, never a key. */
  readonly rdma?: Fact<string>;
  /** Four hex digits, lower case. */
  readonly vendor?: Fact<string>;
  readonly deviceId?: Fact<string>;
  readonly linkType?: Fact<'ETH' | 'IB'>;
  readonly linkUp?: Fact<boolean>;
  readonly mtu?: Fact<number>;
  readonly driver?: Fact<string>;
  readonly numVfs?: Fact<number>;
  readonly totalVfs?: Fact<number>;
  /** The bond or bridge that this function's interface belongs to. */
  readonly master?: Fact<string>;
  /** True where the default route leaves through this interface or through its bond. */
  readonly defaultRoute?: Fact<boolean>;
  /** Addresses of the interface or of its bond, where the input shows them. */
  readonly addresses?: Fact<readonly string[]>;
  readonly vfs: readonly VirtualFunction[];
}

export type AdapterKind =
  | 'connectx'
  /** Soldered or mezzanine ConnectX for the machine's own use. */
  | 'internal'
  | 'bluefield-dpu'
  | 'bluefield-nic'
  /** A BlueField whose mode is not known. */
  | 'bluefield'
  | 'other-vendor'
  | 'unknown';

/** Why a card is taken for what it is: one sentence and where that was read. */
export interface Evidence {
  readonly because: string;
  readonly origin: Origin;
}

export interface Adapter {
  /** PCI address without the function digit, `0000:18:00`. */
  readonly card: string;
  readonly kind: AdapterKind;
  readonly kindEvidence: readonly Evidence[];
  /** As the tools print it: `ConnectX7`, `BlueField3`. */
  readonly deviceType?: Fact<string>;
  readonly part?: Fact<string>;
  readonly description?: Fact<string>;
  readonly psid?: Fact<string>;
  readonly serial?: Fact<string>;
  /** The version that runs, and the burned one where it is known to differ or to be equal. */
  readonly firmware?: Fact<string>;
  readonly burnedFirmware?: Fact<string>;
  /** One entry a parameter. Empty: nothing was read, which is not the same as nothing pending. */
  readonly settings: readonly FirmwareSetting[];
  /** What the last `set` on this card said about activation. */
  readonly restartHint?: Fact<RestartHint>;
  /** Supported reset levels of mstfwreset/mlxfwreset, by number. */
  readonly resetLevels?: Fact<Readonly<Record<string, boolean>>>;
  readonly lastReset?: Fact<'warm' | 'cold'>;
  /** What `mstfwreset status` says has to be done to activate what waits on this card. */
  readonly resetAction?: Fact<string>;
  /** Restricted: the host may not configure this card (zero trust; mlxprivhost). */
  readonly hostPrivilege?: Fact<'privileged' | 'restricted'>;
  /** What a tool answered instead of settings. */
  readonly toolProblem?: Fact<ToolProblem>;
  readonly functions: readonly PhysicalFunction[];
}

/** What mstconfig/mlxconfig set says on success: an ordinary restart, a power cycle, or nothing prepared (DPU mode). */
export type RestartHint = 'reboot' | 'power-cycle' | 'skipped';

/** Errors of mstconfig/mlxconfig by what they mean (reference: sriov.md 3.1); the exit status 3 says nothing. */
export type ToolProblem =
  | 'open-failed'
  | 'identify-failed'
  | 'nv-access-check-failed'
  | 'nv-access-denied'
  | 'nvqc-not-supported'
  | 'livefish'
  | 'unknown-parameter'
  | 'query-partial'
  | 'no-devices'
  | 'other';
