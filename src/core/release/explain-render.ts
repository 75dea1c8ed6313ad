/** Says why a rendering fails and what avoids it: fresh defaults where those help, one more value where they do not. */
import { chartOf, defaultValues, RELEASES } from './chart-facts.ts';
import { predictRender, type RenderError } from './predict-render.ts';
import { installValues } from './upgrade-values.ts';
import { nestValue, valueAt, type Values } from './values.ts';
import { compareVersions } from './version.ts';

export interface RenderFix {
  /** True when the release fails with these values whatever the flag: a defect of the chart. */
  readonly chartDefect: boolean;
  readonly because: string;
  readonly wayOut: string;
  /** What to add to the values file so that this error goes away. */
  readonly values: Values;
}

/** The release that first has a value; undefined when none does. */
const sinceWhen = (key: string, to: string): string | undefined =>
  RELEASES.filter((release) => compareVersions(release, to) <= 0).find(
    (release) => valueAt(defaultValues(release), key) !== undefined,
  );

/** The sub-chart's switch, when it is missing from the values: then the sub-chart is on without anybody asking for it. */
const missingSwitch = (to: string, error: RenderError, seen: Values): string | undefined => {
  const condition = chartOf(to).dependencies.find(({ name }) => name === error.chart)?.condition;
  return condition !== undefined && valueAt(seen, condition) === undefined ? condition : undefined;
};

const REUSE_WAY_OUT =
  'give your own values with -f (fresh defaults beneath), or use --reset-then-reuse-values (Helm 3.14 and later)';

/** `user`: the user's own values. `seen`: what the failing templates of the parent chart see. */
export const renderFix = (to: string, user: Values, error: RenderError, seen: Values): RenderFix => {
  const values = nestValue(error.key, {});
  if (predictRender(to, installValues(to, user)).errors.some(({ key }) => key === error.key))
    return {
      chartDefect: true,
      because: `the templates of ${to} read ${error.key}, which no values.yaml of the chart defines and your values do not give`,
      wayOut: `add "${error.key}: {}" to your values, or switch that sub-chart off`,
      values,
    };
  const off = missingSwitch(to, error, seen);
  if (off !== undefined)
    return {
      chartDefect: false,
      because: `its switch ${off} is not among the old chart's defaults, and a switch that is missing counts as on; the sub-chart then reads ${error.key}, which no values.yaml defines`,
      wayOut: `${REUSE_WAY_OUT}; ${off}: false also avoids this one`,
      values,
    };
  const since = sinceWhen(error.key, to);
  return {
    chartDefect: false,
    because: `${error.key} came with ${since ?? to}, and --reuse-values renders with the old chart's defaults, which lack it`,
    wayOut: REUSE_WAY_OUT,
    values,
  };
};
