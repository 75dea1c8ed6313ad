/**
 * One adapter: its firmware's settings with default, current and next boot, and the VFs of its functions. `set` writes next
 * boot; only a boot of the firmware makes that current, and what boots it is decided by the host (host.ts).
 */
import { sameValue } from '../../core/model/firmware-setting.ts';
import type { AdapterModel } from './adapter-model.ts';

export interface FunctionSpec {
  readonly pci: string;
  readonly rdma: string;
  readonly interface: string;
  readonly linkType: 'IB' | 'ETH';
  /** The bond that its interface belongs to. */
  readonly bond?: string;
  /** Those that are there from the beginning. */
  readonly vfs?: readonly Vf[];
}

export interface AdapterSpec {
  /** `0000:18:00`. */
  readonly card: string;
  readonly model: AdapterModel;
  readonly functions: readonly FunctionSpec[];
  /** Settings that differ at next boot from the beginning. */
  readonly staged?: Readonly<Record<string, string>>;
}

/** Why the firmware tool gets no answer of this card. */
export type ToolFault = 'nv-access-check-failed' | 'open-failed';

export interface Vf {
  /** `mlx5_core`, or what it was bound to. */
  driver: string;
  guid: string;
  mtu: number;
}

interface Setting {
  readonly default: string;
  current: string;
  next: string;
}

/** How its PCIe link runs, as sysfs shows it. */
export interface Link {
  readonly gtPerSecond: number;
  readonly lanes: number;
}

/** What every model here is made for: PCIe 5.0 x16, and ports of 400 Gb/s. */
export const FULL_LINK: Link = { gtPerSecond: 32, lanes: 16 };
export const PORT_GBPS = 400;

export class Adapter {
  readonly spec: AdapterSpec;
  /** As it was trained when the host started. */
  link: Link = FULL_LINK;
  /** The port of its first function has no signal. */
  isPortDown = false;
  toolFault: ToolFault | undefined;
  readonly #settings: ReadonlyMap<string, Setting>;
  readonly #vfs = new Map<string, readonly Vf[]>();

  constructor(spec: AdapterSpec) {
    this.spec = spec;
    this.#settings = new Map(
      Object.entries(spec.model.factory).map(([name, value]) => [
        name,
        { default: value, current: value, next: spec.staged?.[name] ?? value },
      ]),
    );
    for (const { pci, vfs = [] } of spec.functions) if (vfs.length > 0) this.#vfs.set(pci, vfs);
  }

  settings(): Iterable<readonly [name: string, setting: Readonly<Setting>]> {
    return this.#settings;
  }

  current(name: string): string | undefined {
    return this.#settings.get(name)?.current;
  }

  next(name: string): string | undefined {
    return this.#settings.get(name)?.next;
  }

  get isPending(): boolean {
    return [...this.#settings.values()].some(({ current, next }) => !sameValue(current, next));
  }

  /** False where the firmware has no such setting. */
  stage(name: string, value: string): boolean {
    const setting = this.#settings.get(name);
    if (setting === undefined) return false;
    setting.next = value;
    return true;
  }

  /** The firmware boots: it reads its settings, and its VFs are gone. */
  boot(): void {
    for (const setting of this.#settings.values()) setting.current = setting.next;
    this.#vfs.clear();
  }

  /** The host enumerates its PCI devices anew: VFs are gone, settings are what they were. */
  enumerate(): void {
    this.#vfs.clear();
  }

  /** What sysfs shows as sriov_totalvfs. */
  get totalVfs(): number {
    const isOn = sameValue(this.current('SRIOV_EN') ?? 'False(0)', 'True(1)');
    return isOn ? Number(this.current('NUM_OF_VFS') ?? 0) : 0;
  }

  isPortUp(pci: string): boolean {
    return !(this.isPortDown && pci === this.spec.functions[0]?.pci);
  }

  vfs(pci: string): readonly Vf[] {
    return this.#vfs.get(pci) ?? [];
  }

  setVfs(pci: string, vfs: readonly Vf[]): void {
    this.#vfs.set(pci, vfs);
  }
}
