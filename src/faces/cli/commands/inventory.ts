/** `nicwright inventory`: the adapters of every node as one table, with firmware, status, and what differs in the fleet. */
import { buildInventory, type Inventory, type InventoryNode } from '../../../core/inventory/build-inventory.ts';
import {
  pendingImages,
  versionDifferences,
  type VersionDifference,
} from '../../../core/inventory/firmware-versions.ts';
import { showRanges } from '../../../core/inventory/show-ranges.ts';
import { showOrigin } from '../../../core/model/fact.ts';
import { ok } from '../../../core/result.ts';
import { devicesOf, type Device } from '../../../core/sriov/generate-status.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { inventoryData } from '../inventory-data.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const statusText = ({ status, pending, function: one }: Device): string => {
  const waiting = pending.length === 0 ? '' : `, pending ${pending.join(', ')}`;
  switch (status.is) {
    case 'configured': {
      const there =
        one.numVfs === undefined ? 'VFs not read' : `${String(one.numVfs.value)} of ${String(status.wantedVfs)} VFs`;
      return `configured, ${there}${waiting}`;
    }
    case 'excluded':
      return `excluded: ${[...new Set(status.exclusions.map(({ reason, strength }) => `${reason}${strength === 'weak' ? ' (not sure)' : ''}`))].join('; ')}${waiting}`;
    case 'not-selected':
      return `not selected by a policy${waiting}`;
    case 'unknown':
      return `no node state read${waiting}`;
  }
};

/** Functions of one card that share a status stand in one row, as people write them: 0000:05:00.0-3. */
const rowsOf = (devices: readonly Device[], differs: ReadonlySet<string>): readonly (readonly string[])[] =>
  [...Map.groupBy(devices, (device) => `${device.adapter.card} ${statusText(device)}`).values()].map((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { adapter, node } = first;
    const firmware = adapter.firmware?.value ?? '?';
    const names = group.flatMap((one) => one.function.interface?.value ?? one.function.master?.value ?? []);
    return [
      showRanges(group.map((one) => one.function.pci)),
      showRanges(group.flatMap((one) => one.function.rdma?.value ?? [])) || '?',
      showRanges(names) || '-',
      `${firmware}${differs.has(`${node.name} ${adapter.card}`) ? ' *' : ''}`,
      statusText(first),
    ];
  });

const HEADINGS = ['PCI ADDRESS', 'RDMA', 'INTERFACE', 'FIRMWARE', 'STATUS'];

const nodeTitle = ({ name, machine, adapters, unschedulable }: InventoryNode, paint: Paint): string => {
  const count = `${String(adapters.length)} ${adapters.length === 1 ? 'adapter' : 'adapters'}`;
  return [paint.bold(name), machine?.value, count, unschedulable === true ? 'cordoned' : undefined]
    .filter((part) => part !== undefined)
    .join(', ');
};

const differenceText = ({ of, usual, usualCount, others }: VersionDifference): string =>
  `* ${others.map(({ node, adapter, version }) => `${node.name} ${adapter.card}.0 runs ${version.value}`).join(', ')}; ${String(usualCount)} other ${usualCount === 1 ? 'card' : 'cards'} (${of}) ${usualCount === 1 ? 'runs' : 'run'} ${usual}.`;

const GAPS_SHOWN = 5;

const gapLines = (inventory: Inventory, all: boolean): readonly string[] => {
  const gaps = [...inventory.nodes.flatMap((node) => node.gaps), ...inventory.gaps];
  const unknown = inventory.unknownText.map(
    ({ origin, text, lines }) =>
      `${showOrigin(origin)}: ${lines === 1 ? 'a line is' : `${String(lines)} lines are`} not known: ${text.slice(0, 60)}`,
  );
  const lines = [
    ...gaps.map(
      ({ what, because, settle }) => `${what}: ${because}${settle === undefined ? '' : `; ask with: ${settle}`}`,
    ),
    ...unknown,
  ];
  if (lines.length === 0) return [];
  const shown = all ? lines : lines.slice(0, GAPS_SHOWN);
  const rest = lines.length - shown.length;
  return [
    '',
    'Not told by the input:',
    ...shown.map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${String(rest)} more (-v)`] : []),
  ];
};

const inventoryText = (inventory: Inventory, paint: Paint, verbose: boolean): string => {
  const differences = versionDifferences(inventory);
  const differs = new Set(
    differences.flatMap(({ others }) => others.map(({ node, adapter }) => `${node.name} ${adapter.card}`)),
  );
  const byNode = Map.groupBy(devicesOf(inventory), ({ node }) => node.name);
  const parts = inventory.nodes.flatMap((node, index) => {
    const rows = rowsOf(byNode.get(node.name) ?? [], differs);
    return [
      ...(index === 0 ? [] : ['']),
      nodeTitle(node, paint),
      ...(rows.length === 0 ? [] : [table(HEADINGS, rows)]),
    ];
  });
  const images = pendingImages(inventory).map(
    ({ node, adapter, version }) =>
      `${node.name} ${adapter.card}.0 runs ${adapter.firmware?.value ?? '?'}, and ${version.value} is burned: it starts at the next boot of the firmware.`,
  );
  return [
    ...(inventory.nodes.length === 0 ? ['No node and no host output was found in the input.'] : parts),
    ...(differences.length + images.length === 0 ? [] : ['']),
    ...differences.map((one) => paint.warn(differenceText(one))),
    ...images,
    ...gapLines(inventory, verbose),
  ].join('\n');
};

export default defineCommand({
  path: 'inventory',
  about: 'Lists the NICs and DPUs of every node: PCI address, names, firmware, and what a policy does with them',
  examples: [
    { line: 'inventory --from dump/', does: 'from files: node states, ibdev2netdev -v, mstconfig output' },
    { line: 'inventory --from host/ -o json', does: 'everything that was read, each fact with its file and line' },
  ],
  readsSnapshot: true,
  run: async (context, _args, options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const inventory = buildInventory(snapshot.value);
    return ok({
      exit: EXIT.clean,
      data: inventoryData(inventory),
      text: (paint) => inventoryText(inventory, paint, options['verbose'] === true),
    });
  },
});
