/**
 * How the PCIe links of functions run and whether the network ports behind them are up: out of sysfs files that are shown with
 * their names (the host question `links`), or the LnkSta line of `lspci -vv`; and the GPUs that the driver holds. A value that
 * the kernel does not know is left out.
 */
import { pciAddress } from '../../model/pci-address.ts';
import { taken, type DeviceLinksReading, type PortState, type Reader } from './host-reading.ts';
import { isBlank, type TextLine } from './text-lines.ts';

const LINE = /^\s*\S*\/sys\/bus\/pci\/devices\/([0-9a-f:.]{7,16})\/([^\s:]{1,200}):(.*)$/;
const PORT_FILE = /^infiniband\/[^/]{1,64}\/ports\/(\d{1,3})\/(state|rate)$/;
const NET_FILE = /^net\/[^/]{1,64}\/(operstate|speed)$/;

const positive = (text: string | undefined): number | undefined => {
  const value = text === undefined ? Number.NaN : Number.parseFloat(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
};

/** Lanes are 1 to 32: kernels print 0, 63 or 255 where there is no link. */
const lanes = (text: string | undefined): number | undefined => {
  const width = positive(text);
  return width !== undefined && width <= 32 ? width : undefined;
};

const port = (number: number, up: boolean, gbps: number | undefined): PortState => ({
  port: number,
  up,
  ...(gbps !== undefined && { gbps }),
});

/** RDMA tells of each port what the wire does; a net device tells of its own use of it, and stands in where there is no RDMA. */
const portsOf = (files: ReadonlyMap<string, string>): readonly PortState[] => {
  const names = [...files.keys()];
  const rdma = names.flatMap((name) => {
    const [, number, file] = PORT_FILE.exec(name) ?? [];
    if (file !== 'state') return [];
    const rate = positive(files.get(name.replace(/state$/, 'rate')));
    return [port(Number(number), (files.get(name) ?? '').includes('ACTIVE'), rate)];
  });
  if (rdma.length > 0) return rdma;
  return names
    .filter((name) => NET_FILE.exec(name)?.[1] === 'operstate')
    .slice(0, 1)
    .map((name) => {
      const mbps = positive(files.get(name.replace(/operstate$/, 'speed')));
      return port(1, files.get(name)?.trim() === 'up', mbps === undefined ? undefined : mbps / 1000);
    });
};

const readingOf = (pci: string, files: ReadonlyMap<string, string>): DeviceLinksReading => {
  const [speed, width] = [positive(files.get('current_link_speed')), lanes(files.get('current_link_width'))];
  return {
    kind: 'device-links',
    pci,
    ...(speed !== undefined && { speed }),
    ...(width !== undefined && { width }),
    ports: portsOf(files),
  };
};

/** Files of these names stand elsewhere below a device, too (a bond's `state`): they are passed over. */
const ANY_FILE = /(?:^|\/)(?:current_link_speed|current_link_width|state|rate|operstate|speed)$/;

export const readDeviceLinks: Reader = ({ lines, at }) => {
  const found = new Map<string, Map<string, string>>();
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const text = lines[here]?.text ?? '';
    if (isBlank(lines[here] ?? { text: '', number: 0 })) continue;
    const [, address = '', file = '', value = ''] = LINE.exec(text) ?? [];
    const pci = pciAddress(address);
    if (pci === undefined || !ANY_FILE.test(file)) break;
    const files = found.get(pci) ?? new Map<string, string>();
    files.set(file, value);
    found.set(pci, files);
    next = here + 1;
  }
  return found.size === 0 ? undefined : taken(next, ...[...found].map(([pci, files]) => readingOf(pci, files)));
};

const LINK_STATUS = /^\s+LnkSta:\s+Speed (\S+?)GT\/s[^,]*,\s*Width x(\d{1,3})\b/;
const DEVICE_HEAD = /^([0-9a-fA-F:]{5,13}\.[0-7])\s+\S/;
/** A device's block of `lspci -vvv` is shorter than this. */
const MOST_BLOCK = 200;

const deviceAbove = (lines: readonly TextLine[], at: number): string | undefined => {
  for (let here = at - 1; here >= Math.max(0, at - MOST_BLOCK); here -= 1) {
    const head = DEVICE_HEAD.exec(lines[here]?.text ?? '')?.[1];
    if (head !== undefined) return pciAddress(head);
  }
  return undefined;
};

/** `LnkSta: Speed 16GT/s (downgraded), Width x16`, for the device whose block it stands in. */
export const readLinkStatus: Reader = ({ lines, at }) => {
  const status = LINK_STATUS.exec(lines[at]?.text ?? '');
  const pci = status === null ? undefined : deviceAbove(lines, at);
  if (status === null || pci === undefined) return undefined;
  const files = new Map([
    ['current_link_speed', status[1] ?? ''],
    ['current_link_width', status[2] ?? ''],
  ]);
  return taken(at + 1, readingOf(pci, files));
};

/** One folder a GPU: `ls /proc/driver/nvidia/gpus`. */
export const readGpus: Reader = ({ lines, at, context }) => {
  if (!/\/proc\/driver\/nvidia\/gpus/.test(context.command ?? '')) return undefined;
  const pcis: string[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const pci = pciAddress(lines[here]?.text ?? '');
    if (pci === undefined) break;
    pcis.push(pci);
    next = here + 1;
  }
  return pcis.length === 0 ? undefined : taken(next, { kind: 'gpus', pcis });
};
