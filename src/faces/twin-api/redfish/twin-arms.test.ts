/** The BMCs of BlueFields of the twin over HTTPS, through our own client: how the Arm side is, asked, and down. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../adapters/clock/system-clock.ts';
import { powerCheck } from '../../../app/power/power-check.ts';
import { provedArm } from '../../../app/power/arm-sides.ts';
import { openBmc } from '../../../main/open-bmc.ts';
import { completeEntry, entryOf, type BmcEntry } from '../../../core/power/bmc-entry.ts';
import { DGX_NODES } from '../../../twin/scenarios/dgx-fleet.ts';
import { scenarioNamed } from '../../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../../twin/twin.ts';
import { selfSignedCertificate } from '../certificate/self-signed.ts';
import { ARM_SYSTEM, SYSTEM } from './redfish-resources.ts';
import { serveTwinBmcs, type TwinBmcs } from './twin-bmcs.ts';

const certificate = selfSignedCertificate(Date.now());
const NODE = DGX_NODES[0];
const CARD = '0000:29:00';

let twin: Twin;
let bmcs: TwinBmcs;
let pump: NodeJS.Timeout;

beforeAll(async () => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  twin = createTwin({ ...scenario, fleet: scenario.fleet.slice(0, 2), objects: [], steps: [] }, 1);
  bmcs = await serveTwinBmcs(twin, certificate);
  pump = setInterval(() => void twin.clock.run(5_000), 5);
});
afterAll(async () => {
  clearInterval(pump);
  await bmcs.close();
});

const mapOf = (change: (arm: object) => object = (arm) => arm): Readonly<Record<string, unknown>> => ({
  default: { ...bmcs.login, ca: certificate.certificate },
  [NODE]: {
    address: `${bmcs.urls.get(NODE)?.origin}${SYSTEM}`,
    serial: twin.hosts.get(NODE)?.serial,
    arms: (bmcs.arms.get(NODE) ?? []).map(({ card, serial, url }) =>
      change({ card, serial, address: `${url.origin}${ARM_SYSTEM}` }),
    ),
  },
});

const entry = (map: Readonly<Record<string, unknown>>): BmcEntry => {
  const fields = entryOf(NODE, map, 'a test');
  const complete = fields.ok && fields.value !== undefined ? completeEntry(NODE, fields.value, 'a test') : undefined;
  if (complete?.ok !== true) throw new Error(JSON.stringify(complete ?? fields));
  return complete.value;
};

const armOf = async (whole: BmcEntry) => {
  const own = whole.arms?.[CARD];
  if (own === undefined) throw new Error('no entry');
  const opened = await openBmc(NODE, own);
  if (!opened.ok) throw new Error(opened.fault.message);
  return { opened: opened.value, found: await provedArm(opened.value, CARD, own.serial) };
};

const check = (map: Readonly<Record<string, unknown>>) =>
  powerCheck(NODE, { sources: { file: { path: 'bmcs.yaml', map } }, openBmc, weRunOn: 'outside' });

describe('power check', () => {
  test('reads the Arm sides that the entry names, and proves whose they are', async () => {
    expect(await check(mapOf())).toMatchObject({
      refusals: [],
      arms: [
        { card: CARD, state: 'up', said: 'OsIsRunning' },
        { card: '0000:aa:00', state: 'up' },
      ],
    });
  });

  test.each<[string, object, RegExp]>([
    ['the serial of another card', { serial: 'MT1' }, /0000:29:00 is down cannot be told: .* answers for another card/],
    ['a wrong password', { username: 'admin', password: 's3cret-and-wrong' }, /refuses user name or password/],
    ['a certificate that is not pinned', { fingerprint: 'AB'.repeat(32) }, /certificate .* has changed/],
  ])('%s is one sentence, without the password', async (_, wrong, says) => {
    const checked = await check(mapOf((arm) => ({ ...arm, ...wrong })));
    expect(checked.refusals[0]?.because).toMatch(says);
    expect(JSON.stringify(checked)).not.toContain('s3cret');
    expect(JSON.stringify(checked)).not.toContain(bmcs.login.password);
  });
});

test('asked to shut down it is read as down some time later, and refuses to be asked once more', async () => {
  const { opened, found } = await armOf(entry(mapOf()));
  if (!found.ok) throw new Error(found.fault.message);
  expect(await found.value.shutDown()).toEqual({ ok: true, value: { answer: 'accepted' } });
  for (;;) {
    const reading = await found.value.read();
    if (reading.ok && reading.value.state === 'down') break;
    await systemClock.sleep(20);
  }
  expect(await found.value.shutDown()).toMatchObject({ value: { answer: 'refused' } });
  expect(twin.hosts.get(NODE)?.arms.map(({ state }) => state)).toEqual(['down', 'up']);
  expect(twin.hosts.get(NODE)?.power).toBe('on');
  await opened.close();
});

test('one that gives no answer is a fault, and never down', async () => {
  const { opened, found } = await armOf(entry(mapOf()));
  twin.act({ do: 'arm-faults', node: NODE, rules: [{ fault: 'unreachable', times: 50 }], forSeconds: 3600 * 24 });
  const reading = found.ok ? await found.value.read() : found;
  expect(reading).toMatchObject({ ok: false, fault: { code: 'bmc-unreachable', next: 'retry' } });
  await opened.close();
}, 30_000);
