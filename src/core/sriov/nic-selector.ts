/** Which PFs a policy's nicSelector takes (api/v1/helper.go, Selected and NetFilterMatch; reference: sriov.md 1.1). */
import type { NicSelector } from './network-node-policy.ts';
import type { InterfaceStatus } from './network-node-state.ts';
import { baseName } from './vf-range.ts';

export const isEmptySelector = ({ vendor, deviceID, rootDevices, pfNames, netFilter }: NicSelector): boolean =>
  vendor === '' && deviceID === '' && rootDevices.length === 0 && pfNames.length === 0 && netFilter === '';

const KEY_AND_VALUE = /^[\t\n\f\r ]*([^\t\n\f\r ]+)[\t\n\f\r ]*:[\t\n\f\r ]*([^\t\n\f\r ]+)/m;

/** A longer filter is none that a platform has; the limit keeps the expression's time small on hostile text. */
const LONGEST_FILTER = 1024;

const keyAndValue = (filter: string): string | undefined => {
  const found = filter.length > LONGEST_FILTER ? null : KEY_AND_VALUE.exec(filter);
  return found === null ? undefined : `${found[1] ?? ''}\n${found[2] ?? ''}`;
};

/** `openstack/NetworkID:<uuid>`: equal when key and value are, whatever blanks stand between. */
export const netFilterMatches = (filter: string, value: string): boolean => {
  const wanted = keyAndValue(filter);
  return wanted !== undefined && wanted === keyAndValue(value);
};

/** Name and alternative names of a PF against the names of pfNames, their ranges cut off. */
const hasOneOfNames = ({ name, altNames }: InterfaceStatus, names: ReadonlySet<string>): boolean => {
  if (names.has(name)) return true;
  for (const altName of altNames) if (names.has(altName)) return true;
  return false;
};

/**
 * The selector as a test of one PF: all given kinds must agree, within a list any entry will do. An empty selector is
 * answered as upstream's Selected answers it, with yes; that it matches nothing is for the caller to know (isEmptySelector).
 */
export const interfaceTest = (selector: NicSelector): ((iface: InterfaceStatus) => boolean) => {
  const { vendor, deviceID, netFilter } = selector;
  const addresses = selector.rootDevices.length > 0 ? new Set(selector.rootDevices) : undefined;
  const names = selector.pfNames.length > 0 ? new Set(selector.pfNames.map(baseName)) : undefined;
  return (iface) =>
    (vendor === '' || vendor === iface.vendor) &&
    (deviceID === '' || deviceID === iface.deviceID) &&
    (addresses === undefined || addresses.has(iface.pciAddress)) &&
    (names === undefined || hasOneOfNames(iface, names)) &&
    (netFilter === '' || netFilterMatches(netFilter, iface.netFilter));
};

/**
 * Alternative names to the names that PFs go by; names of no PF stay as they are. The first PF that has a name wins, as
 * in upstream's ResolveInterfaceName.
 */
export const nameResolver = (interfaces: readonly InterfaceStatus[]): ((name: string) => string) => {
  const primary = new Map<string, string>();
  for (const { name, altNames } of interfaces) {
    if (!primary.has(name)) primary.set(name, name);
    for (const altName of altNames) if (!primary.has(altName)) primary.set(altName, name);
  }
  return (name) => primary.get(name) ?? name;
};

/** The entries of pfNames with alternative names resolved and ranges kept; doubles are kept too. */
export const resolvePfNames = (pfNames: readonly string[], resolve: (name: string) => string): readonly string[] =>
  pfNames.map((entry) => {
    const hash = entry.indexOf('#');
    return hash < 0 ? resolve(entry) : resolve(entry.slice(0, hash)) + entry.slice(hash);
  });
