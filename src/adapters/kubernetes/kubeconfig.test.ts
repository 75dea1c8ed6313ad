import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLogin, isInsecure, podLogin } from './kubeconfig.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string): string => {
  const target = path.join(folder, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
};

const FIRST = `
apiVersion: v1
kind: Config
current-context: one
contexts:
- name: one
  context: { cluster: c1, user: u1, namespace: ns-one }
- name: both
  context: { cluster: c1, user: u2 }
- name: lost
  context: { cluster: nowhere, user: u1 }
- name: nobody
  context: { cluster: c1, user: missing }
clusters:
- name: c1
  cluster: { server: "https://one.example.com:6443/", certificate-authority: pki/ca.crt }
users:
- name: u1
  user: { client-certificate: u1.crt, client-key: /abs/u1.key }
`;

const SECOND = `
current-context: two
contexts:
- name: one
  context: { cluster: c2, user: u2 }
- name: two
  context: { cluster: c2, user: u2 }
clusters:
- name: c2
  cluster: { server: "https://two.example.com", insecure-skip-tls-verify: true }
users:
- name: u2
  user: { exec: { command: ./login.sh, apiVersion: client.authentication.k8s.io/v1 } }
`;

const both = (): { readonly KUBECONFIG: string } => ({
  KUBECONFIG: [file('a/config', FIRST), path.join(folder, 'none'), file('b/config', SECOND)].join(path.delimiter),
});

test('the current context of the first file, with paths relative to their own file', () => {
  expect(findLogin({ env: both() })).toMatchObject({
    ok: true,
    value: {
      source: 'context one',
      server: 'https://one.example.com:6443',
      namespace: 'ns-one',
      cluster: { 'certificate-authority': path.join(folder, 'a/pki/ca.crt') },
      user: { 'client-certificate': path.join(folder, 'a/u1.crt'), 'client-key': '/abs/u1.key' },
    },
  });
});

test('of two entries with one name the first wins; parts of one context may be in two files', () => {
  expect(findLogin({ env: both(), context: 'both' })).toMatchObject({
    ok: true,
    value: {
      server: 'https://one.example.com:6443',
      namespace: 'default',
      user: { exec: { command: path.join(folder, 'b/login.sh') } },
    },
  });
  const two = findLogin({ env: both(), context: 'two' });
  expect(two).toMatchObject({ ok: true, value: { server: 'https://two.example.com' } });
  expect(two.ok && isInsecure(two.value)).toBe(true);
});

test('--kubeconfig stands in place of KUBECONFIG, and HOME serves when neither is there', () => {
  const one = file('one', FIRST);
  expect(findLogin({ env: both(), kubeconfig: file('two', SECOND) })).toMatchObject({
    value: { source: 'context two' },
  });
  file('home/.kube/config', FIRST);
  expect(findLogin({ env: { HOME: path.join(folder, 'home') } })).toMatchObject({ value: { source: 'context one' } });
  expect(findLogin({ env: { HOME: path.join(folder, 'home'), KUBECONFIG: one } })).toMatchObject({ ok: true });
});

test.for([
  ['no context of that name', { context: 'three' }, /no context "three"; it has one, both, lost, nobody, two\.$/],
  ['a context without its cluster', { context: 'lost' }, /names the cluster "nowhere", which has no usable server/],
  ['a context without its user', { context: 'nobody' }, /names the user "missing", and there is none/],
] as const)('%s is said in one sentence', ([, options, message]) => {
  const found = findLogin({ env: both(), ...options });
  expect(found.ok ? '' : found.fault.message).toMatch(message);
  expect(found.ok ? '' : found.fault.code).toMatch(/^input-/);
});

test.for([
  ['cut.yaml', 'contexts: [', /cannot be read: /],
  ['binary', '\u0000\u0001\ufffd', /cannot be read|is no kubeconfig/],
  ['list.yaml', '- a\n- b\n', /is no kubeconfig: its content is not a map/],
  ['empty.yaml', '', /has no current-context; name one with --context \(no contexts at all\)/],
  ['odd.yaml', 'contexts: 7\ncurrent-context: x\n', /has no context "x"/],
] as const)('%s is refused in one sentence', ([name, content, message]) => {
  const found = findLogin({ env: {}, kubeconfig: file(name, content) });
  expect(found.ok ? '' : found.fault.message).toMatch(message);
});

test('a file that is not there, and nothing at all', () => {
  const none = findLogin({ env: {}, kubeconfig: path.join(folder, 'none') });
  expect(none.ok ? '' : none.fault.message).toMatch(/none cannot be read: ENOENT/);
  const nothing = findLogin({ env: { HOME: folder } });
  expect(nothing.ok ? '' : nothing.fault.message).toMatch(/^No kubeconfig was found .* name one with --kubeconfig\.$/);
});

test('a pod finds its own identity', () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  expect(podLogin(env, folder)).toBeUndefined();
  file('token', 'secret');
  expect(podLogin({}, folder)).toBeUndefined();
  file('namespace', 'nicwright-system\n');
  expect(podLogin(env, folder)).toMatchObject({
    server: 'https://10.0.0.1:443',
    namespace: 'nicwright-system',
    user: { tokenFile: path.join(folder, 'token') },
  });
  expect(podLogin({ ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder)).toMatchObject({
    server: 'https://[fd00::1]:443',
  });
});
