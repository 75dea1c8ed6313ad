/**
 * JSON values as the world keeps them: frozen, so that they can be shared by everyone without copies, and without
 * undefined, as they would come over the wire.
 */

export type JsonMap = Readonly<Record<string, unknown>>;

/**
 * The value as JSON has it, frozen through and through. What is frozen already is taken as it is: it came out of the
 * world, or its owner gave up changing it.
 */
export const freezeJson = <T>(value: T): T => freeze(value) as T;

const freeze = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((entry) => (entry === undefined ? null : freeze(entry))));
  const copy: Record<string, unknown> = { ...value };
  for (const key in copy) {
    const inner = copy[key];
    if (typeof inner === 'object' && inner !== null) copy[key] = freeze(inner);
    else if (inner === undefined) delete copy[key];
  }
  return Object.freeze(copy);
};

/** Equal as JSON: order of keys does not count, undefined is absence. */
export const sameJson = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((entry, at) => sameJson(entry, other[at]));
  if (Array.isArray(other)) return false;
  const left = one as JsonMap;
  const right = other as JsonMap;
  let keys = 0;
  for (const key in left) {
    if (left[key] === undefined) continue;
    keys += 1;
    if (!sameJson(left[key], right[key])) return false;
  }
  for (const key in right) if (right[key] !== undefined) keys -= 1;
  return keys === 0;
};

/** The map without these keys; itself when it has none of them. */
export const without = <T extends JsonMap>(map: T, ...keys: readonly string[]): T => {
  if (!keys.some((key) => Object.hasOwn(map, key))) return map;
  const copy: Record<string, unknown> = {};
  for (const key in map) if (!keys.includes(key)) copy[key] = map[key];
  return copy as T;
};

/**
 * The entries that come before this one: where a copy begins that leaves entries out. They are left out from the beginning,
 * and not deleted, since the engine is slow with an object from which something was deleted.
 */
export const entriesBefore = (map: JsonMap, end: string): Record<string, unknown> => {
  const entries: Record<string, unknown> = {};
  for (const key in map) {
    if (key === end) break;
    entries[key] = map[key];
  }
  return entries;
};

/** What of a typed object is no field when it holds nothing. */
export interface Hollow {
  /** Maps of strings. */
  readonly maps: ReadonlySet<string>;
  /** Texts, numbers and flags that are left out at '', 0 and false; as `field` or `parent/field`. */
  readonly scalars: ReadonlySet<string>;
  /** Fields whose null is kept: times that are always shown. */
  readonly shownNulls: ReadonlySet<string>;
}

/**
 * As Go decodes a typed object and its storage keeps it: without nulls, without lists that hold nothing, and without what of
 * `hollow` holds nothing. What is frozen was stored, and is as it should be.
 */
export const asTyped = (value: unknown, hollow: Hollow, parent = ''): unknown => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    let list: unknown[] | undefined;
    for (let at = 0; at < value.length; at += 1) {
      const typed = asTyped(value[at], hollow, parent);
      if (typed === value[at]) continue;
      list ??= [...(value as readonly unknown[])];
      list[at] = typed;
    }
    return list ?? value;
  }
  const map = value as JsonMap;
  let copy: Record<string, unknown> | undefined;
  for (const key in map) {
    const inner = map[key];
    const isShown = inner === null && hollow.shownNulls.has(key);
    const typed = isShown ? inner : inner === null || inner === undefined ? undefined : asTyped(inner, hollow, key);
    const isKept = isShown || (typed !== undefined && !isHollow(parent, key, typed, hollow));
    if (copy === undefined && isKept && typed === inner) continue;
    copy ??= entriesBefore(map, key);
    if (isKept) copy[key] = typed;
  }
  return copy ?? value;
};

const isHollow = (parent: string, key: string, value: unknown, { maps, scalars }: Hollow): boolean => {
  if (typeof value !== 'object')
    return (value === 0 || value === '' || value === false) && (scalars.has(key) || scalars.has(`${parent}/${key}`));
  if (Array.isArray(value)) return value.length === 0;
  if (!maps.has(key)) return false;
  for (const _inner in value as object) return false;
  return true;
};

/** With what of `zero` the value has not: fields that are always shown. */
export const filledFrom = (zero: JsonMap, value: JsonMap): JsonMap => {
  let filled: Record<string, unknown> | undefined;
  for (const key in zero) {
    const [there, least] = [value[key], zero[key]];
    const next =
      there === undefined ? least : isPlainMap(least) && isPlainMap(there) ? filledFrom(least, there) : there;
    if (next === there) continue;
    filled ??= { ...value };
    filled[key] = next;
  }
  return filled ?? value;
};

const isPlainMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
