/**
 * Resource quantities of the Kubernetes API (`250m`, `64Gi`, `1e3`, `2k`) as exact integers of thousandths, since CPU is
 * counted in milli and memory exceeds what a double holds in thousandths. Source: apimachinery resource.Quantity.
 */

const FORM = /^([+-]?)(\d{0,30})(?:\.(\d{0,30}))?(?:(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)|[eE]([+-]?\d{1,2}))?$/;

const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

const tenTo = (power: number): bigint => 10n ** BigInt(power);

/** Rounds up, as the API server does with what is finer than it can store. */
const divideUp = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;

/** Thousandths of the unit, or undefined when the text is no quantity. A number counts as its own text. */
export const quantityMilli = (value: unknown): bigint | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = FORM.exec(String(value).trim());
  if (match === null) return undefined;
  const [, sign, whole = '', part = '', suffix = '', exponent] = match;
  if (whole === '' && part === '') return undefined;
  const digits = BigInt(`${whole}${part}` || '0');
  const binary = BINARY[suffix];
  const power = exponent === undefined ? (DECIMAL[suffix] ?? 0) : Number(exponent);
  const scaled = binary === undefined ? digits : digits * binary;
  const shift = (binary === undefined ? power : 0) + 3 - part.length;
  const milli = shift >= 0 ? scaled * tenTo(shift) : divideUp(scaled, tenTo(-shift));
  return sign === '-' ? -milli : milli;
};

/** Whole units, rounded up: what an extended resource or a count of pods is. */
export const quantityUnits = (value: unknown): number | undefined => {
  const milli = quantityMilli(value);
  return milli === undefined ? undefined : Number(divideUp(milli, 1000n));
};
