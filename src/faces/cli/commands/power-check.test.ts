/** `power check` as a user meets it, against a small Redfish service and the objects of a cluster. */
import { afterEach, describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import { readYaml } from '../../../adapters/dump/read-yaml.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { KubeApi } from '../../../core/ports/kube-api.ts';
import { openBmc } from '../../../main/open-bmc.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import { startRedfishHost, type RedfishHost, type RedfishHostOptions } from '../../../testing/redfish-host.ts';
import { aKubeFault, refused, scriptedKubeApi } from '../../../testing/scripted-kube-api.ts';
import { plainPaint } from '../paint.ts';
import command from './power-check.ts';

const UUID = '8a3c2e00-0000-0000-0000-000000000030';
const PASSWORD = 'secret';

const hosts: RedfishHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

const hostWith = async (options: RedfishHostOptions = {}): Promise<RedfishHost> => {
  const host = await startRedfishHost(options);
  hosts.push(host);
  return host;
};

const object = (kind: string, name: string, more: object, namespace?: string): KubeObject => ({
  apiVersion: kind === 'BareMetalHost' ? 'metal3.io/v1alpha1' : 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});
const node = (systemUUID = UUID, annotations: Record<string, string> = {}): KubeObject => ({
  ...object('Node', 'dgx030', { status: { nodeInfo: { systemUUID } } }),
  metadata: { name: 'dgx030', annotations },
});
const secret = (name: string, data: Record<string, string>, namespace = 'nicwright-system'): KubeObject =>
  object(
    'Secret',
    name,
    {
      data: Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      ),
    },
    namespace,
  );

const clusterOf = (...objects: KubeObject[]): KubeApi =>
  scriptedKubeApi({
    get: ({ kind }, { namespace, name }) => {
      const found = objects.find(
        (one) => one.kind === kind && one.metadata.name === name && (one.metadata.namespace ?? namespace) === namespace,
      );
      return Promise.resolve(found === undefined ? refused('kube-not-found') : { ok: true, value: found });
    },
    list: ({ kind }) =>
      Promise.resolve({
        ok: true,
        value: { items: objects.filter((one) => one.kind === kind), resourceVersion: '1' },
      }),
  });

const check = async (api: KubeApi | undefined, options: Record<string, string> = {}, file = '') => {
  const documents = readPositioned(file, 'bmcs.yaml');
  const context = fakeCommandContext({
    openBmc,
    readYaml,
    ...(api === undefined ? {} : { api }),
    ...(documents.ok ? { documents: { 'bmcs.yaml': documents.value } } : {}),
  });
  const outcome = await command.run(context, ['dgx030'], options);
  if (!outcome.ok) throw new Error(outcome.fault.message);
  const shown = outcome.value.text(plainPaint);
  expect(shown + JSON.stringify(outcome.value.data)).not.toContain(PASSWORD);
  return { exit: outcome.value.exit, shown };
};

