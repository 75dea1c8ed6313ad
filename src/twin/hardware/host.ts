/**
 * One host below a node: power, operating system and adapters, and how long each change of them takes. Who asks for a change
 * (BMC, config daemon, person) is not its matter, nor what runs on it (actors/kubelet.ts).
 *
 * On platforms of this class the slots keep power through a warm restart, so the adapters' firmware runs on and a setting at
 * next boot stays there; off for at least `holdMs`, the firmware boots with the host (seeds/000; reference:
 * ipam-maintenance-power.md 4.7). Re-imaging is a warm restart with a new disk.
 */
import type { Random } from '../../core/ports/random.ts';
import type { PowerState } from '../../core/ports/bmc.ts';
import type { Fault } from '../../core/result.ts';
import { drawMs, seconds, type Latency } from '../latency.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { seededRandom } from '../seeded-random.ts';
import { ArmCores, hasArm } from './arm-cores.ts';
import { Adapter, FULL_LINK, type AdapterSpec } from './adapter.ts';
import type { PersonalityName } from './bmc-personality.ts';
import { uuidFrom } from './uuid.ts';
import { cardOf, pciAddress } from '../../core/model/pci-address.ts';

export interface Platform {
  readonly product: string;
  readonly manufacturer: string;
  /** Which restart boots the adapters' firmware. */
  readonly firmwareBootsWith: 'warm' | 'power-off' | 'ac';
  /** What a firmware reset (mstfwreset level 3) does; `keeps`: it says that it is done, and the settings stay at next boot. */
  readonly firmwareReset: 'boots' | 'keeps' | 'unsupported';
  /** An off that is shorter leaves the adapters on what is stored in the supply: nothing boots. */
  readonly holdMs: number;
  readonly shutdown: Latency;
  readonly cutPower: Latency;
  /** From power, or from the reset line, to the start of the operating system's services. */
  readonly boot: Latency;
  readonly reimage: Latency;
}

export const DGX_B200: Platform = {
  product: 'DGXB200',
  manufacturer: 'NVIDIA',
  firmwareBootsWith: 'power-off',
  firmwareReset: 'boots',
  holdMs: 30_000,
  shutdown: seconds(40, 90, 180, 'not measured: services of a GPU host end within systemd stop time-outs of 90 s'),
  cutPower: seconds(5, 20, 90, 'reference ipam-maintenance-power.md 4.5: allow 60 to 120 s until ForceOff reads Off'),
  boot: seconds(420, 540, 780, 'reference ipam-maintenance-power.md 4.5: 10 to 15 min until SSH and kubelet are back'),
  reimage: seconds(900, 1200, 1800, 'not measured: an image of some 10 GB over the provisioning network'),
};

export const SMALL_SERVER: Platform = {
  product: 'PowerEdge R750',
  manufacturer: 'Dell Inc.',
  firmwareBootsWith: 'warm',
  firmwareReset: 'boots',
  holdMs: 10_000,
  shutdown: seconds(5, 15, 60, 'not measured'),
  cutPower: seconds(1, 4, 10, 'reference ipam-maintenance-power.md 4.5: fence agents wait up to 20 s'),
  boot: seconds(90, 150, 240, 'not measured: a server without GPUs'),
  reimage: seconds(300, 480, 900, 'not measured'),
};

export interface HostSpec {
  readonly name: string;
  readonly platform: Platform;
  readonly adapters: readonly AdapterSpec[];
  readonly gpus: number;
  readonly kernel: string;
  readonly lockdown: 'none' | 'integrity' | 'confidentiality';
  /** How its BMC behaves; absent: as that of a DGX. */
  readonly bmc?: PersonalityName;
}

export type HostTrouble =
  /** Powered on, it does not get to its operating system. */
  | 'never-boots'
  /** Asked to shut down or to restart, its programs never end. */
  | 'shutdown-hangs'
  /** An off of any length leaves the settings of its adapters at next boot. */
  | 'firmware-keeps'
  /** Its host key is another than the one that is known: nobody may ask it or change it. */
  | 'key-changed'
  /** It comes back with one GPU less. */
  | 'loses-gpu'
  /** It comes back without its first adapter. */
  | 'loses-adapter'
  /** The Arm sides of its BlueFields never shut down. */
  | 'arm-hangs'
  /** The PCIe link of its first adapter is trained at half its speed. */
  | 'link-slow'
  /** The same link is trained with half its lanes. */
  | 'link-narrow'
  /** The first port of its first adapter gets no signal any more. */
  | 'port-down';

export interface HostOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** What happens to the host, for the log: `is off`, `boots`. */
  readonly note: (what: string) => void;
  /** Called when a trouble has its effect. */
  readonly onTrouble?: (trouble: HostTrouble) => void;
}

interface Boot {
  readonly id: string;
  readonly at: number;
  readonly kind: 'first' | 'warm' | 'power' | 'ac';
}

