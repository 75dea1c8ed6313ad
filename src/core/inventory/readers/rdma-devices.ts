/**
 * `ibdev2netdev` and `ibdev2netdev -v` (reference: sriov.md 3.4). Up and Down are those of the net device, not of the port.
 */
import { pciAddress } from '../../model/pci-address.ts';
import { taken, type RdmaDevice, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

const SHORT = /^\s*([\w.-]+)\s+port\s+(\d{1,3})\s+==>\s+(\S+)\s+\((Up|Down)\s*\)\s*(?:#.*)?$/;
const LONG =
  /^\s*([0-9a-f:.]+)\s+([\w.-]+)\s+\((MT\d+) - ([^)]*)\)\s?(.*?)\s?fw\s+(\S+)\s+port\s+(\d{1,3})\s+\(([^)]*)\)\s+==>\s+(\S+)\s+\((Up|Down)\s*\)\s*$/i;

const rowOf = (text: string, line: number, source: string): RdmaDevice | undefined => {
  const origin = { source, line };
  const short = SHORT.exec(text);
  if (short !== null) {
    const [, rdma = '', port, netdev = '', link] = short;
    return { rdma, port: Number(port), netdev, link: link === 'Up' ? 'Up' : 'Down', origin };
  }
  const long = text.includes('==>') ? LONG.exec(text) : null;
  const pci = pciAddress(long?.[1] ?? '');
  if (long === null || pci === undefined) return undefined;
  const [, , rdma = '', chip = '', part = '', description = '', fw = '', port, state = '', netdev = '', link] = long;
  return {
    pci,
    rdma,
    chip,
    ...(part.trim() !== 'NA' && { part: part.trim() }),
    description: description.trim(),
    fw,
    port: Number(port),
    portState: state.trim(),
    netdev,
    link: link?.toLowerCase() === 'up' ? 'Up' : 'Down',
    origin,
  };
};

export const readRdmaDevices: Reader = ({ lines, at, context }) => {
  const rows: RdmaDevice[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const row = rowOf(line.text, line.number, context.source);
    if (row === undefined) break;
    rows.push(row);
    next = here + 1;
  }
  return rows.length === 0 ? undefined : taken(next, { kind: 'rdma-devices', rows });
};
