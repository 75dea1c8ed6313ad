/**
 * The rules alone, over 10,000 nodes in memory: a third waits for a cold restart, a third is held by the drain, a third is in
 * order, and 5,000 pods wait for what is missing. What is found is the check sum.
 */
import { caseSnapshot } from '../../src/core/diagnosis/case-snapshot.ts';
import { diagnose } from '../../src/core/diagnosis/engine.ts';
import { gpuNode, nodeState, pf, pod } from '../../src/core/diagnosis/rules/world.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { fnv1a, showSum } from '../random.ts';
import type { Measured, Workload } from '../workload.ts';

const NODES = 10_000;
const PODS = 5_000;
const RESOURCE = 'nvidia.com/resibp24s0';
const SETTINGS =
  '=== 0000:18:00.0 ===\nConfigurations:   Default   Current   Next Boot\n*   NUM_OF_VFS   16   16   8\n';
const DGX = { labels: { 'nvidia.com/gpu.machine': 'DGXB200' } };

const world = (): Snapshot => {
  const names = Array.from({ length: NODES }, (_, index) => `node-${index}`);
  const texts: Record<string, string> = {};
  const objects = names.flatMap((name, index) => {
    if (index % 3 === 0) texts[`host/${name}/mstconfig.txt`] = SETTINGS;
    if (index % 3 === 2)
      return [gpuNode(name, { 'nvidia.com/other': '8' }, DGX), nodeState(name, { pfs: [pf({ resource: 'other' })] })];
    return [
      gpuNode(name, {}, DGX),
      nodeState(name, {
        syncStatus: 'InProgress',
        desired: index % 3 === 0 ? 'Reboot_Required' : 'Drain_Required',
        current: index % 3 === 0 ? 'DrainComplete' : 'Draining',
        pfs: [pf({ seen: 0 })],
      }),
    ];
  });
  const waiting = Array.from({ length: PODS }, (_, index) =>
    pod(`job-${index}`, {
      requests: { [RESOURCE]: '1' },
      phase: 'Pending',
      unschedulable: `0/1 nodes are available: 1 Insufficient ${RESOURCE}.`,
    }),
  );
  return caseSnapshot({ name: 'world', kind: 'broken', objects: [...objects, ...waiting], texts });
};

const run = (): Measured => {
  const snapshot = world();
  const began = performance.now();
  const report = diagnose(snapshot, ALL_RULES);
  const seconds = (performance.now() - began) / 1000;
  const found = [...report.problems, ...report.symptoms].map(
    ({ rule, count, consequences }) =>
      `${rule} ${count} (${consequences.map((one) => `${one.rule} ${one.count}`).join(', ')})`,
  );
  return {
    seconds,
    checksum: showSum(fnv1a(found.join('\n'))),
    detail: `${ALL_RULES.length} rules, ${report.nodes.length} nodes; ${found.join('; ')}`,
  };
};

export const workload: Workload = { name: 'rules over 10,000 nodes', aim: '<= 2 s', run };
