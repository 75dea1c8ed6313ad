/** The device tables at the end of a written incident: what a policy configures, and what is left out and why. */
import type { Inventory } from '../../../core/inventory/build-inventory.ts';
import { showRanges } from '../../../core/inventory/show-ranges.ts';
import { reasonsOf } from '../../../core/sriov/generate-exclusions.ts';
import { devicesOf, type Device } from '../../../core/sriov/generate-status.ts';
import { tableBlock } from './markdown-parts.ts';

const NODES_SHOWN = 3;

const pendingText = ({ pending }: Device): string => (pending.length === 0 ? '' : `, pending ${pending.join(', ')}`);

const configuredRow = (device: Device): readonly string[] => {
  const { function: one, adapter, status } = device;
  const wanted = status.is === 'configured' ? String(status.wantedVfs) : '?';
  return [
    one.pci,
    one.rdma?.value ?? '?',
    one.interface?.value ?? '-',
    adapter.firmware?.value ?? '?',
    `${one.numVfs === undefined ? 'VFs not read' : `${one.numVfs.value} of ${wanted} VFs`}${pendingText(device)}`,
  ];
};

/** Why nothing is configured on the functions of a card. */
const reasonText = (group: readonly Device[]): string => {
  const excluded = group.map(({ function: { pci }, status }) => ({
    pci,
    exclusions: status.is === 'excluded' ? status.exclusions : [],
  }));
  if (excluded.some(({ exclusions }) => exclusions.length > 0)) return reasonsOf(excluded);
  return group[0]?.status.is === 'unknown' ? 'no node state was read' : 'no policy selects it';
};

/** Functions of one card that are left out for one reason share a row. */
const otherRows = (devices: readonly Device[]): readonly (readonly string[])[] =>
  [...Map.groupBy(devices, ({ adapter, status }) => `${adapter.card} ${status.is}`).values()].map((group) => {
    const [first] = group;
    return [
      showRanges(group.map((one) => one.function.pci)),
      showRanges(group.flatMap((one) => one.function.rdma?.value ?? [])),
      showRanges(group.flatMap((one) => one.function.interface?.value ?? one.function.master?.value ?? [])),
      first?.adapter.deviceType?.value ?? first?.kind ?? '?',
      reasonText(group),
    ];
  });

export const inventoryBlock = (inventory: Inventory): readonly string[] => {
  const devices = devicesOf(inventory);
  const tables = [...Map.groupBy(devices, ({ node }) => node.name)].map(([node, own]) => {
    const configured = own.filter(({ status }) => status.is === 'configured');
    const others = otherRows(own.filter(({ status }) => status.is !== 'configured'));
    return {
      node,
      lines: [
        ...(configured.length === 0
          ? []
          : [
              'Configured for SR-IOV:',
              '',
              ...tableBlock(
                ['PCI address', 'RDMA device', 'interface', 'firmware', 'status'],
                configured.map(configuredRow),
              ),
              '',
            ]),
        ...(others.length === 0
          ? []
          : ['Others:', '', ...tableBlock(['PCI address', 'RDMA device', 'interface', 'type', 'reason'], others), '']),
      ],
    };
  });
  // Nodes that are alike share one pair of tables.
  const groups = [...Map.groupBy(tables, ({ lines }) => lines.join('\n')).values()];
  const hidden = groups.slice(NODES_SHOWN).reduce((sum, group) => sum + group.length, 0);
  return [
    ...groups
      .slice(0, NODES_SHOWN)
      .flatMap((group) => [`### ${group.map(({ node }) => node).join(', ')}`, '', ...(group[0]?.lines ?? [])]),
    ...(hidden === 0 ? [] : [`${hidden} more nodes have other adapters: \`nicwright inventory -v\`.`, '']),
  ];
};
