/** What the Redfish adapter makes of services that refuse, fail, lie or are not who they should be: one sentence each. */
import { X509Certificate } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock/system-clock.ts';
import type { Result } from '../../core/result.ts';
import { selfSignedCertificate } from '../../faces/twin-api/certificate/self-signed.ts';
import { startRedfishHost, type RedfishHost, type RedfishHostOptions } from '../../testing/redfish-host.ts';
import { redfishBmc, type RedfishBmc } from './redfish-bmc.ts';
import { REDFISH_TIMES, RedfishService, type RedfishLogin } from './redfish-service.ts';
import type { BmcTrust } from './trusted-socket.ts';

const PASSWORD = 'hunter2-very-secret';
const hosts: RedfishHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

const TIMES = { ...REDFISH_TIMES, connectMs: 2_000, answerMs: 500, pauseMs: 5, patienceMs: 10 };

const hostWith = async (options: RedfishHostOptions = {}): Promise<RedfishHost> => {
  const host = await startRedfishHost({ user: ['admin', PASSWORD], ...options });
  hosts.push(host);
  return host;
};

const bmcOf = (url: URL, login: Partial<RedfishLogin> = {}, trust: BmcTrust = {}, system?: string): RedfishBmc =>
  redfishBmc(
    new RedfishService({ url, trust, login: { username: 'admin', password: PASSWORD, ...login } }, systemClock, TIMES),
    systemClock,
    system,
  );

const against = async (options: RedfishHostOptions = {}, login: Partial<RedfishLogin> = {}) => {
  const host = await hostWith(options);
  return { host, bmc: bmcOf(host.url, login) };
};

const faultOf = <T>(result: Result<T>): string => {
  if (result.ok) throw new Error(`answered ${JSON.stringify(result.value)}`);
  expect(result.fault.message).not.toContain(PASSWORD);
  return `${result.fault.code}: ${result.fault.message}`;
};

const says =
  (status: number, body?: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): true => {
    response.writeHead(status, headers);
    response.end(body);
    return true;
  };

const onReset =
  (answer: (response: ServerResponse) => true): NonNullable<RedfishHostOptions['before']> =>
  ({ url, method }, response) =>
    url?.endsWith('ComputerSystem.Reset') === true && method === 'POST' && answer(response);

const onSystem =
  (answer: (response: ServerResponse) => true): NonNullable<RedfishHostOptions['before']> =>
  ({ url, method }, response) =>
    url === '/redfish/v1/Systems/DGX' && method === 'GET' && answer(response);

describe('log in', () => {
  test('a session is made once, used, made anew when the BMC forgot it, and given back', async () => {
    const { host, bmc } = await against();
    await bmc.power();
    await bmc.power();
    const logins = () => host.asked.filter((line) => line.startsWith('POST')).length;
    expect(logins()).toBe(1);
    host.forgetSessions();
    expect(await bmc.power()).toEqual({ ok: true, value: 'on' });
    expect(logins()).toBe(2);
    await bmc.close();
    expect(host.asked.at(-1)).toBe('DELETE /redfish/v1/SessionService/Sessions/2');
  });

  test('Basic where the service has no sessions', async () => {
    const { host, bmc } = await against({ sessions: false });
    expect(await bmc.power()).toEqual({ ok: true, value: 'on' });
    expect(host.headers().authorization).toMatch(/^Basic /);
  });

  test.each(['auto', 'basic'] as const)('a wrong password (%s) is told once and not tried again', async (auth) => {
    const { host, bmc } = await against({ user: ['admin', 'another'] }, { auth });
    expect(faultOf(await bmc.power())).toMatch(/^bmc-credentials: .* refuses user name or password of admin/);
    const before = host.asked.length;
    expect(faultOf(await bmc.request('off'))).toMatch(/^bmc-credentials/);
    expect(host.asked.length).toBe(before);
  });

  test('an account without the right', async () => {
    const { bmc } = await against({ before: onReset(says(403, '{}')) });
    expect(faultOf(await bmc.request('off'))).toMatch(/^bmc-rights: .*admin may not POST .*needs the role Operator/);
  });
});

