import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dgxDevices, dgxSettings, gpuNode, hostSnapshot, nodeState } from '../../testing/host-snapshot.ts';
import { adapterAt, buildInventory, type InventoryNode } from './build-inventory.ts';
import { pendingSettings } from './collect-adapters.ts';
import { versionDifferences } from './firmware-versions.ts';
import { pciOfInterfaceName } from './interface-name.ts';
import { nodeNames } from './node-names.ts';
import { showRanges } from './show-ranges.ts';

const nodeOf = (
  texts: Readonly<Record<string, string>>,
  ...objects: Parameters<typeof hostSnapshot>[1] & object
): InventoryNode => {
  const [node] = buildInventory(hostSnapshot(texts, objects)).nodes;
  if (node === undefined) throw new Error('no node');
  return node;
};

describe('the machine of the founding incident (000-97)', () => {
  const node = nodeOf(
    { 'dgx030/devices.txt': dgxDevices(), 'dgx030/mstconfig.txt': dgxSettings(16, 8) },
    gpuNode('dgx030'),
  );

  test('cards with their kinds, by PCI address and not by mlx5_N', () => {
    expect(node.adapters.map(({ card, kind, functions }) => [card, kind, functions.length])).toEqual([
      ['0000:05:00', 'internal', 4],
      ['0000:18:00', 'connectx', 1],
      ['0000:29:00', 'bluefield', 2],
      ['0000:40:00', 'connectx', 1],
      ['0000:4f:00', 'connectx', 1],
      ['0000:5e:00', 'connectx', 1],
      ['0000:9a:00', 'connectx', 1],
      ['0000:aa:00', 'bluefield', 2],
      ['0000:c0:00', 'connectx', 1],
      ['0000:ce:00', 'connectx', 1],
      ['0000:dc:00', 'connectx', 1],
    ]);
  });

  test('names, firmware and settings, each with its line', () => {
    const card = adapterAt(node, '0000:18:00.0');
    expect(card).toMatchObject({
      firmware: { value: '28.43.2026', origin: { source: 'dgx030/devices.txt', line: 5 } },
      functions: [
        { pci: '0000:18:00.0', rdma: { value: 'mlx5_4' }, interface: { value: 'ibp24s0' }, linkType: { value: 'IB' } },
      ],
    });
    expect(card === undefined ? [] : pendingSettings(card)).toMatchObject([
      { name: 'NUM_OF_VFS', current: '16', next: '8', origin: { source: 'dgx030/mstconfig.txt', line: 5 } },
    ]);
  });

  test('a port in a bond shows the bond, not a name of its own', () => {
    expect(adapterAt(node, '0000:29:00.1')?.functions[1]).toMatchObject({ master: { value: 'bond0' } });
    expect(adapterAt(node, '0000:29:00.1')?.functions[1]?.interface).toBeUndefined();
  });

  test('cards without settings are gaps with the command that settles them', () => {
    expect(node.gaps.map(({ settle }) => settle)).toEqual([
      'mstconfig -d 0000:05:00.0 -e q',
      'mstconfig -d 0000:29:00.0 -e q',
      'mstconfig -d 0000:aa:00.0 -e q',
    ]);
  });
});

