/** The twin's BMC in process keeps the contract of all BMCs. */
import { bmcContract } from '../../testing/contracts/bmc.contract.ts';
import { seededRandom } from '../seeded-random.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { DGX_B200, Host } from './host.ts';
import { BmcFaults, twinBmc } from './twin-bmc.ts';

bmcContract(
  "the twin's BMC",
  async () => {
    const clock = new VirtualClock();
    const host = new Host(
      { name: 'dgx030', platform: DGX_B200, adapters: [], gpus: 8, kernel: '6.8.0', lockdown: 'none' },
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
      expected: { manufacturer: 'NVIDIA', serial: host.serial, uuid: host.uuid },
      secrets: [],
    };
  },
  { 'does nothing for a wrong password, and does not repeat it': 'it is called in process, without a login' },
);
