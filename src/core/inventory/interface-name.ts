/**
 * The PCI address that a predictable interface name states (systemd.net-naming-scheme: `[P<domain>]p<bus>s<slot>[f<function>]`,
 * bus and slot in decimal). `ibp24s0` is 0000:18:00.0. Names by slot (`ibs14f0`) or given by a site say nothing.
 */
const PATH_NAME = /^(?:en|ib|eth|wl)?(?:P(\d{1,5}))?p(\d{1,3})s(\d{1,2})(?:f(\d))?(?:np\d+|n\d+|d\d+)?$/;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export const pciOfInterfaceName = (name: string): string | undefined => {
  const parts = PATH_NAME.exec(name);
  if (parts === null) return undefined;
  const [domain, bus, slot, fn] = [parts[1] ?? '0', parts[2], parts[3], parts[4] ?? '0'].map(Number);
  if (domain === undefined || bus === undefined || slot === undefined || fn === undefined) return undefined;
  if (bus > 255 || slot > 31 || fn > 7 || domain > 0xffff) return undefined;
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${String(fn)}`;
};

/** VFs get the name of their PF with `v<index>` behind it. */
export const isVirtualFunctionName = (name: string): boolean => /^(?:en|ib)\S*v\d{1,4}$/.test(name);
