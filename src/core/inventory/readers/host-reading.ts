/**
 * What the readers make of a text: one reading for each tool output in it, as data that still says where it stood.
 * Readers state what is printed and nothing else; joining readings to adapters is left to build-inventory.ts.
 * Public contract of the room: the shapes here are stable, new kinds may be added.
 */
import type { RestartHint, ToolProblem } from '../../model/adapter.ts';
import type { FirmwareSetting } from '../../model/firmware-setting.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import type { TextLine } from './text-lines.ts';

/** Where a piece of text stood: under which command, on which node, for which device. */
export interface ReadingContext {
  readonly source: string;
  readonly node?: string;
  /** The pod in which the command ran (`kubectl exec`); the inventory knows the node of a pod. */
  readonly pod?: string;
  /** The command line above the output. */
  readonly command?: string;
  /** The device that the command or a heading names, as written there. */
  readonly device?: string;
}

export interface SettingsReading {
  readonly kind: 'settings';
  /** As printed after `Device:` or `PCI device:`. */
  readonly device?: string;
  readonly deviceType?: string;
  readonly part?: string;
  readonly description?: string;
  readonly settings: readonly FirmwareSetting[];
  /** Column names as printed; absent when no header stood there. */
  readonly columns?: readonly string[];
  /** For the output of `set`: whether the tool wrote the column New. */
  readonly applied?: boolean;
  readonly hint?: RestartHint;
}

/** A message of the MFT/mstflint family: an error by its meaning, or the hint that ends a `set`. */
export interface ToolMessageReading {
  readonly kind: 'tool-message';
  readonly text: string;
  readonly problem?: ToolProblem;
  /** The code in `rc=(n)`. */
  readonly rc?: number;
  readonly hint?: RestartHint;
}

export interface RdmaDevice {
  readonly pci?: string;
  readonly rdma: string;
  readonly chip?: string;
  readonly part?: string;
  /** Empty for VFs of `-v`; absent in the short form. */
  readonly description?: string;
  readonly fw?: string;
  readonly port: number;
  readonly portState?: string;
  readonly netdev: string;
  readonly link: 'Up' | 'Down';
  readonly origin: Origin;
}
/** `ibdev2netdev`, with or without `-v`. */
export interface RdmaDevicesReading {
  readonly kind: 'rdma-devices';
  readonly rows: readonly RdmaDevice[];
}

export interface PciDevice {
  /** Long form. */
  readonly pci: string;
  readonly class: string;
  readonly name: string;
  /** The model in brackets, `ConnectX-7`. */
  readonly model?: string;
  readonly vendorId?: string;
  readonly deviceId?: string;
  readonly virtual: boolean;
  readonly origin: Origin;
}
export interface PciDevicesReading {
  readonly kind: 'pci-devices';
  readonly rows: readonly PciDevice[];
}

/** `mstfwreset|mlxfwreset q`: what is supported, by number; the default where one is marked. */
export interface ResetQueryReading {
  readonly kind: 'reset-query';
  readonly levels: Readonly<Record<string, boolean>>;
  readonly defaultLevel?: number;
  readonly types: Readonly<Record<string, boolean>>;
  readonly defaultType?: number;
  readonly sync: Readonly<Record<string, boolean>>;
  readonly defaultSync?: number;
  readonly resetReason?: 'warm' | 'cold';
  readonly clocksSinceColdReset?: number;
}

/** `mlxfwreset reset`: the level it used and whether the firmware came back. */
export interface ResetRunReading {
  readonly kind: 'reset-run';
  readonly level?: number;
  readonly loaded: boolean;
}

/** `mlxfwreset status`. */
export interface ResetStatusReading {
  readonly kind: 'reset-status';
  readonly device?: string;
  readonly runningFirmware?: string;
  readonly pendingFirmware?: string;
  readonly settings: readonly FirmwareSetting[];
  readonly action?: string;
  readonly command?: string;
  readonly reasons?: string;
}

/** One device of `flint q`, `mlxfwmanager` or `mlxup`. */
export interface FirmwareImage {
  readonly device?: string;
  readonly deviceType?: string;
  readonly part?: string;
  readonly description?: string;
  readonly psid?: string;
  readonly burned?: string;
  readonly running?: string;
  readonly available?: string;
  readonly secureFirmware?: boolean;
  readonly origin: Origin;
}
export interface FirmwareImagesReading {
  readonly kind: 'firmware-images';
  readonly tool: 'flint' | 'mlxfwmanager';
  readonly images: readonly FirmwareImage[];
}

export interface InfinibandPort {
  readonly rdma: string;
  readonly port: number;
  readonly state?: string;
  readonly physState?: string;
  readonly linkLayer?: string;
  readonly lid?: string;
  readonly origin: Origin;
}
export interface InfinibandPortsReading {
  readonly kind: 'infiniband-ports';
  readonly ports: readonly InfinibandPort[];
}

export interface LinkVf {
  readonly index: number;
  readonly linkState?: string;
  readonly nodeGuid?: string;
  readonly portGuid?: string;
}
export interface NetLink {
  /** Absent where the VF lines stand without their interface. */
  readonly interface?: string;
  readonly altNames: readonly string[];
  readonly mtu?: number;
  readonly up?: boolean;
  readonly master?: string;
  readonly linkType?: 'ETH' | 'IB';
  /** `ip addr`: addresses without their prefix length. */
  readonly addresses: readonly string[];
  readonly vfs: readonly LinkVf[];
  readonly origin: Origin;
}
export interface LinksReading {
  readonly kind: 'links';
  readonly links: readonly NetLink[];
}

/** `ip route`: only the default routes. */
export interface DefaultRoutesReading {
  readonly kind: 'default-routes';
  readonly interfaces: readonly string[];
}

