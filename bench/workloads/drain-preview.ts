/**
 * `nicwright drain preview` of a node with 110 pods at a real API server, as a whole process, beside
 * `kubectl drain --dry-run=server` of the same node. Both must name the same pods.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { realPart } from '../../test/real/real-parts.ts';
import { type Cluster, startCluster } from '../../test/real/cluster.ts';
import { fnv1a, showSum } from '../random.ts';
import type { Measured, Workload } from '../workload.ts';

const PODS = 110;
const BIN = path.resolve(import.meta.dirname, '../../bin/nicwright.mjs');

const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

const pod = (index: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `p${index}`,
    namespace: 'default',
    labels: { app: `a${index % 10}` },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: `rs${index % 10}`,
        uid: `00000000-0000-4000-8000-00000000000${index % 10}`,
        controller: true,
      },
    ],
  },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'registry.example.net/x:v1' }] },
});

const replicaSet = (index: number) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: `rs${index}`, namespace: 'default' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: `a${index}` } },
    template: { metadata: { labels: { app: `a${index}` } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  },
});

const timed = async (work: () => Promise<string>): Promise<{ seconds: number; out: string }> => {
  const began = performance.now();
  const out = await work();
  return { seconds: (performance.now() - began) / 1000, out };
};

const nicwright = (cluster: Cluster): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, 'drain', 'preview', 'n1', '--kubeconfig', cluster.kubeconfig, '-o', 'json'],
      { env: { ...cluster.env }, maxBuffer: 1 << 26 },
      (_error, stdout) => resolve(stdout),
    );
  });

const sumOf = (names: readonly string[]): string =>
  showSum(fnv1a([...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1)).join('\n')));

const podsIn = (text: string): readonly string[] => text.match(/\bp\d+\b/g) ?? [];

const run = async (): Promise<Measured> => {
  if (realPart('realparts').absent) throw new Error('no real parts: npm run setup:real');
  const cluster = await startCluster();
  try {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        node,
        ...Array.from({ length: 10 }, (_, index) => replicaSet(index)),
        ...Array.from({ length: PODS }, (_, index) => pod(index)),
      ],
    };
    await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify(list) });
    await timed(() => nicwright(cluster));
    const ours = await timed(() => nicwright(cluster));
    const theirs = await timed(async () => {
      const { stdout, stderr } = await cluster.kubectl(
        ['drain', 'n1', '--dry-run=server', '--ignore-daemonsets', '--force'],
        { limitMs: 120_000 },
      );
      return `${stdout}${stderr}`;
    });
    const [a, b] = [sumOf(podsIn(ours.out)), sumOf(podsIn(theirs.out))];
    if (a !== b) throw new Error(`other pods: ${a} and ${b}`);
    return {
      seconds: ours.seconds,
      checksum: a,
      detail: `${PODS} pods; kubectl drain --dry-run=server ${theirs.seconds.toFixed(2)} s`,
    };
  } finally {
    await cluster.stop();
  }
};

export const workload: Workload = { name: 'drain preview of a node with 110 pods', aim: '<= 0.5 s', run };
