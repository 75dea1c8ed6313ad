/**
 * How PCIe links and network ports ran when a node left, in few bytes, and whether they run so again. A card that was jolted or
 * sits badly trains slower or narrower after a cold restart, and nothing else tells: firmware, VFs and resources look well.
 */
import type { DeviceLinksReading } from '../../inventory/readers/host-reading.ts';
import { failing, notCompared, pass, unknown, type Gate } from './gate.ts';

export type DeviceLinks = Omit<DeviceLinksReading, 'kind'>;

/**
 * Addresses by how they ran: links by GT/s and lanes (`32x16`), ports by Gb/s (`400`; `up` where the speed is not told, `down`
 * where there is nothing to lose). A port is `0000:18:00.0`, a second one of the same function `0000:18:00.0/2`.
 */
export interface LinksLeft {
  readonly links: Readonly<Record<string, string[]>>;
  readonly ports: Readonly<Record<string, string[]>>;
}

const grouped = (rows: readonly (readonly [how: string, on: string])[]): Record<string, string[]> =>
  Object.fromEntries([...Map.groupBy(rows, ([how]) => how)].map(([how, own]) => [how, own.map(([, on]) => on)]));

const portName = (pci: string, port: number): string => (port === 1 ? pci : `${pci}/${port}`);

/** `gpus`: an idle GPU runs its link slower to save power, so that of these only the width is kept. */
export const linksLeft = (readings: readonly DeviceLinks[], gpus: readonly string[]): LinksLeft => ({
  links: grouped(
    readings.flatMap(({ pci, speed, width }) =>
      speed === undefined || width === undefined ? [] : [[`${gpus.includes(pci) ? 0 : speed}x${width}`, pci]],
    ),
  ),
  ports: grouped(
    readings.flatMap(({ pci, ports }) =>
      ports.map(
        ({ port, up, gbps }) =>
          [up ? (gbps === undefined ? 'up' : String(gbps)) : 'down', portName(pci, port)] as const,
      ),
    ),
  ),
});

/** What has to be read again to compare. */
export const linkFunctions = (left: Partial<LinksLeft> | undefined): readonly string[] => [
  ...new Set(
    [left?.links, left?.ports]
      .flatMap((part) => Object.values(part ?? {}).flat())
      .map((on) => on.replace(/\/\d+$/, '')),
  ),
];

const linkWords = (speed: number, width: number): string => (speed === 0 ? `x${width}` : `${speed} GT/s x${width}`);

const RESEAT =
  'restart it cold once more; if it stays so, reseat the card and look at its slot and riser, then nicwright resume';
const CABLE = 'look at the cable, the transceiver and the port of the switch, then nicwright resume';

const linkGate = (how: string, pci: string, after: DeviceLinks | undefined): Gate => {
  const [speed = 0, width = 0] = how.split('x').map(Number);
  const before = linkWords(speed, width);
  if (after?.speed === undefined || after.width === undefined)
    return unknown('links', pci, `how its PCIe link runs is not read; it left with ${before}`);
  const now = linkWords(speed === 0 ? 0 : after.speed, after.width);
  if (after.width < width || after.speed < speed)
    return {
      ...failing('links', pci, `its PCIe link left with ${before} and came back with ${now}`),
      wayOut: RESEAT,
    };
  return pass('links', pci, `${now}, as before or better`);
};

const portGate = (how: string, on: string, after: DeviceLinks | undefined): Gate => {
  const before = how === 'up' ? 'up' : `up with ${how} Gb/s`;
  const [, number = '1'] = on.split('/');
  const found = after?.ports.find(({ port }) => port === Number(number));
  if (found === undefined) return unknown('ports', on, `whether its port is up is not read; it was ${before}`);
  const now = found.up ? `up${found.gbps === undefined ? '' : ` with ${found.gbps} Gb/s`}` : 'down';
  if (found.up && how === 'up') return pass('ports', on, `${now} as before`);
  if (found.up && found.gbps === undefined)
    return unknown('ports', on, `its port is up, and how fast is not read; it was ${before}`);
  return found.up && (found.gbps ?? 0) >= Number(how)
    ? pass('ports', on, `${now} as before`)
    : { ...failing('ports', on, `its port was ${before} and is ${now}`), wayOut: CABLE };
};

/** `expected`: functions that should have been read before; those that were not are named, and pass for nothing. */
export const linkGates = (
  left: Partial<LinksLeft> | undefined,
  expected: readonly string[],
  after: readonly DeviceLinks[] | undefined,
): readonly Gate[] => {
  const of = (on: string): DeviceLinks | undefined => after?.find(({ pci }) => pci === on.replace(/\/\d+$/, ''));
  const rows = (part: LinksLeft['links'] | undefined): readonly (readonly [string, string])[] =>
    Object.entries(part ?? {}).flatMap(([how, own]) => own.map((on) => [how, on] as const));
  const lacks = (part: LinksLeft['links'] | undefined): readonly string[] => {
    const known = new Set(rows(part).map(([, on]) => on));
    return expected.filter((pci) => !known.has(pci));
  };
  return [
    ...rows(left?.links).map(([how, on]) => linkGate(how, on, of(on))),
    ...lacks(left?.links).map((pci) =>
      notCompared('links', pci, 'its PCIe link was not read before the visit, so it is not compared'),
    ),
    ...rows(left?.ports).flatMap(([how, on]) => (how === 'down' ? [] : [portGate(how, on, of(on))])),
    ...lacks(left?.ports).map((pci) =>
      notCompared('ports', pci, 'its port was not read before the visit, so it is not compared'),
    ),
  ];
};
