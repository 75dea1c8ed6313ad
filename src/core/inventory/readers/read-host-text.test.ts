import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPending } from '../../model/firmware-setting.ts';
import { nodeNames } from '../node-names.ts';
import type { HostReading } from './host-reading.ts';
import { readHostText } from './read-host-text.ts';

const read = (text: string, nodes: readonly string[] = [], node?: string): readonly HostReading[] =>
  readHostText(text, { source: 'x', nodes: nodeNames(nodes), ...(node !== undefined && { node }) });

const rowsOf = (text: string, nodes?: readonly string[]): readonly unknown[] =>
  read(text, nodes).flatMap((reading) =>
    reading.kind === 'settings'
      ? reading.settings.map(({ default: d, current, next, columnsStated, origin }) => ({
          at: reading.context.device ?? reading.device,
          node: reading.context.node,
          value: `${d ?? '-'}/${current ?? '-'}/${next ?? '-'}`,
          stated: columnsStated,
          line: origin.line,
        }))
      : [],
  );

const ROW = '*        NUM_OF_VFS                          16              16              8';

describe('the shapes in which people keep mstconfig output', () => {
  test('000-56 the header stands below the row and carries #', () => {
    const text = `${ROW}\n         #                                   Default         Current         Next Boot\n`;
    expect(rowsOf(text)).toMatchObject([{ value: '16/16/8', stated: true, line: 1 }]);
  });

  test('000-56 no header: three values are default, current, next with lower confidence; one is next boot', () => {
    expect(rowsOf(ROW)).toMatchObject([{ value: '16/16/8', stated: false }]);
    expect(rowsOf('NUM_OF_VFS 16')).toMatchObject([{ value: '-/-/16', stated: false }]);
  });

  test('two values without a header cannot be told and are reported', () => {
    expect(read('NUM_OF_VFS 16 8')).toMatchObject([{ kind: 'unknown', text: 'NUM_OF_VFS 16 8', origin: { line: 1 } }]);
  });

  test('a row with fewer values than the header has columns is reported, not guessed', () => {
    const text = 'Configurations:   Default   Current   Next Boot\n  NUM_OF_VFS   16   8\n';
    expect(read(text)).toMatchObject([
      { kind: 'settings', settings: [] },
      { kind: 'unknown', text: 'NUM_OF_VFS   16   8', origin: { line: 2 } },
    ]);
  });

  test('000-55 an asterisk is not pending, a difference of current and next boot is', () => {
    const pending = (row: string): unknown => {
      const [reading] = read(`Configurations: Default Current Next Boot\n${row}`);
      return reading?.kind === 'settings' ? reading.settings.map(isPending) : undefined;
    };
    expect(pending('* KEEP_IB_LINK_UP_P2 False(0) True(1) True(1)')).toEqual([false]);
    expect(pending(ROW)).toEqual([true]);
    expect(pending('  MIXED_FORMAT HOST_0(1) HOST_0(1) 1')).toEqual([false]);
    expect(pending('  UNKNOWN_VALUE 1 N/A 1')).toEqual([undefined]);
    expect(pending('  HAIRPIN_DESCRIPTORS Array[0..7] Array[0..7] Array[0..7]')).toEqual([undefined]);
  });
});

