/**
 * `mstconfig|mlxconfig [-e] q`, `set`, and rows cut out of them by grep (reference: sriov.md 3.1). Column widths changed with
 * the tool's releases and long values break the alignment, so rows are split on blanks and their values counted.
 */
import type { FirmwareSetting } from '../../model/firmware-setting.ts';
import { taken, type ReadAt, type Reader, type SettingsReading } from './host-reading.ts';
import { restartHint } from './tool-messages.ts';
import { isBlank, type TextLine } from './text-lines.ts';

const HEADER_FIELD = /^\s*(Device type|Name|Description|Device|PCI device)\s*:\s*(.*)$/;
const DEVICE_NUMBER = /^\s*Device #?\d+:\s*$/;
const DASHES = /^\s*-{3,}\s*$/;
const CONFIGURATIONS = /^\s*Configurations:\s*(.*)$/;
/** The seed's grep keeps the header as a comment, below the row. */
const COMMENTED_HEADER = /^\s*#\s+((?:Default|Current|Next Boot|New)(?:\s+(?:Default|Current|Next Boot|New))*)\s*$/;
const FOOTER = /^\s*The '(?:\*|RO)' shows parameters/;
const VERBOSITY_REFUSED = /does not support reading default\/current configurations/;
/** A person cut rows out here. */
const OMISSION = /^\s*\(?\.\.\.\)?\s*$/;
const APPLY_QUESTION = /^\s*Apply new Configuration\?/;
const APPLYING = /^\s*Applying\.\.\.\s*(\w+)/;
const COLUMN_NAMES = /Default|Current|Next Boot|New/g;

/** Without a header, only names in the tool's own style are taken for parameters. */
const PARAMETER = /^[A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\[\d{1,4}(?:\.\.\d{1,4})?\])?$/;
const VALUE =
  /^(?:-?\d{1,20}|0x[0-9a-fA-F]{1,16}|[A-Za-z_][\w./-]*(?:\(-?\d{1,20}\))?|Array\[\d{1,4}\.\.\d{1,4}\]|N\/A)$/;

interface Row {
  readonly marked: boolean;
  readonly readOnly: boolean;
  readonly name: string;
  readonly values: readonly string[];
}

const splitRow = (text: string): Row | undefined => {
  const words = text.trim().split(/\s+/);
  const first = words[0] ?? '';
  const marked = first.startsWith('*');
  if (first === '*') words.shift();
  else if (marked) words[0] = first.slice(1);
  const readOnly = words[0] === 'RO';
  if (readOnly) words.shift();
  const [name, ...values] = words;
  return name === undefined || name === '' || values.length === 0 ? undefined : { marked, readOnly, name, values };
};

/** The columns of a row when no header names them: three are default, current and next boot; one is next boot. */
const ASSUMED: Readonly<Record<number, readonly string[]>> = {
  1: ['Next Boot'],
  3: ['Default', 'Current', 'Next Boot'],
};

const KEY: Readonly<Record<string, 'default' | 'current' | 'next' | 'new'>> = {
  Default: 'default',
  Current: 'current',
  'Next Boot': 'next',
  New: 'new',
};

const settingOf = (row: Row, columns: readonly string[], columnsStated: boolean, line: number, source: string) => {
  const values: { default?: string; current?: string; next?: string; new?: string } = {};
  columns.forEach((column, index) => {
    const key = KEY[column];
    const value = row.values[index];
    if (key !== undefined && value !== undefined) values[key] = value;
  });
  const setting: FirmwareSetting = {
    name: row.name,
    ...values,
    marked: row.marked,
    readOnly: row.readOnly,
    columnsStated,
    origin: { source, line },
  };
  return setting;
};

const columnsIn = (text: string): readonly string[] => text.match(COLUMN_NAMES) ?? [];

const isBareRow = (text: string): boolean => {
  const row = splitRow(text);
  return (
    row !== undefined &&
    PARAMETER.test(row.name) &&
    ASSUMED[row.values.length] !== undefined &&
    row.values.every((value) => VALUE.test(value))
  );
};

/** mlxfwmanager prints blocks that begin alike; its fields are `Device Type:` and `PCI Device Name:`. */
const isFirmwareManagerBlock = (lines: readonly TextLine[], at: number): boolean =>
  lines.slice(at, at + 12).some(({ text }) => /^\s*(?:Device Type|PCI Device Name|Part Number|Versions):/.test(text)) &&
  !lines.slice(at, at + 12).some(({ text }) => CONFIGURATIONS.test(text) || /^\s*Device type:/.test(text));

