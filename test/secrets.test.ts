/**
 * Secrets planted in every kind of input, in the very lines and fields that reports cite: none of them stands in any output
 * of diagnose or inspect, on stdout or stderr, nor in what is kept of a cluster.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { saveSnapshot } from '../src/adapters/dump/save-snapshot.ts';
import { withHelmValues } from '../src/app/collect/helm-values.ts';
import type { KubeObject } from '../src/core/model/kube-object.ts';
import { HIDDEN } from '../src/core/snapshot/redact-text.ts';
import type { Snapshot, SnapshotObject } from '../src/core/snapshot/snapshot.ts';
import { COMMANDS } from '../src/faces/cli/commands/index.ts';
import { plainPaint } from '../src/faces/cli/paint.ts';
import { runCli } from '../src/faces/cli/run-cli.ts';
import { commandContext } from '../src/main/command-context.ts';
import { asClusterInfoStream, CLUSTER_LAYOUTS, type DumpFiles } from '../src/testing/dump-layouts.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../examples/dgx-incident');
const PLANTED = 'Hunter2-Correct4Horse';
const AS_BASE64 = Buffer.from(PLANTED).toString('base64');
const KEY = `-----BEGIN PRIVATE KEY-----\n${PLANTED}\n-----END PRIVATE KEY-----`;

let folder = '';
let example: Snapshot;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-secrets-'));
  const loaded = await loadDump([EXAMPLE]);
  if (!loaded.ok) throw new Error(loaded.fault.message);
  example = loaded.value;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const metadata = { name: 'planted', namespace: 'network-operator' };

const release = {
  name: 'net',
  namespace: 'network-operator',
  version: 1,
  info: { status: 'deployed' },
  chart: { metadata: { name: 'some-chart', version: '1.0.0' } },
  config: { db: { password: PLANTED }, url: `https://u:${PLANTED}@x/` },
};

const OBJECTS: readonly KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    data: { a: AS_BASE64, 'tls.key': AS_BASE64 },
    stringData: { b: PLANTED },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { 'values.yaml': `auth:\n  password: ${PLANTED}\n`, key: KEY },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: { ...metadata, name: 'sh.helm.release.v1.net.v1', labels: { owner: 'helm', name: 'net' } },
    data: {
      release: Buffer.from(Buffer.from(gzipSync(JSON.stringify(release))).toString('base64')).toString('base64'),
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      ...metadata,
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ password: PLANTED }) },
    },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'c',
              args: ['--bmc-password', PLANTED, `--token=${PLANTED}`],
              env: [{ name: 'BMC_PASS', value: PLANTED }],
            },
          ],
        },
      },
    },
  },
];

/** The cluster of the example with secrets in what its report cites. */
const planted = (): Snapshot => ({
  ...example,
  objects: [
    ...example.objects.map((entry): SnapshotObject => {
      const status = entry.object['status'];
      return entry.object.kind === 'SriovNetworkNodeState' && typeof status === 'object'
        ? {
            ...entry,
            object: { ...entry.object, status: { ...status, lastSyncError: `get https://u:${PLANTED}@fw/x: 401` } },
          }
        : entry;
    }),
    ...OBJECTS.map((object) => ({ object, origin: { source: 'planted' } })),
  ],
  texts: example.texts.map((text) => ({
    ...text,
    text:
      text.kind === 'log'
        ? text.text.replaceAll(/$/gm, ` password=${PLANTED} Authorization: Bearer ${PLANTED}`)
        : `${text.text}\n$ env\nOS_PASSWORD=${PLANTED}\n`,
  })),
});

