/** The rbac commands on a live cluster: the DPF story from "denied" to a grant that is applied and proved, with kubectl. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const ROOT = path.join(import.meta.dirname, '../..');
const EXAMPLE = path.join(ROOT, 'examples/ci');
const NAMESPACE = 'dpf-operator-system';
const ACCOUNT = `sa:${NAMESPACE}/host-registration`;
const SCRIPT = path.join(EXAMPLE, 'image/opt/dpf/register-host.sh');

describe.skipIf(parts.absent)(parts.title('rbac commands on a live cluster'), () => {
  let cluster: Cluster;

  const nicwright = (...words: readonly string[]): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [path.join(ROOT, 'bin/nicwright.mjs'), ...words], {
        env: { ...cluster.env, PATH: process.env['PATH'] ?? '', NO_COLOR: '1' },
        timeout: 60_000,
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('close', (code) => done({ code, out, err }));
    });
  const apply = async (yaml: string): Promise<void> => {
    const ran = await cluster.kubectl(
      ['apply', '--server-side', '--force-conflicts', '--field-manager=dpfoperatorconfig-controller', '-f', '-'],
      { stdin: yaml },
    );
    expect(ran).toMatchObject({ code: 0 });
  };
  const read = (file: string): string => readFileSync(path.join(EXAMPLE, 'rendered', file), 'utf8');

  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    await apply(read('rbac.yaml'));
    // As the operator would make it without the argument that hides the gap.
    await apply(read('host-pod.yaml').replace(/ {8}- --external-certificate\n {8}- TODO\n/, ''));
  }, 60_000);
  afterAll(() => cluster?.stop());

  const can = () => nicwright('rbac', 'can', ACCOUNT, 'get', 'secrets/worker1-server-secret', '-n', NAMESPACE);

  test(
    'from the gap to a grant that holds and gives no more (001-13, 001-14, 001-27, 001-32, 001-39, 001-41)',
    { timeout: 180_000 },
    async () => {
      const before = await can();
      expect(before.code).toBe(1);
      expect(before.out).toContain('the API server says no');

      const check = await nicwright('rbac', 'check', '--script', SCRIPT);
      expect(check.code).toBe(1);
      expect(check.out).toContain('missing');
      expect(check.out).toContain('register-host.sh:28');
      expect(check.out).toContain('dpfoperatorconfig-controller keeps it');

      const { out: grant } = await nicwright('rbac', 'check', '--script', SCRIPT, '-o', 'grant');
      const file = path.join(cluster.folder, 'grant.yaml');
      expect((await cluster.kubectl(['apply', '-f', '-'], { stdin: grant })).code).toBe(0);
      const again = await cluster.kubectl(['apply', '-f', '-'], { stdin: grant });
      expect(again.stdout.match(/unchanged/g)).toHaveLength(2);

      // The authorizer reads from watches of its own, a moment behind.
      let after = await can();
      for (let attempt = 0; after.code !== 0 && attempt < 10; attempt += 1) after = await can();
      expect(after.code).toBe(0);
      expect(after.out.replaceAll(/\s+/g, ' ')).toContain(
        `the API server says yes: RBAC: allowed by RoleBinding "nicwright-host-registration/${NAMESPACE}"`,
      );

      writeFileSync(file, grant);
      const verified = await nicwright('rbac', 'verify', ACCOUNT, '-f', file);
      expect(verified).toMatchObject({ code: 0 });
      expect(verified.out).toContain('all 4 probes');
      expect((await nicwright('rbac', 'check', '--script', SCRIPT)).code).toBe(0);
      // The operator applies its own role again: ours stays.
      await apply(read('rbac.yaml'));
      expect((await can()).code).toBe(0);
    },
  );

  test(
    'an edit behind the operator is seen, and its own apply takes it back (001-44)',
    { timeout: 120_000 },
    async () => {
      const rule = JSON.stringify([
        { op: 'add', path: '/rules/-', value: { apiGroups: [''], resources: ['secrets'], verbs: ['get'] } },
      ]);
      expect(
        (await cluster.kubectl(['patch', 'clusterrole', 'host-registration', '--type=json', '-p', rule])).code,
      ).toBe(0);
      const drift = await nicwright('rbac', 'drift');
      expect(drift.code).toBe(1);
      expect(drift.out).toContain('ClusterRole/host-registration: changed by kubectl-patch');
      expect(drift.out).toContain('dpfoperatorconfig-controller will put');
      await apply(read('rbac.yaml'));
      expect((await nicwright('rbac', 'drift')).code).toBe(0);
    },
  );

  test('who-can names real subjects', { timeout: 60_000 }, async () => {
    const { code, out } = await nicwright('rbac', 'who-can', 'list', 'nodes');
    expect(code).toBe(0);
    expect(out).toContain(`ServiceAccount/${NAMESPACE}/host-registration`);
    expect(out).toContain('User/system:kube-scheduler');
  });
});
