/**
 * Reads values of unknown shape without trusting them: a missing or wrongly typed part is undefined, never a throw.
 * Everything that comes from a dump, a cluster or a person's file is read through these.
 */

export type Path = readonly (string | number)[];

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at `path`, or undefined. Only own properties count. */
export const dig = (value: unknown, ...path: Path): unknown => walk(value, path);

/** All that is read goes through here, so that it takes the path as it is and asks for ownership only where it may be wanting. */
const walk = (value: unknown, path: Path): unknown => {
  let here = value;
  for (let at = 0; at < path.length; at += 1) {
    const key = path[at] as string | number;
    if (typeof here !== 'object' || here === null) return undefined;
    if (Array.isArray(here)) here = typeof key === 'number' ? here[key] : undefined;
    else {
      const map: Readonly<Record<string, unknown>> = here as Readonly<Record<string, unknown>>;
      const next = map[key];
      if (next === undefined || !Object.hasOwn(map, key)) return undefined;
      here = next;
    }
  }
  return here;
};

export const digText = (value: unknown, ...path: Path): string | undefined => {
  const found = walk(value, path);
  return typeof found === 'string' ? found : undefined;
};

export const digNumber = (value: unknown, ...path: Path): number | undefined => {
  const found = walk(value, path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

export const digFlag = (value: unknown, ...path: Path): boolean | undefined => {
  const found = walk(value, path);
  return typeof found === 'boolean' ? found : undefined;
};

/** The list at `path`; empty when it is missing or no list. */
export const digList = (value: unknown, ...path: Path): readonly unknown[] => {
  const found = walk(value, path);
  return Array.isArray(found) ? found : [];
};

const NO_ENTRIES = {};

const mapAt = (value: unknown, path: Path): Readonly<Record<string, unknown>> => {
  const found = walk(value, path);
  return isMap(found) ? found : NO_ENTRIES;
};

/** The map at `path`; empty when it is missing or no map. */
export const digMap = (value: unknown, ...path: Path): Readonly<Record<string, unknown>> => mapAt(value, path);

/** The entries of the map at `path` whose values are strings (labels, annotations); the map itself where all of them are. */
export const digTexts = (value: unknown, ...path: Path): Readonly<Record<string, string>> => {
  const map = mapAt(value, path);
  for (const key in map) if (typeof map[key] !== 'string') return textsOf(map);
  return map as Readonly<Record<string, string>>;
};

const textsOf = (map: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
