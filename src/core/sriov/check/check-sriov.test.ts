import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../model/kube-object.ts';
import {
  aNode,
  aNodeState,
  anOperatorConfig,
  aPf,
  aPolicy,
  aPoolConfig,
  snapshotOf,
} from '../../../testing/sriov-objects.ts';
import { sriovWorld } from '../sriov-world.ts';
import { checkSriov } from './check-sriov.ts';
import type { TrapName } from './traps.ts';
import { TRAPS } from './traps.ts';

interface Case {
  readonly objects: readonly KubeObject[];
  readonly texts?: Readonly<Record<string, string>>;
  /** Words of the sentence. */
  readonly says: string;
  readonly nodes?: readonly string[];
}

const node = aNode('n1');
const state = aNodeState('n1');
const onNode = (...policies: readonly KubeObject[]): readonly KubeObject[] => [node, state, ...policies];
const named = (...pfNames: readonly string[]): Readonly<Record<string, unknown>> => ({ nicSelector: { pfNames } });
const second = aPf({ name: 'ens2f0np0', altNames: [], pciAddress: '0000:5e:00.0' });

/** One world for each trap; what is not there does not compile. */
const CASES: Readonly<Record<TrapName, Case>> = {
  'crd-refuses': { objects: [aPolicy('p', { numVfs: '8' })], says: 'spec.numVfs' },
  'unknown-api-version': {
    objects: [{ ...aPolicy('p'), apiVersion: 'sriovnetwork.k8s.cni.cncf.io/v1' }],
    says: 'sriovnetwork.k8s.cni.cncf.io/v1',
  },
  'duplicate-policy': { objects: [aPolicy('p'), aPolicy('p')], says: 'stands at SriovNetworkNodePolicy-p.yaml:1' },
  'webhook-refuses': { objects: [aPolicy('p', { deviceType: 'vfio-pci', isRdma: true })], says: 'conflicts' },
  'model-not-supported': {
    objects: [aPolicy('p', { nicSelector: { vendor: '15b3', deviceID: '1099' } })],
    says: '15b3/1099 is not supported',
  },
  'nic-list-broken': {
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'supported-nic-ids' }, data: { Odd: '15b3 1021' } }, aPolicy('p', named('x'))],
    says: 'Odd does not hold three ids',
  },
  'range-stops-operator': { objects: [aPolicy('p', named('ens1f0np0#a-c'))], says: '"ens1f0np0#a-c"' },
  'priority-missing': { objects: [aPolicy('p', { priority: undefined })], says: '0 (strongest)' },
  'rdma-missing': { objects: [aPolicy('p', { linkType: 'IB' })], says: 'linkType ib without isRdma' },
  'default-policy': { objects: [aPolicy('default')], says: 'no effect' },
  'other-namespace': {
    objects: onNode({ ...aPolicy('p'), metadata: { name: 'p', namespace: 'elsewhere' } }),
    says: 'it is in elsewhere, the operator in network-operator',
  },
  'selector-never-matches': {
    objects: [aPolicy('p', { nicSelector: { rootDevices: ['3B:00.0'] } })],
    says: 'meant is probably 0000:3b:00.0',
  },
  'second-range-ignored': {
    objects: onNode(aPolicy('p', named('ens1f0np0#0-3', 'ens1f0np0#4-7'))),
    says: '"ens1f0np0#4-7" has no effect',
  },
  'alt-name-range-lost': {
    objects: onNode(aPolicy('p', named('ens1f0#0-3'))),
    says: 'the node state gets VFs 0-7, the device plugin ens1f0#0-3',
    nodes: ['n1'],
  },
  'no-vfs': { objects: [aPolicy('p', { numVfs: 0 })], says: 'numVfs is 0' },
  'above-firmware-limit': { objects: [aPolicy('p', { numVfs: 128 })], says: '128 is more than the usual limit of 127' },
  'rdma-with-vdpa': {
    objects: [aPolicy('p', { isRdma: true, vdpaType: 'vhost', eSwitchMode: 'switchdev' })],
    says: 'vdpaType vhost exclude each other',
  },
  'vf-id-shared': { objects: [aPolicy('p', { nicSelector: { deviceID: '1021' } })], says: 'a2dc' },
  'no-node': { objects: [aNode('n1', { a: '1' }), state, aPolicy('p', { nodeSelector: { a: '2' } })], says: 'none of the 1 nodes' },
  'no-interface': { objects: onNode(aPolicy('p', named('ibp24s0'))), says: 'it selects no PF', nodes: ['n1'] },
  'no-interface-here': {
    objects: [...onNode(aPolicy('p')), aNode('n2'), aNodeState('n2', [second])],
    says: 'it selects no PF',
    nodes: ['n2'],
  },
  'name-unknown': { objects: onNode(aPolicy('p', named('ens1f0np0', 'ibp24s0'))), says: 'ibp24s0 is no PF there' },
  'takes-unwanted': {
    objects: [node, aNodeState('n1', [aPf(), aPf({ name: 'ibp41s0f0', altNames: [], pciAddress: '0000:29:00.0', deviceID: 'a2dc' })]), aPolicy('p', { nicSelector: { vendor: '15b3' } })],
    says: 'it takes ibp41s0f0 (0000:29:00.0): BlueField',
    nodes: ['n1'],
  },
  'never-reported': { objects: [node, aNodeState('n1', []), aPolicy('p')], says: 'status.interfaces is empty', nodes: ['n1'] },
  'pf-invisible': {
    objects: onNode(aPolicy('p')),
    texts: { 'n1/lspci.txt': '$ lspci -D -nn\n0000:3b:00.0 Ethernet controller [0200]: Mellanox Technologies MT2910 Family [ConnectX-7] [15b3:1021]\n0000:5e:00.0 Infiniband controller [0207]: Mellanox Technologies MT2910 Family [ConnectX-7] [15b3:1021]\n' },
    says: '0000:5e:00.0 is on the node',
    nodes: ['n1'],
  },
  overridden: {
    objects: onNode(aPolicy('a', { nicSelector: { vendor: '15b3' } }), aPolicy('b', { priority: 10 })),
    says: 'its VFs 0-7 of ens1f0np0 wipe out VFs 0-7 of ens1f0np0 that policy a gives to a',
  },
  'overlap-unseen': {
    objects: onNode(aPolicy('a', named('ens1f0np0')), aPolicy('b', named('ens1f0np0#2-3'))),
    says: 'its VFs 2-3 of ens1f0np0 wipe out VFs 0-7',
  },
  'same-resource-twice': {
    objects: onNode(aPolicy('a', { resourceName: 'r', ...named('ens1f0np0#0-3') }), aPolicy('b', { resourceName: 'r', ...named('ens1f0np0#4-7') })),
    says: 'its VFs 4-7 of ens1f0np0 replace VFs 0-3',
  },
  'merge-resets': {
    objects: onNode(aPolicy('a', { eSwitchMode: 'switchdev', ...named('ens1f0np0#0-3') }), aPolicy('b', named('ens1f0np0#4-7'))),
    says: 'eSwitchMode of ens1f0np0 becomes nothing; with a it was switchdev',
  },
  'merge-raises-mtu': {
    objects: onNode(aPolicy('a', { mtu: 9000, ...named('ens1f0np0#0-3') }), aPolicy('b', { mtu: 1500, ...named('ens1f0np0#4-7') })),
    says: 'mtu of ens1f0np0 stays 9000 by a, not 1500',
  },
  'priority-leaks': {
    objects: [
      node,
      aNodeState('n1', [aPf({ totalvfs: 16 }), second]),
      aPolicy('a', { numVfs: 16 }),
      aPolicy('b', { priority: 10, ...named('ens2f0np0') }),
      aPolicy('c', { priority: 10, numVfs: 4, nicSelector: { rootDevices: ['0000:3b:00.0'] } }),
    ],
    says: 'ens1f0np0 keeps numVfs 16 and mtu 0 of the weaker policy a',
  },
  'vfs-in-no-group': { objects: onNode(aPolicy('p', named('ens1f0np0#2-5'))), says: 'VFs 0-1, 6-7 of ens1f0np0 belong to no resource' },
  'range-beyond-vfs': { objects: onNode(aPolicy('p', named('ens1f0np0#4-9'))), says: 'VFs 4-9 of ens1f0np0 are promised, and it gets 8' },
  'resource-disagrees': {
    objects: [node, aNodeState('n1', [aPf(), second]), aPolicy('a', { resourceName: 'r' }), aPolicy('b', { resourceName: 'r', isRdma: true, ...named('ens2f0np0') })],
    says: 'isRdma true does not count for r: policy a says unset',
  },
  'resource-mixes-links': {
    objects: [node, aNodeState('n1', [aPf(), { ...second, linkType: 'IB' }]), aPolicy('p', { linkType: undefined, ...named('ens1f0np0', 'ens2f0np0') })],
    says: 'mixes InfiniBand (ens2f0np0) and Ethernet (ens1f0np0)',
  },
  'pool-differs': {
    objects: [node, aNodeState('n1', [aPf(), second]), aPolicy('a', { resourceName: 'r' }), aPolicy('b', { resourceName: 'r', nicSelector: { rootDevices: ['0000:5e:00.0'] } })],
    says: 'nvidia.com/r: the node state gives it 16 VFs, the device plugin will offer 0',
  },
  'firmware-change': {
    objects: [node, aNodeState('n1', [aPf({ totalvfs: 16 })]), aPolicy('p')],
    says: 'numVfs 8 with NUM_OF_VFS 16: the operator will write NUM_OF_VFS=8 and need a restart of 1 node; keep 16 to avoid it',
    nodes: ['n1'],
  },
  'firmware-fixed': {
    objects: [...onNode(aPolicy('p', { numVfs: 16 })), anOperatorConfig({ disablePlugins: ['mellanox'] })],
    says: 'numVfs 16 with NUM_OF_VFS 8, and the mellanox plugin is disabled',
  },
  'pool-refused': { objects: [aPoolConfig('pool', { maxUnavailable: '200%' })], says: 'maxUnavailable "200%"' },
  'pool-never-drains': { objects: [node, aPoolConfig('pool', { maxUnavailable: '25%' })], says: '"25%" of 1 nodes is 0', nodes: ['n1'] },
  'pool-unlimited': { objects: [aPoolConfig('pool', {})], says: 'maxUnavailable is missing' },
  'two-pools': {
    objects: [node, aPoolConfig('a', { maxUnavailable: 1 }), aPoolConfig('b', { maxUnavailable: 1 })],
    says: 'its nodes are in pool a too',
    nodes: ['n1'],
  },
  'kernel-argument-loop': {
    objects: [aNode('n1', {}, { nodeInfo: { osImage: 'Ubuntu 22.04.4 LTS' } }), state, aPoolConfig('pool', { maxUnavailable: 1, rdmaMode: 'exclusive' })],
    says: 'ib_core.netns_mode=0 on Ubuntu 22.04.4 LTS',
    nodes: ['n1'],
  },
  'drain-disabled': {
    objects: [node, { ...state, status: { syncStatus: 'InProgress' } }, anOperatorConfig({ disableDrain: true })],
    says: 'disableDrain is true while nodes are InProgress',
    nodes: ['n1'],
  },
  'operator-config-name': { objects: [anOperatorConfig({}, 'mine')], says: 'named mine is not read' },
}; // prettier-ignore

