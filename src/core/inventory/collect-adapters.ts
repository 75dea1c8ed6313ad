/** Groups the functions of one node into cards and adds what is known of each card: settings, versions, part, problems. */
import type { Adapter, PhysicalFunction } from '../model/adapter.ts';
import type { Fact } from '../model/fact.ts';
import type { FirmwareSetting } from '../model/firmware-setting.ts';
import { isPending, sameValue } from '../model/firmware-setting.ts';
import { byPciAddress, cardOf } from '../model/pci-address.ts';
import type { Origin } from '../snapshot/snapshot.ts';
import { kindOfAdapter } from './adapter-kind.ts';
import type { NicDevice } from './nic-device.ts';
import type { HostReading } from './readers/host-reading.ts';
import { pciInFileName, type ResolveDevice } from './resolve-device.ts';

type CardFacts = {
  -readonly [K in keyof Omit<Adapter, 'card' | 'kind' | 'kindEvidence' | 'functions' | 'settings'>]: Adapter[K];
} & {
  settings: Map<string, FirmwareSetting>;
};

export interface CardReadings {
  readonly cards: ReadonlyMap<string, CardFacts>;
  /** Outputs about one card that do not say which. */
  readonly unplaced: readonly HostReading[];
  /** Parameters for which two outputs differ: card, name, both tokens. */
  readonly conflicts: readonly {
    readonly card: string;
    readonly name: string;
    readonly values: readonly string[];
    readonly origin: Origin;
  }[];
}

const fact = <T>(value: T, origin: Origin): Fact<T> => ({ value, origin });

/** A value shown as N/A says that the tool does not know. */
const told = (text: string | undefined): text is string =>
  text !== undefined && text !== '' && text !== 'N/A' && text !== 'NA';

/** What a `set` wrote is the next boot value from then on. */
const settled = (setting: FirmwareSetting, applied: boolean | undefined): FirmwareSetting => {
  const { new: written, ...rest } = setting;
  return written === undefined ? setting : applied === true ? { ...rest, next: written } : rest;
};

const isFull = ({ current, next }: FirmwareSetting): boolean => current !== undefined && next !== undefined;

/** The later output wins, but one that shows current and next boot is not given up for one that shows less. */
const better = (known: FirmwareSetting | undefined, found: FirmwareSetting): FirmwareSetting =>
  known !== undefined && isFull(known) && !isFull(found) ? known : found;

const differs = (a: FirmwareSetting, b: FirmwareSetting): boolean =>
  a.next !== undefined && b.next !== undefined && !sameValue(a.next, b.next);

type Deviced = Extract<
  HostReading,
  {
    kind:
      | 'settings'
      | 'tool-message'
      | 'reset-query'
      | 'reset-status'
      | 'firmware-images'
      | 'vital-product-data'
      | 'driver-info'
      | 'host-privilege';
  }
>;

const DEVICED: ReadonlySet<HostReading['kind']> = new Set<Deviced['kind']>([
  'settings', 'tool-message', 'reset-query', 'reset-status', 'firmware-images', 'vital-product-data', 'driver-info', 'host-privilege',
]); // prettier-ignore

const isDeviced = (reading: HostReading): reading is Deviced => DEVICED.has(reading.kind);

const deviceOf = (reading: Deviced, resolve: ResolveDevice): string | undefined => {
  const own = 'device' in reading ? reading.device : 'pci' in reading ? reading.pci : undefined;
  for (const name of [own, reading.context.device]) if (name !== undefined) return resolve(name);
  return pciInFileName(reading.context.source);
};

const addTo = (
  card: CardFacts,
  reading: Deviced,
  conflict: (name: string, values: readonly string[]) => void,
): void => {
  const { origin } = reading;
  switch (reading.kind) {
    case 'settings':
      if (told(reading.deviceType)) card.deviceType = fact(reading.deviceType, origin);
      if (told(reading.part)) card.part = fact(reading.part, origin);
      if (told(reading.description)) card.description = fact(reading.description, origin);
      if (reading.hint !== undefined) card.restartHint = fact(reading.hint, origin);
      for (const raw of reading.settings) {
        const setting = settled(raw, reading.applied);
        const known = card.settings.get(setting.name);
        const kept = better(known, setting);
        if (
          known !== undefined &&
          differs(known, setting) &&
          kept === known &&
          known.next !== undefined &&
          setting.next !== undefined
        )
          conflict(setting.name, [known.next, setting.next]);
        card.settings.set(setting.name, kept);
      }
      break;
    case 'tool-message':
      if (reading.problem !== undefined) card.toolProblem = fact(reading.problem, origin);
      if (reading.hint !== undefined) card.restartHint = fact(reading.hint, origin);
      break;
    case 'reset-query':
      if (Object.keys(reading.levels).length > 0) card.resetLevels = fact(reading.levels, origin);
      if (reading.resetReason !== undefined) card.lastReset = fact(reading.resetReason, origin);
      break;
    case 'reset-status':
      if (told(reading.runningFirmware)) card.firmware = fact(reading.runningFirmware, origin);
      if (told(reading.action)) card.resetAction = fact(reading.action, origin);
      for (const setting of reading.settings)
        card.settings.set(setting.name, better(card.settings.get(setting.name), setting));
      break;
    case 'firmware-images':
      for (const image of reading.images) {
        if (told(image.running)) card.firmware = fact(image.running, image.origin);
        if (told(image.burned)) card.burnedFirmware = fact(image.burned, image.origin);
        if (told(image.psid)) card.psid = fact(image.psid, image.origin);
        if (told(image.part)) card.part = fact(image.part, image.origin);
        if (told(image.deviceType)) card.deviceType = fact(image.deviceType, image.origin);
        if (told(image.description)) card.description = fact(image.description, image.origin);
      }
      break;
    case 'vital-product-data':
      if (told(reading.part)) card.part = fact(reading.part, origin);
      if (told(reading.serial)) card.serial = fact(reading.serial, origin);
      break;
    case 'driver-info':
      if (told(reading.firmware)) card.firmware = fact(reading.firmware, origin);
      if (told(reading.psid)) card.psid = fact(reading.psid, origin);
      break;
    case 'host-privilege':
      card.hostPrivilege = fact(reading.level, origin);
      break;
  }
};