describe('joining outputs to cards', () => {
  const SETTINGS = (device: string, row: string): string =>
    `Device: ${device}\nConfigurations: Default Current Next Boot\n${row}\n`;

  test('/dev/mst names are resolved by mst status, and are a gap without it', () => {
    const settings = SETTINGS('/dev/mst/mt4129_pciconf1', 'NUM_OF_VFS 16 16 8');
    const mst =
      'DEVICE_TYPE  MST  PCI  RDMA  NET  NUMA\nConnectX7(rev:0)  /dev/mst/mt4129_pciconf1  41:00.0  mlx5_0  net-ibp65s0  0\n';
    expect(adapterAt(nodeOf({ 'a/q.txt': settings, 'a/mst.txt': mst }), '0000:41:00.0')?.settings).toHaveLength(1);
    const without = nodeOf({ 'a/q.txt': settings });
    expect(without.adapters).toEqual([]);
    expect(without.gaps).toContainEqual(expect.objectContaining({ settle: 'mst status -v' }));
  });

  test('an output that names no device belongs to no card', () => {
    const node = nodeOf(
      { 'a/q.txt': '*  NUM_OF_VFS  16  16  8' },
      nodeState('a', [{ pciAddress: '0000:18:00.0', name: 'ibp24s0' }]),
    );
    expect(adapterAt(node, '0000:18:00.0')?.settings).toEqual([]);
    expect(node.unplaced).toHaveLength(1);
  });

  test('the short ibdev2netdev is joined by the interface name or by its bus path', () => {
    const node = nodeOf({ 'a/d.txt': 'mlx5_0 port 1 ==> ibp65s0 (Up)\nmlx5_1 port 1 ==> rail1 (Up)\nmlx5_9 port 1 ==> ibp65s0v7 (Down)\n' },
      nodeState('a', [{ pciAddress: '0000:a1:00.0', name: 'rail1' }])); // prettier-ignore
    expect(node.adapters.map(({ card, functions }) => [card, functions[0]?.rdma?.value])).toEqual([
      ['0000:41:00', 'mlx5_0'],
      ['0000:a1:00', 'mlx5_1'],
    ]);
  });

  test('what set wrote is the next boot value, of every function of the card', () => {
    const text =
      'Device: 05:00.0\nConfigurations: Next Boot New\n NUM_OF_VFS 16 127\n Apply new Configuration? (y/n) [n] : y\nApplying... Done!\n-I- Please reboot machine to load new configurations.\n';
    expect(nodeOf({ 'a/set.txt': text }).adapters[0]).toMatchObject({
      restartHint: { value: 'reboot' },
      settings: [{ name: 'NUM_OF_VFS', next: '127' }],
    });
    expect(nodeOf({ 'a/set.txt': text.replace('Done!', 'Failed!') }).adapters[0]).toMatchObject({
      settings: [{ next: '16' }],
    });
  });

  test('two outputs that differ are told, and the full one is kept', () => {
    const node = nodeOf({
      'a/1.txt': SETTINGS('18:00.0', 'NUM_OF_VFS 16 16 8'),
      'a/2.txt': 'Device: 18:00.0\nConfigurations: Next Boot\nNUM_OF_VFS 4\n',
    });
    expect(node.adapters[0]?.settings).toMatchObject([{ current: '16', next: '8' }]);
    expect(node.gaps.map(({ because }) => because).join()).toContain('two outputs differ (8 and 4');
  });

  test('next boot alone says nothing about pending', () => {
    const node = nodeOf({ 'a/q.txt': 'Device: 18:00.0\nConfigurations: Next Boot\nNUM_OF_VFS 8\n' });
    expect(node.adapters.flatMap(pendingSettings)).toEqual([]);
    expect(node.gaps).toMatchObject([{ because: expect.stringContaining('lacks -e') as string }]);
  });

  test('a tool that answers an error is the reason given for the missing settings', () => {
    const node = nodeOf({ 'a/q.txt': '# mstconfig -d 3b:00.1 -e q\n-E- Failed to open the device\n' });
    expect(node.gaps).toMatchObject([
      { what: 'firmware settings of 0000:3b:00 on host of a', because: 'the tool answered open-failed (a/q.txt:2)' },
    ]);
  });

  test('default route through a bond, and the address of the node', () => {
    const node = nodeOf(
      {
        'a/x.txt': 'default via 192.0.2.1 dev bond0\n',
        'a/d.txt': '0000:29:00.1 mlx5_6 (MT41692 - P) BlueField-3 fw 1.2.3 port 1 (ACTIVE) ==> bond0 (Up)\n',
      },
      gpuNode('a'),
    );
    expect(node.adapters[0]?.functions[0]).toMatchObject({ defaultRoute: { value: true }, master: { value: 'bond0' } });
  });
});