describe('where an output belongs', () => {
  const loop = ['0000:18:00.0', '0000:40:00.0'].map((pci) => `=== ${pci} ===\n${ROW}`).join('\n');

  test("the seed's loop: headings with PCI addresses", () => {
    expect(rowsOf(loop)).toMatchObject([
      { at: '0000:18:00.0', line: 2 },
      { at: '0000:40:00.0', line: 4 },
    ]);
  });

  test('headings of nodes and cards, one under the other', () => {
    const text = `=== dgx030 ===\n${loop}\n=== dgx031 ===\n=== 0000:18:00.0 ===\n${ROW}`;
    expect(rowsOf(text, ['dgx030', 'dgx031'])).toMatchObject([
      { node: 'dgx030', at: '0000:18:00.0' },
      { node: 'dgx030', at: '0000:40:00.0' },
      { node: 'dgx031', at: '0000:18:00.0' },
    ]);
  });

  // prettier-ignore
  test.each([
    ['ssh dgx030 "mstconfig -d 0000:18:00.0 q | grep NUM_OF_VFS"', 'dgx030', '0000:18:00.0'],
    ['$ ssh -o StrictHostKeyChecking=no root@dgx030 mstconfig -d 0000:18:00.0 q', 'dgx030', '0000:18:00.0'],
    ['# mlxconfig -d 05:00.0 q | grep NUM_OF_VFS', undefined, '05:00.0'],
    ['[root@dgx030 ~]# mlxconfig -d 05:00.0 q', 'dgx030', '05:00.0'],
    ['root@dgx030:~# mstconfig --dev=0000:18:00.0 -e q', 'dgx030', '0000:18:00.0'],
    ['mstconfig -d 0000:18:00.0 -e  q', undefined, '0000:18:00.0'],
    ['Invoked Command: mlxconfig -d /dev/mst/mt4129_pciconf0 -e q', undefined, '/dev/mst/mt4129_pciconf0'],
    ['=== dgx030: mstconfig -d 0000:18:00.0 q ===', 'dgx030', '0000:18:00.0'],
    ['dgx030 | CHANGED | rc=0 >>', 'dgx030', undefined],
    ['--- dgx030 0000:18:00.0 ---', 'dgx030', '0000:18:00.0'],
    ['==> dgx030/mstconfig.txt <==', 'dgx030', undefined],
  ])('%s', (heading, node, at) => {
    expect(rowsOf(`${heading}\n${ROW}\n`, ['dgx030'])).toMatchObject([{ node, at, line: 2 }]);
  });

  test('kubectl exec names the pod, and the device behind --', () => {
    const [reading] = read(
      `$ kubectl exec -n network-operator daemon-x7k2p -c daemon -- mstconfig -d 0000:18:00.0 -e q\n${ROW}`,
    );
    expect(reading?.context).toMatchObject({ pod: 'daemon-x7k2p', device: '0000:18:00.0' });
  });

  test('parallel shells: the node before each line', () => {
    const text = `dgx030: ${ROW}\ndgx031: ${ROW}\ndgx030:          SRIOV_EN   True(1)   True(1)   True(1)`;
    expect(rowsOf(text, ['dgx030', 'dgx031'])).toMatchObject([
      { node: 'dgx030', line: 1 },
      { node: 'dgx030', line: 3 },
      { node: 'dgx031', line: 2 },
    ]);
  });

  test('a heading that names nothing known gives no node', () => {
    expect(rowsOf(`=== Firmware ===\n${ROW}`, ['dgx030'])).toMatchObject([{ node: undefined }]);
    expect(rowsOf(`=== ibp24s0 ===\n${ROW}`)).toMatchObject([{ node: undefined }]);
  });

  test('a host written in full is the node written short', () => {
    expect(rowsOf(`ssh dgx030.example.net "mstconfig -d 18:00.0 q"\n${ROW}`, ['dgx030'])).toMatchObject([
      { node: 'dgx030' },
    ]);
  });
});

describe('000-59 VF counts', () => {
  const counts = (text: string): readonly unknown[] =>
    read(text).flatMap((one) =>
      one.kind === 'vf-count' ? [[one.interface ?? one.rdma ?? one.pci, one.file, one.count]] : [],
    );

  test("the seed's loop over interfaces, a command of several lines", () => {
    const text = [
      'ssh dgx030 "for iface in ibp24s0 ibp64s0; do \\',
      '  echo -n \\"\\$iface: \\"; \\',
      "  cat /sys/class/net/\\$iface/device/sriov_numvfs 2>/dev/null || echo 'not found'; \\",
      'done"',
      'ibp24s0: 0',
      'ibp64s0: not found',
    ].join('\n');
    expect(counts(text)).toEqual([
      ['ibp24s0', 'sriov_numvfs', 0],
      ['ibp64s0', 'sriov_numvfs', 'absent'],
    ]);
  });

  test('cat of one file, of several, and of one that is not there', () => {
    expect(counts('# cat /sys/class/net/ibp24s0/device/sriov_numvfs\n8')).toEqual([['ibp24s0', 'sriov_numvfs', 8]]);
    expect(
      counts('$ cat /sys/class/net/a0/device/sriov_totalvfs /sys/class/net/a0/device/sriov_numvfs\n16\n8'),
    ).toEqual([
      ['a0', 'sriov_totalvfs', 16],
      ['a0', 'sriov_numvfs', 8],
    ]);
    expect(counts('cat: /sys/class/net/ibp65s0/device/sriov_totalvfs: No such file or directory')).toEqual([
      ['ibp65s0', 'sriov_totalvfs', 'absent'],
    ]);
    expect(counts('/sys/bus/pci/devices/0000:18:00.0/sriov_numvfs:8')).toEqual([['0000:18:00.0', 'sriov_numvfs', 8]]);
  });

  test('a bare number without its command states nothing', () => {
    expect(read('8')).toMatchObject([{ kind: 'unknown' }]);
  });
});

