/**
 * Strategic merge patches of built-in kinds: lists with a merge key are merged by it, others replaced; `$patch`,
 * `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys` as k8s.io/apimachinery pkg/util/strategicpatch has them.
 */
import { isMap } from '../../../core/model/dig.ts';
import { strategicKey } from '../apply/built-in-lists.ts';
import type { JsonMap } from '../stored-value.ts';
import { inServerOrder } from './element-order.ts';

const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/** The patched value, or why it cannot be done, in the server's words. */
export type StrategicallyPatched =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly because: string };

/** `replaced` names maps, as `parent/field`, that are taken as a whole. */
export const applyStrategicPatch = (
  target: unknown,
  patch: unknown,
  replaced: readonly string[] = [],
): StrategicallyPatched => {
  const merging = new Merging(replaced);
  const value = isMap(patch) ? merging.map('', isMap(target) ? target : {}, patch) : patch;
  return merging.problem === undefined ? { ok: true, value } : { ok: false, because: merging.problem };
};

class Merging {
  /** The first that was met. */
  problem: string | undefined;
  readonly #replaced: readonly string[];

  constructor(replaced: readonly string[]) {
    this.#replaced = replaced;
  }

  /** `name` is the field under which the map stands. */
  map(name: string, target: JsonMap, patch: JsonMap): unknown {
    const { $patch: directive, ...rest } = patch;
    if (directive === 'replace') return rest;
    if (directive === 'delete') return {};
    const merged: Record<string, unknown> = { ...target };
    const retained = patch['$retainKeys'];
    if (Array.isArray(retained)) for (const key of Object.keys(merged)) if (!retained.includes(key)) delete merged[key];
    for (const [key, value] of Object.entries(patch)) {
      if (value === undefined || key.startsWith('$')) continue;
      const order = patch[`${SET_ORDER}${key}`];
      const next = value === null ? undefined : this.#value(name, key, merged[key], value);
      if (next === undefined) delete merged[key];
      else merged[key] = Array.isArray(order) && Array.isArray(next) ? ordered(name, key, next, order, target) : next;
    }
    for (const [key, value] of Object.entries(patch)) {
      if (!Array.isArray(value)) continue;
      const field = key.slice(key.indexOf('/') + 1);
      const list = merged[field];
      if (!Array.isArray(list)) continue;
      if (key.startsWith(DELETE_FROM)) merged[field] = list.filter((entry) => !value.includes(entry));
      if (key.startsWith(SET_ORDER) && patch[field] === undefined)
        merged[field] = ordered(name, field, list, value, target);
    }
    return merged;
  }

  /** Undefined where the patch leaves nothing there. */
  #value(name: string, key: string, there: unknown, patch: unknown): unknown {
    if (Array.isArray(patch) && Array.isArray(there)) return this.#list(name, key, there, patch);
    if (isMap(patch) && isMap(there) && !this.#replaced.includes(`${name}/${key}`)) return this.map(key, there, patch);
    return withoutDirectives(patch);
  }

  #list(parent: string, field: string, there: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
    const key = strategicKey(parent, field);
    if (key === undefined) return patch.map(unmarked);
    if (key === '') return inServerOrder([...new Set([...there, ...patch])], patch, there, String);
    const nameOf = (entry: unknown): unknown => (isMap(entry) ? entry[key] : undefined);
    const plain = patch.filter((entry) => !(isMap(entry) && '$patch' in entry));
    const nameless = patch.find((entry) => nameOf(entry) === undefined && !isReplacing(entry));
    if (nameless !== undefined) {
      this.problem ??= `map: ${JSON.stringify(nameless)} does not contain declared merge key: ${key}`;
      return there;
    }
    if (patch.some(isReplacing)) return plain;
    const gone = patch.filter((entry) => isMap(entry) && entry['$patch'] === 'delete').map(nameOf);
    const kept = there.filter((entry) => !gone.includes(nameOf(entry)));
    const merged = [...kept];
    for (const entry of plain) {
      const at = merged.findIndex((one) => nameOf(one) === nameOf(entry));
      const old = merged[at];
      if (at < 0) merged.push(entry);
      else merged[at] = isMap(old) && isMap(entry) ? this.map(field, old, entry) : entry;
    }
    return inServerOrder(merged, plain, kept, nameOf);
  }
}

const isReplacing = (entry: unknown): boolean => isMap(entry) && entry['$patch'] === 'replace';

/** A list that has no merge key is taken as it is, and its entries' directives are fields that nobody knows. */
const unmarked = (entry: unknown): unknown => {
  if (!isMap(entry) || !('$patch' in entry)) return entry;
  const { $patch: _directive, ...rest } = entry;
  return rest;
};

/** As what comes new is taken: what is marked by a directive is left out, at any depth. */
const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((entry) => entry !== undefined);
  if (!isMap(value)) return value;
  if ('$patch' in value) return undefined;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !key.startsWith('$') && inner !== null)
      .map(([key, inner]) => [key, withoutDirectives(inner)])
      .filter(([, inner]) => inner !== undefined),
  );
};

const ordered = (
  parent: string,
  field: string,
  list: readonly unknown[],
  order: readonly unknown[],
  target: JsonMap,
): readonly unknown[] => {
  const key = strategicKey(parent, field) ?? '';
  const nameOf = (entry: unknown): unknown => (isMap(entry) && key !== '' ? entry[key] : entry);
  const before = target[field];
  return inServerOrder(list, order, Array.isArray(before) ? before : [], nameOf);
};
