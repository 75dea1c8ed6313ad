/**
 * What is known about how machines and cards activate firmware settings, each with where it was learned (reference: sriov.md 3.3).
 * NVIDIA publishes no list "parameter -> restart"; this table grows by observation and is never guessed.
 */
import type { Rung } from './rung.ts';

export interface KnownBehaviour {
  readonly what: string;
  /** Matched against the machine's product name. */
  readonly machine?: RegExp;
  /** Matched against the card's device type or description. */
  readonly card?: RegExp;
  /** The lowest restart that is known to activate settings here. */
  readonly activatedBy: Rung;
  /** A firmware reset is known to do it too. */
  readonly firmwareResetWorks: boolean;
  readonly source: string;
}

export const KNOWN_BEHAVIOUR: readonly KnownBehaviour[] = [
  {
    what: 'GB200 and GB300 trays take AC off at the shelf for three to five minutes',
    machine: /\bGB[23]00\b/i,
    activatedBy: 'ac',
    firmwareResetWorks: false,
    source: 'NVIDIA documentation of GB200 trays',
  },
  {
    what: 'on DGX and HGX machines a warm restart has been seen to leave the value at next boot',
    machine: /\b(?:DGX|HGX)/i,
    activatedBy: 'cold',
    firmwareResetWorks: true,
    source: 'NIC configuration operator #188 and #189; a DGX B200 with ConnectX-7 28.43.2026',
  },
  {
    what: 'a BlueField-2 with firmware 24.37 kept a staged value over restarts until mstfwreset',
    card: /blue\s?-?field-?\s?2/i,
    activatedBy: 'warm',
    firmwareResetWorks: true,
    source: 'SR-IOV network operator PR #449',
  },
];

/** `DGXB200` has no word boundary inside; labels write `DGXB200`, `DGX-H100`, `NVIDIA DGX B200`. */
export const knownBehaviour = (machine: string | undefined, card: string | undefined): KnownBehaviour | undefined =>
  KNOWN_BEHAVIOUR.find(
    (known) =>
      (known.machine !== undefined && machine !== undefined && known.machine.test(machine)) ||
      (known.card !== undefined && card !== undefined && known.card.test(card)),
  );
