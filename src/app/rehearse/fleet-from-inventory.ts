/** Machines of a twin that stand for the nodes of a cluster: what the input shows of each, and what had to be assumed. */
import { knownBehaviour } from '../../core/firmware/known-platforms.ts';
import type { Rung } from '../../core/firmware/rung.ts';
import type { InventoryNode } from '../../core/inventory/build-inventory.ts';
import { digTexts } from '../../core/model/dig.ts';
import type { Adapter } from '../../core/model/adapter.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { FleetNode } from '../../twin/actors/node-status.ts';
import type { AdapterModel } from '../../twin/hardware/adapter-model.ts';
import type { AdapterSpec } from '../../twin/hardware/adapter.ts';
import { DGX_B200, SMALL_SERVER, type HostSpec, type Platform } from '../../twin/hardware/host.ts';

/** What a card is taken to be set to where its settings were not read. */
const UNREAD: Readonly<Record<string, string>> = { NUM_OF_VFS: '16', SRIOV_EN: 'True(1)' };

const currentSettings = ({ settings }: Adapter): Readonly<Record<string, string>> =>
  Object.fromEntries(
    settings.flatMap(({ name, current, next, default: preset }) => {
      const value = current ?? next ?? preset;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

const modelOf = (adapter: Adapter): AdapterModel => ({
  deviceType: adapter.deviceType?.value ?? 'ConnectX7',
  part: adapter.part?.value ?? 'unknown part',
  description: adapter.description?.value ?? 'an adapter whose description was not read',
  chip: 'MT4129',
  title: 'NVIDIA ConnectX-7',
  deviceID: adapter.functions[0]?.deviceId?.value ?? '1021',
  firmware: adapter.firmware?.value ?? '28.43.2026',
  // A BlueField of which nothing but its mode is known counts as unread.
  factory:
    adapter.settings.filter(({ name }) => !name.startsWith('INTERNAL_CPU_')).length === 0
      ? { ...UNREAD, ...currentSettings(adapter) }
      : currentSettings(adapter),
});

const adapterSpec = (adapter: Adapter, at: number): AdapterSpec => ({
  card: adapter.card,
  model: modelOf(adapter),
  functions: adapter.functions.map((fn, index) => ({
    pci: fn.pci,
    rdma: fn.rdma?.value ?? `mlx5_${at * 4 + index}`,
    interface: fn.interface?.value ?? `port${at}f${index}`,
    linkType: fn.linkType?.value ?? 'IB',
  })),
});

/** Which restart boots the adapters' firmware: that of the plan, else by the table of what is known, else a warm one. */
const platformOf = (node: InventoryNode, planned: Rung | undefined): Platform => {
  const product = node.machine?.value ?? 'unknown machine';
  const card = node.adapters[0]?.deviceType?.value;
  const known = knownBehaviour(node.machine?.value, card)?.activatedBy;
  const needsPowerOff = (planned ?? known) === 'cold' || planned === 'ac';
  return { ...(needsPowerOff ? DGX_B200 : SMALL_SERVER), product };
};

const GPU = 'nvidia.com/gpu';

const hostSpec = (node: InventoryNode, planned: Rung | undefined): HostSpec => ({
  name: node.name,
  platform: platformOf(node, planned),
  adapters: node.adapters
    .filter(({ kind, functions }) => kind !== 'other-vendor' && functions.length > 0)
    .map(adapterSpec),
  gpus: Number(node.allocatable[GPU] ?? 0) || 0,
  kernel: '6.8.0',
  lockdown: 'none',
});

/** Device plugins that the twin has no program for, and pages: they are there whenever the node is. */
const steadyRoom = (node: InventoryNode, plugins: ReadonlySet<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(node.allocatable).filter(
      ([name]) => (name.includes('/') || name.startsWith('hugepages-')) && !plugins.has(name),
    ),
  );

/**
 * `plugins`: resources that plugins of the twin register. `planned`: the restart that the plan foresees for this node, found
 * by evidence that a moment's reading may lack.
 */
export const fleetNodeOf = (
  node: InventoryNode,
  object: KubeObject,
  plugins: ReadonlySet<string>,
  planned?: Rung,
): FleetNode => {
  const room = { ...digTexts(object, 'status', 'capacity'), ...digTexts(object, 'status', 'allocatable') };
  return {
    host: hostSpec(node, planned),
    labels: digTexts(object, 'metadata', 'labels'),
    address: node.addresses[0] ?? '192.0.2.1',
    room: {
      cpu: room['cpu'] ?? '64',
      memory: room['memory'] ?? '256Gi',
      pods: room['pods'] ?? '110',
      ...steadyRoom(node, plugins),
    },
  };
};

/** Settings that differ at next boot, to be staged on the machine once it is there. */
export const stagedOf = ({
  adapters,
}: InventoryNode): readonly { readonly pci: string; readonly name: string; readonly value: string }[] =>
  adapters.flatMap(({ settings, functions }) =>
    settings.flatMap(({ name, current, next }) => {
      const pci = functions[0]?.pci;
      return pci === undefined || next === undefined || current === undefined || next === current
        ? []
        : [{ pci, name, value: next }];
    }),
  );

export const assumptionsOf = (node: InventoryNode): readonly string[] => {
  const unread = node.adapters.filter(({ settings, kind }) => settings.length === 0 && kind !== 'other-vendor').length;
  return [
    ...(unread > 0
      ? [`${node.name}: ${unread} cards whose firmware was not read are taken to be set to 16 VFs, nothing staged`]
      : []),
    ...(node.machine === undefined && node.adapters.length > 0
      ? [
          `${node.name}: its machine type is not known; it is taken for a server that activates settings on a warm restart and boots in 3 min`,
        ]
      : []),
  ];
};
