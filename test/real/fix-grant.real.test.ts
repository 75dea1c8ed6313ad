/**
 * A denied request mended on a real API server by the command line alone: found, planned, applied, proved by the server's own
 * RBAC, applied once more without effect, and taken back so that nothing of it is left.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const ROOT = path.resolve(import.meta.dirname, '../..');
const NAMESPACE = 'dpf-operator-system';
const ACCOUNT = 'dpf-provisioning-dms-service-account';
const USER = `system:serviceaccount:${NAMESPACE}:${ACCOUNT}`;

/** The role as the founding document quotes it: nodes and nothing else. */
const ROLE = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: dpf-provisioning-dms-role }
rules: [{ apiGroups: [''], resources: [nodes], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: dpf-provisioning-dms-rolebinding }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: dpf-provisioning-dms-role }
subjects: [{ kind: ServiceAccount, name: ${ACCOUNT}, namespace: ${NAMESPACE} }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${ACCOUNT}, namespace: ${NAMESPACE} }
`;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(parts.absent)(parts.title('a denied request, mended on a real API server'), () => {
  let cluster: Cluster;
  let scratch = '';

  const nicwright = (...args: readonly string[]): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [path.join(ROOT, 'bin/nicwright.mjs'), ...args, '--kubeconfig', cluster.kubeconfig],
        { env: { ...cluster.env, NO_COLOR: '1' }, timeout: 60_000, maxBuffer: 1 << 26 },
        (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
      );
    });
  const may = async (secret: string): Promise<boolean> => {
    const asked = ['auth', 'can-i', 'get', `secrets/${secret}`, '-n', NAMESPACE, `--as=${USER}`];
    return (await cluster.kubectl(asked)).code === 0;
  };
  const ours = async (): Promise<string> => {
    const kinds = 'roles,rolebindings,clusterroles,clusterrolebindings';
    const label = 'app.kubernetes.io/managed-by=nicwright';
    const { stdout } = await cluster.kubectl(['get', kinds, '-A', '-l', label, '-o', 'name']);
    return stdout.trim();
  };

  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-fix-'));
    cluster = await startCluster();
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    expect((await cluster.kubectl(['apply', '-f', '-'], { stdin: ROLE })).code).toBe(0);
    // The line is the server's own: what the init container would have in its log.
    const asked = ['get', 'secret', 'worker1-server-secret', '-n', NAMESPACE, `--as=${USER}`];
    const denied = await cluster.kubectl(asked);
    expect(denied.stderr).toContain('is forbidden');
    mkdirSync(path.join(scratch, 'logs'));
    writeFileSync(path.join(scratch, 'logs/worker1-dms.dms-init.previous.log'), denied.stderr);
  }, 60_000);
  afterAll(async () => {
    await cluster?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  test('found, planned, applied, proved, and taken back (001-13, 001-27)', { timeout: 180_000 }, async () => {
    const input = ['--no-exec', '--from', path.join(scratch, 'logs')];
    const file = path.join(scratch, 'fix.yaml');
    expect((await nicwright('diagnose', ...input)).stdout).toContain('[access-denied]');

    const listed = await nicwright('plan', 'fix', ...input);
    expect(listed.stdout).toContain('A plan can be made for');
    const planned = await nicwright('plan', 'fix', 'access-denied', ...input, '-o', 'yaml');
    expect(planned.code, planned.stderr).toBe(0);
    expect(await ours()).toBe('');
    writeFileSync(file, planned.stdout);

    const applied = await nicwright('apply', file, '--yes');
    expect(applied.code, applied.stderr).toBe(0);
    expect(applied.stdout).toContain('Every step is proved.');
    expect(await may('worker1-server-secret')).toBe(true);
    expect(await may('another-secret')).toBe(false);
    expect((await nicwright('diagnose', ...input)).stdout).not.toContain('[access-denied]');

    const again = await nicwright('apply', file, '--yes');
    expect(again.stdout.match(/^was done/gm)).toHaveLength(2);

    // What somebody else put in the place of ours is not ours to take away.
    const role = `nicwright-${ACCOUNT}`;
    await cluster.kubectl(['annotate', 'role', role, '-n', NAMESPACE, 'nicwright.dev/made-by-']);
    const refused = await nicwright('apply', file, '--rollback', '--yes');
    expect(refused.code).toBe(5);
    expect(refused.stdout).toContain('does not carry the mark of this plan');
    const name = /name: (fix-access-denied-\w+)/.exec(planned.stdout)?.[1] ?? '';
    await cluster.kubectl(['annotate', 'role', role, '-n', NAMESPACE, `nicwright.dev/made-by=${name}`]);

    const back = await nicwright('apply', file, '--rollback', '--yes');
    expect(back.code, back.stderr).toBe(0);
    expect(await ours()).toBe('');
    expect(await may('worker1-server-secret')).toBe(false);
    expect((await nicwright('diagnose', ...input)).stdout).toContain('[access-denied]');
  });
});
