/**
 * The command line at a real API server: the objects of the DGX incident are in it, host text and logs stand in files
 * beside it, and `diagnose` names the one root cause; nothing of the cluster is changed by looking.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { hasShared, SHARED, WHERE_ABSENT } from '../shared-folder.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const ROOT = path.resolve(import.meta.dirname, '../..');
const EXAMPLE = path.join(ROOT, 'examples/dgx-incident');

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const nicwright = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(ROOT, 'bin/nicwright.mjs'), ...args],
      { env: { ...env, NO_COLOR: '1' }, timeout: 60_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    );
  });

describe.skipIf(parts.absent || !hasShared)(parts.title(`diagnose at a real API server${WHERE_ABSENT}`), () => {
  let cluster: Cluster;
  let scratch = '';
  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-live-'));
    cluster = await startCluster();
    const crds = path.join(SHARED, 'data/charts/network-operator/25.7.0/subcharts/sriov-network-operator/crds');
    const applied = await cluster.kubectl(['apply', '--server-side', '-f', crds]);
    expect(applied.code, applied.stderr).toBe(0);
    for (const namespace of ['network-operator', 'nccl']) await cluster.kubectl(['create', 'namespace', namespace]);
    await cluster.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    for (const file of ['nodes.yaml', 'sriov-policies.yaml', 'sriovnetworknodestates.yaml', 'pods.yaml']) {
      const made = await cluster.kubectl(['create', '-f', path.join(EXAMPLE, file), '--validate=false']);
      expect(made.stderr, file).toBe('');
    }
    // create ignores status where it is a subresource: it is written by its own call.
    for (const [kind, file] of [
      ['nodes', 'nodes.yaml'],
      ['sriovnetworknodestates', 'sriovnetworknodestates.yaml'],
      ['pods', 'pods.yaml'],
    ] as const) {
      const written = await cluster.kubectl([
        'replace',
        '--subresource=status',
        '-f',
        path.join(EXAMPLE, file),
        '--force=false',
        '--validate=false',
      ]);
      if (written.code !== 0) await writeStatus(kind, file);
    }
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** By patch, since the example's resourceVersions are not this server's. */
  const writeStatus = async (kind: string, file: string): Promise<void> => {
    const { readYaml } = await import('../../src/adapters/dump/read-yaml.ts');
    const { readFileSync } = await import('node:fs');
    const [list] = readYaml(readFileSync(path.join(EXAMPLE, file), 'utf8')) as [
      { items: { metadata: { name: string; namespace?: string }; status?: unknown }[] },
    ];
    for (const { metadata, status } of list.items) {
      const where = metadata.namespace === undefined ? [] : ['-n', metadata.namespace];
      const done = await cluster.kubectl([
        'patch',
        kind,
        metadata.name,
        ...where,
        '--subresource=status',
        '--type=merge',
        '-p',
        JSON.stringify({ status }),
      ]);
      expect(done.code, done.stderr).toBe(0);
    }
  };

  const versions = async (): Promise<string> => {
    const { stdout } = await cluster.kubectl([
      'get',
      'nodes,pods,sriovnetworknodestates,sriovnetworknodepolicies,sriovoperatorconfigs,events',
      '-A',
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion} {end}',
    ]);
    return stdout;
  };

  test('objects live and host text from files: the pending cold restart is the one root cause (000-54)', async () => {
    const before = await versions();
    const ran = await nicwright(
      cluster.env,
      'diagnose',
      '--kubeconfig',
      cluster.kubeconfig,
      '--no-exec',
      '--from',
      path.join(EXAMPLE, 'host'),
      path.join(EXAMPLE, 'logs'),
      '-o',
      'json',
    );
    expect(ran.code, ran.stderr).toBe(1);
    const report = JSON.parse(ran.stdout) as { problems: { rule: string; nodes: string[] }[]; symptoms: unknown[] };
    expect(report.problems.map(({ rule, nodes }) => [rule, nodes])).toEqual([
      ['cold-restart-pending', ['dgx030', 'dgx031']],
    ]);
    expect(report.symptoms).toEqual([]);
    expect(await versions()).toBe(before);
  });

  test('what was read live is kept by --save and gives the same answer again', async () => {
    const kept = path.join(scratch, 'kept');
    const live = await nicwright(
      cluster.env,
      'diagnose',
      '--kubeconfig',
      cluster.kubeconfig,
      '--no-exec',
      '--save',
      kept,
      '-o',
      'json',
    );
    expect(existsSync(kept)).toBe(true);
    const again = await nicwright(cluster.env, 'diagnose', '--from', kept, '-o', 'json');
    const rules = (text: string) =>
      (JSON.parse(text) as { symptoms: { rule: string }[] }).symptoms.map(({ rule }) => rule);
    expect(rules(again.stdout)).toEqual(rules(live.stdout));
    expect(rules(again.stdout)).toEqual(['node-state-not-synced']);
  });

  test('an API server that is away, and an identity without rights, are one sentence each', async () => {
    const away = await nicwright({ ...cluster.env, KUBECONFIG: '/nowhere' }, 'diagnose');
    expect(away.code).toBe(3);
    expect(away.stderr.trim().split('\n')).toHaveLength(1);
    const alice = await nicwright(
      cluster.env,
      'diagnose',
      '--kubeconfig',
      cluster.kubeconfigFor('alice-token'),
      '--no-exec',
    );
    expect(`${alice.stdout}${alice.stderr}`).toMatch(/right|forbidden|not allowed/i);
    expect(alice.stdout).not.toContain('in order');
  });
});