/** Each boots what those before it boot. */
const RESTARTS = ['warm', 'power', 'ac'] as const;
const BOOTED_BY = { warm: 'warm', 'power-off': 'power', ac: 'ac' } as const;

/** A virtual AC cycle; a BMC of this class takes a minute or two to start. */
const AC_CYCLE = { bmcMs: 90_000, off: seconds(10, 20, 40, 'not measured: a virtual AC cycle of an iDRAC') };

type Listener = () => void;

export class Host {
  readonly spec: HostSpec;
  readonly serial: string;
  readonly uuid: string;
  /** What goes wrong from now on, until it is taken out again. */
  readonly troubles = new Set<HostTrouble>();
  /** Files that programs keep on the host's disk, by path; a re-imaging takes them all. */
  readonly disk = new Map<string, string>();
  /** Of its BlueFields in DPU mode. */
  readonly arms: readonly ArmCores[];
  readonly #options: HostOptions;
  readonly #adapters: readonly Adapter[];
  /** As the last boot found the machine. */
  #lost = { gpus: 0, adapters: 0 };
  readonly #up = new Set<Listener>();
  readonly #down = new Set<Listener>();
  readonly #boots: Boot[] = [];
  #power: PowerState = 'on';
  #os: 'running' | 'stopping' | 'down' = 'running';
  #offSince = 0;
  #bmcBackAt = 0;
  #wantsImage = false;
  /** Takes back what is under way. */
  #cancel: () => void = () => {};

  constructor(spec: HostSpec, options: HostOptions) {
    this.spec = spec;
    this.#options = options;
    this.#adapters = spec.adapters.map((adapter) => new Adapter(adapter));
    this.serial = `TWIN${String(Math.floor(options.random.next() * 1e8)).padStart(8, '0')}`;
    this.uuid = uuidFrom(options.random);
    this.#boots.push({ id: uuidFrom(options.random), at: options.clock.now(), kind: 'first' });
    // A stream of their own: a host with a DPU goes through the same as one without.
    const { clock, note } = options;
    const hangs = (): boolean => this.#suffers('arm-hangs');
    this.arms = spec.adapters
      .filter(hasArm)
      .map(({ card }) => new ArmCores(card, { clock, note, hangs, random: seededRandom(1, `${this.uuid} ${card}`) }));
  }

  get name(): string {
    return this.spec.name;
  }

  /** Those that the operating system sees. */
  get adapters(): readonly Adapter[] {
    return this.#adapters.slice(this.#lost.adapters);
  }

  get gpus(): number {
    return this.spec.gpus - this.#lost.gpus;
  }

  /** PCI addresses of its GPUs: a domain of their own, so that they meet no adapter. */
  get gpuAddresses(): readonly string[] {
    return Array.from({ length: this.gpus }, (_, at) => `0001:${(16 + at).toString(16)}:00.0`);
  }

  get power(): PowerState {
    return this.#power;
  }

  /** Programs run, and the host answers. */
  get isUp(): boolean {
    return this.#power === 'on' && this.#os !== 'down';
  }

  get bootId(): string {
    return this.#boots.at(-1)?.id ?? '';
  }

  get boots(): readonly Boot[] {
    return this.#boots;
  }

  adapterOf(pci: string): Adapter | undefined {
    return this.adapters.find(({ spec }) => pciAddress(pci) === pci && cardOf(pci) === spec.card);
  }

  onUp(listener: Listener): void {
    this.#up.add(listener);
  }

  /** Called when the last program has ended, or at once when power goes. */
  onDown(listener: Listener): void {
    this.#down.add(listener);
  }

