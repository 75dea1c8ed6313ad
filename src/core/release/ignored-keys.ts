/**
 * Which keys of a values file a release does not read. The chart has no values schema, so Helm never says a word about
 * them; what they meant and where that is set now stands in moved-keys.ts.
 */
import { isMap } from '../model/dig.ts';
import { chartOf, defaultValues, subchartNames, templateUse } from './chart-facts.ts';
import type { ChartName } from './chart-record.ts';
import type { Values } from './values.ts';

/** Keys that Helm itself reads in every chart. */
const HELM_KEYS = new Set(['global']);

const startsWith = (path: readonly string[], start: readonly string[]): boolean =>
  start.length <= path.length && start.every((key, index) => key === path[index]);

/** The topmost keys of `given` that nothing reads, as paths of keys. */
const unread = (
  given: Values,
  known: Values,
  open: readonly (readonly string[])[],
  at: readonly string[],
): readonly (readonly string[])[] =>
  Object.entries(given).flatMap(([key, value]) => {
    const path = [...at, key];
    if (open.some((opened) => startsWith(path, opened))) return [];
    const below = Object.hasOwn(known, key) ? known[key] : undefined;
    const leadsOn = open.some((opened) => startsWith(opened, path));
    if (below === undefined && !leadsOn) return [path];
    return isMap(value) && (isMap(below) || leadsOn) ? unread(value, isMap(below) ? below : {}, open, path) : [];
  });

const unreadOf = (release: string, chart: ChartName, given: Values, known: Values): readonly (readonly string[])[] => {
  const open = (templateUse(release, chart)?.open ?? []).map((path) => path.split('.'));
  return unread(given, known, open, []);
};

/**
 * Paths of keys in a values file that the release's charts do not read, in the order of the file. Undefined when the
 * templates of the release are not in the table: then the defaults alone would call too much ignored.
 */
export const ignoredKeys = (release: string, given: Values): readonly (readonly string[])[] | undefined => {
  if (templateUse(release) === undefined) return undefined;
  const parent = defaultValues(release);
  const subcharts = subchartNames(release);
  const conditions = chartOf(release).dependencies.map(({ condition }) => condition.split('.'));
  return Object.entries(given).flatMap(([key, value]) => {
    if (HELM_KEYS.has(key)) return [];
    if (!subcharts.includes(key)) {
      const found = unreadOf(release, '', { [key]: value }, parent);
      return found.filter((path) => !conditions.some((condition) => startsWith(condition, path)));
    }
    const own = defaultValues(release, key);
    const fromParent = parent[key];
    const known = mergeKnown(own, isMap(fromParent) ? fromParent : {});
    return isMap(value) ? unreadOf(release, key, value, known).map((path) => [key, ...path]) : [];
  });
};

/** Keys that either side knows. */
const mergeKnown = (a: Values, b: Values): Values => {
  const known: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const there = known[key];
    known[key] = isMap(there) && isMap(value) ? mergeKnown(there, value) : value;
  }
  return known;
};
