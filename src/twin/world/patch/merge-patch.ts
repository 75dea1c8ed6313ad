/** RFC 7386: null removes, maps are merged, everything else is replaced. */
import { isMap } from '../../../core/model/dig.ts';

export const applyMergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(merged[key], value);
  }
  return merged;
};