// prettier-ignore
test.each([
  ['none [integrity] confidentiality', { kind: 'host-state', lockdown: 'integrity' }],
  ['SecureBoot enabled', { kind: 'host-state', secureBoot: true }],
  ['BOOT_IMAGE=/vmlinuz ro quiet', { kind: 'host-state', kernelCommandLine: 'BOOT_IMAGE=/vmlinuz ro quiet' }],
  ['default via 192.0.2.1 dev bond0 proto dhcp', { kind: 'default-routes', interfaces: ['bond0'] }],
  ['192.0.2.0/24 dev eno1 scope link', { kind: 'default-routes', interfaces: [] }],
  ['Ethernet Channel Bonding Driver: v6.8\nSlave Interface: ibp41s0f1\nMII Status: up', { kind: 'bond', members: ['ibp41s0f1'] }],
  ['driver: mlx5_core\nversion: 24.07\nfirmware-version: 28.43.2026 (MT_0000000838)\nbus-info: 0000:18:00.0', { kind: 'driver-info', firmware: '28.43.2026', psid: 'MT_0000000838', pci: '0000:18:00.0' }],
  ['DEVICE_TYPE   MST   PCI   RDMA   NET   NUMA\nConnectX7(rev:0)  /dev/mst/mt4129_pciconf5  e5:00.0  mlx5_5  net-ibp229s0  1', { kind: 'mst-devices', devices: [{ mst: '/dev/mst/mt4129_pciconf5', pci: '0000:e5:00.0', rdma: 'mlx5_5', interface: 'ibp229s0' }] }],
  ['reboot   system boot  6.8.0-1032-nvidi Wed Oct  8 09:39   still running', { kind: 'boots', boots: [{ kernel: '6.8.0-1032-nvidi' }] }],
])('%s', (text, expected) => {
  expect(read(text)).toMatchObject([expected]);
});

describe('what is not known', () => {
  test('is reported with its first line and the number of lines, between what is known', () => {
    const text = `Hello,\nthe card does not work\n\n${ROW}\nbye`;
    expect(read(text)).toMatchObject([
      { kind: 'unknown', text: 'Hello,', lines: 2, origin: { line: 1 } },
      { kind: 'settings' },
      { kind: 'unknown', text: 'bye', origin: { line: 5 } },
    ]);
  });

  test('binary rubbish, an empty file and a carriage return', () => {
    expect(read('')).toEqual([]);
    expect(read('\u0000\u0001\uFFFD PK\u0003')).toMatchObject([{ kind: 'unknown' }]);
    expect(rowsOf(`${ROW}\r\n`)).toMatchObject([{ value: '16/16/8' }]);
  });
});

const BLOCK = `# mstconfig -d 0000:18:00.0 -e q\n\nDevice #1:\n----------\n\nDevice type:        ConnectX7\nName:   MCX75310AAS-NEA_Ax\nDescription:  (part)\nDevice:  0000:18:00.0\n\nConfigurations:   Default   Current   Next Boot\n${ROW}\n RO  X_Y  1 1 1\nThe '*' shows parameters with next value different from default/current value.\n=== a1 ===\n0000:02:00.0 mlx5_0 (MT4119 - MCX555A) C fw 16.2 port 1 (ACTIVE) ==> ib0 (Up)\nReset-levels:\n3: Driver restart -Supported\n{\n  "Device #1": {"tlv_configuration": {"A": {"next_value": 8}}}\n}\n`;

const mutated = fc
  .array(
    fc.record({
      at: fc.nat(BLOCK.length),
      cut: fc.nat(40),
      put: fc.oneof(fc.string(), fc.constantFrom('\n', '=', '-', '*', '{"', '#', '==>', 'RO ', '\u0000')),
    }),
    { maxLength: 8 },
  )
  .map((edits) =>
    edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), BLOCK.repeat(2)),
  );

describe('properties', () => {
  test('mutated output never throws, and every reading has a line of the text', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const last = text.split('\n').length;
        let before = 0;
        for (const { origin } of read(text, ['a1'])) {
          const line = origin.line ?? 0;
          if (line < before || line > last) return false;
          before = line;
        }
        return true;
      }),
      { numRuns: 400 },
    );
  });

  test('any text ends soon: long runs of one character, and of one line', () => {
    for (const unit of [
      '=',
      '-',
      ' ',
      'a',
      '* ',
      '{',
      '{"',
      '(',
      'ssh -a=b ',
      'p1s',
      ':',
      '0000:',
      '\t',
      'Device #1:\n',
      '{\n',
      'NUM_OF_VFS 1\n',
      '8\n',
      'Configurations:\n',
      '=== a1 ===\n',
      '$ cat /sys/class/net/a/device/sriov_numvfs\n8\n',
    ])
      expect(() => read(unit.repeat(20_000), ['a1'])).not.toThrow();
  }, 20_000);
});
