/**
 * core/release's forecast of a chart rendering against the real helm: every hop between releases with --reuse-values, and
 * every release fresh, with each of the values files below. NICWRIGHT_CHARTS names a folder of full charts, one folder a
 * release. Helm runs without a cluster: its records come from a file, and a few answers of an API server from here.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RELEASES } from '../../src/core/release/chart-facts.ts';
import { predictRender } from '../../src/core/release/predict-render.ts';
import { installValues, upgradeValues } from '../../src/core/release/upgrade-values.ts';
import type { Values } from '../../src/core/release/values.ts';
import { realPart } from './real-parts.ts';

const charts = process.env['NICWRIGHT_CHARTS'];
const helm = realPart('helm');
const LIMIT_MS = 60_000;

const VALUES: Readonly<Record<string, Values>> = {
  defaults: {},
  'sriov on': { sriovNetworkOperator: { enabled: true } },
  'nic configuration on': { nicConfigurationOperator: { enabled: true } },
  'nic configuration on, storage given': {
    nicConfigurationOperator: { enabled: true },
    'nic-configuration-operator-chart': { nicFirmwareStorage: {} },
  },
  'requestor mode': {
    maintenanceOperator: { enabled: true },
    operator: { maintenanceOperator: { useRequestor: true } },
  },
  'policy by the chart': { deployCR: true, ofedDriver: { deploy: true }, nvIpam: { deploy: true } },
  'nothing on': { nfd: { enabled: false }, upgradeCRDs: false, sriovNetworkOperator: { enabled: false } },
  'webhook with own certificates': { operator: { admissionController: { enabled: true, useCertManager: false } } },
  'a section taken away': { operator: { admissionController: null } },
  'a section that is no map': { nfd: 'yes' },
};
const REUSED = ['defaults', 'sriov on', 'nic configuration on', 'nothing on', 'a section taken away'];

/** What the API server is asked before a rendering: its version, and which kinds it knows. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [] },
};

const startAnswers = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const answer = ANSWERS[(request.url ?? '').split('?')[0] ?? ''];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { kind: 'Status', status: 'Failure', code: 404 }));
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

/** `templates/x.yaml:93 nil pointer evaluating ...`, or `ok`: how both sides state their first error. */
const foreseen = (release: string, values: Parameters<typeof predictRender>[1]): string => {
  const error = predictRender(release, values).errors.find(({ uncertain }) => !uncertain);
  return error === undefined ? 'ok' : `${error.at} ${error.message}`;
};

const HELM_ERROR =
  /FAILED: (?:execution error at \()?network-operator\/(\S+?:\d+):\d+[\s\S]*?((?:nil pointer evaluating|can't evaluate field)[^\n]*)/;

// Full charts are not part of the project, so their absence is said and is no skip: predict-render.test.ts holds the
// recorded outcomes.
if (charts === undefined)
  test('no full charts given (NICWRIGHT_CHARTS): the recorded outcomes of the hops stand alone', async ({
    annotate,
  }) => {
    await annotate('no full charts given: set NICWRIGHT_CHARTS to a folder of them to ask the real helm', 'note');
    expect(RELEASES.length).toBeGreaterThan(1);
  });

const asked = charts === undefined ? describe.runIf(false) : describe.skipIf(helm.absent);
asked(helm.title('helm renders as foreseen'), () => {
  let server: Server;
  let folder: string;
  let rendered = 0;
  beforeAll(async () => {
    server = await startAnswers();
    folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-helm-'));
    const port = (server.address() as AddressInfo).port;
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(path.join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
    for (const [name, values] of Object.entries(VALUES)) writeFileSync(valuesFile(name), JSON.stringify(values));
  });
  afterAll(() => {
    console.log(`${rendered} hops and installations rendered by the real helm`);
    server?.close();
    rmSync(folder, { recursive: true, force: true });
    expect(rendered).toBeGreaterThan(0);
  });

  const run = (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const options = {
        env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig'), ...env },
        maxBuffer: 64 * 1024 * 1024,
        timeout: LIMIT_MS,
      };
      execFile(helm.program, [...args], options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : 1, stdout, stderr }),
      );
    });

  // helm splits -f at commas, so the names of the sets do not serve as file names.
  const valuesFile = (name: string): string => path.join(folder, `${Object.keys(VALUES).indexOf(name)}.json`);
  const chart = (release: string): string => path.join(charts ?? '', release);
  const FLAGS = ['--dry-run=client', '--skip-schema-validation', '-o', 'json'];

  const answered = ({ code, stderr }: { code: number; stderr: string }): string => {
    rendered += 1;
    if (code === 0) return 'ok';
    const found = HELM_ERROR.exec(stderr);
    return found === null ? stderr.slice(0, 500) : `${found[1] ?? ''} ${found[2] ?? ''}`;
  };

  const install = (release: string, values: string) =>
    run(['install', 'r', chart(release), '-f', valuesFile(values), ...FLAGS]);

  const there = RELEASES.filter((release) => existsSync(path.join(chart(release), 'templates')));

  test.for(there.flatMap((release) => Object.keys(VALUES).map((values) => ({ release, values }))))(
    '$release fresh, $values',
    async ({ release, values }) => {
      const expected = foreseen(release, installValues(release, VALUES[values] ?? {}));
      expect(answered(await install(release, values))).toBe(expected);
    },
  );

  test.for(there.flatMap((from) => REUSED.map((values) => ({ from, values }))))(
    '$from to every later release with --reuse-values, $values',
    async ({ from, values }) => {
      const stored = VALUES[values] ?? {};
      const made = await install(from, values);
      if (made.code !== 0) return;
      const release = JSON.parse(made.stdout) as { info: { status: string } };
      release.info.status = 'deployed';
      const record = path.join(folder, `record-${there.indexOf(from)}-${REUSED.indexOf(values)}.json`);
      writeFileSync(record, JSON.stringify([release]));
      const memory = { HELM_DRIVER: 'memory', HELM_MEMORY_DRIVER_DATA: record };
      for (const to of there.slice(there.indexOf(from) + 1)) {
        const expected = foreseen(to, upgradeValues({ from, to, flag: '--reuse-values', stored, given: {} }));
        const got = answered(await run(['upgrade', 'r', chart(to), '--reuse-values', ...FLAGS], memory));
        expect(`${from} -> ${to}: ${got}`).toBe(`${from} -> ${to}: ${expected}`);
      }
    },
  );
});
