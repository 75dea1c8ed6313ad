/**
 * Watching all nodes and pods of a large cluster until all of them are held: a real kube-apiserver with 1,000 nodes and
 * 10,000 pods, or ten times that with NICWRIGHT_BENCH_FULL=1 (the API server then takes 10 GB). Beside ours, on the same
 * server in the same run: client-go's shared informers, and the informer of @kubernetes/client-node.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { openKubeApi } from '../../src/adapters/kubernetes/open-kube-api.ts';
import { dig, digList, digText } from '../../src/core/model/dig.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { NODES, PODS } from '../../src/core/model/kube-resource.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { createReflector } from '../../src/runtime/reflector.ts';
import { startCluster } from '../../test/real/cluster.ts';
import { realPart } from '../../test/real/real-parts.ts';
import { runGoPeer } from '../go-peer.ts';
import { type HeldObject, sumOfHeld } from '../reflector-sum.ts';
import type { Measured, Workload } from '../workload.ts';

const FULL = process.env['NICWRIGHT_BENCH_FULL'] === '1';
const NODE_COUNT = FULL ? 10_000 : 1_000;
const POD_COUNT = NODE_COUNT * 10;

interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly objects: number;
  readonly checksum: string;
}

/** What the rooms ask of nodes and pods; the rest of an object, four fifths of it, is not kept. */
const project = (object: KubeObject): HeldObject & Readonly<Record<string, unknown>> => ({
  name: object.metadata.name,
  namespace: object.metadata.namespace,
  uid: object.metadata.uid ?? '',
  node: digText(object, 'spec', 'nodeName'),
  labels: object.metadata.labels,
  owners: object.metadata.ownerReferences,
  phase: digText(object, 'status', 'phase'),
  resources: digList(object, 'spec', 'containers').map((container) => dig(container, 'resources')),
  containers: digList(object, 'status', 'containerStatuses').map((status) => [
    dig(status, 'name'),
    dig(status, 'ready'),
    dig(status, 'restartCount'),
  ]),
  conditions: digList(object, 'status', 'conditions').map((condition) => [
    dig(condition, 'type'),
    dig(condition, 'status'),
    dig(condition, 'reason'),
  ]),
});

const ours = async (kubeconfig: string): Promise<Figures> => {
  const opened = await openKubeApi({ kubeconfig, env: {} });
  if (!opened.ok) throw new Error(opened.fault.message);
  const start = performance.now();
  const before = process.cpuUsage();
  const stop = new AbortController();
  const common = { api: opened.value.api, project, clock: systemClock, random: { next: Math.random } };
  const reflectors = [NODES, PODS].map((kind) =>
    createReflector({ ...common, kind, log: silentLog, metrics: noMetrics }),
  );
  const running = reflectors.map((reflector) => reflector.run(stop.signal));
  await Promise.all(reflectors.map((reflector) => reflector.whenSynced()));
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(before);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const held = function* (): Generator<HeldObject> {
    for (const { store } of reflectors) yield* store.values();
  };
  const sum = sumOfHeld(held());
  stop.abort();
  await Promise.all(running);
  return { seconds, cpuSeconds: (used.user + used.system) / 1e6, peakMb, ...sum };
};

const clientGo = (kubeconfig: string, format: string): Figures | string => {
  const answer = runGoPeer('reflector', ['sync', '-kubeconfig', kubeconfig, '-format', format]);
  return answer.ran ? (JSON.parse(answer.lines[0] ?? '') as Figures) : answer.because;
};

const clientNode = (kubeconfig: string): Figures | string => {
  if (process.env['NICWRIGHT_BENCH_PEERS'] === 'off') return 'NICWRIGHT_BENCH_PEERS=off';
  const program = path.join(import.meta.dirname, '../peers/reflector/client-node.ts');
  try {
    const args = ['--max-old-space-size=8000', program, kubeconfig];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 300_000 });
    return JSON.parse(printed) as Figures;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
};

const words = (name: string, figures: Figures | string, mine: Figures): string =>
  typeof figures === 'string'
    ? `${name} not run: ${figures}`
    : `${name} ${figures.seconds.toFixed(1)} s, cpu ${figures.cpuSeconds.toFixed(1)} s, ${figures.peakMb} MB${figures.checksum === mine.checksum ? '' : ' (HOLDS OTHER OBJECTS)'}`;

const run = async (): Promise<Measured> => {
  const parts = realPart('realparts');
  if (parts.absent) throw new Error(parts.title('the reflector bench'));
  const cluster = await startCluster({ etcdFlags: ['--quota-backend-bytes=8589934592'] });
  try {
    const sizes = ['-nodes', String(NODE_COUNT), '-pods', String(POD_COUNT)];
    const loaded = runGoPeer('reflector', ['load', '-kubeconfig', cluster.kubeconfig, '-etcd', cluster.etcd, ...sizes]);
    if (!loaded.ran) throw new Error(`the cluster could not be filled: ${loaded.because}`);
    // The server answers its first reader much more slowly than the next ones; nobody is to be measured on that.
    clientGo(cluster.kubeconfig, 'protobuf');
    const mine = await ours(cluster.kubeconfig);
    const beside = [
      words('client-go JSON', clientGo(cluster.kubeconfig, 'json'), mine),
      words('client-go protobuf', clientGo(cluster.kubeconfig, 'protobuf'), mine),
      words('client-node', clientNode(cluster.kubeconfig), mine),
    ];
    const own = `${mine.objects} objects, cpu ${mine.cpuSeconds.toFixed(1)} s, ${mine.peakMb} MB`;
    return { seconds: mine.seconds, checksum: mine.checksum, detail: [own, ...beside].join('; ') };
  } finally {
    await cluster.stop();
  }
};

export const workload: Workload = {
  name: `reflector, ${NODE_COUNT} nodes and ${POD_COUNT} pods`,
  aim: 'at most 1.3 times client-go (JSON) in the same run, and at most 450 MB at 10,000 nodes and 100,000 pods',
  run,
};
