/** The twin's BMCs over HTTPS: the contract with our own client, and what a BMC refuses. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../adapters/clock/system-clock.ts';
import { redfishBmc, type RedfishBmc } from '../../../adapters/redfish/redfish-bmc.ts';
import { REDFISH_TIMES, RedfishService } from '../../../adapters/redfish/redfish-service.ts';
import { bmcContract } from '../../../testing/contracts/bmc.contract.ts';
import { BmcFaults, twinBmc } from '../../../twin/hardware/twin-bmc.ts';
import type { PersonalityName } from '../../../twin/hardware/bmc-personality.ts';
import { DGX_B200, Host, SMALL_SERVER, type Platform } from '../../../twin/hardware/host.ts';
import { seededRandom } from '../../../twin/seeded-random.ts';
import { VirtualClock } from '../../../twin/virtual-clock.ts';
import { selfSignedCertificate } from '../certificate/self-signed.ts';
import { serveTwinBmcs, type TwinBmcs } from './twin-bmcs.ts';

const certificate = selfSignedCertificate(Date.now());

interface Served {
  readonly host: Host;
  readonly bmcs: TwinBmcs;
  readonly clock: VirtualClock;
  readonly faults: BmcFaults;
  readonly stop: () => Promise<void>;
}

/** One host whose time passes a thousand times as fast as ours. */
const serve = async (personality: PersonalityName = 'dgx', platform: Platform = DGX_B200): Promise<Served> => {
  const clock = new VirtualClock();
  const host = new Host(
    { name: 'dgx030', platform, adapters: [], gpus: 8, kernel: '6.8.0', lockdown: 'none', bmc: personality },
    { clock, random: seededRandom(1, 'host'), note: () => {} },
  );
  const faults = new BmcFaults(seededRandom(1, 'faults'));
  const bmc = twinBmc(host, clock, seededRandom(1, 'bmc'), faults);
  const bmcs = await serveTwinBmcs({ hosts: new Map([['dgx030', host]]), bmc: () => bmc }, certificate);
  const pump = setInterval(() => void clock.run(5_000), 5);
  return {
    host,
    bmcs,
    clock,
    faults,
    stop: async () => {
      clearInterval(pump);
      await bmcs.close();
    },
  };
};

const clientOf = ({ bmcs }: Served, password = bmcs.login.password): RedfishBmc => {
  const url = bmcs.urls.get('dgx030');
  if (url === undefined) throw new Error('no BMC of dgx030');
  const times = { ...REDFISH_TIMES, pauseMs: 10, answerMs: 2_000 };
  const login = { username: bmcs.login.username, password };
  return redfishBmc(
    new RedfishService({ url, trust: { ca: certificate.certificate }, login }, systemClock, times),
    systemClock,
  );
};

const contractOf = (name: string, personality: PersonalityName, platform: Platform): void =>
  bmcContract(name, async () => {
    const served = await serve(personality, platform);
    const wait = async (until: () => boolean): Promise<void> => {
      while (!until()) await systemClock.sleep(5);
    };
    return {
      bmc: clientOf(served),
      intruder: clientOf(served, 'not-the-password'),
      settle: (asked) => asked,
      pause: () => systemClock.sleep(20),
      booted: () => wait(() => served.host.isUp),
      expected: { manufacturer: platform.manufacturer, serial: served.host.serial, uuid: served.host.uuid },
      secrets: [served.bmcs.login.password, 'not-the-password'],
      stop: served.stop,
    };
  });

contractOf("the twin's BMC over Redfish", 'dgx', DGX_B200);
contractOf("the twin's BMC over Redfish, of a machine that offers an AC cycle", 'idrac', SMALL_SERVER);

