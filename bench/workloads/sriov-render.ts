/**
 * Rendering of SR-IOV policies for 10,000 nodes with 8 PFs and 40 policies, from scratch: node state specs and device
 * plugin configurations as the bytes that the operator writes. The peer is the operator's own Go code on the same world,
 * with the same check sums. The sums are taken outside of the measured time.
 */
import { goJson } from '../../src/core/sriov/go-json.ts';
import type { InterfaceStatus } from '../../src/core/sriov/network-node-state.ts';
import type { SriovNetworkNodePolicy } from '../../src/core/sriov/network-node-policy.ts';
import { readPolicy } from '../../src/core/sriov/network-node-policy.ts';
import { devicePluginConfigText } from '../../src/core/sriov/device-plugin-config.ts';
import { policyRenderer } from '../../src/core/sriov/render-policies.ts';
import type { RenderNode } from '../../src/core/sriov/render-policies.ts';
import { supportedNics } from '../../src/core/sriov/supported-nics.ts';
import { fnv1a, showSum } from '../random.ts';
import type { Workload } from '../workload.ts';

const NODES = 10_000;
const PFS = 8;
const POLICIES = 40;
const VFS = 16;
const CAPABLE = 'feature.node.kubernetes.io/network-sriov.capable';

const pfName = (k: number): string => `ibp${24 + 16 * k}s0`;
const altName = (k: number): string => `enp${24 + 16 * k}s0f0np0`;
const pciOf = (k: number): string => `0000:${(0x18 + 0x10 * k).toString(16)}:00.0`;

const interfaceOf = (k: number): InterfaceStatus => ({
  name: pfName(k),
  altNames: [altName(k)],
  pciAddress: pciOf(k),
  vendor: '15b3',
  deviceID: k < 6 ? '1021' : 'a2dc',
  driver: 'mlx5_core',
  netFilter: '',
  mtu: 4092,
  numVfs: VFS,
  totalvfs: VFS,
  linkType: k < 6 ? 'IB' : 'ETH',
  linkAdminState: 'up',
  eSwitchMode: 'legacy',
  Vfs: Array.from({ length: VFS }, (_, vfID) => ({ vfID, driver: 'mlx5_core', mtu: 4092, vdpaType: '', guid: '' })),
});

const nodeOf = (i: number): RenderNode => ({
  labels: { [CAPABLE]: 'true', 'rack-group': `g${i % 4}` },
  interfaces: Array.from({ length: PFS }, (_, k) => interfaceOf(k)),
});

const nicSelectorOf = (j: number): Record<string, unknown> => {
  const own = pfName(j % 8);
  const other = (j + 3) % 8;
  switch (j % 5) {
    case 0:
      return { vendor: '15b3', deviceID: '1021', pfNames: [`${own}#0-7`] };
    case 1:
      return { pfNames: [`${own}#8-15`, `${altName(other)}#8-15`] };
    case 2:
      return { vendor: '15b3', rootDevices: [pciOf(j % 8)] };
    case 3:
      return { vendor: '15b3', deviceID: 'a2dc' };
    default:
      return { vendor: '15b3', pfNames: [`${own}#0-3`, `${pfName(other)}#4-7`] };
  }
};

const policyOf = (j: number): SriovNetworkNodePolicy => {
  const mtu = [0, 1500, 4092, 9000][j % 4] ?? 0;
  return readPolicy({
    metadata: { name: `policy-${String(j).padStart(2, '0')}` },
    spec: {
      resourceName: `res${j % 20}`,
      nodeSelector: { [CAPABLE]: 'true', ...(j >= 24 ? { 'rack-group': `g${j % 4}` } : {}) },
      priority: 99 - Math.floor(j / 4),
      mtu,
      numVfs: VFS,
      deviceType: 'netdevice',
      isRdma: j % 2 === 0,
      linkType: j % 5 === 3 ? 'ETH' : 'IB',
      nicSelector: nicSelectorOf(j),
    },
  });
};

const NICS = supportedNics(
  ['15b3 1019 101a', '15b3 101b 101c', '15b3 101d 101e', '15b3 1021 101e', '15b3 a2d6 101e', '15b3 a2dc 101e',
    '8086 158b 154c', '8086 1592 1889'].map((line) => {
    const [vendor = '', pf = '', vf = ''] = line.split(' ');
    return { vendor, pf, vf };
  }),
); // prettier-ignore

export interface RenderRun {
  /** Rendering and writing alone; the world is made before, the sums are taken after. */
  readonly seconds: number;
  /** FNV-1a over the specs, and over the device plugin configurations, one a line. */
  readonly checksum: string;
  readonly bytes: readonly [specs: number, configs: number];
}

const sumOf = (texts: readonly string[]): string =>
  showSum(texts.reduce((sum, text) => fnv1a('\n', fnv1a(text, sum)), fnv1a('')));

const bytesOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

/** One run over a fresh world of `count` nodes. */
export const renderNodes = (count: number): RenderRun => {
  const nodes = Array.from({ length: count }, (_, i) => nodeOf(i));
  const policies = Array.from({ length: POLICIES }, (_, j) => policyOf(j));
  const specs: string[] = [];
  const configs: string[] = [];
  const started = performance.now();
  const render = policyRenderer(policies, { nics: NICS });
  for (const node of nodes) {
    const { spec, resourceList } = render(node);
    if (spec === 'kept' || !spec.ok || !resourceList.ok) throw new Error('a node of the workload cannot be rendered');
    specs.push(goJson(spec.value));
    configs.push(devicePluginConfigText(resourceList.value));
  }
  const seconds = (performance.now() - started) / 1000;
  return { seconds, checksum: `${sumOf(specs)}/${sumOf(configs)}`, bytes: [bytesOf(specs), bytesOf(configs)] };
};

export const workload: Workload = {
  name: 'sriov-render',
  aim: '<= 1.0 s (the operator: 1.17 s pure, 4.26 s as it runs)',
  run: () => {
    // As the peer's figures: after a warm-up.
    renderNodes(NODES / 10);
    const { seconds, checksum, bytes } = renderNodes(NODES);
    const [specs, configs] = bytes.map((count) => (count / 1e6).toFixed(1));
    return {
      checksum,
      seconds,
      detail: `${NODES} nodes from scratch, ${specs} MB of specs, ${configs} MB of configurations`,
    };
  },
};