  /** `reboot` on the host. False where no operating system runs that could do it. */
  restart(): boolean {
    if (!this.isUp || this.#os === 'stopping') return false;
    this.#stopThen(() => {
      this.#enumerate('warm');
      this.#boot('warm');
    });
    return true;
  }

  /**
   * At the next boot the disk is written anew from the provisioning network, and a host that is up is restarted for it.
   * Adapters keep what they are set to (seeds/000).
   */
  reimage(): void {
    this.#wantsImage = true;
    this.restart();
  }

  /** `shutdown -h now`. */
  shutDown(): boolean {
    if (!this.isUp || this.#os === 'stopping') return false;
    this.#power = 'on';
    this.#stopThen(() => this.#off());
    return true;
  }

  cutPower(): boolean {
    if (this.#power === 'off' || this.#power === 'powering-off') return false;
    this.#cancel();
    this.#power = 'powering-off';
    this.#osDown();
    this.#after(this.spec.platform.cutPower, () => this.#off());
    return true;
  }

  powerOn(): boolean {
    if (this.#power !== 'off') return false;
    this.#cancel();
    const offMs = this.#options.clock.now() - this.#offSince;
    this.#power = 'on';
    for (const arm of this.arms) arm.hostPoweredOn();
    this.#options.note(`is powered on after ${Math.round(offMs / 1000)} s off`);
    this.#enumerate(offMs >= this.spec.platform.holdMs ? 'power' : 'warm');
    this.#boot('power');
    return true;
  }

  /** Why whoever asks the host gets no answer of it; undefined: it answers. */
  refusal(): Fault | undefined {
    const { name } = this;
    if (!this.isUp)
      return {
        code: 'host-unreachable',
        message: `${name} does not answer: the host is not up; look at its power first.`,
        next: 'retry',
      };
    if (!this.#suffers('key-changed')) return undefined;
    return {
      code: 'host-key-changed',
      message: `The host key of ${name} has changed. Nothing was sent to it. Find out first why; only if it is right, note the new key.`,
      next: 'wait',
    };
  }

  /** Standby power goes as well: the BMC starts anew, and then the host does. False while power is on its way. */
  acCycle(): boolean {
    if (this.#power === 'powering-off') return false;
    this.#cancel();
    this.#osDown();
    this.#off();
    this.#bmcBackAt = this.#options.clock.now() + AC_CYCLE.bmcMs;
    this.#options.note('loses AC power');
    this.#after(AC_CYCLE.off, () => {
      this.#power = 'on';
      for (const arm of this.arms) arm.hostPoweredOn();
      this.#options.note('has AC power again');
      this.#enumerate('ac');
      this.#boot('ac');
    });
    return true;
  }

  /** False while it starts anew itself. */
  get bmcAnswers(): boolean {
    return this.#options.clock.now() >= this.#bmcBackAt;
  }

  /** The firmware of one adapter boots while the host runs on. */
  resetFirmware(adapter: Adapter): void {
    const keeps =
      this.spec.platform.firmwareReset !== 'boots' || (adapter.isPending && this.#suffers('firmware-keeps'));
    if (keeps) adapter.enumerate();
    else adapter.boot();
    this.#options.note(`resets the firmware of ${adapter.spec.card}`);
  }

  #suffers(trouble: HostTrouble): boolean {
    if (!this.troubles.has(trouble)) return false;
    this.#options.onTrouble?.(trouble);
    return true;
  }

  #after(latency: Latency, act: () => void): void {
    this.#cancel = this.#options.clock.after(drawMs(latency, this.#options.random), act);
  }

  #stopThen(then: () => void): void {
    this.#os = 'stopping';
    if (this.#suffers('shutdown-hangs')) return;
    this.#after(this.spec.platform.shutdown, () => {
      this.#osDown();
      then();
    });
  }

  #osDown(): void {
    if (this.#os === 'down') return;
    this.#os = 'down';
    this.#options.note('is down');
    for (const listener of this.#down) listener();
  }

  #off(): void {
    this.#power = 'off';
    this.#offSince = this.#options.clock.now();
    this.#options.note('is off');
    for (const arm of this.arms) arm.hostPoweredOff();
  }

  #enumerate(kind: 'warm' | 'power' | 'ac'): void {
    const wouldBoot = RESTARTS.indexOf(kind) >= RESTARTS.indexOf(BOOTED_BY[this.spec.platform.firmwareBootsWith]);
    const bootsFirmware = wouldBoot && !(this.#adapters.some(isPending) && this.#suffers('firmware-keeps'));
    for (const adapter of this.#adapters) {
      const pending = adapter.isPending;
      if (bootsFirmware) adapter.boot();
      else adapter.enumerate();
      if (pending && bootsFirmware) this.#options.note(`activates the settings of ${adapter.spec.card}`);
    }
  }

  /** Each start trains all links anew. */
  #train(): void {
    const [first, ...others] = this.#adapters;
    for (const adapter of others) adapter.link = FULL_LINK;
    if (first === undefined) return;
    const { gtPerSecond, lanes } = FULL_LINK;
    first.link = {
      gtPerSecond: this.#suffers('link-slow') ? gtPerSecond / 2 : gtPerSecond,
      lanes: this.#suffers('link-narrow') ? lanes / 2 : lanes,
    };
    first.isPortDown = this.#suffers('port-down');
  }

  #boot(kind: Boot['kind']): void {
    if (this.#suffers('never-boots')) return;
    const { boot, reimage } = this.spec.platform;
    const isImaged = this.#wantsImage;
    if (isImaged) {
      this.#wantsImage = false;
      this.disk.clear();
      this.#options.note('is re-imaged');
    }
    this.#after(isImaged ? reimage : boot, () => {
      this.#os = 'running';
      this.#lost = {
        gpus: this.spec.gpus > 0 && this.#suffers('loses-gpu') ? 1 : 0,
        adapters: this.#adapters.length > 0 && this.#suffers('loses-adapter') ? 1 : 0,
      };
      this.#train();
      this.#boots.push({ id: uuidFrom(this.#options.random), at: this.#options.clock.now(), kind });
      this.#options.note(
        kind === 'warm'
          ? 'is up after a warm restart'
          : kind === 'ac'
            ? 'is up after an AC cycle'
            : 'is up after power off and on',
      );
      for (const listener of this.#up) listener();
    });
  }
}

const isPending = (adapter: Adapter): boolean => adapter.isPending;