describe('what to boot next', () => {
  let served: Served;
  let bmc: RedfishBmc;
  beforeAll(async () => {
    served = await serve();
    bmc = clientOf(served);
  });
  afterAll(() => served.stop());

  test('is kept for one boot, and gone after it', async () => {
    expect(await bmc.bootOnce('bios-setup')).toEqual({ ok: true, value: { answer: 'accepted' } });
    expect(await bmc.bootSetting()).toMatchObject({ value: { target: 'bios-setup', for: 'one boot' } });
    const before = served.host.bootId;
    served.host.restart();
    while (served.host.bootId === before) await systemClock.sleep(5);
    expect(await bmc.bootSetting()).toMatchObject({ value: { target: 'none', for: 'nothing' } });
  });

  test('is forgotten by a BMC that forgets', async () => {
    const other = await serve('forgetful');
    const forgetful = clientOf(other);
    expect(await forgetful.bootOnce('bios-setup')).toEqual({ ok: true, value: { answer: 'accepted' } });
    expect(await forgetful.bootSetting()).toMatchObject({ value: { target: 'none' } });
    await other.stop();
  });
});

test('a BMC that lies accepts, and the host stays on; one of another host says so itself', async () => {
  const lying = await serve('lying');
  expect(await clientOf(lying).request('off')).toEqual({ ok: true, value: { answer: 'accepted' } });
  await systemClock.sleep(100);
  expect(await clientOf(lying).power()).toEqual({ ok: true, value: 'on' });
  await lying.stop();
  const wrong = await serve('wrong-host');
  const identity = await clientOf(wrong).identity();
  expect(identity.ok && identity.value.uuid).not.toBe(wrong.host.uuid);
  await wrong.stop();
});

test('an answer that is lost is a connection that ends', async () => {
  const served = await serve();
  served.faults.add({ fault: 'unreachable' });
  expect(await clientOf(served).power()).toMatchObject({ fault: { code: 'bmc-unreachable', next: 'retry' } });
  await served.stop();
});

describe('requests of no good', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(() => served.stop());

  const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const { username, password } = served.bmcs.login;
    const { request } = await import('node:https');
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sent = request(
        new URL(path, served.bmcs.urls.get('dgx030')),
        {
          method,
          ca: certificate.certificate,
          agent: false,
          headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  };

  const SYSTEM = '/redfish/v1/Systems/DGX';
  test.each([
    ['GET', SYSTEM, undefined, 401, { authorization: 'Basic eDp5' }],
    ['GET', SYSTEM, undefined, 401, { authorization: 'Bearer x' }],
    ['GET', SYSTEM, undefined, 401, { 'x-auth-token': 'x' }],
    ['GET', '/redfish/v1/Systems/1', undefined, 404, {}],
    ['GET', '/redfish/v1/__proto__', undefined, 404, {}],
    ['POST', '/redfish/v1/SessionService/Sessions', '{', 400, {}],
    ['POST', '/redfish/v1/SessionService/Sessions', '{"UserName": 1}', 400, {}],
    ['POST', `${SYSTEM}/Actions/ComputerSystem.Reset`, '{"ResetType": "PowerCycle"}', 400, {}],
    ['POST', SYSTEM, '{}', 405, {}],
    ['PATCH', SYSTEM, '{"Boot": {"BootSourceOverrideTarget": "Floppy"}}', 400, {}],
    ['PATCH', SYSTEM, '{"Boot": {}}', 412, { 'if-match': '"other"' }],
    ['PATCH', SYSTEM, 'x'.repeat(70_000), 413, {}],
    ['DELETE', '/redfish/v1/SessionService/Sessions/77', undefined, 404, {}],
  ] as const)('%s %s %.40s: %i', async (method, path, body, status, headers) => {
    expect((await ask(method, path, body, headers)).status).toBe(status);
  });

  test('sessions are few', async () => {
    const { username, password } = served.bmcs.login;
    const body = JSON.stringify({ UserName: username, Password: password });
    const statuses: number[] = [];
    for (let count = 0; count < 17; count += 1)
      statuses.push((await ask('POST', '/redfish/v1/SessionService/Sessions', body)).status);
    expect(statuses.slice(0, 16).every((status) => status === 201)).toBe(true);
    expect(statuses.at(-1)).toBe(503);
  });
});
