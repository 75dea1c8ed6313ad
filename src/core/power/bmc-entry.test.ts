/** Where the address and the account of a BMC come from, and what is refused. */
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { parseBmcAddress, showBmcAddress } from './bmc-address.ts';
import { annotatedBmc, completeEntry, entryOf, metal3Owns, metalHostOf } from './bmc-entry.ts';

describe('addresses', () => {
  test.each([
    [
      'https://10.1.0.30/redfish/v1/Systems/DGX',
      { protocol: 'redfish', origin: 'https://10.1.0.30', system: '/redfish/v1/Systems/DGX' },
    ],
    [
      'redfish://bmc.example:8443/redfish/v1/Systems/1/',
      { protocol: 'redfish', origin: 'https://bmc.example:8443', system: '/redfish/v1/Systems/1' },
    ],
    ['redfish+http://127.0.0.1:8000/redfish/v1/', { protocol: 'redfish', origin: 'http://127.0.0.1:8000' }],
    [
      'idrac-redfish://10.0.0.1/redfish/v1/Systems/System.Embedded.1',
      { protocol: 'redfish', origin: 'https://10.0.0.1' },
    ],
    ['redfish-virtualmedia+https://10.0.0.1/redfish/v1/Systems/1', { protocol: 'redfish', origin: 'https://10.0.0.1' }],
    ['ilo5-redfish://10.0.0.1/redfish/v1/Systems/1', { protocol: 'redfish' }],
    ['https://[fd00::30]/redfish/v1', { protocol: 'redfish', origin: 'https://[fd00::30]' }],
    ['ipmi://10.0.0.1:6230', { protocol: 'ipmi', host: '10.0.0.1', port: 6230 }],
    ['10.0.0.1', { protocol: 'ipmi', host: '10.0.0.1' }],
  ])('%s', (text, expected) => {
    const parsed = parseBmcAddress(text);
    expect(parsed).toMatchObject({ ok: true, value: expected });
    if (parsed.ok) expect(parseBmcAddress(showBmcAddress(parsed.value))).toEqual(parsed);
  });

  test.each([
    '',
    '://',
    'ftp://x',
    'https://',
    'ipmi://x:0',
    'ipmi://x:99999',
    'https://a b/',
    'redfish://-o ProxyCommand',
  ])('%j is none', (text) => {
    expect(parseBmcAddress(text)).toMatchObject({ ok: false, fault: { code: 'bmc-address' } });
  });

  test('a password in an address is refused and not repeated', () => {
    const parsed = parseBmcAddress('https://admin:s3cret@10.0.0.1/redfish/v1');
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain('s3cret');
  });
});

describe('entries', () => {
  const map = {
    default: { username: 'admin', password: 'p' },
    dgx030: { address: 'https://10.1.0.30/redfish/v1/Systems/DGX' },
    dgx031: { address: 'ipmi://10.1.0.31', username: 'other' },
    bare: {},
    odd: { adress: 'x' },
    pin: { address: 'https://x', fingerprint: 'AB:CD' },
  };
  const complete = (node: string) => {
    const entry = entryOf(node, map, 'S');
    if (!entry.ok) return entry;
    return entry.value === undefined ? undefined : completeEntry(node, entry.value, 'S');
  };

  test('default fills what a node leaves out, and makes no entry by itself', () => {
    expect(complete('dgx030')).toMatchObject({ ok: true, value: { username: 'admin', password: 'p', source: 'S' } });
    expect(complete('dgx031')).toMatchObject({ ok: true, value: { username: 'other', password: 'p' } });
    expect(complete('dgx032')).toBeUndefined();
    expect(complete('constructor')).toBeUndefined();
  });

  test.each([
    ['bare', /neither an address nor a command/],
    ['odd', /odd.*adress/],
    ['pin', /pin\.fingerprint: is no SHA-256 fingerprint/],
  ])('%s is refused by name', (node, expected) => {
    expect(complete(node)).toMatchObject({ ok: false, fault: { message: expect.stringMatching(expected) as string } });
  });

  test('without an account', () => {
    expect(completeEntry('a', { address: 'https://x' }, 'S')).toMatchObject({
      fault: { message: expect.stringContaining('no user name and password') as string },
    });
  });
});

describe('what the cluster knows', () => {
  const node = (more: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'dgx030',
      annotations: { 'nicwright.dev/bmc': 'ipmi://10.1.0.30', 'nicwright.dev/bmc-account': 'a' },
    },
    ...more,
  });
  const host = (namespace: string, name: string, spec: object = {}): KubeObject => ({
    apiVersion: 'metal3.io/v1alpha1',
    kind: 'BareMetalHost',
    metadata: { namespace, name },
    spec: { bmc: { address: 'redfish://x/redfish/v1/Systems/1', credentialsName: 'c' }, online: true, ...spec },
  });

  test('annotations of the node', () => {
    expect(annotatedBmc(node())).toEqual({ address: 'ipmi://10.1.0.30', account: 'a' });
    expect(annotatedBmc({ ...node(), metadata: { name: 'x' } })).toBeUndefined();
  });

  test('a BareMetalHost by provider ID, else by name; two of one name are told', () => {
    const other = host('metal', 'rack1-u30');
    expect(
      metalHostOf(node({ spec: { providerID: 'metal3://metal/rack1-u30/uid' } }), [other, host('m', 'dgx030')]),
    ).toMatchObject({ value: { host: other, credentials: 'c', trustsAnyCertificate: false } });
    expect(metalHostOf(node(), [other, host('m', 'dgx030')])).toMatchObject({
      value: { address: 'redfish://x/redfish/v1/Systems/1' },
    });
    expect(metalHostOf(node(), [host('a', 'dgx030'), host('b', 'dgx030')])).toMatchObject({ ok: false });
    expect(metalHostOf(node(), [other])).toEqual({ ok: true, value: undefined });
  });

  test('metal3 owns the power unless the host is paused', () => {
    expect(metal3Owns(host('m', 'dgx030'))).toBe('metal3 (BareMetalHost/m/dgx030, online: true)');
    const paused = host('m', 'dgx030');
    expect(
      metal3Owns({
        ...paused,
        metadata: { ...paused.metadata, annotations: { 'baremetalhost.metal3.io/paused': 'x' } },
      }),
    ).toBeUndefined();
  });
});