/** One of each kind of text that users have. */
const TEXTS: DumpFiles = new Map([
  [
    'values.yaml',
    `sriovOperator:\n  enabled: true\nregistry:\n  password: "${PLANTED}"\n  key: |\n    ${KEY.replaceAll('\n', '\n    ')}\n`,
  ],
  [
    'helm-get-values.txt',
    `$ helm get values net -n network-operator\nUSER-SUPPLIED VALUES:\nimagePullPassword: ${PLANTED}\n`,
  ],
  [
    'describe-pod.txt',
    `$ kubectl describe pod x\nName:         x\n    Environment:\n      BMC_PASSWORD:  ${PLANTED}\n`,
  ],
  [
    'node-show.txt',
    `$ openstack baremetal node show n1\n+---+---+\n| driver_info | {'ipmi_address': '10.0.0.1', 'ipmi_password': '${PLANTED}'} |\n| password | ${PLANTED} |\n+---+---+\n`,
  ],
  ['node-show.json', JSON.stringify({ uuid: 'u', driver_info: { redfish_password: PLANTED }, configdrive: PLANTED })],
  ['node-show.yaml', `uuid: u\ndriver_info:\n  redfish_password: ${PLANTED}\n`],
  [
    'redfish-AccountService.json',
    JSON.stringify({ '@odata.id': '/redfish/v1/AccountService/Accounts/1', Password: PLANTED }, undefined, 2),
  ],
  [
    'ironic-conductor.log',
    `2026-01-01 00:00:00.000 1 ERROR ironic.drivers ipmitool -I lanplus -U admin -P ${PLANTED} power status failed\n`,
  ],
  [
    'neutron-server.log',
    `2026-01-01 00:00:00.000 1 DEBUG oslo connection = mysql+pymysql://n:${PLANTED}@10.0.0.1/neutron\n`,
  ],
  ['dmesg.txt', `[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=UUID=1 rd.auth_token=${PLANTED} quiet\n`],
  [
    'kubeconfig.yaml',
    `apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: ${PLANTED}\n    client-key-data: ${AS_BASE64}\n`,
  ],
  [
    'pasted-secret.txt',
    `$ kubectl get secret x -o yaml\napiVersion: v1\nkind: Secret\ndata:\n  anything: ${AS_BASE64}\nstringData:\n  other: ${PLANTED}\n`,
  ],
  ['broken.json', `{"apiVersion": "v1", "kind": "Secret", "data": {"password": "${PLANTED}" ${PLANTED}`],
  ['broken.yaml', `apiVersion: v1\nkind: Pod\nmetadata:\n  name: "p\n  password: ${PLANTED}\n`],
  ['curl.txt', `$ curl -k -u root:${PLANTED} https://bmc/redfish/v1/\n{"error": {}}\n`],
]);

const write = (name: string, files: DumpFiles): string => {
  const root = path.join(folder, name);
  for (const [file, content] of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  return root;
};

const run = async (...words: readonly string[]): Promise<string> => {
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  await runCli(words, COMMANDS, { out: print, err: print, paint: plainPaint }, (options, command) =>
    commandContext(options, command, { progress: print, warn: print }),
  );
  return printed.join('\n');
};

const OUTPUTS: readonly (readonly string[])[] = [
  ['-v'],
  ...['json', 'yaml', 'sarif', 'junit', 'html', 'markdown'].map((format) => ['-o', format]),
  ['-o', 'markdown', '--for', 'vendor'],
];

const leaks = (text: string): boolean => text.includes(PLANTED) || text.includes(AS_BASE64);

const expectNoSecret = async (dump: string): Promise<string> => {
  const all: string[] = [];
  for (const output of OUTPUTS) all.push(await run('diagnose', '--from', dump, ...output));
  for (const output of [['-v'], ['-o', 'json'], ['-o', 'yaml']]) all.push(await run('inspect', dump, ...output));
  for (const text of all) expect(leaks(text), text.slice(0, 2000)).toBe(false);
  return all.join('\n');
};

const written = (root: string): string =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(root, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => readFileSync(name, 'utf8'))
    .join('\n');

describe('no output holds a secret', () => {
  test.each([...Object.entries(CLUSTER_LAYOUTS), ['a stream', asClusterInfoStream] as const])(
    'of %s',
    async (name, as) => {
      const dump = write(`layouts/${name}`, as(planted()));
      expect(leaks(written(dump))).toBe(true);
      const printed = await expectNoSecret(dump);
      // Cited lines are there, without what was in them. A dump of kubectl's has nothing that is cited here.
      expect(printed.includes(HIDDEN)).toBe(!/cluster-info|stream/.test(name));
    },
  );

  test('of an archive', async () => {
    const dump = write('packed', CLUSTER_LAYOUTS['must-gather'](planted()));
    execFileSync('tar', ['-czf', `${dump}.tgz`, '-C', dump, '.']);
    expect(await expectNoSecret(`${dump}.tgz`)).toContain(HIDDEN);
  });

  test.each([...TEXTS])('of %s', async (name, content) => {
    const dump = write(`texts/${name}`, new Map([[name, content]]));
    await expectNoSecret(dump);
    await expectNoSecret(path.join(dump, name));
  });

  test('nor what is kept of a cluster, with Helm values instead of its records', async () => {
    const loaded = await loadDump([
      write('kept', CLUSTER_LAYOUTS['must-gather'](planted())),
      write('kept-texts', TEXTS),
    ]);
    if (!loaded.ok) throw new Error(loaded.fault.message);
    for (const [name, snapshot] of [
      ['save', loaded.value],
      ['collect', withHelmValues(loaded.value)],
    ] as const) {
      const to = path.join(folder, 'out', name);
      expect(saveSnapshot(to, snapshot, '2026-03-02T09:15:44Z').ok).toBe(true);
      expect(written(to).split('\n').filter(leaks)).toEqual([]);
      expect(written(to).includes('helm get values net -n network-operator --revision 1')).toBe(name === 'collect');
    }
  });
});
