/**
 * Collections of a real API server with the DGX incident in it, by three collectors: ours, the script that ours prints, and
 * `kubectl cluster-info dump`. Each is read by --from and gives the root cause that the example gives.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../../src/adapters/dump/load-dump.ts';
import { diagnose } from '../../src/core/diagnosis/engine.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { buildIncident, INCIDENT } from './incident-world.ts';
import { type KubeletStub, startKubeletStub } from './kubelet-stub.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const PLANTED = 'Hunter2-Correct4Horse';

describe.skipIf(parts.absent)(parts.title('collections of the DGX incident'), () => {
  let cluster: Cluster;
  let stub: KubeletStub;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-collect-'));
    cluster = await startCluster();
    stub = await startKubeletStub(cluster.pki);
    await buildIncident(await apiOf(cluster), stub);
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'bmc', namespace: 'network-operator' },
      stringData: { password: PLANTED },
    };
    const values = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'helm.sh/release.v1',
      metadata: {
        name: 'sh.helm.release.v1.net.v3',
        namespace: 'network-operator',
        labels: { owner: 'helm', status: 'deployed' },
      },
      stringData: {
        release: Buffer.from(
          JSON.stringify({
            name: 'net',
            namespace: 'network-operator',
            version: 3,
            info: { status: 'deployed' },
            chart: { metadata: { name: 'some-chart', version: '25.7.0' } },
            config: { deployCR: false, registry: { password: PLANTED } },
          }),
        ).toString('base64'),
      },
    };
    for (const object of [secret, values])
      await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify(object) });
  });
  afterAll(async () => {
    await stub?.stop();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (program: string, args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env: { ...process.env, ...cluster.env }, timeout: 120_000 });
      let [out, err] = ['', ''];
      child.stdout.on('data', (part: Buffer) => (out += part.toString()));
      child.stderr.on('data', (part: Buffer) => (err += part.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
    });
  const nicwright = (...args: readonly string[]) =>
    run(process.execPath, [path.resolve(import.meta.dirname, '../../bin/nicwright.mjs'), ...args]);

  const load = async (...paths: readonly string[]): Promise<Snapshot> => {
    const loaded = await loadDump(paths);
    if (!loaded.ok) throw new Error(loaded.fault.message);
    return loaded.value;
  };
  const causes = (snapshot: Snapshot): unknown =>
    diagnose(snapshot, ALL_RULES).problems.map(({ rule, nodes }) => [rule, nodes]);

  const everything = (root: string): string =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(root, name))
      .filter((name) => statSync(name).isFile())
      .map((name) => readFileSync(name, 'utf8'))
      .join('\n');

  test('ours: every command is said before, only reads, and no secret is written', async () => {
    const to = path.join(folder, 'ours');
    const { code, out, err } = await nicwright('collect', to);
    expect(code, err).toBe(0);
    expect(out).toContain(`nicwright diagnose --from ${to}`);
    const said = err.split('\n').filter((line) => line.startsWith('$ '));
    expect(said).toContain('$ kubectl get poddisruptionbudgets.policy -A -o json');
    expect(
      said.some((line) =>
        /^\$ kubectl exec -n network-operator \S+ -c \S+ -- mstconfig -d 0000:18:00\.0 -e q$/.test(line),
      ),
    ).toBe(true);
    expect(said.filter((line) => !/^\$ kubectl (?:get|logs|exec|auth|version|api-resources)\b/.test(line))).toEqual([]);
    const written = everything(to);
    expect(written).not.toContain(PLANTED);
    expect(written).not.toContain(Buffer.from(PLANTED).toString('base64'));
    expect(written).toContain('helm get values net -n network-operator --revision 3');
    expect(written).toContain('deployCR: false');
    const snapshot = await load(to);
    expect(causes(snapshot)).toEqual(causes(await load(INCIDENT)));
    expect((await nicwright('collect', to)).err).toContain('holds files already');
  });

  test('the printed script, run with kubectl: the same', async () => {
    const to = path.join(folder, 'script');
    const { out } = await nicwright('collect', to, '--print-commands');
    const file = path.join(folder, 'collect.sh');
    writeFileSync(file, out);
    const { code, err } = await run('sh', [file]);
    expect(code, err).toBe(0);
    const snapshot = await load(to);
    expect(causes(snapshot)).toEqual(causes(await load(INCIDENT)));
    expect(snapshot.listed).toContain('IPPool.nv-ipam.nvidia.com');
    expect(everything(to)).not.toContain(PLANTED);
  });

  test('kubectl cluster-info dump, with custom resources and hosts beside it: the same, as a folder and as a stream', async () => {
    const to = path.join(folder, 'kubectl');
    const dumped = await cluster.kubectl(['cluster-info', 'dump', '-A', `--output-directory=${to}`]);
    expect(dumped.code, dumped.stderr).toBe(0);
    const stream = path.join(folder, 'stream.txt');
    writeFileSync(stream, (await cluster.kubectl(['cluster-info', 'dump', '-A'])).stdout);
    const custom = path.join(folder, 'custom.yaml');
    const kinds = 'sriovnetworknodestates,sriovnetworknodepolicies,sriovoperatorconfigs';
    writeFileSync(custom, (await cluster.kubectl(['get', kinds, '-A', '-o', 'yaml'])).stdout);
    const alone = await load(to);
    expect(alone.dumps?.map(({ layout }) => layout)).toEqual(['cluster-info']);
    expect(alone.texts.filter(({ kind, pod }) => kind === 'log' && pod !== undefined).length).toBeGreaterThan(0);
    for (const dump of [to, stream])
      expect(causes(await load(dump, custom, path.join(INCIDENT, 'host')))).toEqual(causes(await load(INCIDENT)));
  });
});
