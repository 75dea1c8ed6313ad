/**
 * PCI addresses as the tools and objects of this field write them. The long form in lower case (`0000:18:00.0`) is the
 * one name of a function in this project; which function belongs to which card follows from it.
 */

const FULL = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([0-1][0-9a-f])\.([0-7])$/;
const SHORT = /^([0-9a-f]{2}):([0-1][0-9a-f])\.([0-7])$/;

/**
 * The long form of an address, or undefined when the text is none. `lspci`, `mlxconfig` and `mst status` leave the domain
 * out when it is 0000, so a short address means domain 0000.
 */
export const pciAddress = (text: string): string | undefined => {
  const lower = text.trim().toLowerCase();
  if (FULL.test(lower)) return lower;
  return SHORT.test(lower) ? `0000:${lower}` : undefined;
};

/** The card of a physical function: its address without the function digit (`0000:18:00`). */
export const cardOf = (address: string): string => address.slice(0, address.lastIndexOf('.'));

/** The function digit of an address. */
export const functionOf = (address: string): number => Number.parseInt(address.slice(address.lastIndexOf('.') + 1), 16);

/** Orders addresses by domain, bus, device and function. */
export const byPciAddress = (a: string, b: string): number =>
  a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;
