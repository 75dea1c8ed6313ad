/** RFC 7386 as the server's library has it (evanphx/json-patch merge.go): null removes, also inside what comes new. */
import { isMap } from '../../../core/model/dig.ts';
import { entriesBefore, type JsonMap } from '../stored-value.ts';

/** Maps in which nothing changes are the target's own: whoever goes on from here passes over them. */
export const applyMergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isMap(target)) return pruned(patch);
  if (!isMap(patch)) return patch;
  let merged: Record<string, unknown> | undefined;
  for (const key in patch) {
    const value = (patch as JsonMap)[key];
    if (value === undefined) continue;
    const next = value === null ? undefined : applyMergePatch(target[key], value);
    if (next === target[key]) continue;
    merged ??= { ...target };
    if (next === undefined) delete merged[key];
    else merged[key] = next;
  }
  return merged ?? target;
};

/** Without the nulls of its maps, at any depth; itself where it has none. */
const pruned = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let list: unknown[] | undefined;
    for (let at = 0; at < value.length; at += 1) {
      const entry = pruned(value[at]);
      if (entry === value[at]) continue;
      list ??= [...(value as readonly unknown[])];
      list[at] = entry;
    }
    return list ?? value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const key in value) {
    const inner = (value as JsonMap)[key];
    const kept = inner === null ? undefined : pruned(inner);
    if (copy === undefined && kept === inner) continue;
    copy ??= entriesBefore(value as JsonMap, key);
    if (kept !== undefined) copy[key] = kept;
  }
  return copy ?? value;
};
