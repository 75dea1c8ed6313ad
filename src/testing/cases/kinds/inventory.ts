/** Answers for the kinds of core/inventory: what the readers make of tool output. */
import { bluefieldMode } from '../../../core/inventory/bluefield-mode.ts';
import type { HostReading, RdmaDevice } from '../../../core/inventory/readers/host-reading.ts';
import { readHostText } from '../../../core/inventory/readers/read-host-text.ts';
import { digText } from '../../../core/model/dig.ts';
import { isPending, type FirmwareSetting } from '../../../core/model/firmware-setting.ts';
import { upstreamFirmware } from '../../../core/firmware/upstream-mstconfig.ts';
import type { CaseContext, CaseInput, CaseKinds } from '../case-kind.ts';
import { compare } from '../compare.ts';
import { isMap, Matcher } from '../matcher.ts';
import { failing, inAnyOrder } from '../matchers.ts';

const textOf = ({ given }: CaseInput, { readSample }: CaseContext): string => {
  const text = digText(given, 'text') ?? '';
  return text.startsWith('file:') ? readSample(text.slice('file:'.length)) : text;
};

const readingsOf = (input: CaseInput, context: CaseContext): readonly HostReading[] =>
  readHostText(textOf(input, context), { source: 'given.text' });

type ReadingOf<K extends HostReading['kind']> = Extract<HostReading, { kind: K }>;

const allOf = <K extends HostReading['kind']>(readings: readonly HostReading[], kind: K): readonly ReadingOf<K>[] =>
  readings.filter((reading): reading is ReadingOf<K> => reading.kind === kind);

/** A transcript may show several outputs; the one with a header is the one that a case speaks of. */
const mainOutput = (outputs: readonly ReadingOf<'settings'>[]): ReadingOf<'settings'> | undefined =>
  outputs.find(({ columns }) => columns !== undefined) ?? outputs[0];

const rowOf = (setting: FirmwareSetting | undefined): unknown =>
  setting === undefined
    ? null
    : {
        default: setting.default ?? null,
        current: setting.current ?? null,
        next: setting.next ?? null,
        new: setting.new ?? null,
      };

/** Parameters by name: null in an expectation means that the row is absent, an empty map that there is none at all. */
const params = (settings: readonly FirmwareSetting[]): Matcher =>
  new Matcher(`parameters ${settings.map(({ name }) => name).join(', ')}`, (expected) => {
    if (!isMap(expected)) return 'a map of parameters is expected';
    const names = Object.keys(expected);
    if (names.length === 0 && settings.length > 0) return `expected none, got ${String(settings.length)}`;
    for (const name of names) {
      const [difference] = compare(expected[name], rowOf(settings.find((one) => one.name === name)), name);
      if (difference !== undefined) return difference;
    }
    return undefined;
  });

const mstconfigParse = (input: CaseInput, context: CaseContext): Record<string, unknown> => {
  const readings = readingsOf(input, context);
  const output = mainOutput(allOf(readings, 'settings'));
  const settings = output?.settings ?? [];
  const upstream = upstreamFirmware(textOf(input, context));
  const messages = allOf(readings, 'tool-message');
  const namesOf = (holds: (setting: FirmwareSetting) => boolean): Matcher =>
    inAnyOrder(settings.filter(holds).map(({ name }) => name));
  return {
    params: params(settings),
    pending: namesOf((setting) => isPending(setting) === true),
    marked: namesOf(({ marked }) => marked),
    readOnly: namesOf(({ readOnly }) => readOnly),
    upstream: upstream.ok ? upstream.value : { error: failing(upstream.fault.message) },
    hint: output?.hint ?? messages.find(({ hint }) => hint !== undefined)?.hint,
    error: messages.find(({ problem }) => problem !== undefined)?.problem ?? null,
    deviceType: output?.deviceType,
    bluefieldMode: bluefieldMode(settings, output?.deviceType),
  };
};

const resetLevels = (input: CaseInput, context: CaseContext): Record<string, unknown> => {
  const [query] = allOf(readingsOf(input, context), 'reset-query');
  return {
    levels: query?.levels,
    defaultLevel: query?.defaultLevel ?? null,
    types: query?.types,
    defaultType: query?.defaultType ?? null,
    sync: query?.sync,
    defaultSync: query?.defaultSync ?? null,
    resetReason: query?.resetReason ?? null,
    clocksSinceColdReset: query?.clocksSinceColdReset ?? null,
  };
};

const firmwareVersion = (input: CaseInput, context: CaseContext): Record<string, unknown> => {
  const image = allOf(readingsOf(input, context), 'firmware-images')[0]?.images[0];
  const burned = image?.burned ?? null;
  const running = image?.running ?? null;
  return {
    burned,
    running,
    pendingFirmware: burned === null || running === null ? null : burned !== running,
    psid: image?.psid ?? null,
    error: burned === null ? failing('the output states no burned firmware version') : null,
  };
};

const rdmaRow = (row: RdmaDevice): Record<string, unknown> => ({
  pci: row.pci ?? null,
  rdma: row.rdma,
  chip: row.chip ?? null,
  part: row.part ?? null,
  description: row.description ?? null,
  fw: row.fw ?? null,
  port: row.port,
  portState: row.portState ?? null,
  netdev: row.netdev,
  link: row.link,
});

/** The rows that an expectation lists must be there, in this order; the case files list some of them only. */
const rowsAmong = (rows: readonly Record<string, unknown>[]): Matcher =>
  new Matcher(`among ${JSON.stringify(rows)}`, (expected) => {
    if (!Array.isArray(expected)) return 'a list of rows is expected';
    let from = 0;
    for (const item of expected) {
      const at = rows.findIndex((row, index) => index >= from && compare(item, row).length === 0);
      if (at < 0) return `expected ${JSON.stringify(item)} among ${JSON.stringify(rows)}`;
      from = at + 1;
    }
    return expected.length === 0 && rows.length > 0 ? `expected no rows, got ${String(rows.length)}` : undefined;
  });

export const roomKinds: CaseKinds = {
  'kind:mstconfig-parse': { answer: mstconfigParse },
  'kind:reset-levels': { answer: resetLevels },
  'kind:fw-version': { answer: firmwareVersion },
  'kind:ibdev2netdev': {
    answer: (input, context) => ({
      rows: rowsAmong(allOf(readingsOf(input, context), 'rdma-devices').flatMap(({ rows }) => rows.map(rdmaRow))),
    }),
  },
  'kind:bluefield-mode': {
    answer: (input, context) => {
      const output = mainOutput(allOf(readingsOf(input, context), 'settings'));
      return { mode: bluefieldMode(output?.settings ?? [], output?.deviceType) };
    },
  },
};