/** /proc/net/bonding/NAME. */
export interface BondReading {
  readonly kind: 'bond';
  readonly bond?: string;
  readonly members: readonly string[];
}

export interface HostPrivilegeReading {
  readonly kind: 'host-privilege';
  readonly level: 'privileged' | 'restricted';
}

export interface VitalProductDataReading {
  readonly kind: 'vital-product-data';
  readonly part?: string;
  readonly revision?: string;
  readonly serial?: string;
  readonly boardId?: string;
}

export interface MstDevice {
  readonly deviceType: string;
  readonly mst: string;
  readonly pci: string;
  readonly rdma?: string;
  readonly interface?: string;
  readonly origin: Origin;
}
export interface MstDevicesReading {
  readonly kind: 'mst-devices';
  readonly devices: readonly MstDevice[];
}

/** `ethtool -i`. */
export interface DriverInfoReading {
  readonly kind: 'driver-info';
  readonly driver: string;
  readonly firmware?: string;
  readonly psid?: string;
  readonly pci?: string;
}

/** The files sriov_numvfs and sriov_totalvfs of one function. */
export interface VfCountReading {
  readonly kind: 'vf-count';
  readonly file: 'sriov_numvfs' | 'sriov_totalvfs';
  readonly interface?: string;
  readonly pci?: string;
  readonly rdma?: string;
  /** `absent`: the file is not there, which is not the same as 0. */
  readonly count: number | 'absent';
}

export interface PortState {
  readonly port: number;
  readonly up: boolean;
  readonly gbps?: number;
}

/** How the PCIe link of one function runs (GT/s and lanes, absent where the host does not know), and its network ports. */
export interface DeviceLinksReading {
  readonly kind: 'device-links';
  readonly pci: string;
  readonly speed?: number;
  readonly width?: number;
  readonly ports: readonly PortState[];
}

/** GPUs that the driver holds. */
export interface GpusReading {
  readonly kind: 'gpus';
  readonly pcis: readonly string[];
}

/** Facts that a log of the SR-IOV config daemon states about firmware. */
export type DaemonFact =
  | { readonly fact: 'vf-change'; readonly current: number; readonly requested: number }
  | { readonly fact: 'verdict'; readonly drain?: boolean; readonly reboot: boolean }
  /** The daemon's process began (again). */
  | { readonly fact: 'start' }
  /** The daemon restarts the host now. */
  | { readonly fact: 'host-restart' }
  | { readonly fact: 'query'; readonly device: string }
  | { readonly fact: 'tool-error'; readonly problem: ToolProblem; readonly device?: string; readonly text: string }
  | { readonly fact: 'exit-status'; readonly status: number }
  | { readonly fact: 'dpu-mode'; readonly device: string }
  | { readonly fact: 'lockdown' }
  /** A restart is asked for kernel arguments, not for firmware. */
  | { readonly fact: 'kernel-arguments' };
export interface DaemonLogReading {
  readonly kind: 'daemon-log';
  readonly facts: readonly (DaemonFact & { readonly origin: Origin })[];
}

/** Facts about the running host. */
export interface HostStateReading {
  readonly kind: 'host-state';
  readonly lockdown?: 'none' | 'integrity' | 'confidentiality';
  readonly secureBoot?: boolean;
  readonly kernelCommandLine?: string;
  readonly bootId?: string;
  /** DMI product name, `DGXB200`. */
  readonly product?: string;
}

/** `last -x reboot`: how often the host booted, newest first, as the tool prints the time. */
export interface BootsReading {
  readonly kind: 'boots';
  readonly boots: readonly { readonly kernel: string; readonly time: string; readonly origin: Origin }[];
}

/** `mlxconfig validate_system_conf`. */
export interface SystemConfReading {
  readonly kind: 'system-conf';
  readonly conf: string;
  readonly device: string;
  readonly matches?: boolean;
  readonly mismatched: readonly string[];
}

/** Output that is recognised and not read (yet): named, so that nobody takes it for unknown or for read. */
export interface NotReadReading {
  readonly kind: 'not-read';
  /** What it is, for example `mlxreg register dump`. */
  readonly what: string;
}

/** Lines that no reader knows. */
export interface UnknownReading {
  readonly kind: 'unknown';
  /** The first of them. */
  readonly text: string;
  readonly lines: number;
}

export type Reading =
  | SettingsReading
  | ToolMessageReading
  | RdmaDevicesReading
  | PciDevicesReading
  | ResetQueryReading
  | ResetRunReading
  | ResetStatusReading
  | FirmwareImagesReading
  | InfinibandPortsReading
  | LinksReading
  | DefaultRoutesReading
  | BondReading
  | HostPrivilegeReading
  | VitalProductDataReading
  | MstDevicesReading
  | DriverInfoReading
  | VfCountReading
  | DeviceLinksReading
  | GpusReading
  | DaemonLogReading
  | HostStateReading
  | BootsReading
  | SystemConfReading
  | NotReadReading
  | UnknownReading;

/** A reading with where it stood. `origin.line` is the first line of the output. */
export type HostReading = Reading & { readonly context: ReadingContext; readonly origin: Origin };

/** What one reader is asked: the lines of one section, where to begin, and the command above them. */
export interface ReadAt {
  readonly lines: readonly TextLine[];
  readonly at: number;
  readonly context: ReadingContext;
}

/** What begins at the line, and the index of the first line after it (always greater than `at`). */
export interface Taken {
  readonly readings: readonly Reading[];
  readonly next: number;
}

export const taken = (next: number, ...readings: readonly Reading[]): Taken => ({ readings, next });

/** Undefined: no output of mine begins here. */
export type Reader = (from: ReadAt) => Taken | undefined;
