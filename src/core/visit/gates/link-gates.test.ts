/** A link or a port that came back worse is told with both values; what was not read before is said, and after it is unknown. */
import { expect, test } from 'vitest';
import { showJournal, readJournal, VISIT_KEY, type VisitJournal } from '../visit-journal.ts';
import { emptySnapshot, type Snapshot } from '../../snapshot/snapshot.ts';
import { linkFunctions, linkGates, linksLeft, type DeviceLinks } from './link-gates.ts';
import { verifyNode } from './verify-node.ts';

const NIC = '0000:18:00.0';
const GPU = '0000:1b:00.0';

const nic = (more: Partial<DeviceLinks> = {}): DeviceLinks => ({
  pci: NIC,
  speed: 32,
  width: 16,
  ports: [{ port: 1, up: true, gbps: 400 }],
  ...more,
});

const said = (
  before: readonly DeviceLinks[],
  after: readonly DeviceLinks[] | undefined,
  gpus: readonly string[] = [],
) =>
  linkGates(
    linksLeft(before, gpus),
    before.map(({ pci }) => pci),
    after,
  ).map(({ gate, verdict, because }) => `${gate} ${verdict}: ${because}`);

const LINK_PASS = 'links pass: 32 GT/s x16, as before or better';
const PORT_PASS = 'ports pass: up with 400 Gb/s as before';

test.for<[string, DeviceLinks, DeviceLinks | undefined, readonly string[]]>([
  ['as it was', nic(), nic(), [LINK_PASS, PORT_PASS]],
  [
    'slower',
    nic(),
    nic({ speed: 16 }),
    ['links fail: its PCIe link left with 32 GT/s x16 and came back with 16 GT/s x16', PORT_PASS],
  ],
  [
    'narrower',
    nic(),
    nic({ width: 8 }),
    ['links fail: its PCIe link left with 32 GT/s x16 and came back with 32 GT/s x8', PORT_PASS],
  ],
  [
    'faster',
    nic({ speed: 16, ports: [] }),
    nic(),
    [LINK_PASS, 'ports not-compared: its port was not read before the visit, so it is not compared'],
  ],
  [
    'port down',
    nic(),
    nic({ ports: [{ port: 1, up: false, gbps: 10 }] }),
    [LINK_PASS, 'ports fail: its port was up with 400 Gb/s and is down'],
  ],
  [
    'port slower',
    nic(),
    nic({ ports: [{ port: 1, up: true, gbps: 200 }] }),
    [LINK_PASS, 'ports fail: its port was up with 400 Gb/s and is up with 200 Gb/s'],
  ],
  [
    'port up, speed not told',
    nic(),
    nic({ ports: [{ port: 1, up: true }] }),
    [LINK_PASS, 'ports unknown: its port is up, and how fast is not read; it was up with 400 Gb/s'],
  ],
  [
    'a port that was down has nothing to lose',
    nic({ ports: [{ port: 1, up: false }] }),
    nic({ ports: [{ port: 1, up: false }] }),
    [LINK_PASS],
  ],
  [
    'nothing read after',
    nic(),
    undefined,
    [
      'links unknown: how its PCIe link runs is not read; it left with 32 GT/s x16',
      'ports unknown: whether its port is up is not read; it was up with 400 Gb/s',
    ],
  ],
  [
    'a link that the kernel did not know before',
    { pci: NIC, ports: [{ port: 1, up: true, gbps: 400 }] },
    nic(),
    ['links not-compared: its PCIe link was not read before the visit, so it is not compared', PORT_PASS],
  ],
])('%s', ([, before, after, expected]) => {
  expect(said([before], after === undefined ? undefined : [after])).toEqual(expected);
});

test('the second port of a function is compared by itself', () => {
  const two = nic({ ports: [1, 2].map((port) => ({ port, up: true, gbps: 100 })) });
  const after = nic({
    ports: [
      { port: 1, up: true, gbps: 100 },
      { port: 2, up: false },
    ],
  });
  expect(said([two], [after]).filter((line) => line.startsWith('ports'))).toEqual([
    'ports pass: up with 100 Gb/s as before',
    'ports fail: its port was up with 100 Gb/s and is down',
  ]);
  expect(linkFunctions(linksLeft([two], []))).toEqual([NIC]);
});

