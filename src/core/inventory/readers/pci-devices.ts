/** `lspci` in its one-line forms: plain, `-D` (with domain), `-nn` (with class and device ids), `-n`. */
import { pciAddress } from '../../model/pci-address.ts';
import { taken, type PciDevice, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

const NAMED = /^\s*([0-9a-fA-F:]{5,13}\.[0-7])\s+([A-Z][^:[\]]*?)(?:\s+\[([0-9a-f]{4})\])?:\s+(\S.*)$/;
const NUMERIC = /^\s*([0-9a-fA-F:]{5,13}\.[0-7])\s+([0-9a-f]{4}):\s+([0-9a-f]{4}):([0-9a-f]{4})(?:\s+\(rev \w+\))?\s*$/;
const IDS = /\[([0-9a-f]{4}):([0-9a-f]{4})\]/;
const MODEL = /\[((?:ConnectX|BlueField)[^\]]*)\]/;
const VIRTUAL = /Virtual Function/i;

const deviceOf = (text: string, line: number, source: string): PciDevice | undefined => {
  const origin = { source, line };
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) {
    const pci = pciAddress(numeric[1] ?? '');
    const [, , classId = '', vendorId = '', deviceId = ''] = numeric;
    if (pci === undefined) return undefined;
    return { pci, class: classId, name: `${vendorId}:${deviceId}`, vendorId, deviceId, virtual: false, origin };
  }
  const named = NAMED.exec(text);
  const pci = pciAddress(named?.[1] ?? '');
  if (named === null || pci === undefined) return undefined;
  const rest = named[4] ?? '';
  const ids = IDS.exec(rest);
  const model = MODEL.exec(rest)?.[1];
  return {
    pci,
    class: (named[2] ?? '').trim(),
    name: rest.trim(),
    ...(model !== undefined && { model: model.replace(/\s*Virtual Function\s*/i, '').trim() }),
    ...(ids?.[1] !== undefined && { vendorId: ids[1] }),
    ...(ids?.[2] !== undefined && { deviceId: ids[2] }),
    virtual: VIRTUAL.test(rest),
    origin,
  };
};

export const readPciDevices: Reader = ({ lines, at, context }) => {
  const rows: PciDevice[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const device = deviceOf(line.text, line.number, context.source);
    if (device === undefined) break;
    rows.push(device);
    next = here + 1;
  }
  return rows.length === 0 ? undefined : taken(next, { kind: 'pci-devices', rows });
};
