/**
 * Values seen through a Shape: which fields they hold, how two differ, and how a configuration is merged into what is
 * there (structured-merge-diff typed: tofieldset.go, compare.go, merge.go, remove.go).
 */
import { dig, isMap } from '../../../core/model/dig.ts';
import { sameJson } from '../stored-value.ts';
import { EMPTY, type FieldSet, FieldSetBuilder, showPath } from './field-set.ts';
import type { Shape } from './shape.ts';

type Path = readonly string[];

const fieldElement = (key: string): string => `f:${key}`;

/** Of a list's entry: by its keys, or by itself in a set. A key that is absent counts as its default where one is known. */
export const entryElement = (keys: readonly string[], entry: unknown): string => {
  if (keys.length === 0 || !isMap(entry)) return `v:${JSON.stringify(entry)}`;
  const named = [...keys].toSorted().map((key) => [key, entry[key] ?? KEY_DEFAULTS[key]] as const);
  return `k:${JSON.stringify(Object.fromEntries(named.filter(([, value]) => value !== undefined)))}`;
};

const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

const isBare = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0);

/** Every field that a configuration names. */
export const fieldSetOf = (shape: Shape, value: unknown): FieldSet => {
  const set = new FieldSetBuilder();
  collect(shape, value, [], set);
  return set;
};

const collect = (shape: Shape, value: unknown, path: Path, set: FieldSetBuilder): void => {
  if (isMap(value)) {
    if (shape.atomic) return set.insert(path);
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      const below = [...path, fieldElement(key)];
      collect(shape.at(key), inner, below, set);
      if (inner === null || (isMap(inner) && Object.keys(inner).length === 0) || !shape.isField(key)) set.insert(below);
    }
    return;
  }
  if (Array.isArray(value)) {
    const { keys } = shape;
    if (keys === undefined) return set.insert(path);
    for (const entry of value) {
      const below = [...path, entryElement(keys, entry)];
      collect(shape.entry(), entry, below, set);
      set.insert(below);
    }
    return;
  }
  set.insert(path);
};

export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

const NOTHING_CHANGED: Comparison = { added: EMPTY, removed: EMPTY, modified: EMPTY };

export const compare = (shape: Shape, before: unknown, after: unknown): Comparison => {
  if (before === after) return NOTHING_CHANGED;
  const found = { added: new FieldSetBuilder(), removed: new FieldSetBuilder(), modified: new FieldSetBuilder() };
  walk(shape, before, after, [], found);
  return found;
};

type Found = Readonly<Record<keyof Comparison, FieldSetBuilder>>;

const walk = (shape: Shape, before: unknown, after: unknown, path: Path, found: Found): void => {
  if (before === after) return;
  const sample = after ?? before;
  const bothBare = isBare(before) && isBare(after);
  const isInner =
    !bothBare && ((isMap(sample) && !shape.atomic) || (Array.isArray(sample) && shape.keys !== undefined));
  if (!isInner || !sameForm(before, after)) {
    leaf(before, after, path, found);
    return;
  }
  if (isMap(sample)) {
    for (const key of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
      const [was, is] = [dig(before, key), dig(after, key)];
      // Asked here already: most fields are the same, and need no path.
      if (was !== is) walk(shape.at(key), was, is, [...path, fieldElement(key)], found);
    }
  } else {
    const [left, right] = [entriesOf(shape, before), entriesOf(shape, after)];
    for (const element of new Set([...left.keys(), ...right.keys()]))
      walk(shape.entry(), left.get(element), right.get(element), [...path, element], found);
  }
  if (path.length === 0) return;
  if (before === undefined) found.added.insert(path);
  else if (after === undefined) found.removed.insert(path);
};

/** A value of another form is a change of the whole. Absence and null take any form. */
const sameForm = (before: unknown, after: unknown): boolean =>
  before === undefined ||
  before === null ||
  after === undefined ||
  after === null ||
  (isMap(before) === isMap(after) && Array.isArray(before) === Array.isArray(after));

