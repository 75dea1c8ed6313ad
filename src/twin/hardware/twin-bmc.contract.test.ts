/** The twin's BMC in process keeps the contract of all BMCs. */
import { bmcContract } from '../../testing/contracts/bmc.contract.ts';
import { seededRandom } from '../seeded-random.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { PersonalityName } from './bmc-personality.ts';
import { DGX_B200, Host, SMALL_SERVER, type Platform } from './host.ts';
import { BmcFaults, twinBmc } from './twin-bmc.ts';

const contractOf = (name: string, platform: Platform, bmc: PersonalityName): void =>
  bmcContract(
    name,
    async () => {
      const clock = new VirtualClock();
      const host = new Host(
        { name: 'dgx030', platform, adapters: [], gpus: 8, kernel: '6.8.0', lockdown: 'none', bmc },
        { clock, random: seededRandom(1, 'host'), note: () => {} },
      );
      return {
        bmc: twinBmc(host, clock, seededRandom(1, 'bmc'), new BmcFaults(seededRandom(1, 'faults'))),
        settle: async (asked) => {
          await clock.run(5_000);
          return asked;
        },
        pause: () => clock.run(30_000),
        booted: async () => {
          while (!host.isUp) await clock.run(60_000);
        },
        expected: { manufacturer: platform.manufacturer, serial: host.serial, uuid: host.uuid },
        secrets: [],
      };
    },
    { 'does nothing for a wrong password, and does not repeat it': 'it is called in process, without a login' },
  );

contractOf("the twin's BMC", DGX_B200, 'dgx');
contractOf("the twin's BMC of a machine that offers an AC cycle", SMALL_SERVER, 'idrac');
