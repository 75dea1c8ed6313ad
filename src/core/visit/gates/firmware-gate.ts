/** Check 1: current = next boot = wanted, on every card that the rollout names (requirements 000-58, 000-76). */
import { sameValue } from '../../model/firmware-setting.ts';
import { valueState, type ValueState } from '../../firmware/plan-card.ts';
import type { RolloutGroup } from '../../model/crd/rollout.ts';
import { failing, pass, unknown, type Gate } from './gate.ts';

/** What the firmware tool of a card answered. */
export interface CardReading {
  readonly pci: string;
  readonly settings: readonly { readonly name: string; readonly current?: string; readonly next?: string }[];
  /** Why there are none, in the tool's words. */
  readonly problem?: string;
}

export interface SettingState {
  readonly pci: string;
  readonly name: string;
  readonly wanted: string;
  readonly current: string;
  readonly next: string;
  readonly state: ValueState;
}

/** Every wanted value with where it stands; one that was not read is `unknown`. */
export const settingStates = (
  cards: RolloutGroup['cards'],
  readings: readonly CardReading[],
): readonly SettingState[] =>
  cards.flatMap(({ pci, values }) => {
    const reading = readings.find((one) => one.pci === pci);
    return Object.entries(values).map(([name, wanted]) => {
      const found = reading?.settings.find((setting) => setting.name === name);
      return {
        pci,
        name,
        wanted,
        current: found?.current ?? '?',
        next: found?.next ?? '?',
        state: found === undefined ? 'unknown' : valueState({ ...found, value: wanted }),
      };
    });
  });

const gateOfSetting = (
  { pci, name, wanted, current, next, state }: SettingState,
  problem: string | undefined,
): Gate => {
  const on = `${pci} ${name}`;
  switch (state) {
    case 'active':
      return pass('firmware', on, `current ${current}, next boot ${next}, wanted ${wanted}`);
    case 'unknown':
      return unknown('firmware', on, problem ?? `the firmware of ${pci} shows no current and next boot of ${name}`);
    case 'staged':
    case 'to-write':
    case 'will-be-lost':
      return failing(
        'firmware',
        on,
        `current ${current}, next boot ${next}, wanted ${wanted}${sameValue(current, wanted) ? ': the next restart would undo it' : ''}`,
      );
  }
};

export const firmwareGates = (cards: RolloutGroup['cards'], readings: readonly CardReading[]): readonly Gate[] =>
  settingStates(cards, readings).map((setting) =>
    gateOfSetting(setting, readings.find(({ pci }) => pci === setting.pci)?.problem),
  );
