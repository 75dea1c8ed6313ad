/** The Bmc contract on BMCs that we did not write: OpenIPMI's simulator by ipmitool, and the Redfish emulator of sushy-tools. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOnPath } from '../../scripts/real-parts/debian-packages.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { ipmiBmc } from '../../src/adapters/ipmi/ipmi-bmc.ts';
import { Ipmitool } from '../../src/adapters/ipmi/ipmitool.ts';
import { redfishBmc } from '../../src/adapters/redfish/redfish-bmc.ts';
import { RedfishService } from '../../src/adapters/redfish/redfish-service.ts';
import { selfSignedCertificate } from '../../src/faces/twin-api/certificate/self-signed.ts';
import { bmcContract } from '../../src/testing/contracts/bmc.contract.ts';
import { startIpmiSim, type IpmiSim } from './bmc/ipmi-sim.ts';
import { startSushyEmulator } from './bmc/sushy-emulator.ts';
import { freePorts } from './free-ports.ts';
import { realPart } from './real-parts.ts';

const LOGIN = { user: 'admin', password: 'b9-very-secret' };
const UUID = '8a3c2e00-1111-4222-8333-000000000030';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-bmc-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasIpmi = ['ipmi_sim', 'ipmitool'].every(isOnPath);
if (!hasIpmi && process.env['NICWRIGHT_REQUIRE_REAL'] === '1')
  throw new Error('NICWRIGHT_REQUIRE_REAL=1: no ipmi_sim and ipmitool; npm run setup:real installs them');

const toolOf = (port: number, password: string): Ipmitool =>
  new Ipmitool({ host: '127.0.0.1', port, username: LOGIN.user, password, pauseMs: 0 }, systemClock);

describe.skipIf(!hasIpmi)(
  `IPMI${hasIpmi ? '' : ' (no ipmi_sim and ipmitool; npm run setup:real installs them)'}`,
  () => {
    let sim: IpmiSim;
    const started = async (): Promise<IpmiSim> => {
      const [port = 0] = await freePorts(1);
      return startIpmiSim(path.join(folder, 'ipmi'), port, LOGIN, UUID);
    };

    bmcContract('ipmi_sim by ipmitool', async () => {
      sim = await started();
      return {
        bmc: ipmiBmc(toolOf(sim.port, LOGIN.password)),
        intruder: ipmiBmc(toolOf(sim.port, 'not-the-password')),
        settle: (asked) => asked,
        pause: () => sleep(100),
        expected: {},
        secrets: [LOGIN.password, 'not-the-password'],
      };
    });

    test('the UUID is that of the simulator, the shutdown reaches its host, and the next boot is set once', async () => {
      const bmc = ipmiBmc(toolOf(sim.port, LOGIN.password));
      const identity = await bmc.identity();
      expect(identity.ok && identity.value.uuid?.replaceAll('-', '').length).toBe(32);
      expect(await bmc.bootOnce('bios-setup')).toEqual({ ok: true, value: { answer: 'accepted' } });
      expect(await bmc.bootSetting()).toMatchObject({ value: { target: 'bios-setup', for: 'one boot' } });
      expect(await bmc.abilities()).toMatchObject({
        value: { requests: ['on', 'off', 'graceful-off'], acCycle: false },
      });
      expect(await bmc.request('graceful-off')).toMatchObject({ value: { answer: 'accepted' } });
      expect(sim.power()).toBe('off');
    });

    test('the password is in no process list while ipmitool runs', async () => {
      const asked = ipmiBmc(toolOf(sim.port, LOGIN.password)).power();
      const seen: string[] = [];
      for (let look = 0; look < 5; look += 1) {
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
          try {
            seen.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
          } catch {
            // It has ended meanwhile.
          }
        await sleep(3);
      }
      await asked;
      expect(seen.some((line) => line.includes('ipmitool') && line.includes(String(sim.port)))).toBe(true);
      expect(seen.filter((line) => line.includes(LOGIN.password))).toEqual([]);
    });

    test('when it is gone, that is told apart from a wrong password', { timeout: 60_000 }, async () => {
      await sim.child.kill();
      expect(await ipmiBmc(toolOf(sim.port, LOGIN.password)).power()).toMatchObject({
        fault: { code: 'bmc-unreachable' },
      });
    });
  },
);

const emulator = realPart('sushy-emulator');

describe.skipIf(emulator.absent)(emulator.title('Redfish'), () => {
  bmcContract('the emulator of sushy-tools', async () => {
    const [port = 0] = await freePorts(1);
    const own = selfSignedCertificate(Date.now());
    const { url, child } = await startSushyEmulator(
      path.join(folder, 'sushy'),
      port,
      [{ uuid: UUID, name: 'dgx030' }],
      LOGIN,
      { cert: own.certificate, key: own.key },
    );
    const bmcOf = (password: string) =>
      redfishBmc(
        new RedfishService(
          { url, trust: { ca: own.certificate }, login: { username: LOGIN.user, password } },
          systemClock,
        ),
        systemClock,
      );
    return {
      bmc: bmcOf(LOGIN.password),
      intruder: bmcOf('not-the-password'),
      settle: (asked) => asked,
      pause: () => sleep(500),
      expected: { uuid: UUID },
      secrets: [LOGIN.password, 'not-the-password'],
      stop: () => child.kill(),
    };
  });
});