describe('which node a text speaks of', () => {
  const nodes = [gpuNode('dgx030'), gpuNode('dgx031')];
  const row = '=== 0000:18:00.0 ===\nNUM_OF_VFS 16 16 8\n';

  // prettier-ignore
  test.each([
    ['dgx030/mstconfig.txt', 'dgx030'], ['host/mstconfig-dgx031.txt', 'dgx031'], ['dump.tar!x/dgx030.txt', 'dgx030'],
    ['dgx0301/mstconfig.txt', undefined], ['dgx030-and-dgx031.txt', undefined], ['mstconfig.txt', undefined],
  ])('%s', (path, expected) => {
    expect(nodeNames(['dgx030', 'dgx031']).inPath(path)).toBe(expected);
    const inventory = buildInventory(hostSnapshot({ [path]: row }, nodes));
    expect(inventory.nodes.filter(({ adapters }) => adapters.length > 0).map(({ name }) => name)).toEqual(expected === undefined ? [] : [expected]);
    expect(inventory.gaps).toHaveLength(expected === undefined ? 1 : 0);
  });

  test('a pod leads to its node, a heading wins over the file', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'daemon-x7k2p', namespace: 'n' },
      spec: { nodeName: 'dgx031' },
    };
    const text = `$ kubectl exec -n n daemon-x7k2p -- mstconfig -d 0000:18:00.0 -e q\nNUM_OF_VFS 16 16 8\n=== dgx030 ===\n${row}`;
    const inventory = buildInventory(hostSnapshot({ 'out.txt': text }, [...nodes, pod]));
    expect(inventory.nodes.map(({ adapters }) => adapters.length)).toEqual([1, 1]);
  });

  test('without any object, the texts of one folder are one unnamed host', () => {
    const inventory = buildInventory(hostSnapshot({ 'input/a.txt': row, 'input/b.txt': 'SecureBoot enabled' }));
    expect(inventory.nodes).toMatchObject([{ name: 'host of input', listed: false, secureBoot: { value: true } }]);
  });

  test('logs of the daemon are read for facts only, and unknown host text is told with its line', () => {
    const log =
      'I0523 20:59:44.059046    7496 x.go:1] hello\nLEVEL(-2) a.go:1 Changing TotalVfs, needs reboot\n{"current": 16, "requested": 8}\n';
    const inventory = buildInventory(
      hostSnapshot({ 'dgx030/daemon.log': log, 'dgx030/note.txt': '\nhello there' }, nodes),
    );
    expect(inventory.nodes[0]?.daemonFacts).toMatchObject([
      { fact: 'vf-change', current: 16, requested: 8, origin: { line: 2 } },
    ]);
    expect(inventory.unknownText).toMatchObject([
      { text: 'hello there', origin: { source: 'dgx030/note.txt', line: 2 } },
    ]);
  });
});

// prettier-ignore
test.each([
  ['logs/sriov-network-config-daemon-worker-3.log', 'worker-3'], ['logs/daemon-worker-30.log', undefined], ['x/gpu-a/worker-3/y', 'worker-3'],
  ['x/node1.example.net.txt', 'node1.example.net'], ['x/node1-mst.txt', 'node1.example.net'], ['x/twin/y', undefined],
])('the node in %s is %s', (path, node) => {
  expect(nodeNames(['worker-3', 'node1.example.net', 'twin.a', 'twin.b']).inPath(path)).toBe(node);
});

test('000-99 firmware versions that differ in the fleet', () => {
  const inventory = buildInventory(
    hostSnapshot({ 'a/d.txt': dgxDevices(), 'b/d.txt': dgxDevices({ ibp64s0: '28.42.1000' }) }, [
      gpuNode('a'),
      gpuNode('b'),
    ]),
  );
  expect(versionDifferences(inventory)).toMatchObject([
    {
      usual: '28.43.2026',
      usualCount: 17,
      others: [{ node: { name: 'b' }, adapter: { card: '0000:40:00' }, version: { value: '28.42.1000' } }],
    },
  ]);
});

// prettier-ignore
test.each([
  ['ibp24s0', '0000:18:00.0'], ['ibp41s0f0', '0000:29:00.0'], ['enp97s0f1np1', '0000:61:00.1'], ['enP2p1s0f0', '0002:01:00.0'],
  ['ibs14f0', undefined], ['ens1f0', undefined], ['eth0', undefined], ['ibp300s0', undefined], ['bond0', undefined],
])('the bus path in %s is %s', (name, pci) => {
  expect(pciOfInterfaceName(name)).toBe(pci);
});

// prettier-ignore
test.each([
  [['0000:05:00.0', '0000:05:00.1', '0000:05:00.2'], '0000:05:00.0-2'], [['mlx5_9', 'mlx5_10'], 'mlx5_9-10'],
  [['ibp41s0f0', 'bond0'], 'ibp41s0f0, bond0'], [['a1', 'a3'], 'a1, a3'], [['x'], 'x'], [[], ''],
])('%j is written %s', (names, expected) => {
  expect(showRanges(names)).toBe(expected);
});

test('property: the order of texts of different cards does not matter, and nothing throws on any text', () => {
  const cards = ['18', '40', '4f'].map((bus): [string, string] => [
    `a/${bus}.txt`,
    `=== 0000:${bus}:00.0 ===\nNUM_OF_VFS 16 16 ${bus.length}\n`,
  ]);
  const seen = (order: readonly [string, string][]): unknown =>
    buildInventory(hostSnapshot(Object.fromEntries(order), [gpuNode('a')])).nodes[0]?.adapters;
  const first = seen(cards);
  fc.assert(
    fc.property(fc.shuffledSubarray(cards, { minLength: 3 }), fc.string(), (order, noise) => {
      expect(seen(order)).toEqual(first);
      buildInventory(hostSnapshot({ 'a/noise.txt': noise }, [gpuNode('a')]));
    }),
    { numRuns: 50 },
  );
});
