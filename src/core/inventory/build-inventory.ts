/**
 * A snapshot as an inventory: nodes with their adapters, functions, VFs and firmware settings, each fact with where it was read,
 * and what the input does not tell. Public contract of the room:
 *
 *   buildInventory(snapshot)          -> Inventory (nodes by name; gaps; readings that belong to no node; unknown text)
 *   pendingSettings(adapter)          -> settings with current != next boot (from collect-adapters.ts)
 *   readHostText(text, { source })    -> readings of one text (readers/read-host-text.ts)
 *   readNodeState(object, originOf)   -> SriovNetworkNodeState as facts (node-state.ts)
 *
 * Never throws; what is missing becomes a gap with the command that would settle it.
 */
import type { Adapter } from '../model/adapter.ts';
import { digFlag, digList, digText, digTexts } from '../model/dig.ts';
import { showOrigin, type Fact } from '../model/fact.ts';
import { cardOf, pciAddress } from '../model/pci-address.ts';
import { objectsOf, type Gap, type Origin, type Snapshot, type SnapshotObject } from '../snapshot/snapshot.ts';
import { attributeReadings } from './attribute.ts';
import { adaptersOf, readingsByCard, type CardReadings } from './collect-adapters.ts';
import { FunctionDrafts } from './collect-functions.ts';
import { readNicDevice, type NicDevice } from './nic-device.ts';
import { readNodeState, type NodeState } from './node-state.ts';
import type { DaemonFact, HostReading, UnknownReading } from './readers/host-reading.ts';
import { deviceResolver } from './resolve-device.ts';

export interface InventoryNode {
  readonly name: string;
  /** False for a host that is known from texts only. */
  readonly listed: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** InternalIP and ExternalIP of the Node object. */
  readonly addresses: readonly string[];
  readonly unschedulable?: boolean;
  readonly bootId?: Fact<string>;
  /** The machine's product name, `DGXB200`: from the GPU discovery label or from DMI. */
  readonly machine?: Fact<string>;
  readonly lockdown?: Fact<string>;
  readonly secureBoot?: Fact<boolean>;
  readonly kernelCommandLine?: Fact<string>;
  readonly nodeState?: NodeState;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly adapters: readonly Adapter[];
  readonly daemonFacts: readonly (DaemonFact & { readonly origin: Origin })[];
  /** All readings about this node, in the order of the texts. */
  readonly readings: readonly HostReading[];
  /** Outputs about a card that do not say which card. */
  readonly unplaced: readonly HostReading[];
  readonly gaps: readonly Gap[];
}

export interface Inventory {
  readonly nodes: readonly InventoryNode[];
  /** Gaps that belong to no single node. */
  readonly gaps: readonly Gap[];
  readonly unattributed: readonly HostReading[];
  /** Text that no reader knows, with its place. */
  readonly unknownText: readonly (UnknownReading & { readonly origin: Origin })[];
}

const originIn = ({ origin, lineOf }: SnapshotObject, path: readonly (string | number)[]): Origin => {
  const line = lineOf?.(path) ?? origin.line;
  return line === undefined ? { source: origin.source } : { source: origin.source, line };
};

const addressesOf = (entry: SnapshotObject | undefined): readonly string[] =>
  digList(entry?.object, 'status', 'addresses').flatMap((one) => {
    const isIp = digText(one, 'type')?.endsWith('IP') === true;
    const address = isIp ? digText(one, 'address') : undefined;
    return address === undefined ? [] : [address];
  });

const MACHINE_LABEL = 'nvidia.com/gpu.machine';

const factsOfNode = (entry: SnapshotObject | undefined) => {
  if (entry === undefined) return {};
  const { object } = entry;
  const bootId = digText(object, 'status', 'nodeInfo', 'bootID');
  const machine = digText(object, 'metadata', 'labels', MACHINE_LABEL);
  const unschedulable = digFlag(object, 'spec', 'unschedulable');
  return {
    ...(unschedulable !== undefined && { unschedulable }),
    ...(bootId !== undefined && {
      bootId: { value: bootId, origin: originIn(entry, ['status', 'nodeInfo', 'bootID']) },
    }),
    ...(machine !== undefined && {
      machine: { value: machine, origin: originIn(entry, ['metadata', 'labels', MACHINE_LABEL]) },
    }),
  };
};

