/** `mlxfwreset status` as text: what waits to be activated, and what the tool thinks activates it. */
import type { FirmwareSetting } from '../../model/firmware-setting.ts';
import { taken, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

const FIELD =
  /^\s*(Pending FW version|Running FW version|Pending NVCONFIG parameters|Description action|Command required|Reasons)\s*:\s*(.*)$/;
const TITLE = /^\s*Status for device:\s*(\S+)\s*$/;
const TABLE_HEADING = /^\s*Name\s+Default\s+Current\s+Next Boot\s*$/;
const ROW = /^\s{2,}(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$/;

const settingOf = (row: RegExpExecArray, source: string, line: number): FirmwareSetting => ({
  name: row[1] ?? '',
  default: row[2] ?? '',
  current: row[3] ?? '',
  next: row[4] ?? '',
  marked: false,
  readOnly: false,
  columnsStated: true,
  origin: { source, line },
});

export const readResetStatus: Reader = ({ lines, at, context }) => {
  const device = TITLE.exec(lines[at]?.text ?? '')?.[1];
  if (device === undefined) return undefined;
  const fields: Partial<Record<string, string>> = {};
  const settings: FirmwareSetting[] = [];
  let inTable = false;
  let next = at + 1;
  for (let here = at + 1; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const field = FIELD.exec(line.text);
    const row = inTable ? ROW.exec(line.text) : null;
    if (field?.[1] !== undefined) {
      fields[field[1]] = field[2]?.trim() ?? '';
      inTable = false;
    } else if (TABLE_HEADING.test(line.text)) inTable = true;
    else if (row !== null) settings.push(settingOf(row, context.source, line.number));
    else break;
    next = here + 1;
  }
  const running = fields['Running FW version'];
  const pending = fields['Pending FW version'];
  return taken(next, {
    kind: 'reset-status',
    device,
    ...(running !== undefined && { runningFirmware: running }),
    ...(pending !== undefined && !pending.startsWith('N/A') && { pendingFirmware: pending }),
    settings,
    ...(fields['Description action'] !== undefined && { action: fields['Description action'] }),
    ...(fields['Command required'] !== undefined && { command: fields['Command required'] }),
    ...(fields['Reasons'] !== undefined && { reasons: fields['Reasons'] }),
  });
};
