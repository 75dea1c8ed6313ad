/** `ip link show` (and `ip -d link`, `ip addr`): interfaces with their VFs, and the bond each belongs to. */
import { taken, type LinkVf, type NetLink, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

const TITLE = /^\s*\d{1,6}:\s+([^\s:@]{1,64})(?:@\S+)?:\s+<([^>]*)>\s*(.*)$/;
const VF = /^\s+vf (\d{1,4})\s+(.*)$/;
const DETAIL =
  /^\s+(?:link\/|altname |inet6? |valid_lft |bond_slave |bridge_slave |infiniband |promiscuity |RX|TX|\d[\d\s]*$|bond |openvswitch|vlan )/;

const vfOf = (index: number, rest: string): LinkVf => {
  const linkState = /link-state (\w+)/.exec(rest)?.[1];
  const nodeGuid = /NODE_GUID ([0-9a-f:]+)/i.exec(rest)?.[1];
  const portGuid = /PORT_GUID ([0-9a-f:]+)/i.exec(rest)?.[1];
  return {
    index,
    ...(linkState !== undefined && { linkState }),
    ...(nodeGuid !== undefined && { nodeGuid }),
    ...(portGuid !== undefined && { portGuid }),
  };
};

const linkOf = (title: RegExpExecArray, source: string, line: number): NetLink => {
  const rest = title[3] ?? '';
  const mtu = /\bmtu (\d{1,6})\b/.exec(rest)?.[1];
  const master = /\bmaster (\S+)/.exec(rest)?.[1];
  return {
    interface: title[1] ?? '',
    altNames: [],
    ...(mtu !== undefined && { mtu: Number(mtu) }),
    up: (title[2] ?? '').split(',').includes('UP'),
    ...(master !== undefined && { master }),
    addresses: [],
    vfs: [],
    origin: { source, line },
  };
};

const withDetail = (link: NetLink, text: string): NetLink => {
  const altName = /^\s+altname (\S+)/.exec(text)?.[1];
  if (altName !== undefined) return { ...link, altNames: [...link.altNames, altName] };
  const address = /^\s+inet6? ([0-9a-f.:]+)/.exec(text)?.[1];
  if (address !== undefined) return { ...link, addresses: [...link.addresses, address] };
  if (/^\s+link\/infiniband/.test(text)) return { ...link, linkType: 'IB' };
  return /^\s+link\/ether/.test(text) ? { ...link, linkType: 'ETH' } : link;
};

export const readLinks: Reader = ({ lines, at, context }) => {
  const links: NetLink[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const title = TITLE.exec(line.text);
    const vf = VF.exec(line.text);
    const last = links.at(-1);
    if (title !== null) links.push(linkOf(title, context.source, line.number));
    else if (vf !== null) {
      const one = vfOf(Number(vf[1]), vf[2] ?? '');
      const origin = { source: context.source, line: line.number };
      if (last === undefined) links.push({ altNames: [], addresses: [], vfs: [one], origin });
      else links[links.length - 1] = { ...last, vfs: [...last.vfs, one] };
    } else if (last !== undefined && DETAIL.test(line.text)) links[links.length - 1] = withDetail(last, line.text);
    else break;
    next = here + 1;
  }
  return links.length === 0 ? undefined : taken(next, { kind: 'links', links });
};

const DEFAULT_ROUTE = /^\s*default\s+(?:via\s+\S+\s+)?dev\s+(\S+)/;
const ANY_ROUTE = /^\s*(?:default|[\d.]+(?:\/\d+)?|[0-9a-f:]+\/\d+)\s.*\bdev\s+\S+/;

/** `ip route`. A table without a default route is an answer too: nothing carries it. */
export const readDefaultRoutes: Reader = ({ lines, at }) => {
  const interfaces: string[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined || !ANY_ROUTE.test(line.text)) break;
    const found = DEFAULT_ROUTE.exec(line.text)?.[1];
    if (found !== undefined && !interfaces.includes(found)) interfaces.push(found);
    next = here + 1;
  }
  return next === at ? undefined : taken(next, { kind: 'default-routes', interfaces });
};

const BOND_TITLE = /^\s*Ethernet Channel Bonding Driver:/;
const BOND_LINE = /^\s*[A-Z][\w ()/.-]*:\s*.*$/;

export const readBond: Reader = ({ lines, at, context }) => {
  if (!BOND_TITLE.test(lines[at]?.text ?? '')) return undefined;
  const members: string[] = [];
  let next = at + 1;
  for (let here = at + 1; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined || (!isBlank(line) && !BOND_LINE.test(line.text))) break;
    const member = /^\s*Slave Interface:\s*(\S+)/.exec(line.text)?.[1];
    if (member !== undefined) members.push(member);
    if (!isBlank(line)) next = here + 1;
  }
  const bond = /\/proc\/net\/bonding\/([\w.-]+)/.exec(context.command ?? '')?.[1];
  return taken(next, { kind: 'bond', ...(bond !== undefined && { bond }), members });
};
