/** Small outputs about one card: mlxprivhost, mlxvpd, `ethtool -i`, `mst status`, `mlxconfig validate_system_conf`. */
import { pciAddress } from '../../model/pci-address.ts';
import { taken, type MstDevice, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

export const readHostPrivilege: Reader = ({ lines, at }) => {
  const level = /^\s*level\s*:\s*(privileged|restricted)\s*$/i.exec(lines[at]?.text ?? '')?.[1]?.toLowerCase();
  if (level === undefined) return undefined;
  return taken(at + 1, { kind: 'host-privilege', level: level === 'restricted' ? 'restricted' : 'privileged' });
};

const VPD_TITLE = /^\s*VPD-KEYWORD\s+DESCRIPTION\s+VALUE\s*$/;
const VPD_ROW =
  /^\s+(PN|EC|SN|IDTAG|[A-Z][A-Z0-9])\s+(?:Part Number|Revision|Serial Number|Board Id|N\/A|Misc Information|Checksum\S*|\S+(?: \S+)*?)\s{2,}(\S.*)$/;

export const readVitalProductData: Reader = ({ lines, at }) => {
  if (!VPD_TITLE.test(lines[at]?.text ?? '')) return undefined;
  const values: Partial<Record<string, string>> = {};
  let next = at + 1;
  for (let here = at + 1; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const row = VPD_ROW.exec(line.text);
    if (row?.[1] !== undefined) values[row[1]] = row[2]?.trim() ?? '';
    else if (!/^\s*(?:-{3,}|Read (?:Only|Write) Section:)/.test(line.text)) break;
    next = here + 1;
  }
  return taken(next, {
    kind: 'vital-product-data',
    ...(values['PN'] !== undefined && { part: values['PN'] }),
    ...(values['EC'] !== undefined && { revision: values['EC'] }),
    ...(values['SN'] !== undefined && { serial: values['SN'] }),
    ...(values['IDTAG'] !== undefined && { boardId: values['IDTAG'] }),
  });
};

const ETHTOOL_FIELD = /^(driver|version|firmware-version|expansion-rom-version|bus-info|supports-[\w-]+):\s*(.*)$/;

export const readDriverInfo: Reader = ({ lines, at }) => {
  if (!/^driver:\s*\S/.test(lines[at]?.text ?? '')) return undefined;
  const fields: Partial<Record<string, string>> = {};
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const field = ETHTOOL_FIELD.exec(lines[here]?.text ?? '');
    if (field?.[1] === undefined) break;
    fields[field[1]] = field[2]?.trim() ?? '';
    next = here + 1;
  }
  const version = /^(\S+)(?:\s+\(([^)]+)\))?/.exec(fields['firmware-version'] ?? '');
  const pci = pciAddress(fields['bus-info'] ?? '');
  return taken(next, {
    kind: 'driver-info',
    driver: fields['driver'] ?? '',
    ...(version?.[1] !== undefined && { firmware: version[1] }),
    ...(version?.[2] !== undefined && { psid: version[2] }),
    ...(pci !== undefined && { pci }),
  });
};

const MST_BEGIN = /^\s*MST modules:\s*$/;
const MST_TABLE = /^\s*DEVICE_TYPE\s+MST\s+PCI\s+RDMA\s+NET\s+NUMA\s*$/;
const MST_ROW =
  /^\s*([A-Z]\w+)\(rev:\w+\)\s+(\/dev\/mst\/\S+)\s+([0-9a-f:.]+)(?:\s+(mlx5_\d+|mlx4_\d+|\S*ib\S*\d))?(?:\s+net-(\S+))?/i;
const MST_REST = /^\s*(?:-{3,}|MST \w.*module|PCI devices:|No devices were found)/i;

/** `mst status -v`: which /dev/mst name is which PCI address, RDMA device and interface. */
export const readMstDevices: Reader = ({ lines, at, context }) => {
  const first = lines[at]?.text ?? '';
  if (!MST_BEGIN.test(first) && !MST_TABLE.test(first)) return undefined;
  const devices: MstDevice[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const row = MST_ROW.exec(line.text);
    const pci = pciAddress(row?.[3] ?? '');
    if (row !== null && pci !== undefined)
      devices.push({
        deviceType: row[1] ?? '',
        mst: row[2] ?? '',
        pci,
        ...(row[4] !== undefined && { rdma: row[4] }),
        ...(row[5] !== undefined && { interface: row[5] }),
        origin: { source: context.source, line: line.number },
      });
    else if (!MST_BEGIN.test(line.text) && !MST_TABLE.test(line.text) && !MST_REST.test(line.text)) break;
    next = here + 1;
  }
  return taken(next, { kind: 'mst-devices', devices });
};

const CONF_TITLE = /^\s*Validating system configuration '([^']+)' on device (\S+)\s*$/;
const CONF_RESULT = /^\s*Result: Device configuration (MATCHES|does NOT match)/;
const CONF_REST = /^\s*(?:OK:|MISMATCH:|SKIPPED|-{3,}|- \S)/;

export const readSystemConf: Reader = ({ lines, at }) => {
  const title = CONF_TITLE.exec(lines[at]?.text ?? '');
  if (title === null) return undefined;
  const mismatched: string[] = [];
  let matches: boolean | undefined;
  let next = at + 1;
  for (let here = at + 1; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined || isBlank(line)) break;
    const result = CONF_RESULT.exec(line.text)?.[1];
    const name = /^\s*MISMATCH:\s+(\S+)/.exec(line.text)?.[1];
    if (result !== undefined) matches = result === 'MATCHES';
    else if (name !== undefined) mismatched.push(name);
    else if (!CONF_REST.test(line.text)) break;
    next = here + 1;
  }
  return taken(next, {
    kind: 'system-conf',
    conf: title[1] ?? '',
    device: title[2] ?? '',
    ...(matches !== undefined && { matches }),
    mismatched,
  });
};
