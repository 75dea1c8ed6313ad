/**
 * Which errors Helm would give when it renders a release with these values, in the order in which it would reveal them.
 * Foreseen is the one kind of error that upgrades of this chart die of: a field of a map that is not there.
 */
import { isMap } from '../model/dig.ts';
import { RELEASES, subchartNames, templateUse } from './chart-facts.ts';
import type { ChartName, ReadRow } from './chart-record.ts';
import { inRenderOrder } from './render-order.ts';
import type { Condition } from './template-reads.ts';
import type { ChartValues } from './upgrade-values.ts';
import { isTruthy, valueAt, type Values } from './values.ts';

export interface RenderError {
  readonly chart: ChartName;
  /** `charts/nic-configuration-operator-chart/templates/operator.yaml:63`. */
  readonly at: string;
  /** In Helm's words: `nil pointer evaluating interface {}.pvcName`. */
  readonly message: string;
  /** Path of the map that is missing or no map, in the values of its own chart. */
  readonly missing: string;
  /** The same as the user would write it in a values file of the network-operator chart. */
  readonly key: string;
  /** True when the error hangs on something that the values do not tell (what the cluster offers). */
  readonly uncertain: boolean;
}

export interface RenderForecast {
  readonly errors: readonly RenderError[];
  /** Charts whose templates are not in the table: nothing can be said about them. */
  readonly unknown: readonly ChartName[];
}

type Truth = boolean | 'unknown';

const truthOf = (condition: Condition, values: Values): Truth => {
  if (condition === '?') return 'unknown';
  if (typeof condition === 'string') return isTruthy(valueAt(values, condition));
  if (condition[0] === 'not') {
    const inner = truthOf(condition[1], values);
    return inner === 'unknown' ? inner : !inner;
  }
  const [word, ...parts] = condition;
  const truths = parts.map((part) => truthOf(part as Condition, values));
  const decides = word === 'or';
  if (truths.includes(decides)) return decides;
  return truths.includes('unknown') ? 'unknown' : !decides;
};

/** The first map on the way to the last key of `path` that is not there; undefined when all are. */
const brokenAt = (path: string, values: Values): { missing: string; message: string } | undefined => {
  const keys = path.split('.');
  for (let count = 1; count < keys.length; count += 1) {
    const missing = keys.slice(0, count).join('.');
    const value = valueAt(values, missing);
    const next = keys[count] ?? '';
    if (value === undefined || value === null)
      return { missing, message: `nil pointer evaluating interface {}.${next}` };
    if (!isMap(value)) return { missing, message: `can't evaluate field ${next} in type interface {}` };
  }
  return undefined;
};

const fileOf = (chart: ChartName, file: string): string =>
  chart === '' ? `templates/${file}` : `charts/${chart}/templates/${file}`;

/** A sub-chart keeps its values below its own name in the parent's. */
const keyOf = (chart: ChartName, missing: string): string => (chart === '' ? missing : `${chart}.${missing}`);

export const predictRender = (release: string, values: ChartValues): RenderForecast => {
  if (!RELEASES.includes(release)) throw new Error(`${release} is not in the chart table`);
  const charts = ['', ...subchartNames(release).filter((name) => values.subcharts.has(name))];
  const rows = charts.flatMap((chart) =>
    (templateUse(release, chart)?.reads ?? []).map((row: ReadRow) => ({ chart, row, file: fileOf(chart, row[0]) })),
  );
  const errors: RenderError[] = [];
  for (const { chart, row, file } of inRenderOrder(rows, (entry) => entry.file)) {
    const [, line, path, when] = row;
    const seen = chart === '' ? values.parent : (values.subcharts.get(chart) ?? {});
    const broken = brokenAt(path, seen);
    if (broken === undefined) continue;
    const truth = when === undefined ? true : truthOf(when, seen);
    const key = keyOf(chart, broken.missing);
    if (truth === false || errors.some((earlier) => earlier.key === key && !earlier.uncertain)) continue;
    errors.push({ chart, at: `${file}:${line}`, ...broken, key, uncertain: truth === 'unknown' });
  }
  return { errors, unknown: charts.filter((chart) => templateUse(release, chart) === undefined) };
};
