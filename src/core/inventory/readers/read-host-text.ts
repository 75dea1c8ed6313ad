/**
 * Reads any text of a host or of a daemon's log: recognises each output by its content (never by the file's name), keeps the
 * node, device and command it stands under, and reports what it does not know with its line.
 *
 *   readHostText(text, { source: 'dgx030/mstconfig.txt', node: 'dgx030' })  ->  readings in the order of the text
 *
 * Never throws. What the readings mean for a card or a node is left to build-inventory.ts.
 */
import { readBond, readDefaultRoutes, readLinks } from './links.ts';
import {
  readDriverInfo,
  readHostPrivilege,
  readMstDevices,
  readSystemConf,
  readVitalProductData,
} from './card-facts.ts';
import { readDaemonLog } from './daemon-log.ts';
import { readDeviceLinks, readGpus, readLinkStatus } from './device-links.ts';
import { readFirmwareManager, readFlint } from './firmware-images.ts';
import { readFirmwareSettingsJson } from './firmware-settings-json.ts';
import { readFirmwareSettings } from './firmware-settings.ts';
import { taken, type HostReading, type Reader, type Taken } from './host-reading.ts';
import { readBoots, readHostState, readVfCounts } from './host-state.ts';
import { readInfinibandPorts } from './infiniband-ports.ts';
import { isSilent, readNotRead } from './not-read.ts';
import { readPciDevices } from './pci-devices.ts';
import { readRdmaDevices } from './rdma-devices.ts';
import { readResetQuery, readResetRun } from './reset-query.ts';
import { readResetStatus } from './reset-status.ts';
import { sectionsOf, type Section, type SectionOptions } from './sections.ts';
import { readToolMessage } from './tool-messages.ts';
import { isBlank } from './text-lines.ts';

/** In this order: what has the most telling first line comes first. */
const READERS: readonly Reader[] = [
  readFirmwareManager,
  readFirmwareSettings,
  readFirmwareSettingsJson,
  readResetStatus,
  readResetQuery,
  readResetRun,
  readRdmaDevices,
  readPciDevices,
  readFlint,
  readInfinibandPorts,
  readLinks,
  readDefaultRoutes,
  readBond,
  readMstDevices,
  readVitalProductData,
  readHostPrivilege,
  readDriverInfo,
  readSystemConf,
  readDaemonLog,
  readVfCounts,
  readDeviceLinks,
  readLinkStatus,
  readGpus,
  readBoots,
  readHostState,
  readToolMessage,
  readNotRead,
];

/** Lines longer than any table's; only logs and JSON have them, and no other pattern is tried on them. */
const LONG_LINE = 2000;
const FOR_LONG_LINES: readonly Reader[] = [readFirmwareSettingsJson, readDaemonLog];

const takeAt = (section: Section, at: number): Taken | undefined => {
  const readers = (section.lines[at]?.text.length ?? 0) > LONG_LINE ? FOR_LONG_LINES : READERS;
  for (const reader of readers) {
    const found = reader({ lines: section.lines, at, context: section.context });
    if (found !== undefined && found.next > at) return found;
  }
  return undefined;
};

/** The run of lines from `at` that no reader takes. */
const takeUnknown = (section: Section, at: number): Taken => {
  let next = at + 1;
  while (next < section.lines.length) {
    const line = section.lines[next];
    if (line === undefined || isSilent(line.text) || (!isBlank(line) && takeAt(section, next) !== undefined)) break;
    next += 1;
  }
  const own = section.lines.slice(at, next).filter((line) => !isBlank(line));
  return taken(next, { kind: 'unknown', text: own[0]?.text.trim() ?? '', lines: own.length });
};

const readSection = (section: Section): readonly HostReading[] => {
  const { context, lines } = section;
  const readings: HostReading[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (line === undefined) break;
    if (isBlank(line)) {
      at += 1;
      continue;
    }
    const found = takeAt(section, at);
    if (found === undefined && isSilent(line.text)) {
      at += 1;
      continue;
    }
    const result = found ?? takeUnknown(section, at);
    const origin = { source: context.source, line: line.number };
    readings.push(...result.readings.map((reading) => ({ ...reading, context, origin })));
    at = result.next;
  }
  return readings;
};

export const readHostText = (text: string, options: SectionOptions): readonly HostReading[] =>
  sectionsOf(text, options).flatMap(readSection);
