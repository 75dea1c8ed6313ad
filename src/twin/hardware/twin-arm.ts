/** The BMC of a BlueField of the twin, as the port ArmSide: slow, and subject to the same faults as that of a host. */
import type { ArmReading, ArmSide } from '../../core/ports/arm-side.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import { armOfLastState } from '../../core/power/arm-words.ts';
import type { ArmCores } from './arm-cores.ts';
import { PERSONALITIES } from './bmc-personality.ts';
import { faultyAnswers, type BmcFaults } from './twin-bmc.ts';

const misread = ({ state }: ArmCores): ArmReading => armOfLastState(state === 'up' ? 'LowPowerStandby' : 'OsIsRunning');

export const twinArm = (host: string, arm: ArmCores, clock: Clock, random: Random, faults: BmcFaults): ArmSide => {
  const where = `https://${host}-${arm.card.replaceAll(':', '-')}-bmc/redfish/v1/Systems/Bluefield`;
  const answer = faultyAnswers({ where, clock, random, faults, latency: PERSONALITIES.dgx.answer });
  return {
    where,
    needsHost: false,
    read: (options) =>
      answer('power', (fault) => (fault === 'misread' ? misread(arm) : armOfLastState(arm.lastState)), options?.signal),
    shutDown: (options) =>
      answer(
        'request',
        (fault) =>
          fault === 'ignored' || arm.shutDown()
            ? { answer: 'accepted' as const }
            : { answer: 'refused' as const, because: `its Arm side reads ${arm.lastState}` },
        options?.signal,
      ),
  };
};