test('an idle GPU slows its link down by itself; lanes that are gone are gone', () => {
  const gpu = (speed: number, width: number): DeviceLinks => ({
    pci: GPU,
    speed,
    width,
    ports: [{ port: 1, up: false }],
  });
  expect(said([gpu(32, 16)], [gpu(2.5, 16)], [GPU])).toEqual(['links pass: x16, as before or better']);
  expect(said([gpu(32, 16)], [gpu(32, 8)], [GPU])).toEqual([
    'links fail: its PCIe link left with x16 and came back with x8',
  ]);
});

test('a loss has a way out', () => {
  const gates = linkGates(linksLeft([nic()], []), [NIC], [nic({ speed: 8, ports: [{ port: 1, up: false }] })]);
  expect(gates.map(({ wayOut }) => wayOut)).toEqual([
    expect.stringMatching(/reseat the card.*nicwright resume/),
    expect.stringMatching(/cable.*nicwright resume/),
  ]);
});

const journal = (left: NonNullable<VisitJournal['left']>): VisitJournal => ({
  rollout: 'r',
  uid: 'u',
  stage: 'held',
  sinceMs: 0,
  beganMs: 0,
  because: 'x'.repeat(5000),
  rung: 'cold',
  left,
  held: { from: 'prove', atMs: 0, because: 'x'.repeat(5000), wayOut: 'x'.repeat(5000) },
});

const DGX = Array.from({ length: 24 }, (_, at) => nic({ pci: `0000:${(16 + at).toString(16)}:00.0` }));
const pcisOf = (devices: readonly DeviceLinks[]): string[] => devices.map(({ pci }) => pci);

test('links of a large machine stand in the journal with all else; of too many none do, and none is compared', () => {
  const kept = (devices: readonly DeviceLinks[]) => {
    const text = showJournal(
      journal({ resources: { 'nvidia.com/gpu': '8' }, functions: pcisOf(devices), ...linksLeft(devices, []) }),
    );
    expect(text.length).toBeLessThanOrEqual(4096);
    const read = readJournal(text);
    if (!read.ok) throw new Error(read.fault.message);
    return linkGates(read.value.left, pcisOf(devices), devices);
  };
  expect(new Set(kept(DGX).map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
  const many = Array.from({ length: 220 }, (_, at) => nic({ pci: `0000:${(16 + at).toString(16)}:00.0` }));
  expect(new Set(kept(many).map(({ verdict }) => verdict))).toEqual(new Set(['not-compared']));
});

const ORIGIN = { source: 'test' };

const held = (text: string): Snapshot => ({
  ...emptySnapshot,
  objects: [
    {
      object: {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: 'a',
          annotations: {
            [VISIT_KEY]: showJournal(journal({ resources: { cpu: '8' }, functions: [NIC], ...linksLeft([nic()], []) })),
          },
        },
        status: { allocatable: { cpu: '8' } },
      },
      origin: ORIGIN,
    },
  ],
  texts: text === '' ? [] : [{ kind: 'host', node: 'a', text, origin: ORIGIN }],
});

test.for<[string, string, readonly string[]]>([
  ['nothing of the host: unknown', '', ['unknown', 'unknown', 'unknown']],
  [
    'lspci tells the link and nothing of the port',
    '$ lspci -vv\n18:00.0 Infiniband controller: Mellanox Technologies MT2910\n\t\tLnkSta:\tSpeed 16GT/s (downgraded), Width x16\n',
    ['unknown', 'fail', 'unknown'],
  ],
])('verify node during a visit: %s', ([, text, verdicts]) => {
  const verified = verifyNode(held(text), 'a');
  if (!verified.ok) throw new Error(verified.fault.message);
  const gates = verified.value.gates.filter(({ gate }) => ['functions', 'links', 'ports'].includes(gate));
  expect(gates.map(({ verdict }) => verdict)).toEqual(verdicts);
  expect(verified.value.gates).toContainEqual(
    expect.objectContaining({ gate: 'left-with', on: 'cpu', verdict: 'pass' }),
  );
});
