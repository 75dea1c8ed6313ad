/** The ladder of restarts, lowest first. Each rung takes more of the machine with it (reference: ipam-maintenance-power.md 4.7). */

export const RUNGS = ['none', 'driver-reload', 'firmware-reset', 'warm', 'cold', 'ac'] as const;
export type Rung = (typeof RUNGS)[number];

export const RUNG_NAMES: Readonly<Record<Rung, string>> = {
  none: 'no restart',
  'driver-reload': 'driver reload',
  'firmware-reset': 'firmware reset (level 3)',
  warm: 'warm restart',
  cold: 'cold restart',
  ac: 'AC cycle',
};

export const isAbove = (a: Rung, b: Rung): boolean => RUNGS.indexOf(a) > RUNGS.indexOf(b);

export const highest = (rungs: readonly Rung[]): Rung =>
  rungs.reduce<Rung>((top, rung) => (isAbove(rung, top) ? rung : top), 'none');