type HostFacts = Partial<Pick<InventoryNode, 'bootId' | 'machine' | 'lockdown' | 'secureBoot' | 'kernelCommandLine'>>;

const factsOfHost = (readings: readonly HostReading[]): HostFacts => {
  let facts: HostFacts = {};
  for (const reading of readings) {
    if (reading.kind !== 'host-state') continue;
    const { origin, lockdown, secureBoot, kernelCommandLine, bootId, product } = reading;
    facts = {
      ...facts,
      ...(lockdown !== undefined && { lockdown: { value: lockdown, origin } }),
      ...(secureBoot !== undefined && { secureBoot: { value: secureBoot, origin } }),
      ...(kernelCommandLine !== undefined && { kernelCommandLine: { value: kernelCommandLine, origin } }),
      ...(bootId !== undefined && { bootId: { value: bootId, origin } }),
      ...(product !== undefined && { machine: { value: product, origin } }),
    };
  }
  return facts;
};

const queryOf = (adapter: Adapter): string => `mstconfig -d ${addressOf(adapter)} -e q`;

const settingGaps = (node: string, adapter: Adapter): readonly Gap[] => {
  if (adapter.kind === 'other-vendor') return [];
  const settle = queryOf(adapter);
  if (adapter.settings.length === 0)
    return [
      {
        node,
        what: `firmware settings of ${adapter.card} on ${node}`,
        because:
          adapter.toolProblem === undefined
            ? 'the input holds no mstconfig or mlxconfig output for this card'
            : `the tool answered ${adapter.toolProblem.value} (${showOrigin(adapter.toolProblem.origin)})`,
        settle,
      },
    ];
  const half = adapter.settings.filter(({ current }) => current === undefined);
  if (half.length < adapter.settings.length) return [];
  return [
    {
      node,
      what: `current values of ${adapter.card} on ${node}`,
      because: 'the output shows next boot only, since the query lacks -e: a pending value cannot be seen',
      settle,
    },
  ];
};

const cardGaps = (node: string, { unplaced, conflicts }: CardReadings): readonly Gap[] => [
  ...unplaced
    .filter(({ kind }) => kind === 'settings' || kind === 'firmware-images')
    .map((reading) => ({
      node,
      what: `the card of the output at ${showOrigin(reading.origin)}`,
      because:
        reading.context.device === undefined && !('device' in reading)
          ? 'it names no device'
          : `which PCI address ${('device' in reading && typeof reading.device === 'string' ? reading.device : reading.context.device) ?? ''} is stands nowhere in the input`,
      settle: 'mst status -v',
    })),
  ...conflicts.map(({ card, name, values, origin }) => ({
    node,
    what: `${name} of ${card} on ${node}`,
    because: `two outputs differ (${values.join(' and ')}; ${showOrigin(origin)}); the one that shows current and next boot was taken`,
    settle: `mstconfig -d ${card}.0 -e q ${name}`,
  })),
];

const buildNode = (
  name: string,
  node: SnapshotObject | undefined,
  state: NodeState | undefined,
  readings: readonly HostReading[],
  devices: readonly NicDevice[],
): InventoryNode => {
  const named = new Map(
    (state?.seen ?? []).flatMap(({ name: seen, pci }) => (seen === undefined ? [] : [[seen, pci] as const])),
  );
  const resolve = deviceResolver(readings, named);
  const drafts = new FunctionDrafts(resolve);
  if (state !== undefined) drafts.addNodeState(state);
  for (const device of devices) drafts.addNicDevice(device);
  for (const reading of readings) drafts.addReading(reading);
  for (const reading of readings) drafts.addNamed(reading);
  for (const reading of readings) {
    drafts.addDefaultRoutes(reading);
    drafts.addAddresses(reading);
  }
  const byCard = readingsByCard(readings, resolve, devices);
  const adapters = adaptersOf(drafts.list(), byCard.cards);
  return {
    name,
    listed: node !== undefined || state !== undefined,
    labels: digTexts(node?.object, 'metadata', 'labels'),
    addresses: addressesOf(node),
    ...factsOfNode(node),
    ...factsOfHost(readings),
    ...(state !== undefined && { nodeState: state }),
    allocatable: digTexts(node?.object, 'status', 'allocatable'),
    adapters,
    daemonFacts: readings.flatMap((reading) => (reading.kind === 'daemon-log' ? reading.facts : [])),
    readings,
    unplaced: byCard.unplaced,
    gaps: [
      ...(adapters.length === 0
        ? [
            {
              node: name,
              what: `adapters of ${name}`,
              because: 'the input holds no node state and no device listing of this node',
              settle: 'ibdev2netdev -v',
            },
          ]
        : adapters.flatMap((adapter) => settingGaps(name, adapter))),
      ...cardGaps(name, byCard),
    ],
  };
};