const begins = (lines: readonly TextLine[], at: number): boolean => {
  const text = lines[at]?.text ?? '';
  if (CONFIGURATIONS.test(text)) return true;
  if (/^\s*(?:Device type|PCI device)\s*:/.test(text)) return true;
  if (DEVICE_NUMBER.test(text)) return !isFirmwareManagerBlock(lines, at);
  // A paste may begin in the middle of the header.
  if (HEADER_FIELD.test(text)) return lines.slice(at + 1, at + 6).some((line) => CONFIGURATIONS.test(line.text));
  return isBareRow(text);
};

type Fields = Partial<Record<string, string>>;

interface Block {
  readonly fields: Fields;
  readonly rows: readonly { readonly row: Row; readonly line: number }[];
  readonly columns: readonly string[] | undefined;
  readonly applied: boolean | undefined;
  readonly hint: SettingsReading['hint'];
  readonly next: number;
}

/** Whether a `Device #N:` line only finishes the header that began above it (an old layout), or starts the next device. */
const numberBelongsToHeader = (lines: readonly TextLine[], at: number): boolean => {
  const after = lines.slice(at + 1, at + 6).find((line) => !isBlank(line) && !DASHES.test(line.text));
  return after !== undefined && CONFIGURATIONS.test(after.text);
};

const takeBlock = ({ lines, at }: ReadAt): Block => {
  const fields: Fields = {};
  const rows: { row: Row; line: number }[] = [];
  let columns: readonly string[] | undefined;
  let applied: boolean | undefined;
  let hint: SettingsReading['hint'];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    const { text, number } = line;
    if (isBlank(line)) continue;
    const field = HEADER_FIELD.exec(text);
    const configurations = CONFIGURATIONS.exec(text);
    const commented = COMMENTED_HEADER.exec(text);
    const applying = APPLYING.exec(text);
    if (DEVICE_NUMBER.test(text)) {
      const started = Object.keys(fields).length > 0 || rows.length > 0 || columns !== undefined;
      if (started && !(columns === undefined && rows.length === 0 && numberBelongsToHeader(lines, here))) break;
    } else if (field !== null && field[1] !== undefined) {
      if (rows.length > 0 || columns !== undefined || fields[field[1]] !== undefined) break;
      fields[field[1]] = field[2]?.trim() ?? '';
    } else if (configurations !== null) {
      if (columns !== undefined || rows.length > 0) break;
      columns = columnsIn(configurations[1] ?? '');
    } else if (commented !== null && columns === undefined && rows.length > 0) {
      columns = columnsIn(commented[1] ?? '');
    } else if (applying !== null) {
      applied = applying[1] === 'Done';
    } else if (restartHint(text) !== undefined && applied === true) {
      hint = restartHint(text);
      next = here + 1;
      break;
    } else if (
      !DASHES.test(text) &&
      !FOOTER.test(text) &&
      !OMISSION.test(text) &&
      !VERBOSITY_REFUSED.test(text) &&
      !APPLY_QUESTION.test(text)
    ) {
      const row = splitRow(text);
      const fits =
        row !== undefined && (columns === undefined ? isBareRow(text) : row.values.length === columns.length);
      if (row === undefined || !fits || applied !== undefined) break;
      rows.push({ row, line: number });
    }
    next = here + 1;
  }
  return { fields, rows, columns, applied, hint, next };
};

export const readFirmwareSettings: Reader = (from) => {
  const { lines, at, context } = from;
  if (!begins(lines, at)) return undefined;
  const { fields, rows, columns, applied, hint, next } = takeBlock(from);
  if (next <= at) return undefined;
  const settings = rows.flatMap(({ row, line }) => {
    const names = columns ?? ASSUMED[row.values.length];
    return names === undefined || names.length !== row.values.length
      ? []
      : [settingOf(row, names, columns !== undefined, line, context.source)];
  });
  const device = fields['Device'] ?? fields['PCI device'];
  return taken(next, {
    kind: 'settings',
    ...(device !== undefined && { device }),
    ...(fields['Device type'] !== undefined && { deviceType: fields['Device type'] }),
    ...(fields['Name'] !== undefined && { part: fields['Name'] }),
    ...(fields['Description'] !== undefined && { description: fields['Description'] }),
    settings,
    ...(columns !== undefined && { columns }),
    ...(applied !== undefined && { applied }),
    ...(hint !== undefined && { hint }),
  });
};
