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
import type { Gap } from '../../../core/snapshot/snapshot.ts';
import { reasonsOf } from '../../../core/sriov/generate-exclusions.ts';
import { devicesOf, type Device } from '../../../core/sriov/generate-status.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { gapLines } from '../gap-lines.ts';
import { inventoryData } from '../inventory-data.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const statusText = (devices: readonly Device[]): string => {
  const [first] = devices;
  if (first === undefined) return '';
  const waiting = first.pending.length === 0 ? '' : `, pending ${first.pending.join(', ')}`;
  switch (first.status.is) {
    case 'configured': {
      const { numVfs } = first.function;
      const there =
        numVfs === undefined ? 'VFs not read' : `${String(numVfs.value)} of ${String(first.status.wantedVfs)} VFs`;
      return `configured, ${there}${waiting}`;
    }
    case 'excluded':
      return `excluded: ${reasonsOf(devices.map(({ function: { pci }, status }) => ({ pci, exclusions: status.is === 'excluded' ? status.exclusions : [] })))}${waiting}`;
    case 'not-selected':
      return `not selected by a policy${waiting}`;
    case 'unknown':
      return `no node state read${waiting}`;
  }
};

/** Functions of a card that share a row: all that are left out, all that nothing selects; configured ones stand alone. */
const rowKey = ({ adapter, status, function: { pci } }: Device): string =>
  `${adapter.card} ${status.is === 'configured' ? pci : status.is}`;

const rowsOf = (devices: readonly Device[], differs: ReadonlySet<string>): readonly (readonly string[])[] =>
  [...Map.groupBy(devices, rowKey).values()].map((group) => {
    const adapter = group[0]?.adapter;
    const firmware = adapter?.firmware?.value ?? '?';
    const names = group.flatMap((one) => one.function.interface?.value ?? one.function.master?.value ?? []);
    return [
      showRanges(group.map((one) => one.function.pci)),
      showRanges(group.flatMap((one) => one.function.rdma?.value ?? [])) || '?',
      showRanges(names) || '-',
      `${firmware}${differs.has(`${group[0]?.node.name ?? ''} ${adapter?.card ?? ''}`) ? ' *' : ''}`,
      statusText(group),
    ];
  });

const HEADINGS = ['PCI ADDRESS', 'RDMA', 'INTERFACE', 'FIRMWARE', 'STATUS'];

/** Nodes whose tables are the same stand above one table. */
const nodesTitle = (nodes: readonly InventoryNode[], paint: Paint): string => {
  const [first] = nodes;
  const names = nodes.map(({ name }) => name);
  const shown =
    names.length <= 6 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${String(names.length - 5)} more`;
  const count = first?.adapters.length ?? 0;
  const machines = [...new Set(nodes.flatMap(({ machine }) => machine?.value ?? []))];
  const adapters = `${String(count)} ${count === 1 ? 'adapter' : 'adapters'}${nodes.length > 1 ? ' each, alike' : ''}`;
  return `${paint.bold(shown)}: ${[...machines, adapters].join(', ')}`;
};

const differenceText = ({ of, usual, usualCount, others }: VersionDifference): string =>
  `* ${others.map(({ node, adapter, version }) => `${node.name} ${adapter.card}.0 runs ${version.value}`).join(', ')}; ${String(usualCount)} other ${usualCount === 1 ? 'card' : 'cards'} (${of}) ${usualCount === 1 ? 'runs' : 'run'} ${usual}.`;

const GAPS_SHOWN = 5;
const TABLES_SHOWN = 3;

/** Settings of a card that is left out of SR-IOV are missed by nobody, unless asked for. */
const isMissed = ({ what, node }: Gap, devices: readonly Device[]): boolean => {
  const card = /^firmware settings of (\S+) on/.exec(what)?.[1];
  const own = devices.filter((device) => device.node.name === node && device.adapter.card === card);
  return own.length === 0 || own.some(({ status }) => status.is !== 'excluded');
};

const missingLines = (inventory: Inventory, devices: readonly Device[], all: boolean): readonly string[] => {
  const gaps = [...inventory.nodes.flatMap((node) => node.gaps), ...inventory.gaps];
  const lines = [
    ...(all ? gapLines(gaps) : gapLines(gaps.filter((gap) => isMissed(gap, devices)))),
    ...inventory.unknownText.map(
      ({ origin, text, lines: count }) =>
        `${showOrigin(origin)}: ${count === 1 ? 'a line is' : `${String(count)} lines are`} not known: ${text.slice(0, 60)}`,
    ),
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
  const devices = devicesOf(inventory);
  const byNode = Map.groupBy(devices, ({ node }) => node.name);
  const tables = inventory.nodes.map((node) => {
    const rows = rowsOf(byNode.get(node.name) ?? [], differs);
    return { node, text: rows.length === 0 ? '' : table(HEADINGS, rows) };
  });
  const groups = [...Map.groupBy(tables, ({ text }) => text)];
  const shown = verbose ? groups : groups.slice(0, TABLES_SHOWN);
  const parts = shown.map(([text, group]) =>
    [
      nodesTitle(
        group.map(({ node }) => node),
        paint,
      ),
      ...(text === '' ? [] : [text]),
    ].join('\n'),
  );
  const hidden = groups.slice(shown.length).flatMap(([, group]) => group).length;
  const images = pendingImages(inventory).map(
    ({ node, adapter, version }) =>
      `${node.name} ${adapter.card}.0 runs ${adapter.firmware?.value ?? '?'}, and ${version.value} is burned: it starts at the next boot of the firmware.`,
  );
  return [
    inventory.nodes.length === 0 ? 'No node and no host output was found in the input.' : parts.join('\n\n'),
    ...(hidden === 0
      ? []
      : ['', `${String(hidden)} more ${hidden === 1 ? 'node has' : 'nodes have'} other adapters (-v)`]),
    ...(differences.length + images.length === 0 ? [] : ['']),
    ...differences.map((one) => paint.warn(differenceText(one))),
    ...images,
    ...missingLines(inventory, devices, verbose),
  ].join('\n');
};

export default defineCommand({
  path: 'inventory',
  about: 'Lists the NICs and DPUs of every node: PCI address, names, firmware, and what a policy does with them',
  examples: [
    { line: 'inventory --from dump/', does: 'from files: node states, ibdev2netdev -v, mstconfig output' },
    { line: 'inventory --from host/ -o json', does: 'everything that was read, each fact with its file and line' },
  ],
  readsSnapshot: 'everything',
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
