/** A node comes back with its links as it left: one that does not is held with both values, and goes on once it is cured. */
import { expect, test } from 'vitest';
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { digText } from '../../core/model/dig.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, EVENTS, NODES } from '../../core/model/kube-resource.ts';
import { verifyNode } from '../../core/visit/gates/verify-node.ts';
import { readJournal, VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';
import type { NodeFault } from '../../twin/faults.ts';
import { CONNECTX7_RAIL } from '../../twin/hardware/adapter-model.ts';
import { DGX_B200 } from '../../twin/hardware/host.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { changeRollout } from '../apply/rollouts.ts';
import { carryOn } from './carry-on.ts';
import { twinApi } from './twin-ports.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const PCI = '0000:18:00.0';

const begin = async (): Promise<Twin> => {
  const twin = createTwin(
    {
      name: 'one-dgx',
      about: 'one machine with a staged setting',
      release: '25.7.0',
      fleet: [
        {
          host: {
            name: 'a',
            platform: DGX_B200,
            adapters: [
              {
                card: '0000:18:00',
                model: CONNECTX7_RAIL,
                functions: [{ pci: PCI, rdma: 'mlx5_0', interface: 'ibp24s0', linkType: 'IB' }],
                staged: { NUM_OF_VFS: '8' },
              },
            ],
            gpus: 2,
            kernel: '6.8.0-60-generic',
            lockdown: 'none',
          },
          labels: {},
          address: '10.3.0.1',
          room: { cpu: '8', memory: '16Gi', pods: '110' },
        },
      ],
      objects: [],
      steps: [],
      untilMinutes: 60,
    },
    1,
  );
  await twin.runUntil(twin.start + HOUR / 10);
  const api = twinApi(twin);
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'one' },
    spec: {
      reason: 'a test',
      groups: [{ nodes: ['a'], rung: 'cold', cards: [{ pci: PCI, values: { NUM_OF_VFS: '8' } }] }],
      allow: { rung: 'cold' },
      power: { adapter: 'twin' },
    },
  });
  return twin;
};

const statusOf = async (twin: Twin): Promise<unknown> => {
  const found = await twinApi(twin).get(ROLLOUTS, { name: 'one' });
  return found.ok ? found.value['status'] : found.fault;
};

const journalOf = async (twin: Twin): Promise<VisitJournal | undefined> => {
  const node = await twinApi(twin).get(NODES, { name: 'a' });
  const read = readJournal((node.ok ? digText(node.value, 'metadata', 'annotations', VISIT_KEY) : undefined) ?? '');
  return read.ok ? read.value : undefined;
};

test('what is remembered: links of adapters, lanes of GPUs, ports', async () => {
  const twin = await begin();
  await carryOn(twin, 3 * MINUTE);
  expect((await journalOf(twin))?.left).toMatchObject({
    links: { '32x16': [PCI], '0x16': ['0001:10:00.0', '0001:11:00.0'] },
    ports: { '400': [PCI] },
  });
});

test.for<[NodeFault, string]>([
  ['host-link-slow', 'left with 32 GT/s x16 and came back with 16 GT/s x16'],
  ['host-link-narrow', 'left with 32 GT/s x16 and came back with 32 GT/s x8'],
  ['host-port-down', 'its port was up with 400 Gb/s and is down'],
])('%s is held, and goes on after the cure', async ([fault, sentence]) => {
  const twin = await begin();
  twin.play([{ fault, node: 'a', atSeconds: 0, forSeconds: 3600 }]);
  await carryOn(twin, 120 * MINUTE);
  expect(await statusOf(twin)).toMatchObject({ returned: 0, held: [{ message: expect.stringContaining(sentence) }] });
  expect((await journalOf(twin))?.held?.wayOut).toContain('nicwright resume');
  const verified = verifyNode(twin.snapshot(), 'a');
  expect(verified.ok && verified.value.gates.filter(({ verdict }) => verdict === 'fail')).toMatchObject([
    { on: PCI, because: expect.stringContaining(sentence) },
  ]);
  // The person does what the way out says.
  twin.act({ do: 'restart', node: 'a' });
  await twin.runUntil(twin.clock.now() + HOUR);
  await changeRollout(twinApi(twin), 'one', 'resume', twin.clock.now());
  await carryOn(twin, 60 * MINUTE);
  expect(await statusOf(twin)).toMatchObject({ returned: 1, held: [] });
});

test('a loss that a person accepts in words passes, is said, and the word goes with the visit', async () => {
  const twin = await begin();
  twin.play([{ fault: 'host-link-narrow', node: 'a', atSeconds: 0, forSeconds: 24 * 3600 }]);
  await carryOn(twin, 120 * MINUTE);
  const way = (await journalOf(twin))?.held?.wayOut ?? '';
  const [, command = ''] = /kubectl annotate node a (nicwright\.dev\/\S+)="WHY"/.exec(way) ?? [];
  const annotate = (annotations: Record<string, string>) =>
    twinApi(twin).patch(NODES, { name: 'a' }, { type: 'merge', body: { metadata: { annotations } } });
  await annotate({ [command]: 'riser with x8, CHG-77' });
  const verified = verifyNode(twin.snapshot(), 'a');
  expect(verified.ok && verified.value.gates.filter(({ verdict }) => verdict === 'accepted')).toMatchObject([
    {
      gate: 'links',
      on: PCI,
      because: expect.stringMatching(/came back with 32 GT\/s x8; accepted: riser with x8, CHG-77$/),
    },
  ]);
  await changeRollout(twinApi(twin), 'one', 'resume', twin.clock.now());
  await carryOn(twin, 60 * MINUTE);
  expect(await statusOf(twin)).toMatchObject({ returned: 1, held: [] });
  const node = await twinApi(twin).get(NODES, { name: 'a' });
  expect(node.ok && Object.keys(node.value.metadata.annotations ?? {})).not.toContain(command);
  const events = await twinApi(twin).list(EVENTS);
  expect(JSON.stringify(events)).toMatch(
    /1 accepted as lost \(0000:18:00\.0: its PCIe link left with .+ x8; accepted: riser/,
  );
});

test('a link that ran slow before the visit is no loss', async () => {
  const twin = await begin();
  const adapter = twin.hosts.get('a')?.adapterOf(PCI);
  if (adapter !== undefined) adapter.link = { gtPerSecond: 16, lanes: 8 };
  await carryOn(twin, 120 * MINUTE);
  expect(await statusOf(twin)).toMatchObject({ returned: 1, held: [] });
});