describe('whose certificate it is', () => {
  const own = selfSignedCertificate(Date.now());
  const tls = { key: own.key, cert: own.certificate };
  const fingerprint = new X509Certificate(own.certificate).fingerprint256;

  test('an unknown one is refused before the password is sent, with its fingerprint', async () => {
    const host = await hostWith({ tls });
    expect(faultOf(await bmcOf(host.url).power())).toMatch(/^bmc-certificate: .*is not trusted/);
    expect(host.asked).toEqual([]);
  });

  test('a pinned CA, and a pinned fingerprint in either notation', async () => {
    const host = await hostWith({ tls });
    for (const trust of [
      { ca: own.certificate },
      { fingerprint },
      { fingerprint: fingerprint.replaceAll(':', '').toLowerCase() },
    ])
      expect(await bmcOf(host.url, {}, trust).power()).toEqual({ ok: true, value: 'on' });
  });

  test('one that has changed', async () => {
    const host = await hostWith({ tls });
    const other = { fingerprint: new X509Certificate(selfSignedCertificate(Date.now()).certificate).fingerprint256 };
    expect(faultOf(await bmcOf(host.url, {}, other).power())).toMatch(/^bmc-certificate: .*has changed/);
    expect(host.asked).toEqual([]);
  });

  test.each(['http://192.0.2.1', 'http://127.0.0.1.example.com', 'http://[2001:db8::1]'])(
    'http beyond this machine: %s',
    async (url) => {
      expect(faultOf(await bmcOf(new URL(url)).power())).toMatch(/in the clear; use https/);
    },
  );

  test('https on a port that speaks http', async () => {
    const host = await hostWith();
    const url = new URL(host.url.href.replace('http:', 'https:'));
    expect(faultOf(await bmcOf(url).power())).toMatch(/^bmc-certificate: .*does not speak TLS/);
  });
});

describe('a service that fails', () => {
  test('nobody listens', async () => {
    const host = await hostWith();
    await host.close();
    expect(faultOf(await bmcOf(host.url).power())).toMatch(/^bmc-unreachable: .*ECONNREFUSED.*check its address/);
  });

  test('half an answer, and one that never ends', async () => {
    const half = onSystem((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"PowerState": "Off"', () => response.destroy());
      return true;
    });
    const { bmc } = await against({ before: half });
    expect(faultOf(await bmc.power())).toMatch(/^bmc-unreachable: GET .*cut off before its answer was whole/);
    const endless = onSystem((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{');
      return true;
    });
    const other = await against({ before: endless });
    expect(faultOf(await other.bmc.power())).toMatch(/no whole answer within 0\.5 s/);
  });

  test('busy once: a read is tried again, and what it asks for is waited', async () => {
    let left = 1;
    const { bmc } = await against({
      before: ({ url }, response) => {
        if (url !== '/redfish/v1/Systems/DGX' || left === 0) return false;
        left -= 1;
        return says(503, '', { 'retry-after': '1' })(response);
      },
    });
    expect(await bmc.power()).toEqual({ ok: true, value: 'on' });
  });

  test('busy for a write: it is not sent twice', async () => {
    const { host, bmc } = await against({ before: onReset(says(503, '', { 'retry-after': '30' })) });
    expect(faultOf(await bmc.request('off'))).toMatch(/^bmc-busy: .*try again in 30 s/);
    expect(host.asked.filter((line) => line.includes('ForceOff'))).toHaveLength(1);
  });

  test('a redirect is not followed, with the password or without', async () => {
    const { bmc } = await against({ before: onSystem(says(307, '', { location: 'https://elsewhere/x' })) });
    expect(faultOf(await bmc.power())).toMatch(/^bmc-redirect: .*elsewhere\/x\), which is not followed/);
  });

  test.each([
    ['a page', says(200, '<html>log in</html>'), /no JSON/],
    [
      'an unknown state',
      says(200, '{"PowerState": "Paused"}'),
      /tells no power state \(Paused\); it is not taken for off/,
    ],
    ['no state', says(200, '{"PowerState": null}'), /tells no power state \(none\)/],
    ['no such system', says(404, ''), /check the address of the system/],
    ['more than a system is', says(200, JSON.stringify({ x: 'x'.repeat(5_000_000) })), /more than \d+ bytes/],
  ])('%s', async (_, answer, expected) => {
    const { bmc } = await against({ before: onSystem(answer) });
    expect(faultOf(await bmc.power())).toMatch(expected);
  });
});

describe('which system is the host', () => {
  const systems = ['/redfish/v1/Systems/HGX_Baseboard_0', '/redfish/v1/Systems/DGX'];
  test('a baseboard beside it is none', async () => {
    const { bmc } = await against({ systems });
    expect(await bmc.power()).toEqual({ ok: true, value: 'on' });
    expect(bmc.where).toMatch(/\/redfish\/v1\/Systems\/DGX$/);
  });

  test('of two hosts one has to be named', async () => {
    const two = ['/redfish/v1/Systems/DGX', '/redfish/v1/Systems/B'];
    const { host, bmc } = await against({ systems: two });
    expect(faultOf(await bmc.power())).toMatch(/^bmc-system: .*several systems \(DGX, B\); say which one/);
    expect(await bmcOf(host.url, {}, {}, 'DGX').power()).toEqual({ ok: true, value: 'on' });
    expect(faultOf(await bmcOf(host.url, {}, {}, 'C').power())).toMatch(/has no system C; it lists DGX, B/);
  });
});

