/**
 * Reads values of unknown shape without trusting them: a missing or wrongly typed part is undefined, never a throw.
 * Everything that comes from a dump, a cluster or a person's file is read through these.
 */

export type Path = readonly (string | number)[];

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at `path`, or undefined. Only own properties count. */
export const dig = (value: unknown, ...path: Path): unknown => {
  let here = value;
  for (const key of path) {
    if (Array.isArray(here)) here = typeof key === 'number' ? here[key] : undefined;
    else if (isMap(here)) here = Object.hasOwn(here, key) ? here[key] : undefined;
    else return undefined;
  }
  return here;
};

export const digText = (value: unknown, ...path: Path): string | undefined => {
  const found = dig(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const digNumber = (value: unknown, ...path: Path): number | undefined => {
  const found = dig(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

export const digFlag = (value: unknown, ...path: Path): boolean | undefined => {
  const found = dig(value, ...path);
  return typeof found === 'boolean' ? found : undefined;
};

/** The list at `path`; empty when it is missing or no list. */
export const digList = (value: unknown, ...path: Path): readonly unknown[] => {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** The map at `path`; empty when it is missing or no map. */
export const digMap = (value: unknown, ...path: Path): Readonly<Record<string, unknown>> => {
  const found = dig(value, ...path);
  return isMap(found) ? found : {};
};

/** The entries of the map at `path` whose values are strings (labels, annotations). */
export const digTexts = (value: unknown, ...path: Path): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(digMap(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