describe('power check', () => {
  test('a host whose power can be switched, and nothing was asked of it but reads', async () => {
    const host = await hostWith({ system: { PowerRestorePolicy: 'LastState' } });
    const bmcs = secret('nicwright-bmc', {
      default: `{username: admin, password: ${PASSWORD}}`,
      dgx030: `address: ${host.url.origin}/redfish/v1/Systems/DGX`,
    });
    const { exit, shown } = await check(clusterOf(node(), bmcs));
    expect(exit).toBe(0);
    expect(shown).toContain('dgx030: its power can be switched from here');
    expect(shown).toContain('power on, NVIDIA DGX S-030, it is this host');
    expect(shown).toContain('can: on, off, graceful shutdown');
    expect(shown).toContain('after a loss of power: LastState');
    expect(host.power).toBe('On');
    expect(host.asked.filter((line) => !line.startsWith('GET') && !line.includes('Sessions'))).toEqual([]);
    expect(host.asked.at(-1)).toMatch(/^DELETE .*Sessions/);
  });

  test.each([
    ['ReadOnly', 1, 'the account may only read (role ReadOnly)'],
    ['Operator', 0, 'role of the account: Operator'],
  ])('an account with the role %s', async (role, exit, says) => {
    const resources: Readonly<Record<string, unknown>> = {
      '/redfish/v1/': {
        Systems: { '@odata.id': '/redfish/v1/Systems' },
        AccountService: { '@odata.id': '/redfish/v1/AccountService' },
        Links: { Sessions: { '@odata.id': '/redfish/v1/SessionService/Sessions' } },
      },
      '/redfish/v1/AccountService': { Accounts: { '@odata.id': '/redfish/v1/Accounts' } },
      '/redfish/v1/Accounts': {
        Members: [{ '@odata.id': '/redfish/v1/Accounts/1' }, { '@odata.id': '/redfish/v1/Accounts/2' }],
      },
      '/redfish/v1/Accounts/1': { UserName: 'root', RoleId: 'Administrator' },
      '/redfish/v1/Accounts/2': { UserName: 'admin', RoleId: role },
    };
    const host = await hostWith({
      before: ({ url, method }, response) => {
        const body = method === 'GET' ? resources[url ?? ''] : undefined;
        if (body === undefined) return false;
        response.end(JSON.stringify(body));
        return true;
      },
    });
    const bmcs = secret('nicwright-bmc', {
      dgx030: `{address: "${host.url.origin}", username: admin, password: ${PASSWORD}}`,
    });
    const checked = await check(clusterOf(node(), bmcs));
    expect(checked.exit).toBe(exit);
    expect(checked.shown).toContain(says);
  });

  test('an address that answers for another machine', async () => {
    const host = await hostWith();
    const other = node('8a3c2e00-0000-0000-0000-00000000ffff', {
      'nicwright.dev/bmc': host.url.origin,
      'nicwright.dev/bmc-account': 'a',
    });
    const { exit, shown } = await check(clusterOf(other, secret('a', { username: 'admin', password: PASSWORD })));
    expect(exit).toBe(1);
    expect(shown).toMatch(/its UUID is 8a3c2e00-.*0030, and the node's is .*ffff\n {4}-> correct the BMC address/);
  });

  test('a wrong password', async () => {
    const host = await hostWith({ user: ['admin', 'another'] });
    const annotated = node(UUID, { 'nicwright.dev/bmc': host.url.origin });
    const preset = secret('nicwright-bmc', { default: `{username: admin, password: ${PASSWORD}}` });
    const { shown } = await check(clusterOf(annotated, preset));
    expect(shown).toMatch(/refuses user name or password of admin/);
  });

  test("metal3's host gives address and account, and owns the power until it is paused", async () => {
    const host = await hostWith();
    const metal = object(
      'BareMetalHost',
      'dgx030',
      {
        spec: {
          online: true,
          bmc: { address: host.url.origin.replace('http:', 'redfish+http:'), credentialsName: 'c' },
        },
      },
      'metal',
    );
    const { exit, shown } = await check(
      clusterOf(node(), metal, secret('c', { username: 'admin', password: PASSWORD }, 'metal')),
    );
    expect(exit).toBe(1);
    expect(shown).toContain('metal3 (BareMetalHost/metal/dgx030, online: true) is at work on the power of dgx030');
    expect(shown).toContain('(BareMetalHost/metal/dgx030)');
  });

  test('not allowed to look for hosts of metal3 is not none', async () => {
    const api = {
      ...clusterOf(node()),
      list: () => Promise.resolve({ ok: false as const, fault: aKubeFault('kube-forbidden') }),
    };
    expect((await check(api)).shown).toContain('kube-forbidden');
  });

  test('no BMC is known', async () => {
    expect((await check(clusterOf(node()))).shown).toMatch(/No BMC is known for dgx030\n {4}-> name it in the Secret/);
  });

  test('a file alone, with a serial number to know the host by', async () => {
    const host = await hostWith();
    const file = (serial: string): string =>
      `default: {username: admin, password: ${PASSWORD}}\ndgx030: {address: "${host.url.origin}", serial: ${serial}}\n`;
    expect((await check(undefined, { bmc: 'bmcs.yaml' }, file('S-030'))).exit).toBe(0);
    expect((await check(undefined, { bmc: 'bmcs.yaml' }, file('S-031'))).shown).toContain('its serial is S-030');
  });

  test('on the very host that would be switched', async () => {
    const host = await hostWith();
    const { shown } = await check(
      clusterOf(
        node(UUID, { 'nicwright.dev/bmc': host.url.origin, 'nicwright.dev/bmc-account': 'a' }),
        secret('a', { username: 'admin', password: PASSWORD }),
      ),
      { nodeName: 'dgx030' },
    );
    expect(shown).toContain('this process runs on dgx030 itself');
  });
});
