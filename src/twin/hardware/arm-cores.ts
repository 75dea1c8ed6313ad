/**
 * The Arm side of a BlueField in DPU mode: a computer on the card that boots when its host is powered on, runs on through a
 * restart of the host, and loses power with it. Its own BMC is twin-arm.ts.
 */
import type { ArmState } from '../../core/ports/arm-side.ts';
import type { Random } from '../../core/ports/random.ts';
import { drawMs, seconds } from '../latency.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { AdapterSpec } from './adapter.ts';

const SHUTDOWN = seconds(5, 12, 60, 'NVIDIA, BlueField reset procedures: within 15 s; containers may take longer');
const BOOT = seconds(60, 120, 240, 'not measured: UEFI and Ubuntu of a BlueField-3');

/** The card works as a DPU when its firmware gives the adapter to its own cores. */
export const hasArm = ({ model }: AdapterSpec): boolean =>
  model.factory['INTERNAL_CPU_OFFLOAD_ENGINE']?.startsWith('ENABLED') === true;

export interface ArmOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly note: (what: string) => void;
  /** Asked when it is about to end: true when its programs never do. */
  readonly hangs: () => boolean;
}

type Phase = 'boots' | 'runs' | 'stops' | 'stands by';

/** As its BMC words them (core/power/arm-words.ts). */
const WORDS: Readonly<Record<Phase, string>> = {
  boots: 'OsStarting',
  runs: 'OsIsRunning',
  stops: 'OsIsRunning',
  'stands by': 'LowPowerStandby',
};

export class ArmCores {
  readonly card: string;
  readonly serial: string;
  readonly #options: ArmOptions;
  #phase: Phase = 'runs';
  #cancel: () => void = () => {};

  constructor(card: string, options: ArmOptions) {
    this.card = card;
    this.#options = options;
    this.serial = `MT${String(Math.floor(options.random.next() * 1e10)).padStart(10, '0')}`;
  }

  get state(): Exclude<ArmState, 'unknown'> {
    return this.#phase === 'stands by' ? 'down' : 'up';
  }

  get lastState(): string {
    return WORDS[this.#phase];
  }

  /** False where no operating system runs that could do it. */
  shutDown(): boolean {
    if (this.#phase !== 'runs') return false;
    if (this.#options.hangs()) return true;
    this.#become('stops');
    this.#after(drawMs(SHUTDOWN, this.#options.random), 'stands by', 'is down');
    return true;
  }

  hostPoweredOn(): void {
    this.#become('boots');
    this.#after(drawMs(BOOT, this.#options.random), 'runs', 'is up');
  }

  hostPoweredOff(): void {
    if (this.state === 'up') this.#note('loses power while it runs');
    this.#become('stands by');
  }

  #become(phase: Phase): void {
    this.#cancel();
    this.#phase = phase;
  }

  #after(ms: number, phase: Phase, what: string): void {
    this.#cancel = this.#options.clock.after(ms, () => {
      this.#phase = phase;
      this.#note(what);
    });
  }

  #note(what: string): void {
    this.#options.note(`its Arm side ${this.card} ${what}`);
  }
}
