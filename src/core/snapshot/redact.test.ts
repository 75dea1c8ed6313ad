/** What gives access is hidden wherever it stands; what only speaks of it is kept, since it is evidence. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactObject } from './redact.ts';
import { HIDDEN, redactText } from './redact-text.ts';

const PLANTED = 'Hunter2-Correct4Horse';

describe('texts', () => {
  test.each([
    `password: ${PLANTED}`,
    `  adminPassword: "${PLANTED}"`,
    `DB_PASSWORD=${PLANTED}`,
    `export OS_PASSWORD='${PLANTED}'`,
    `      DB_PASSWORD:   ${PLANTED}`,
    `{"user":"root","password":"${PLANTED}"}`,
    `{"Password": "${PLANTED} with blanks"}`,
    `driver_info: {'ipmi_username': 'admin', 'ipmi_password': '${PLANTED}'}`,
    `| adminPass | ${PLANTED} |`,
    `| driver_info | {'redfish_address': 'https://x', 'redfish_password': '${PLANTED}'} |`,
    `I0101 00:00:00.000000 1 main.go:1] dialing https://admin:${PLANTED}@bmc-7/redfish/v1`,
    `connection = mysql+pymysql://ironic:${PLANTED}@10.0.0.1/ironic`,
    `Authorization: Bearer ${PLANTED}`,
    `> X-Auth-Token: ${PLANTED}`,
    `curl -u admin:${PLANTED} https://bmc/`,
    `ipmitool -I lanplus -H 10.0.0.1 -U admin -P ${PLANTED} power status`,
    `redfishtool -u root --password ${PLANTED} Systems`,
    `token: ${PLANTED}`,
    `    client-key-data: ${PLANTED}`,
    `registry: {auth: x, secretKey: ${PLANTED}}`,
    `AWS_SECRET_ACCESS_KEY=${PLANTED}`,
    `--from-literal=api-key=${PLANTED}`,
    `password: |\n  ${PLANTED}\n  ${PLANTED}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${PLANTED}\n-----END RSA PRIVATE KEY-----`,
    `key: "-----BEGIN PRIVATE KEY-----\\n${PLANTED}\\n-----END PRIVATE KEY-----\\n"`,
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  anything: ${PLANTED}\n  more: ${PLANTED}\ntype: Opaque`,
    `{\n  "kind": "Secret",\n  "data": {\n    "anything": "${PLANTED}"\n  }\n}`,
    `user_data: ${PLANTED}`,
  ])('%s', (text) => {
    const hidden = redactText(text);
    expect(hidden).not.toContain(PLANTED);
    expect(hidden).toContain(HIDDEN);
    expect(hidden.split('\n').length).toBe(text.split('\n').length);
  });

  test.each([
    'Error from server (Forbidden): secrets "dms-token" is forbidden: User "system:serviceaccount:a:b" cannot get resource "secrets" in API group "" in the namespace "a"',
    'E0101 00:00:00.000000 1 main.go:1] failed to get secret: secrets "operator-webhook-cert" not found',
    'MountVolume.SetUp failed for volume "webhook-cert" : secret "operator-webhook-cert" not found',
    'Error: token has expired, log in again',
    '        secretName: operator-webhook-cert',
    'automountServiceAccountToken: true',
    '  resources: ["secrets"]',
    'KEYBOARD=us',
    'Unable to authenticate: the server has asked for the client to provide credentials',
    'mlx5_core 0000:18:00.0: firmware version: 28.43.2026',
    '2025-10-08T08:05:13.551207Z\tLEVEL(-2)\tmellanox_plugin.go:121\tChanging TotalVfs, needs reboot\t{"current": 16, "requested": 8}',
    '*       NUM_OF_VFS                                  16                  16                  8',
    '  - key: node.kubernetes.io/unschedulable',
    '    key: nvidia.com/ofed-driver-upgrade-state',
    '"key": "network.nvidia.com/operator.mofed.wait"',
  ])('stays: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('is the same when done twice, and keeps the number of lines', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ maxLength: 40 }),
            fc.constantFrom(
              'password: x',
              'kind: Secret',
              'data:',
              '  a: b',
              'token=abcdefghi',
              '-----BEGIN PRIVATE KEY-----',
              'key: |',
            ),
          ),
          { maxLength: 12 },
        ),
        (lines) => {
          const text = lines.join('\n');
          const once = redactText(text);
          expect(once.split('\n').length).toBe(text.split('\n').length);
          expect(redactText(once)).toBe(once);
        },
      ),
    );
  });

  test('takes no time on long lines', () => {
    const started = performance.now();
    for (const text of [
      `password${'='.repeat(50_000)}`,
      'a.-_'.repeat(50_000),
      `"${'secret'.repeat(10_000)}`,
      `-P ${'x'.repeat(100_000)}`,
    ])
      redactText(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('objects', () => {
  const base = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' } };

  test('of which nothing is hidden stay the same object', () => {
    const pod = {
      ...base,
      spec: {
        automountServiceAccountToken: false,
        imagePullSecrets: [{ name: 'ngc-secret' }],
        containers: [
          {
            name: 'c',
            env: [
              { name: 'MODE', value: 'rdma' },
              { name: 'X_TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'token' } } },
            ],
          },
        ],
        volumes: [
          { name: 'v', secret: { secretName: 'webhook-cert' } },
          { name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
        ],
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
      },
    };
    expect(redactObject(pod)).toBe(pod);
  });

  test.each<[string, object]>([
    ['an environment variable', { ...base, spec: { containers: [{ name: 'c', env: [{ name: 'BMC_PASSWORD', value: PLANTED }] }] } }],
    ['an argument', { ...base, spec: { containers: [{ name: 'c', args: [`--password=${PLANTED}`] }] } }],
    ['an option and its value', { ...base, spec: { containers: [{ name: 'c', args: ['--bmc-password', PLANTED] }] } }],
    ['what was applied last', { ...base, metadata: { ...base.metadata, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec: { env: [{ value: 'v', password: PLANTED }] } }) } } }],
    ['the data of a Secret', { ...base, kind: 'Secret', data: { anything: PLANTED }, stringData: { else: PLANTED } }],
    ['what was last applied to a Secret', { ...base, kind: 'Secret', metadata: { ...base.metadata, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"a":"${PLANTED}"}}` } } }],
    ['values in a ConfigMap', { ...base, kind: 'ConfigMap', data: { 'values.yaml': `db:\n  password: ${PLANTED}\n`, token: PLANTED } }],
    ['an address in a status', { ...base, kind: 'NicDevice', status: { conditions: [{ message: `get https://u:${PLANTED}@fw.example.net/fw.bin: 404` }] } }],
  ])('%s', (_what, object) => {
    const hidden = JSON.stringify(redactObject(object as never));
    expect(hidden).not.toContain(PLANTED);
  }); // prettier-ignore
});
