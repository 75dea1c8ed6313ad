/** The GPU driver with RDMA waits for an OFED driver on the node: a consequence of whatever keeps that driver away. */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';

const RULE = 'gpu-driver-waits-for-ofed';

const check = (facts: Facts): readonly Statement[] => {
  const bySource = Map.groupBy(facts.lines(`${RULE}/line`), ({ origin }) => origin.source);
  return [...bySource.values()].flatMap((lines): readonly Statement[] => {
    const last = lines.at(-1);
    if (last === undefined) return [];
    const node = facts.nodeOfText(last.text);
    const scope = node === undefined ? {} : { node };
    if (last.groups['loaded'] !== undefined)
      return [{ says: 'clear', scope, saw: 'GPU driver pods found the OFED driver' }];
    return [
      {
        says: 'finding',
        scope,
        because: `The GPU driver${node === undefined ? '' : ` on ${node}`} waits for an OFED driver`,
        confidence: 'proven',
        sameAs: 'waits',
        evidence: [textEvidence(last.origin, last.line)],
      },
    ];
  });
};

const LOG = 'nvidia-driver-daemonset-5m4xq.log';
const gpu = pod('nvidia-driver-daemonset-5m4xq', { node: 'a' });
const WAITS = 'waiting for mellanox ofed and nvidia drivers to be installed\n';

export const gpuDriverWaitsForOfed = defineRule({
  id: RULE,
  title: 'The GPU driver waits for the OFED driver',
  severity: 'error',
  role: 'symptom',
  needs: [],
  lines: { line: /waiting for mellanox ofed|(?<loaded>successfully loaded nvidia-peermem)/ },
  explain:
    'With driver.rdma.enabled the GPU driver pod holds back until the OFED driver of the node is there, from the network operator or, with useHostMofed, from the host.',
  sources: ['NVIDIA/cloud-native-stack #95', 'gpu-operator assets/state-driver'],
  causedBy: [
    'nicclusterpolicy-missing',
    'nicclusterpolicy-name-ignored',
    'driver-still-building',
    'storage-modules-hold-driver',
    'kernel-package-missing',
    'package-source-unreachable',
    'driver-module-in-use',
    'driver-repoconfig-refused',
    'driver-pod-failing',
  ],
  check,
  remedy: (_findings, facts) => [
    {
      text: 'See whether an OFED driver pod runs on the node; the GPU driver goes on by itself once it is ready.',
      command: `${facts.cli} get pods -A -l nvidia.com/ofed-driver -o wide`,
    },
  ],
  cases: [
    { name: 'it waits', kind: 'broken', objects: [gpu], texts: { [LOG]: WAITS }, says: 'waits for an OFED driver' },
    {
      name: 'it went on',
      kind: 'healthy',
      objects: [gpu],
      texts: { [LOG]: `${WAITS}successfully loaded nvidia-peermem module\n` },
    },
    {
      name: 'it builds its own driver',
      kind: 'look-alike',
      objects: [gpu],
      texts: { [LOG]: 'Building kernel modules\n' },
    },
  ],
});
