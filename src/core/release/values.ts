/**
 * Helm values as trees, merged the way Helm does it (pkg/chart/common/util, CoalesceValues): what comes first wins, maps
 * are merged, lists are not, and a null takes the key away.
 */
import { dig, isMap } from '../model/dig.ts';

export type Values = Readonly<Record<string, unknown>>;

/** `over` merged over `under`. A null in `over` removes the key that `under` has. */
export const mergeValues = (over: Values, under: Values): Values => {
  const merged: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(under)) if (!Object.hasOwn(over, key)) merged[key] = value;
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    if (value === null && below !== undefined) continue;
    merged[key] = isMap(value) && isMap(below) ? mergeValues(value, below) : value;
  }
  return merged;
};

/** The value at a dotted path; keys that hold dots themselves cannot be named this way. */
export const valueAt = (values: Values, path: string): unknown => dig(values, ...path.split('.'));

/** Values that hold one value at a dotted path. */
export const nestValue = (path: string, value: unknown): Values =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;

/** Leaves by dotted path: scalars, lists and empty maps. */
export const leavesOf = (values: Values, at = ''): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(values).flatMap(([key, value]) => {
      const here = at === '' ? key : `${at}.${key}`;
      return isMap(value) && Object.keys(value).length > 0 ? [...leavesOf(value, here)] : [[here, value] as const];
    }),
  );

/** Truth as a Go template sees it: empty strings, lists, maps, zero, false and nothing are false. */
export const isTruthy = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : true;
};