describe('requests', () => {
  test('GracefulShutdown, ForceOff and On, and never a cycle', async () => {
    const { host, bmc } = await against();
    for (const wanted of ['graceful-off', 'on', 'off'] as const)
      expect(await bmc.request(wanted)).toEqual({ ok: true, value: { answer: 'accepted' } });
    expect(host.asked.filter((line) => line.includes('ResetType')).map((line) => line.split('ResetType')[1])).toEqual([
      '":"GracefulShutdown"}',
      '":"On"}',
      '":"ForceOff"}',
    ]);
  });

  test('a type that the BMC does not offer is not sent', async () => {
    const system = {
      Actions: { '#ComputerSystem.Reset': { 'ResetType@Redfish.AllowableValues': ['On', 'ForceOff'] } },
    };
    const { host, bmc } = await against({ system });
    expect(await bmc.request('graceful-off')).toMatchObject({
      value: { answer: 'refused', because: 'the BMC offers On, ForceOff, and no GracefulShutdown' },
    });
    expect(host.asked.some((line) => line.includes('ResetType'))).toBe(false);
  });

  test('types are also read from the ActionInfo', async () => {
    const info = '/redfish/v1/Systems/DGX/ResetActionInfo';
    const { bmc } = await against({
      system: { Actions: { '#ComputerSystem.Reset': { '@Redfish.ActionInfo': info } } },
      before: ({ url }, response) =>
        url === info &&
        says(
          200,
          JSON.stringify({ Parameters: [{ Name: 'ResetType', AllowableValues: ['ForceOn', 'ForceOff'] }] }),
        )(response),
    });
    expect(await bmc.abilities()).toMatchObject({ value: { requests: ['on', 'off'] } });
  });

  test('a refusal is told in the words of the BMC', async () => {
    const body = JSON.stringify({
      error: {
        '@Message.ExtendedInfo': [
          { MessageId: 'Base.1.8.ActionParameterValueConflict', Message: 'In the wrong state.' },
        ],
      },
    });
    const { bmc } = await against({ before: onReset(says(409, body)) });
    expect(await bmc.request('off')).toMatchObject({
      value: {
        answer: 'refused',
        because:
          'the BMC refuses ForceOff: 409 ActionParameterValueConflict: In the wrong state; the host may still be on its way to another state',
      },
    });
  });

  test('a task that fails at once is a refusal', async () => {
    const task = '/redfish/v1/TaskService/Tasks/1';
    const { bmc } = await against({
      before: ({ url }, response) => {
        if (url?.endsWith('ComputerSystem.Reset') === true)
          return says(202, '{}', { location: task, 'retry-after': '0' })(response);
        if (url !== task) return false;
        return says(
          200,
          JSON.stringify({ TaskState: 'Exception', Messages: [{ Message: 'No power supply.' }] }),
        )(response);
      },
    });
    expect(await bmc.request('off')).toMatchObject({
      value: { answer: 'refused', because: 'the BMC took ForceOff, and its task ended as Exception: No power supply.' },
    });
  });
});

describe('what boots next', () => {
  const Boot = {
    BootSourceOverrideEnabled: 'Disabled',
    BootSourceOverrideTarget: 'None',
    'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'BiosSetup'],
  };

  test('once, into setup; a DGX wants If-Match: *', async () => {
    const { host, bmc } = await against({ system: { Boot } });
    expect(await bmc.bootSetting()).toMatchObject({ value: { target: 'none' } });
    expect(await bmc.bootOnce('bios-setup')).toEqual({ ok: true, value: { answer: 'accepted' } });
    expect(host.asked.at(-1)).toBe(
      'PATCH /redfish/v1/Systems/DGX {"Boot":{"BootSourceOverrideTarget":"BiosSetup","BootSourceOverrideEnabled":"Once"}}',
    );
    expect(host.headers()['if-match']).toBe('*');
  });

  test('the ETag as read, then its strong form', async () => {
    const matches: unknown[] = [];
    const { bmc } = await against({
      system: { Boot, Manufacturer: 'Contoso' },
      before: ({ method, headers }, response) => {
        if (method !== 'PATCH') return false;
        matches.push(headers['if-match']);
        return says(matches.length === 1 ? 412 : 200, '{}')(response);
      },
    });
    expect(await bmc.bootOnce('pxe')).toMatchObject({ value: { answer: 'accepted' } });
    expect(matches).toEqual(['W/"1"', '"1"']);
  });

  test('a target that is not offered is refused before anything is sent', async () => {
    const { host, bmc } = await against({ system: { Boot } });
    expect(await bmc.bootOnce('cd')).toMatchObject({
      value: { answer: 'refused', because: 'the BMC takes bios-setup, pxe for the next boot, and not cd' },
    });
    expect(host.asked.some((line) => line.startsWith('PATCH'))).toBe(false);
  });

  test('settings that a service keeps under another path are written there', async () => {
    const settings = '/redfish/v1/Systems/DGX/Settings';
    const { host, bmc } = await against({
      system: { Boot, '@Redfish.Settings': { SettingsObject: { '@odata.id': settings } } },
      before: ({ url, method }, response) =>
        url === settings && says(200, JSON.stringify(method === 'GET' ? { Boot } : {}))(response),
    });
    expect(await bmc.bootOnce('pxe')).toMatchObject({ value: { answer: 'accepted' } });
    expect(host.asked.at(-1)).toContain(`PATCH ${settings} `);
  });
});
