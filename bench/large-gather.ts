/**
 * Writes a must-gather of 1 GB: 2,000 nodes with their SR-IOV node states, 22,000 pods, and logs of half of all bytes, most of
 * them of the config daemons. Ten nodes wait for a cold restart: their logs and states say so among all the others.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateDump } from './dump-generator.ts';
import { randomBelow } from './random.ts';

export interface GatherBytes {
  readonly yaml: number;
  readonly json: number;
  readonly logs: number;
  readonly files: number;
}

const NODES = 2000;
const PODS = 22_000;
const NAMESPACES = 40;
const LOG_LINES = 1550;
/** Every so many nodes one that asks for a restart and does not get what it asked for. */
const BROKEN = 200;

/** What a daemon that is in order repeats all day, and now and then something with a word of ours in it. */
const LINES: readonly string[] = [
  'INFO\tdaemon/daemon.go:310\tnew generation\t{"generation": N}',
  'LEVEL(-2)\tdaemon/writer.go:130\tpollNicStatus()',
  'LEVEL(-2)\tdaemon/writer.go:245\tsetNodeStateStatus(): status\t{"sync-status": "Succeeded", "last-sync-error": ""}',
  'LEVEL(-2)\thost/internal/network.go:88\tTryToGetVirtualInterfaceName() get interface\t{"device": "0000:18:00.N", "mtu": 4092}',
  'INFO\tdaemon/daemon.go:420\tnodeStateSyncHandler(): interface not changed, no policy to apply\t{"took": "N ms"}',
  'LEVEL(-2)\tutils/cluster.go:61\tcontext deadline of watch renewed, sequence N of this run, nothing to be done for this one',
];

const daemonLog = (isBroken: boolean, draw: (n: number) => number): string => {
  const lines: string[] = [];
  for (let index = 0; index < LOG_LINES; index += 1) {
    const stamp = `2025-11-24T${String(Math.floor(index / 120) % 24).padStart(2, '0')}:${String(Math.floor(index / 2) % 60).padStart(2, '0')}:${String(draw(60)).padStart(2, '0')}.${String(draw(1_000_000)).padStart(6, '0')}Z`;
    const line =
      isBroken && index % 500 === 10
        ? 'LEVEL(-2)\tmellanox/mellanox_plugin.go:121\tChanging TotalVfs, needs reboot\t{"current": 16, "requested": 8}'
        : (LINES[draw(LINES.length)] ?? '').replaceAll('N', String(draw(1000)));
    lines.push(`${stamp} ${stamp}\t${line}`);
  }
  return `${lines.join('\n')}\n`;
};

const nodeState = (node: string, isBroken: boolean): unknown => ({
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: 'SriovNetworkNodeState',
  metadata: {
    name: node,
    namespace: 'network-operator',
    annotations: {
      'sriovnetwork.openshift.io/desired-state': isBroken ? 'Reboot_Required' : 'Idle',
      'sriovnetwork.openshift.io/current-state': isBroken ? 'DrainComplete' : 'Idle',
    },
  },
  spec: {},
  status: {
    syncStatus: isBroken ? 'InProgress' : 'Succeeded',
    interfaces: Array.from({ length: 8 }, (_, pf) => ({
      name: `ibp${24 + pf}s0`,
      pciAddress: `0000:${(0x18 + pf * 16).toString(16)}:00.0`,
      vendor: '15b3',
      deviceID: '1021',
      driver: 'mlx5_core',
      linkType: 'IB',
      mtu: 4092,
      totalvfs: 16,
      numVfs: 8,
      Vfs: Array.from({ length: 8 }, (_unused, vf) => ({
        deviceID: '101e',
        driver: 'mlx5_core',
        name: `ibp${24 + pf}s0v${vf}`,
        pciAddress: `0000:${(0x18 + pf * 16).toString(16)}:00.${vf + 1}`,
        vendor: '15b3',
        vfID: vf,
      })),
    })),
  },
});

export const generateGather = (folder: string): GatherBytes => {
  const base = generateDump(folder, { nodes: NODES, pods: PODS, namespaces: NAMESPACES });
  // generateDump writes a log of this size for every fourth pod.
  const podLogs = (PODS / 4) * 126 * 180;
  let [json, logs, files] = [0, podLogs, base.files];
  const write = (name: string, text: string): number => {
    const target = path.join(folder, name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    files += 1;
    return text.length;
  };
  const draw = randomBelow(7);
  const states: unknown[] = [];
  for (let index = 0; index < NODES; index += 1) {
    const node = `node-${String(index).padStart(5, '0')}`;
    const isBroken = index % BROKEN === BROKEN - 1;
    states.push(nodeState(node, isBroken));
    const pod = `sriov-network-config-daemon-${index.toString(36).padStart(5, 'b')}`;
    const container = 'sriov-network-config-daemon';
    logs += write(
      `namespaces/network-operator/pods/${pod}/${container}/${container}/logs/current.log`,
      daemonLog(isBroken, draw),
    );
    json += write(
      `namespaces/network-operator/pods/${pod}/${pod}.yaml`,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: pod, namespace: 'network-operator', labels: { app: container } },
        spec: {
          nodeName: node,
          containers: [
            { name: container, image: 'nvcr.io/nvidia/mellanox/sriov-network-operator-config-daemon:v1.5.0' },
          ],
        },
        status: { phase: 'Running' },
      }),
    );
  }
  json += write(
    'namespaces/network-operator/sriovnetwork.openshift.io/sriovnetworknodestates.yaml',
    JSON.stringify(
      { apiVersion: 'sriovnetwork.openshift.io/v1', kind: 'SriovNetworkNodeStateList', items: states },
      undefined,
      2,
    ),
  );
  return { yaml: base.bytes - podLogs, json, logs, files };
};
