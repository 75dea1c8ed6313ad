/** What `grep -rHs .` prints of PCIe links and ports of a host: the files that the host question `links` names, and no other. */
import { PORT_GBPS, FULL_LINK, type Link } from './adapter.ts';
import type { Host } from './host.ts';

const PLACE = /^\/sys\/bus\/pci\/devices\/([0-9a-f:.]+)\/(current_link_speed|current_link_width|infiniband|net)$/;

const linkOf = (host: Host, pci: string): Link | undefined =>
  host.gpuAddresses.includes(pci) ? FULL_LINK : host.adapterOf(pci)?.link;

/** `file: text` of everything at or below one place. */
const filesAt = (host: Host, pci: string, place: string): Readonly<Record<string, string>> => {
  const link = linkOf(host, pci);
  if (link === undefined) return {};
  if (place === 'current_link_speed') return { '': `${link.gtPerSecond.toFixed(1)} GT/s PCIe` };
  if (place === 'current_link_width') return { '': String(link.lanes) };
  const adapter = host.adapterOf(pci);
  const fn = adapter?.spec.functions.find((one) => one.pci === pci);
  if (adapter === undefined || fn === undefined) return {};
  const up = adapter.isPortUp(pci);
  return place === 'infiniband'
    ? {
        [`/${fn.rdma}/ports/1/rate`]: `${up ? PORT_GBPS : 10} Gb/sec (4X ${up ? 'NDR' : 'SDR'})`,
        [`/${fn.rdma}/ports/1/state`]: up ? '4: ACTIVE' : '1: DOWN',
      }
    : {
        [`/${fn.interface}/operstate`]: up ? 'up' : 'down',
        ...(up && { [`/${fn.interface}/speed`]: String(PORT_GBPS * 1000) }),
      };
};

/** `root` is put before each path, as where the command was typed. */
export const linkFiles = (host: Host, paths: readonly string[], root: string): string =>
  paths
    .flatMap((path) => {
      const [, pci, place] = PLACE.exec(path) ?? [];
      if (pci === undefined || place === undefined) return [];
      return Object.entries(filesAt(host, pci, place)).map(([file, text]) => `${root}${path}${file}:${text}\n`);
    })
    .join('');
