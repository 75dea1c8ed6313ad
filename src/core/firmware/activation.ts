/**
 * Which restart activates a value that is staged for next boot, from evidence and with the reason (reference: sriov.md 3.3, rules 2
 * to 5). Firmware reads its settings when it boots: after a power cut, a PCI reset it was prepared for, or a firmware reset;
 * a driver reload activates none of them. A restart that was tried and did not help is never advised again.
 */
import type { RestartHint } from '../model/adapter.ts';
import { knownBehaviour } from './known-platforms.ts';
import { highest, isAbove, RUNG_NAMES, type Rung } from './rung.ts';

export interface ActivationEvidence {
  /** What `mstconfig set` said when the value was written. */
  readonly setHint?: RestartHint;
  /** Reset levels that mstfwreset reports as supported, by number. */
  readonly resetLevels?: Readonly<Record<string, boolean>>;
  /** `Description action` of `mstfwreset status`, or its error. */
  readonly resetStatus?: string;
  /** Restarts that happened since the value was written, without activating it. */
  readonly tried?: readonly Rung[];
  readonly machine?: string;
  /** Device type or description of the card. */
  readonly card?: string;
  readonly bluefield?: 'dpu' | 'nic' | 'unknown' | 'not-bluefield';
}

export interface Activation {
  readonly rung: Rung;
  /** A lower rung that may do as well, with its condition. */
  readonly alternative?: Rung;
  readonly because: string;
  /** What has to be seen to before, for example the Arm side of a DPU. */
  readonly first?: string;
}

const FULL_POWER_CYCLE = /power cycle|failed to determine the reset parameters/i;

const ARM_DOWN = 'Shut down the Arm side first and prove it: power is cut under its operating system otherwise.';

/** After the cold restart there is only the removal of AC power. */
const above = (tried: Rung): Rung => (tried === 'cold' || tried === 'ac' ? 'ac' : 'cold');

/** Whether a firmware reset (level 3) is a way here: reported, or promised by the prepared reset, or known. */
const resetMayDo = (evidence: ActivationEvidence): boolean => {
  const tried = evidence.tried ?? [];
  if (tried.includes('firmware-reset') || evidence.bluefield === 'dpu' || evidence.setHint === 'power-cycle')
    return false;
  const reported = evidence.resetLevels?.['3'];
  if (reported !== undefined) return reported;
  return evidence.setHint === 'reboot' || knownBehaviour(evidence.machine, evidence.card)?.firmwareResetWorks === true;
};

const coldAtOnce = (evidence: ActivationEvidence): string | undefined => {
  const { setHint, resetStatus, resetLevels } = evidence;
  if (setHint === 'power-cycle')
    return 'the tool asked for a power cycle when the value was written: the firmware refused to prepare a reset';
  if (resetStatus !== undefined && FULL_POWER_CYCLE.test(resetStatus)) return `mstfwreset says: ${resetStatus}`;
  if (
    resetLevels !== undefined &&
    resetLevels['3'] !== true &&
    resetLevels['4'] !== true &&
    Object.keys(resetLevels).length > 0
  )
    return 'mstfwreset supports neither level 3 nor level 4 here';
  return undefined;
};

const decide = (evidence: ActivationEvidence): Activation => {
  const tried = highest(evidence.tried ?? []);
  const reset = resetMayDo(evidence) ? { alternative: 'firmware-reset' as const } : {};
  if (tried === 'cold' || tried === 'ac')
    return {
      rung: above(tried),
      because: `a ${RUNG_NAMES[tried]} did not activate it; what is left is to take AC power away for five minutes`,
    };
  const known = knownBehaviour(evidence.machine, evidence.card);
  const knownHigher = known !== undefined && isAbove(known.activatedBy, 'warm') ? known : undefined;
  const atOnce = coldAtOnce(evidence);
  if (atOnce !== undefined) return { rung: knownHigher?.activatedBy ?? 'cold', because: atOnce };
  if (tried === 'warm')
    return {
      rung: knownHigher?.activatedBy ?? 'cold',
      ...reset,
      because:
        'the host restarted since the value was written and current still differs from next boot: this machine does not reload the firmware on a warm restart',
    };
  if (knownHigher !== undefined)
    return { rung: knownHigher.activatedBy, ...reset, because: `${knownHigher.what} (${knownHigher.source})` };
  return {
    rung: 'warm',
    ...(evidence.resetLevels?.['3'] === true ? reset : {}),
    because:
      'nothing speaks against a warm restart here; if current still differs from next boot after it, the next step is a cold one',
  };
};

/** For a value that is staged or about to be staged. Call it only when something has to be activated. */
export const activationOf = (evidence: ActivationEvidence): Activation => {
  const activation = decide(evidence);
  const needsArmDown = evidence.bluefield === 'dpu' || evidence.setHint === 'skipped';
  if (!needsArmDown) return activation;
  const rung = activation.rung === 'warm' ? 'cold' : activation.rung;
  return {
    rung,
    because:
      rung === activation.rung
        ? activation.because
        : 'in DPU mode the card keeps its own power state over a restart of the host, and nothing was prepared for a reset',
    first: ARM_DOWN,
  };
};
