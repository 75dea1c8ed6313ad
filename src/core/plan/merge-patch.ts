/**
 * Merge patches that can be taken back: the patch that restores what another one changes, and whether an object stands at one
 * side or the other of it. Making and sending them is left to the plans and to app/steps.
 */
import { canonical } from '../model/canonical.ts';
import { isMap } from '../model/dig.ts';

export type MergePatch = Readonly<Record<string, unknown>>;

/** What puts the fields of `patch` back to what `object` has there; a field that it does not have becomes null, which removes. */
export const inversePatch = (object: unknown, patch: MergePatch): MergePatch =>
  Object.fromEntries(
    Object.entries(patch).map(([key, value]) => {
      const found = isMap(object) && Object.hasOwn(object, key) ? object[key] : undefined;
      if (isMap(value) && isMap(found)) return [key, inversePatch(found, value)];
      return [key, found ?? null];
    }),
  );

/** Whether every field is as written in `fields`; null: it is absent. Maps may have more keys. */
export const holds = (fields: unknown, found: unknown): boolean => {
  if (fields === null) return found === undefined || found === null;
  if (isMap(fields))
    return Object.entries(fields).every(([key, value]) => holds(value, isMap(found) ? found[key] : undefined));
  return canonical(fields) === canonical(found);
};

/** Whether `object` still stands where `patch` was made for: in every field that the patch changes, nothing more and nothing less. */
export const standsAt = (from: unknown, patch: unknown, object: unknown): boolean => {
  if (isMap(patch) && isMap(from) && isMap(object))
    return Object.entries(patch).every(([key, value]) => standsAt(from[key], value, object[key]));
  return canonical(from ?? null) === canonical(object ?? null);
};
