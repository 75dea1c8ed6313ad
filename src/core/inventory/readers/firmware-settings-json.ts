/**
 * The JSON form of mstconfig/mlxconfig (`-j FILE -e q`) and of `mlxfwreset status --json`. Line numbers are those of the
 * parameter's name in the text.
 */
import { dig, digFlag, digMap, digText, isMap } from '../../model/dig.ts';
import type { FirmwareSetting } from '../../model/firmware-setting.ts';
import { taken, type Reader, type SettingsReading } from './host-reading.ts';
import type { TextLine } from './text-lines.ts';

const token = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;

/** Longer JSON is no output of these tools. */
const LONGEST = 5000;

/** The end of the JSON value that begins at `at`: after the closing brace in the same column. */
const jsonEnd = (lines: readonly TextLine[], at: number): number | undefined => {
  const first = lines[at]?.text.trimEnd() ?? '';
  if (first.length > 1 && first.endsWith('}')) return at + 1;
  // An object goes on with a key; anything else is no JSON, and is not searched through.
  if (!/^\s*"/.test(lines[at + 1]?.text ?? '')) return undefined;
  const close = `${/^\s*/.exec(first)?.[0] ?? ''}}`;
  const end = Math.min(lines.length, at + LONGEST);
  for (let here = at + 1; here < end; here += 1) if (lines[here]?.text.trimEnd() === close) return here + 1;
  return undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const settingsOf = (device: unknown, lineOf: (name: string) => number, source: string): readonly FirmwareSetting[] =>
  Object.entries(digMap(device, 'tlv_configuration')).map(([name, row]) => {
    const read = {
      default: token(dig(row, 'default_value')),
      current: token(dig(row, 'current_value')),
      next: token(dig(row, 'next_value')),
    };
    return {
      name,
      ...(read.default !== undefined && { default: read.default }),
      ...(read.current !== undefined && { current: read.current }),
      ...(read.next !== undefined && { next: read.next }),
      marked: digFlag(row, 'modified') ?? false,
      readOnly: digFlag(row, 'read_only') ?? false,
      columnsStated: true,
      origin: { source, line: lineOf(name) },
    };
  });

const textField = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, string>);

const isDevice = (value: unknown): boolean => isMap(value) && isMap(value['tlv_configuration']);

export const readFirmwareSettingsJson: Reader = ({ lines, at, context }) => {
  if (!/^\s*\{/.test(lines[at]?.text ?? '')) return undefined;
  const end = jsonEnd(lines, at);
  if (end === undefined) return undefined;
  const own = lines.slice(at, end);
  const value = parse(own.map(({ text }) => text).join('\n'));
  if (!isMap(value)) return undefined;
  if ('pending_nvconfig_parameters' in value)
    return taken(end, {
      kind: 'reset-status',
      ...textField('device', digText(value, 'device')),
      ...textField('runningFirmware', digText(value, 'running_fw_version')),
      ...textField('pendingFirmware', digText(value, 'pending_fw_version')),
      settings: [],
      ...textField('action', digText(value, 'description_action')),
      ...textField('command', digText(value, 'command_required')),
      ...textField('reasons', digText(value, 'reasons')),
    });
  const devices = Object.entries(value).filter(([, device]) => isDevice(device));
  if (devices.length === 0) return undefined;
  return taken(
    end,
    ...devices.map(([heading, device]): SettingsReading => {
      const from = own.findIndex(({ text }) => text.includes(JSON.stringify(heading)));
      const lineOf = (name: string): number =>
        (own.slice(Math.max(from, 0)).find(({ text }) => text.includes(JSON.stringify(name))) ?? own[0])?.number ?? 1;
      return {
        kind: 'settings',
        ...textField('device', digText(device, 'device')),
        ...textField('deviceType', digText(device, 'device_type')),
        ...textField('part', digText(device, 'name')),
        ...textField('description', digText(device, 'description')),
        settings: settingsOf(device, lineOf, context.source),
        columns: ['Default', 'Current', 'Next Boot'],
      };
    }),
  );
};
