/** Links and ports as sysfs and lspci show them; what the kernel does not know is not made up. */
import { expect, test } from 'vitest';
import { hostCommand } from '../../model/host-question.ts';
import { readHostText } from './read-host-text.ts';

const DEVICE = '/host/sys/bus/pci/devices/0000:18:00.0';
const COMMAND = hostCommand({ ask: 'links', pcis: ['0000:18:00.0'] }, '/host').join(' ');

const read = (command: string, ...lines: readonly string[]) =>
  readHostText(`$ ${command}\n${lines.join('\n')}\n`, { source: 'x' }).map(
    ({ context: _context, origin: _origin, ...reading }) => reading,
  );

test('an InfiniBand port is told by RDMA, not by the net device above it', () => {
  expect(
    read(
      COMMAND,
      `${DEVICE}/current_link_speed:32.0 GT/s PCIe`,
      `${DEVICE}/current_link_width:16`,
      `${DEVICE}/infiniband/mlx5_4/ports/1/state:4: ACTIVE`,
      `${DEVICE}/infiniband/mlx5_4/ports/1/rate:400 Gb/sec (4X NDR)`,
      `${DEVICE}/net/ibp24s0/bonding_slave/state:active`,
      `${DEVICE}/net/ibp24s0/operstate:down`,
    ),
  ).toEqual([
    {
      kind: 'device-links',
      pci: '0000:18:00.0',
      speed: 32,
      width: 16,
      ports: [{ port: 1, up: true, gbps: 400 }],
    },
  ]);
});

test.for<[string, readonly string[], object]>([
  [
    'without RDMA the net device tells',
    [`${DEVICE}/net/eth0/operstate:up`, `${DEVICE}/net/eth0/speed:25000`],
    { ports: [{ port: 1, up: true, gbps: 25 }] },
  ],
  [
    'a port that is down has no speed',
    [`${DEVICE}/net/eth0/operstate:down`, `${DEVICE}/net/eth0/speed:-1`],
    { ports: [{ port: 1, up: false }] },
  ],
  ['Init is not up', [`${DEVICE}/infiniband/mlx5_4/ports/1/state:2: INIT`], { ports: [{ port: 1, up: false }] }],
])('%s', ([, lines, expected]) => {
  expect(read(COMMAND, ...lines)).toMatchObject([expected]);
});

test('a link that the kernel does not know is left out', () => {
  const [reading] = read(COMMAND, `${DEVICE}/current_link_speed:Unknown`, `${DEVICE}/current_link_width:63`);
  expect(reading).toEqual({ kind: 'device-links', pci: '0000:18:00.0', ports: [] });
});

test('lspci -vv tells it of the device whose block it is', () => {
  const readings = read(
    'lspci -vv',
    '18:00.0 Infiniband controller: Mellanox Technologies MT2910 Family [ConnectX-7]',
    '\tCapabilities: [60] Express (v2) Endpoint, MSI 00',
    '\t\tLnkSta:\tSpeed 16GT/s (downgraded), Width x8 (downgraded)',
  );
  expect(readings).toContainEqual({ kind: 'device-links', pci: '0000:18:00.0', speed: 16, width: 8, ports: [] });
});

test('GPUs are listed by the driver', () => {
  const command = hostCommand({ ask: 'gpus' }, '').join(' ');
  expect(read(command, '0000:1b:00.0', '0000:43:00.0')).toEqual([
    { kind: 'gpus', pcis: ['0000:1b:00.0', '0000:43:00.0'] },
  ]);
  expect(read(command, "ls: cannot access '/proc/driver/nvidia/gpus': No such file or directory")).not.toContainEqual(
    expect.objectContaining({ kind: 'gpus' }),
  );
});
