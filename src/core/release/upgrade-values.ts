/**
 * The values that a chart's templates see in an upgrade, by the flag given (helm pkg/action/upgrade, reuseValues):
 * --reuse-values puts the old chart's defaults in the place of the new ones, and that is why it fails where it fails.
 */
import { isMap } from '../model/dig.ts';
import { chartOf, defaultValues } from './chart-facts.ts';
import type { ChartName } from './chart-record.ts';
import { mergeValues, valueAt, type Values } from './values.ts';

export type ReuseFlag = '--reuse-values' | '--reset-then-reuse-values' | '--reset-values';

export interface UpgradeInput {
  readonly to: string;
  /** The installed release; needed for --reuse-values only. */
  readonly from?: string;
  readonly flag: ReuseFlag;
  /** What the user gave when he installed (`helm get values`). */
  readonly stored: Values;
  /** What he gives now (-f, --set). */
  readonly given: Values;
}

export interface ChartValues {
  /** What the templates of the network-operator chart see. */
  readonly parent: Values;
  /** What each sub-chart that is on sees. */
  readonly subcharts: ReadonlyMap<ChartName, Values>;
}

/** A sub-chart is on unless its condition is there and false: a path that does not exist counts as on. */
const enabledSubcharts = (release: string, parent: Values): readonly ChartName[] =>
  chartOf(release)
    .dependencies.filter(({ condition }) => valueAt(parent, condition) !== false)
    .map(({ name }) => name);

const coalesce = (release: string, base: Values, over: Values): ChartValues => {
  const parent = mergeValues(over, base);
  const subcharts = enabledSubcharts(release, parent).map((name) => {
    const own = parent[name];
    return [name, mergeValues(isMap(own) ? own : {}, defaultValues(release, name))] as const;
  });
  return { parent, subcharts: new Map(subcharts) };
};

/** What a fresh installation of a release with these values sees. */
export const installValues = (release: string, given: Values): ChartValues =>
  coalesce(release, defaultValues(release), given);

/** What the templates see in an upgrade. */
export const upgradeValues = ({ to, from, flag, stored, given }: UpgradeInput): ChartValues => {
  if (flag === '--reset-values') return installValues(to, given);
  const over = mergeValues(given, stored);
  if (flag === '--reset-then-reuse-values' || from === undefined) return installValues(to, over);
  const old = installValues(from, stored);
  return coalesce(to, mergeValues(Object.fromEntries(old.subcharts), old.parent), over);
};