const check = (objects: readonly KubeObject[], texts?: Case['texts']) =>
  checkSriov(sriovWorld(snapshotOf(objects, texts)));

/** What mstconfig -e q prints for the card of aPf: default, current and next boot of each parameter, or one value for all. */
const settings = (deviceType: string, ...rows: readonly (readonly [name: string, ...values: string[]])[]): string =>
  [
    'mstconfig -d 0000:3b:00.0 -e q',
    'Device #1:',
    '----------',
    `Device type:    ${deviceType}`,
    'Device:         0000:3b:00.0',
    'Configurations:                      Default         Current         Next Boot',
    ...rows.map(([name, ...values]) => {
      const [first = '', current = first, next = first] = values;
      return `         ${name.padEnd(28)}${first.padEnd(16)}${current.padEnd(16)}${next}`;
    }),
  ].join('\n');

describe('every trap is found where it is', () => {
  test.for(Object.entries(CASES))('%s', ([trap, { objects, texts, says, nodes }]) => {
    const found = check(objects, texts).findings.filter((finding) => finding.trap === trap);
    expect(found.map((finding) => finding.says).join('\n')).toContain(says);
    const { because, remedy } = TRAPS[trap as TrapName];
    expect(found[0]).toMatchObject({ because, origin: { line: 1 }, ...(nodes === undefined ? {} : { nodes }) });
    expect(found[0]?.remedy ?? '').not.toBe('');
    expect(remedy).toMatch(/\.$/);
  });
});

