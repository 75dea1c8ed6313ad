/** RFC 7386 as the server's library has it (evanphx/json-patch merge.go): null removes, also inside what comes new. */
import { isMap } from '../../../core/model/dig.ts';

export const applyMergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isMap(target)) return pruned(patch);
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
};

/** Without the nulls of its maps, at any depth. */
const pruned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(pruned);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, pruned(inner)]),
  );
};
