/**
 * `flint|mstflint q`, `mlxfwmanager` and `mlxup`: the burned firmware version and, where a new image waits for a restart, the
 * version that runs. One version only means that the burned one runs (reference: sriov.md 3.4).
 */
import { taken, type FirmwareImage, type ReadAt, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

const FLINT_BEGIN = /^\s*(?:Image type|FW Version(?:\s*\(Running\))?|FW Release Date):\s/;
const FLINT_FIELD =
  /^\s*(Image type|FW Version(?:\s*\(Running\))?|FW Release Date(?:\s*\(Running\))?|MIC Version|Product Version|Rom Info|Description|Base GUID|Base MAC|Image VSD|Device VSD|PSID|Orig PSID|Security Attributes|Security Ver|Default Update Method|Life cycle|Secure boot|EFUSE Security Ver|Image Security Ver|Encryption|Device ID|HW Dev ID|GUIDs|MACs|Base GUID \d|Guids Override|Board ID)\s*:\s*(.*)$/;
const ROM_CONTINUED = /^\s+type=\S/;

export const readFlint: Reader = ({ lines, at, context }) => {
  if (!FLINT_BEGIN.test(lines[at]?.text ?? '')) return undefined;
  const fields: Partial<Record<string, string>> = {};
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const field = FLINT_FIELD.exec(line.text);
    if (field?.[1] !== undefined) {
      const name = field[1].replace(/\s*\(/, '(');
      if (name === 'Image type' && fields[name] !== undefined) break;
      fields[name] ??= field[2]?.trim() ?? '';
    } else if (!ROM_CONTINUED.test(line.text)) break;
    next = here + 1;
  }
  const burned = fields['FW Version'];
  const running = fields['FW Version(Running)'] ?? burned;
  const security = fields['Security Attributes'];
  const image: FirmwareImage = {
    ...(fields['PSID'] !== undefined && { psid: fields['PSID'] }),
    ...(burned !== undefined && { burned }),
    ...(running !== undefined && { running }),
    ...(security !== undefined && { secureFirmware: /secure-fw/.test(security) }),
    origin: { source: context.source, line: lines[at]?.number ?? 1 },
  };
  return taken(next, { kind: 'firmware-images', tool: 'flint', images: [image] });
};

const QUERYING = /^\s*Querying \w+ devices firmware/;
const DEVICE = /^\s*Device #\d+:\s*$/;
const MANAGER_FIELD =
  /^\s+(Device Type|Part Number|Description|PSID|PCI Device Name|Base GUID|Base MAC|Versions|Status):\s*(.*)$/;
const VERSION_ROW = /^\s+(FW(?: \(Running\))?|PXE|UEFI(?: .*?)?|UEFI Virtio \w+|NVMe)\s{2,}(\S+)(?:\s+(\S+))?\s*$/;
const MANAGER_REST = /^\s*(?:-{3,}|Found \d+ device|Perform FW update\?|Log File:|Restart needed|Done)/;

const managerImage = (from: ReadAt): { image: FirmwareImage; next: number } => {
  const { lines, at, context } = from;
  const fields: Partial<Record<string, string>> = {};
  const versions: Partial<Record<string, readonly [string, string | undefined]>> = {};
  let next = at + 1;
  for (let here = at + 1; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined || DEVICE.test(line.text)) break;
    if (isBlank(line)) continue;
    const field = MANAGER_FIELD.exec(line.text);
    const version = VERSION_ROW.exec(line.text);
    if (field?.[1] !== undefined) fields[field[1]] = field[2]?.trim() ?? '';
    else if (version?.[1] !== undefined && version[2] !== undefined) versions[version[1]] ??= [version[2], version[3]];
    else if (!MANAGER_REST.test(line.text)) break;
    next = here + 1;
  }
  const burned = versions['FW']?.[0];
  const available = versions['FW']?.[1];
  const running = versions['FW (Running)']?.[0] ?? burned;
  const device = fields['PCI Device Name'];
  return {
    next,
    image: {
      ...(device !== undefined && { device }),
      ...(fields['Device Type'] !== undefined && { deviceType: fields['Device Type'] }),
      ...(fields['Part Number'] !== undefined && { part: fields['Part Number'] }),
      ...(fields['Description'] !== undefined && { description: fields['Description'] }),
      ...(fields['PSID'] !== undefined && { psid: fields['PSID'] }),
      ...(burned !== undefined && { burned }),
      ...(running !== undefined && { running }),
      ...(available !== undefined && available !== 'N/A' && { available }),
      origin: { source: context.source, line: lines[at]?.number ?? 1 },
    },
  };
};

/** Whether a `Device #N:` block is one of mlxfwmanager (mlxconfig writes `Device type:` and has `Configurations:`). */
const isManagerBlock = ({ lines, at }: ReadAt): boolean =>
  lines.slice(at + 1, at + 12).some(({ text }) => /^\s+(?:Device Type|PCI Device Name|PSID|Versions):/.test(text));

export const readFirmwareManager: Reader = (from) => {
  const { lines, at } = from;
  const text = lines[at]?.text ?? '';
  if (!QUERYING.test(text) && !(DEVICE.test(text) && isManagerBlock(from))) return undefined;
  const images: FirmwareImage[] = [];
  let next = QUERYING.test(text) ? at + 1 : at;
  for (;;) {
    let found = next;
    while (found < lines.length && (lines[found]?.text.trim() ?? '') === '') found += 1;
    if (!DEVICE.test(lines[found]?.text ?? '') || !isManagerBlock({ ...from, at: found })) break;
    const one = managerImage({ ...from, at: found });
    images.push(one.image);
    next = one.next;
  }
  return taken(next, { kind: 'firmware-images', tool: 'mlxfwmanager', images });
};
