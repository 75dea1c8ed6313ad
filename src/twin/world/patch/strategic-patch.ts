/**
 * Strategic merge patches of built-in kinds: lists with a merge key are merged by it, others replaced; `$patch`,
 * `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys` as k8s.io/apimachinery pkg/util/strategicpatch has them.
 */
import { isMap } from '../../../core/model/dig.ts';
import { strategicKey } from '../apply/built-in-lists.ts';

const DELETE_FROM = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

export const applyStrategicPatch = (target: unknown, patch: unknown): unknown => mergeMap('', target, patch);

const mergeMap = (name: string, target: unknown, patch: unknown): unknown => {
  if (!isMap(patch)) return patch;
  if (patch['$patch'] === 'replace') return plain(patch);
  if (patch['$patch'] === 'delete') return {};
  const merged: Record<string, unknown> = isMap(target) ? { ...target } : {};
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) for (const key of Object.keys(merged)) if (!retained.includes(key)) delete merged[key];
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key.startsWith('$')) continue;
    if (value === null) delete merged[key];
    else if (Array.isArray(value)) merged[key] = mergeList(name, key, merged[key], value);
    else merged[key] = isMap(value) ? mergeMap(key, merged[key], value) : value;
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!Array.isArray(value)) continue;
    if (key.startsWith(DELETE_FROM)) removeScalars(merged, key.slice(DELETE_FROM.length), value);
    if (key.startsWith(SET_ORDER)) setOrder(name, merged, key.slice(SET_ORDER.length), value);
  }
  return merged;
};

/** Without the directives, at any depth. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !key.startsWith('$') && inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, plain(inner)]),
  );
};

const mergeList = (parent: string, field: string, target: unknown, patch: readonly unknown[]): unknown => {
  const key = strategicKey(parent, field);
  const there: readonly unknown[] = Array.isArray(target) ? target : [];
  if (key === undefined || patch.some((entry) => isMap(entry) && entry['$patch'] === 'replace'))
    return patch.filter((entry) => !(isMap(entry) && entry['$patch'] === 'replace')).map(plain);
  if (key === '') return [...there, ...patch.filter((entry) => !there.includes(entry))];
  let merged = [...there];
  for (const entry of patch) {
    if (!isMap(entry)) continue;
    const same = (one: unknown): boolean => isMap(one) && one[key] === entry[key];
    if (entry['$patch'] === 'delete') {
      merged = merged.filter((one) => !same(one));
      continue;
    }
    const at = merged.findIndex(same);
    if (at < 0) merged.push(mergeMap(field, {}, entry));
    else merged[at] = mergeMap(field, merged[at], entry);
  }
  return merged;
};

const removeScalars = (merged: Record<string, unknown>, field: string, gone: readonly unknown[]): void => {
  const list = merged[field];
  if (Array.isArray(list)) merged[field] = list.filter((entry) => !gone.includes(entry));
};

const setOrder = (parent: string, merged: Record<string, unknown>, field: string, order: readonly unknown[]): void => {
  const list = merged[field];
  if (!Array.isArray(list)) return;
  const key = strategicKey(parent, field) ?? '';
  const nameOf = (entry: unknown): unknown => (isMap(entry) && key !== '' ? entry[key] : entry);
  const wanted = order.map(nameOf);
  const place = (entry: unknown): number => {
    const at = wanted.indexOf(nameOf(entry));
    return at < 0 ? wanted.length : at;
  };
  merged[field] = list.toSorted((one, other) => place(one) - place(other));
};