test('where both policies name the PF, an overlap is unseen whatever the priorities', () => {
  const [whole, part] = [aPolicy('a', named('ens1f0np0')), aPolicy('b', { priority: 10, ...named('ens1f0np0#2-3') })];
  const traps = check(onNode(whole, part)).findings.map(({ trap }) => trap);
  expect(traps).toContain('overlap-unseen');
  expect(traps).not.toContain('overridden');
});

describe('and not where it is not', () => {
  test('two policies that share a PF as they should', () => {
    const objects = onNode(aPolicy('a', named('ens1f0np0#0-3')), aPolicy('b', named('ens1f0np0#4-7')));
    expect(check(objects)).toMatchObject({ findings: [], gaps: [], policies: 2, nodes: 1 });
  });

  test('policies of nodes that have nothing in common never meet', () => {
    const a = aPolicy('a', { nodeSelector: { rack: '1' } });
    const b = aPolicy('b', { nodeSelector: { rack: '2' } });
    expect(check([a, b]).findings).toEqual([]);
    const meeting = check([a, aPolicy('b', { nodeSelector: { rack: '1' } })]).findings;
    expect(meeting.map(({ trap }) => trap)).toEqual(['webhook-refuses']);
  });

  test('a PF that a policy names is meant: a weak sign against it is not reported there', () => {
    const card = aPf({ name: 'bf', altNames: [], deviceID: 'a2dc' });
    const nicMode = { 'n1/mlxconfig.txt': settings('BlueField3', ['INTERNAL_CPU_OFFLOAD_ENGINE', 'DISABLED(1)']) };
    const found = (nicSelector: object) =>
      check([node, aNodeState('n1', [card]), aPolicy('p', { nicSelector })], nicMode).findings;
    expect(found({ vendor: '15b3' }).map(({ trap, says }) => [trap, says])).toEqual([
      ['takes-unwanted', expect.stringContaining('in NIC mode')],
    ]);
    expect(found({ pfNames: ['bf'] })).toEqual([]);
  });
});