export interface InventoryOptions {
  /** Nodes that the user names: a file called after one is its text, even where no object names the node. */
  readonly nodes?: readonly string[];
}

export const buildInventory = (snapshot: Snapshot, { nodes: named = [] }: InventoryOptions = {}): Inventory => {
  const nodes = new Map(objectsOf(snapshot, 'Node').map((entry) => [entry.object.metadata.name, entry]));
  const states = new Map(
    objectsOf(snapshot, 'SriovNetworkNodeState').map((entry) => [
      entry.object.metadata.name,
      readNodeState(entry.object, (path) => originIn(entry, path)),
    ]),
  );
  const devices = Map.groupBy(
    objectsOf(snapshot, 'NicDevice').flatMap((entry) => readNicDevice(entry.object, originIn(entry, ['status'])) ?? []),
    ({ node }) => node,
  );
  const { byNode, unattributed } = attributeReadings(snapshot, named);
  const names = [...new Set([...nodes.keys(), ...states.keys(), ...devices.keys(), ...byNode.keys()])].toSorted();
  const unknownText = [...byNode.values(), unattributed]
    .flat()
    .flatMap((reading) => (reading.kind === 'unknown' ? [reading] : []));
  const stray = unattributed.filter(({ kind }) => kind !== 'unknown' && kind !== 'not-read');
  return {
    nodes: names.map((name) =>
      buildNode(name, nodes.get(name), states.get(name), byNode.get(name) ?? [], devices.get(name) ?? []),
    ),
    gaps: [...new Set(stray.map(({ origin }) => origin.source))].map((source) => ({
      what: `the node of ${source}`,
      because: 'neither its name, its folder, a heading nor an ssh command names a node of this cluster',
      settle: `name the file after its node, or put a line like "=== NODE ===" above the output`,
    })),
    unattributed,
    unknownText,
  };
};

/**
 * Cards that an output describes without saying which they are, under the name that the output gives (`/dev/mst/...`) or under
 * its place. They are no adapters of the node's list, and still hold what was read.
 */
export const unplacedAdapters = ({ unplaced }: InventoryNode): readonly Adapter[] =>
  unplaced.flatMap((reading) => {
    if (reading.kind !== 'settings' || reading.settings.length === 0) return [];
    const name = reading.device ?? reading.context.device ?? `card of ${showOrigin(reading.origin)}`;
    return [
      {
        card: name,
        kind: 'unknown',
        kindEvidence: [],
        ...(reading.deviceType !== undefined && { deviceType: { value: reading.deviceType, origin: reading.origin } }),
        ...(reading.hint !== undefined && { restartHint: { value: reading.hint, origin: reading.origin } }),
        settings: reading.settings,
        functions: [],
      },
    ];
  });

/** How commands and tables address a card: its first function, or the name of a card that is not placed. */
export const addressOf = ({ card, functions }: Adapter): string => functions[0]?.pci ?? pciAddress(`${card}.0`) ?? card;

/** All adapters of the inventory with the node each sits in. */
export const adaptersByNode = (
  inventory: Inventory,
): readonly { readonly node: InventoryNode; readonly adapter: Adapter }[] =>
  inventory.nodes.flatMap((node) => node.adapters.map((adapter) => ({ node, adapter })));

/** The adapter at a PCI address of any of its functions. */
export const adapterAt = (node: InventoryNode, pci: string): Adapter | undefined =>
  node.adapters.find(({ card }) => card === cardOf(pci));