const leaf = (before: unknown, after: unknown, path: Path, found: Found): void => {
  if (path.length === 0) return;
  if (before === undefined) found.added.insert(path);
  else if (after === undefined) found.removed.insert(path);
  else if (!sameJson(before, after)) found.modified.insert(path);
};

const entriesOf = ({ keys = [] }: Shape, value: unknown): ReadonlyMap<string, unknown> =>
  new Map(Array.isArray(value) ? value.map((entry: unknown) => [entryElement(keys, entry), entry]) : []);

/** Two entries of one key in a configuration, in the server's words; undefined where there are none. */
export const duplicateFault = (shape: Shape, value: unknown, path: readonly string[] = []): string | undefined => {
  if (shape.atomic) return undefined;
  if (isMap(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const fault = duplicateFault(shape.at(key), inner, [...path, fieldElement(key)]);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (!Array.isArray(value) || shape.keys === undefined) return undefined;
  const seen = new Set<string>();
  for (const entry of value) {
    const element = entryElement(shape.keys, entry);
    if (seen.has(element)) return `${showPath(path)}: duplicate entries for key ${showPath([element])}`;
    seen.add(element);
    const fault = duplicateFault(shape.entry(), entry, [...path, element]);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** `config` into `live`: what it names wins, what it does not name stays. */
export const merge = (shape: Shape, live: unknown, config: unknown): unknown => {
  if (config === undefined) return live;
  if (isMap(config) && isMap(live) && !shape.atomic) {
    const merged: Record<string, unknown> = { ...live };
    for (const [key, inner] of Object.entries(config))
      if (inner !== undefined) merged[key] = merge(shape.at(key), live[key], inner);
    return merged;
  }
  if (Array.isArray(config) && Array.isArray(live) && shape.keys !== undefined)
    return mergeLists(shape, live, config as readonly unknown[]);
  return config;
};

/** Entries that both have come in the order of the configuration; the others keep their place before the next of these. */
const mergeLists = (shape: Shape, live: readonly unknown[], config: readonly unknown[]): readonly unknown[] => {
  const wanted = entriesOf(shape, config);
  const there = entriesOf(shape, live);
  const { keys = [] } = shape;
  const merged: unknown[] = [];
  const done = new Set<string>();
  let next = 0;
  const takeWanted = (element: string): void => {
    merged.push(merge(shape.entry(), there.get(element), wanted.get(element)));
    done.add(element);
  };
  for (const entry of live) {
    const element = entryElement(keys, entry);
    if (!wanted.has(element)) {
      merged.push(entry);
      continue;
    }
    if (done.has(element)) continue;
    while (next < config.length) {
      const candidate = entryElement(keys, config[next]);
      next += 1;
      if (!done.has(candidate)) takeWanted(candidate);
      if (candidate === element) break;
    }
  }
  for (const entry of config.slice(next)) {
    const element = entryElement(keys, entry);
    if (!done.has(element)) takeWanted(element);
  }
  return merged;
};

/** Without everything at or below a member of `set`. */
export const removeItems = (shape: Shape, value: unknown, set: FieldSet): unknown => {
  if (isMap(value) && !shape.atomic) {
    const kept: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      const element = fieldElement(key);
      if (set.members.has(element)) continue;
      const below = set.children.get(element);
      kept[key] = below === undefined ? inner : removeItems(shape.at(key), inner, below);
    }
    // A map of only such fields is left as a null, which still is a field.
    return Object.keys(kept).length === 0 && Object.keys(value).length > 0 ? null : kept;
  }
  if (Array.isArray(value) && shape.keys !== undefined) {
    const { keys } = shape;
    const kept = value.flatMap((entry: unknown) => {
      const element = entryElement(keys, entry);
      if (set.members.has(element)) return [];
      const below = set.children.get(element);
      return [below === undefined ? entry : removeItems(shape.entry(), entry, below)];
    });
    return kept.length === 0 && value.length > 0 ? null : kept;
  }
  return value;
};