test('the same sentence about several nodes is one finding', () => {
  const objects = ['n1', 'n2', 'n3'].flatMap((name) => [aNode(name), aNodeState(name, [aPf({ totalvfs: 16 })])]);
  const found = check([...objects, aPolicy('p')]).findings;
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ nodes: ['n1', 'n2', 'n3'] });
  expect(found[0]?.says).toContain('a restart of 3 nodes');
});

test('firmware that nothing tells is said to be unknown, not unchanged', () => {
  const { findings, gaps } = check([node, aNodeState('n1', [aPf({ totalvfs: 0 })]), aPolicy('p')]);
  expect(findings).toEqual([]);
  expect(gaps).toMatchObject([
    { what: 'NUM_OF_VFS of 0000:3b:00 on n1', settle: expect.stringContaining('mstconfig') },
  ]);
});

test('the firmware that mstconfig shows counts, not what sysfs makes of it', () => {
  const text = settings('ConnectX7', ['NUM_OF_VFS', '8', '16', '8'], ['SRIOV_EN', 'True(1)']);
  const { findings } = check(onNode(aPolicy('p')), { 'n1/mstconfig.txt': text });
  expect(findings.map(({ trap, says }) => [trap, says.slice(0, 28)])).toEqual([
    ['firmware-change', 'numVfs 8 with NUM_OF_VFS 16:'],
  ]);
});

test('without nodes the check says what it did not look at', () => {
  expect(check([aPolicy('p')])).toMatchObject({ findings: [], gaps: [{ what: 'the nodes' }] });
});

test('without Node objects every nodeSelector is taken to match, and that is said', () => {
  const { findings, gaps } = check([state, aPolicy('p', { nodeSelector: { gpu: 'yes' } })]);
  expect(findings).toEqual([]);
  expect(gaps.map(({ what }) => what)).toEqual(['labels of n1']);
});

test('the page names every trap', () => {
  const page = readFileSync(new URL('../../../../docs/sriov.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('## Traps');
  const named = new Set(table.match(/[a-z]+(?:-[a-z]+)*/g));
  expect(Object.keys(TRAPS).filter((trap) => !named.has(trap))).toEqual([]);
});
