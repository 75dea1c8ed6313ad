/**
 * Two of the founding documents as dumps: the DGX nodes of 000 that wait for a cold restart while an image is named wrongly, and
 * the life cycle of 002 with an upgrade that a budget holds up. Each broken, healthy, and without the decisive fact, in two
 * layouts. The documents about DPUs have a test of their own.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import { aDaemonSet, aDriverPod, aNicClusterPolicy, anObject } from '../src/core/diagnosis/rules/world-operator.ts';
import { gpuNode, nodeState, pf, pod } from '../src/core/diagnosis/rules/world.ts';
import type { KubeObject } from '../src/core/model/kube-object.ts';
import { LAYOUTS, type DumpParts, type PodLog } from './dump-layouts.ts';

const NAMESPACE = 'nic-operator';
const NODES = ['dgx030', 'dgx031'];

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-founding-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let count = 0;
const answer = async (layout: string, parts: DumpParts): Promise<Report> => {
  count += 1;
  const folder = path.join(scratch, `dump-${count}`);
  mkdirSync(folder);
  LAYOUTS[layout]?.(folder, parts);
  const snapshot = await loadDump([folder]);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES);
};

const causes = ({ problems }: Report): readonly string[] => problems.map(({ rule }) => rule).toSorted();
const asked = ({ unknown, problems, symptoms }: Report): string =>
  [...unknown, ...[...problems, ...symptoms].flatMap(({ lacks }) => lacks)].map(({ settle }) => settle).join('\n');

// 000: policies ask for 8 VFs, the firmware holds 16 and would read 8 at its next boot; the IPAM image has a wrong name.

const RESOURCE = 'nvidia.com/resibp24s0';

const settings = (current: number, next: number): string =>
  [
    '$ mstconfig -d 0000:18:00.0 -e q',
    'Device #1:',
    'Device type:    ConnectX7',
    'Device:         0000:18:00.0',
    'Configurations:                      Default         Current         Next Boot',
    '         SRIOV_EN                    True(1)         True(1)         True(1)',
    `*        NUM_OF_VFS                  16              ${current}              ${next}`,
    '',
  ].join('\n');

const daemonLog = (node: string, isLooping: boolean): PodLog => ({
  namespace: NAMESPACE,
  pod: `sriov-network-config-daemon-${node}`,
  container: 'sriov-network-config-daemon',
  text: isLooping
    ? [1, 2]
        .map(
          (run) =>
            `2025-11-0${run}T10:00:00Z\tINFO\tdaemon/daemon.go:100\tstarting config daemon\n` +
            `2025-11-0${run}T10:00:09Z\tLEVEL(-2)\tmellanox/mellanox_plugin.go:121\tChanging TotalVfs, needs reboot\t{"current": 16, "requested": 8}\n` +
            `2025-11-0${run}T10:00:10Z\tINFO\tdaemon/daemon.go:259\tnodeStateSyncHandler(): aggregated daemon\t{"drain-required": true, "reboot-required": true}\n` +
            `2025-11-0${run}T10:00:20Z\tINFO\tdaemon/daemon.go:700\trebootNode(): trigger node reboot\n`,
        )
        .join('')
    : '2025-11-01T10:00:09Z\tINFO\tdaemon/daemon.go:259\tnodeStateSyncHandler(): aggregated daemon\t{"drain-required": false, "reboot-required": false}\n',
});

const dgx = (node: string, isBroken: boolean): readonly KubeObject[] => [
  gpuNode(node, { [RESOURCE]: isBroken ? undefined : '8' }, { labels: { 'nvidia.com/gpu.machine': 'DGXH100' } }),
  isBroken
    ? nodeState(node, {
        pfs: [pf({ seen: 0 })],
        syncStatus: 'InProgress',
        desired: 'Reboot_Required',
        current: 'DrainComplete',
      })
    : nodeState(node),
  pod(`sriov-network-config-daemon-${node}`, { node, container: 'sriov-network-config-daemon' }),
];

const ipam = (image: string, isPulled: boolean): readonly KubeObject[] => [
  aNicClusterPolicy({ nvIpam: { image, repository: 'ghcr.io/mellanox', version: 'v0.2.0' } }),
  pod('nv-ipam-node-x7k2p', {
    node: 'dgx030',
    container: 'nv-ipam-node',
    image: `ghcr.io/mellanox/${image}:v0.2.0`,
    ...(isPulled
      ? {}
      : {
          waiting: {
            reason: 'ImagePullBackOff',
            message: `failed to resolve reference "ghcr.io/mellanox/${image}:v0.2.0": unexpected status: 403 Forbidden`,
          },
        }),
  }),
];

const waitingJob = pod('nccl-0', {
  namespace: 'jobs',
  phase: 'Pending',
  requests: { [RESOURCE]: '1' },
  unschedulable: '0/2 nodes are available: 2 Insufficient nvidia.com/resibp24s0.',
});

const founding000 = (isBroken: boolean, hasSettings = true): DumpParts => ({
  objects: [
    ...NODES.flatMap((node) => dgx(node, isBroken)),
    ...ipam(isBroken ? 'nv-ipam' : 'nvidia-k8s-ipam', !isBroken),
    ...(isBroken ? [waitingJob] : []),
  ],
  logs: NODES.map((node) => daemonLog(node, isBroken)),
  texts: hasSettings
    ? Object.fromEntries(NODES.map((node) => [`${node}/mstconfig.txt`, settings(isBroken ? 16 : 8, 8)]))
    : {},
});

describe.each(Object.keys(LAYOUTS))('000 as %s', (layout) => {
  test('broken: a cold restart is pending on both nodes, and the image has a wrong name (000-04, 000-05, 000-85)', async () => {
    const report = await answer(layout, founding000(true));
    expect(causes(report)).toEqual(['cold-restart-pending', 'component-image-wrong']);
    const restart = report.problems.find(({ rule }) => rule === 'cold-restart-pending');
    expect(restart?.nodes).toEqual(NODES);
    expect(restart?.consequences.map(({ rule }) => rule)).toContain('pods-wait-for-resource');
    expect(report.symptoms).toEqual([]);
  });

  test('healthy: nothing is found', async () => {
    const report = await answer(layout, founding000(false));
    expect([...causes(report), ...report.symptoms.map(({ rule }) => rule)]).toEqual([]);
    expect(report.nodes.map(({ verdict }) => verdict)).toEqual(['nothing found', 'nothing found']);
  });

  test('without the firmware settings the restart is not asserted, and mstconfig is asked for', async () => {
    const report = await answer(layout, founding000(true, false));
    expect(causes(report)).toEqual(['component-image-wrong']);
    expect(report.symptoms.map(({ rule }) => rule)).toContain('node-state-not-synced');
    expect(asked(report)).toContain('mstconfig -d PCI -e q');
  });
});

// 002: an upgrade of the driver over the fleet, whose drain a budget holds up on one node.

const STATE = 'nvidia.com/ofed-driver-upgrade-state';

const fleet = (isBroken: boolean): readonly KubeObject[] => [
  ...NODES.map((node, index) => ({
    ...gpuNode(node, {}, { labels: { [STATE]: isBroken && index === 0 ? 'drain-required' : 'upgrade-done' } }),
    spec: isBroken && index === 0 ? { unschedulable: true } : {},
  })),
  ...NODES.map((node, index) => aDriverPod(`mofed-x-ds-${index}`, { node, ready: true })),
  aDaemonSet('mofed-x-ds', { container: 'mofed-container', labels: { 'nvidia.com/ofed-driver': '' }, desired: 2 }),
  aNicClusterPolicy({
    ofedDriver: { upgradePolicy: { autoUpgrade: true, maxParallelUpgrades: 1, drain: { enable: true, force: true } } },
  }),
];

const TASK = { app: 'ledger' };
const ledger: KubeObject = anObject(
  'v1',
  'Pod',
  'ledger-0',
  {
    metadata: {
      name: 'ledger-0',
      namespace: 'jobs',
      labels: TASK,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'ledger', uid: 'u', controller: true }],
    },
    spec: { nodeName: 'dgx030', containers: [{ name: 'main' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  },
  'jobs',
);
const budget: KubeObject = anObject(
  'policy/v1',
  'PodDisruptionBudget',
  'ledger',
  {
    spec: { minAvailable: 1, selector: { matchLabels: TASK } },
    status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 0 },
  },
  'jobs',
);
const event = anObject('v1', 'Event', 'e', { lastTimestamp: '2026-01-01T00:30:00Z' });

const founding002 = (isBroken: boolean, hasBudget = true): DumpParts => ({
  objects: [...fleet(isBroken), ...(isBroken ? [ledger] : []), ...(isBroken && hasBudget ? [budget] : []), event],
});

describe.each(Object.keys(LAYOUTS))('002 as %s', (layout) => {
  test('broken: a budget holds up the drain of one node, and the upgrade with it', async () => {
    const report = await answer(layout, founding002(true));
    expect(causes(report)).toEqual(['drain-blocked-by-budget']);
    expect(report.problems[0]?.nodes).toEqual(['dgx030']);
    expect(report.problems[0]?.consequences.map(({ rule }) => rule)).toEqual(['driver-upgrade-waits']);
  });

  test('healthy: nothing is found', async () => {
    const report = await answer(layout, founding002(false));
    expect([...causes(report), ...report.symptoms.map(({ rule }) => rule)]).toEqual([]);
  });

  test('without the budgets nothing is asserted, and they are asked for', async () => {
    const report = await answer(layout, founding002(true, false));
    expect(causes(report)).toEqual([]);
    expect(report.symptoms.map(({ rule }) => rule)).toEqual(['driver-upgrade-waits']);
    expect(asked(report)).toMatch(/pdb|poddisruptionbudgets/);
  });
});
