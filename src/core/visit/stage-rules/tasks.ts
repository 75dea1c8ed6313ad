/** Writes settings that are not at next boot yet. The firmware of a BlueField in DPU mode is not the host's to write. */
import { cardOf } from '../../model/pci-address.ts';
import { settingStates, type SettingState } from '../gates/firmware-gate.ts';
import { hold, moveTo, stay } from '../visit-step.ts';
import { some, type StageRule } from './stage-rule.ts';
import { uncordonedMeanwhile } from './drain.ts';

const isToWrite = ({ state }: SettingState): boolean => state === 'to-write' || state === 'will-be-lost';

export const tasks: StageRule<'firmware'> = (facts) => {
  const { group, firmware } = facts;
  const stopped = uncordonedMeanwhile(facts);
  if (stopped !== undefined) return stopped;
  const states = settingStates(group.cards, firmware);
  const unread = states.find(({ state }) => state === 'unknown');
  if (unread !== undefined)
    return stay(
      'tasks',
      `the firmware of ${unread.pci} does not tell ${unread.name}: ${firmware.find(({ pci }) => pci === unread.pci)?.problem ?? 'no answer'}`,
    );
  const toWrite = states.filter(isToWrite);
  const dpu = toWrite.find(({ pci }) => group.dpus.includes(cardOf(pci)));
  if (dpu !== undefined)
    return hold(
      `${dpu.pci} is a BlueField in DPU mode: its settings are its Arm side's to write`,
      `write ${dpu.name}=${dpu.wanted} from the Arm side, or take the card out of the plan`,
    );
  if (toWrite.length > 0) {
    const byCard = [...Map.groupBy(toWrite, ({ pci }) => pci)].map(([pci, settings]) => ({
      do: 'set-firmware' as const,
      pci,
      values: settings.map(({ name, wanted }) => `${name}=${wanted}`),
    }));
    return stay('tasks', `writes ${some(byCard.map(({ pci, values }) => `${values.join(' ')} to ${pci}`))}`, {
      change: { staged: byCard.map(({ pci, values }) => `${pci} ${values.join(' ')}`) },
      acts: byCard,
    });
  }
  const pending = states.filter(({ state }) => state === 'staged');
  return pending.length > 0
    ? moveTo('restart', `${some(pending.map(({ pci, name }) => `${name} of ${pci}`))} waits for a restart`)
    : moveTo('verify', 'nothing waits for a restart');
};
