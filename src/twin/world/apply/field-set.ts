/**
 * Sets of field paths, as managedFields keep who owns what (structured-merge-diff fieldpath.Set). A path is a chain of
 * elements in the spelling of FieldsV1: `f:spec`, `k:{"name":"a"}`, `v:"x"`. Sets are not changed once made.
 */
import { isMap } from '../../../core/model/dig.ts';

export interface FieldSet {
  /** Elements that are members themselves. */
  readonly members: ReadonlySet<string>;
  /** Elements with members below them; an element may be both. */
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const EMPTY: FieldSet = { members: new Set(), children: new Map() };

export const isEmpty = ({ members, children }: FieldSet): boolean => members.size === 0 && children.size === 0;

/** A set in the making. */
export class FieldSetBuilder {
  readonly members = new Set<string>();
  readonly children = new Map<string, FieldSetBuilder>();

  insert(path: readonly string[]): void {
    const [element, ...rest] = path;
    if (element === undefined) return;
    if (rest.length === 0) {
      this.members.add(element);
      return;
    }
    let child = this.children.get(element);
    if (child === undefined) {
      child = new FieldSetBuilder();
      this.children.set(element, child);
    }
    child.insert(rest);
  }
}

const combine = (
  elements: Iterable<string>,
  member: (element: string) => boolean,
  child: (element: string) => FieldSet,
): FieldSet => {
  const members = new Set<string>();
  const children = new Map<string, FieldSet>();
  for (const element of elements) {
    if (member(element)) members.add(element);
    const below = child(element);
    if (!isEmpty(below)) children.set(element, below);
  }
  return { members, children };
};

/** The set itself where an operation that only takes away, or only adds, has changed nothing: what is kept of it stays known. */
const settled = (one: FieldSet, made: FieldSet): FieldSet => {
  if (made.members.size !== one.members.size || made.children.size !== one.children.size) return made;
  for (const [element, below] of one.children) if (made.children.get(element) !== below) return made;
  return one;
};

const elementsOf = ({ members, children }: FieldSet): ReadonlySet<string> => new Set([...members, ...children.keys()]);

export const union = (one: FieldSet, other: FieldSet): FieldSet => {
  if (isEmpty(one)) return other;
  if (isEmpty(other)) return one;
  const made = combine(
    new Set([...elementsOf(one), ...elementsOf(other)]),
    (element) => one.members.has(element) || other.members.has(element),
    (element) => union(one.children.get(element) ?? EMPTY, other.children.get(element) ?? EMPTY),
  );
  return settled(one, made);
};

export const intersection = (one: FieldSet, other: FieldSet): FieldSet =>
  isEmpty(one) || isEmpty(other)
    ? EMPTY
    : combine(
        elementsOf(one),
        (element) => one.members.has(element) && other.members.has(element),
        (element) => intersection(one.children.get(element) ?? EMPTY, other.children.get(element) ?? EMPTY),
      );

export const difference = (one: FieldSet, other: FieldSet): FieldSet =>
  isEmpty(one) || isEmpty(other)
    ? one
    : settled(
        one,
        combine(
          elementsOf(one),
          (element) => one.members.has(element) && !other.members.has(element),
          (element) => difference(one.children.get(element) ?? EMPTY, other.children.get(element) ?? EMPTY),
        ),
      );

/** Without what is at or below a member of `other`. */
export const recursiveDifference = (one: FieldSet, other: FieldSet): FieldSet =>
  isEmpty(one) || isEmpty(other)
    ? one
    : combine(
        elementsOf(one),
        (element) => one.members.has(element) && !other.members.has(element),
        (element) =>
          other.members.has(element)
            ? EMPTY
            : recursiveDifference(one.children.get(element) ?? EMPTY, other.children.get(element) ?? EMPTY),
      );

/** With every named field (`f:`) that has members below it as a member too. */
export const withNamedFields = (set: FieldSet): FieldSet =>
  combine(
    elementsOf(set),
    (element) => set.members.has(element) || (element.startsWith('f:') && set.children.has(element)),
    (element) => {
      const below = set.children.get(element);
      return below === undefined ? EMPTY : withNamedFields(below);
    },
  );

export const pathsOf = (set: FieldSet, prefix: readonly string[] = []): readonly (readonly string[])[] =>
  [...elementsOf(set)].flatMap((element) => {
    const path = [...prefix, element];
    const below = set.children.get(element);
    return [...(set.members.has(element) ? [path] : []), ...(below === undefined ? [] : pathsOf(below, path))];
  });

const NO_FIELDS: Readonly<Record<string, unknown>> = Object.freeze({});

/** Most writes change nobody's set, so that what was read or made of one is kept for as long as it stands somewhere. */
const SETS = new WeakMap<object, FieldSet>();
const FIELDS = new WeakMap<FieldSet, Readonly<Record<string, unknown>>>();
/** Made here, and so in the order in which they would be made again. */
const OWN = new WeakSet<object>();

/** As it stands in managedFields; frozen. */
export const toFieldsV1 = (set: FieldSet): Readonly<Record<string, unknown>> => {
  const known = FIELDS.get(set);
  if (known !== undefined) return known;
  const fields: Record<string, unknown> = {};
  for (const element of [...elementsOf(set)].toSorted()) {
    const below = set.children.get(element);
    if (below === undefined) fields[element] = NO_FIELDS;
    else {
      const inner = toFieldsV1(below);
      fields[element] = set.members.has(element) ? Object.freeze({ '.': NO_FIELDS, ...inner }) : inner;
    }
  }
  Object.freeze(fields);
  FIELDS.set(set, fields);
  OWN.add(fields);
  return fields;
};

export const fromFieldsV1 = (fields: unknown): FieldSet => {
  if (!isMap(fields)) return EMPTY;
  const known = SETS.get(fields);
  if (known !== undefined) return known;
  const members = new Set<string>();
  const children = new Map<string, FieldSet>();
  for (const [element, inner] of Object.entries(fields)) {
    if (element === '.' || !isMap(inner)) continue;
    if (Object.hasOwn(inner, '.') || Object.keys(inner).length === 0) members.add(element);
    const below = inner === NO_FIELDS ? EMPTY : fromFieldsV1(inner);
    if (!isEmpty(below)) children.set(element, below);
  }
  const set = { members, children };
  if (Object.isFrozen(fields)) SETS.set(fields, set);
  if (OWN.has(fields)) FIELDS.set(set, fields);
  return set;
};

/** `.spec.containers[name="a"].image`: as the server words a path in a conflict. */
export const showPath = (path: readonly string[]): string =>
  path
    .map((element) => {
      const rest = element.slice(2);
      if (element.startsWith('f:')) return `.${rest}`;
      if (element.startsWith('v:')) return `[=${rest}]`;
      if (element.startsWith('i:')) return `[${rest}]`;
      const keys = JSON.parse(rest) as Readonly<Record<string, unknown>>;
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
