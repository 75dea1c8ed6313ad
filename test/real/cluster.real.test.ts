/** The throw-away cluster itself: it starts whole, answers, and leaves nothing behind. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from './cluster.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');

describe.skipIf(parts.absent)(parts.title('a throw-away cluster'), () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ controllers: true, scheduler: true, kwok: true });
  });
  afterAll(() => cluster?.stop());

  test('runs a pod of a DaemonSet on a node that kwok keeps', async () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1', annotations: { 'kwok.x-k8s.io/node': 'fake' } },
      status: {
        allocatable: { cpu: '8', memory: '16Gi', pods: '110' },
        capacity: { cpu: '8', memory: '16Gi', pods: '110' },
      },
    };
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: {
          metadata: { labels: { app: 'agent' } },
          spec: { containers: [{ name: 'agent', image: 'example.com/agent:1' }] },
        },
      },
    };
    for (const object of [node, daemonSet])
      expect(await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify(object) })).toMatchObject({
        code: 0,
      });
    const rollout = await cluster.kubectl(['rollout', 'status', 'daemonset/agent', '--timeout=30s']);
    expect(rollout.stdout).toContain('successfully rolled out');
  });

  test('has kubectl of its own version', async () => {
    const { stdout } = await cluster.kubectl(['version', '-o', 'json']);
    const version = JSON.parse(stdout) as Record<string, { gitVersion: string }>;
    expect(version['serverVersion']?.gitVersion).toBe(version['clientVersion']?.gitVersion);
  });

  test('leaves no process and no file', async () => {
    const other = await startCluster();
    const pids = ['etcd', 'kube-apiserver'].map((name) => other.part(name).pid);
    await other.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(other.folder)).toBe(false);
  });
});