/** Device outputs of one node by card. mlxfwmanager lists several devices in one output, so it is taken apart first. */
export const readingsByCard = (
  readings: readonly HostReading[],
  resolve: ResolveDevice,
  devices: readonly NicDevice[] = [],
): CardReadings => {
  const cards = new Map<string, CardFacts>();
  const unplaced: HostReading[] = [];
  const conflicts: { card: string; name: string; values: readonly string[]; origin: Origin }[] = [];
  const cardFor = (pci: string): CardFacts => {
    const card = cards.get(cardOf(pci)) ?? { settings: new Map<string, FirmwareSetting>() };
    cards.set(cardOf(pci), card);
    return card;
  };
  for (const { ports, origin, ...device } of devices) {
    const [port] = ports;
    if (port === undefined) continue;
    const card = cardFor(port.pci);
    if (told(device.firmware)) card.firmware = fact(device.firmware, origin);
    if (told(device.part)) card.part = fact(device.part, origin);
    if (told(device.psid)) card.psid = fact(device.psid, origin);
    if (told(device.serial)) card.serial = fact(device.serial, origin);
    if (told(device.model)) card.description = fact(device.model, origin);
  }
  for (const reading of readings) {
    if (reading.kind === 'rdma-devices')
      for (const row of reading.rows) {
        const pci = row.pci;
        if (pci === undefined || row.description === '') continue;
        const card = cardFor(pci);
        if (told(row.fw)) card.firmware = fact(row.fw, row.origin);
        if (told(row.part)) card.part ??= fact(row.part, row.origin);
        if (told(row.description)) card.description ??= fact(row.description, row.origin);
      }
    if (reading.kind === 'mst-devices')
      for (const row of reading.devices) cardFor(row.pci).deviceType ??= fact(row.deviceType, row.origin);
    if (reading.kind === 'daemon-log')
      for (const stated of reading.facts)
        if (stated.fact === 'tool-error' && stated.device !== undefined)
          cardFor(stated.device).toolProblem = fact(stated.problem, stated.origin);
    if (!isDeviced(reading)) continue;
    const parts: readonly Deviced[] =
      reading.kind === 'firmware-images'
        ? reading.images.map((image) => ({
            ...reading,
            images: [image],
            ...(image.device !== undefined && { device: image.device }),
          }))
        : [reading];
    for (const part of parts) {
      const pci = deviceOf(part, resolve);
      if (pci === undefined) unplaced.push(part);
      else
        addTo(cardFor(pci), part, (name, values) => {
          conflicts.push({ card: cardOf(pci), name, values, origin: part.origin });
        });
    }
  }
  return { cards, unplaced, conflicts };
};

/** Cards in the order of their addresses. A card known only by an output about it has no functions. */
export const adaptersOf = (
  functions: readonly PhysicalFunction[],
  cards: CardReadings['cards'],
): readonly Adapter[] => {
  const names = [...new Set([...functions.map(({ pci }) => cardOf(pci)), ...cards.keys()])].toSorted(byPciAddress);
  return names.map((card) => {
    const { settings, ...facts } = cards.get(card) ?? { settings: new Map<string, FirmwareSetting>() };
    const own = functions.filter(({ pci }) => cardOf(pci) === card);
    const adapter = { card, ...facts, settings: [...settings.values()], functions: own };
    const { kind, evidence } = kindOfAdapter(adapter);
    return { ...adapter, kind, kindEvidence: evidence };
  });
};

/** Settings of a card whose current and next boot differ. */
export const pendingSettings = (adapter: Adapter): readonly FirmwareSetting[] =>
  adapter.settings.filter((setting) => isPending(setting) === true);
