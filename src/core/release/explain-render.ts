/** Says why a rendering fails and what avoids it: fresh defaults where those help, one more value where they do not. */
import { RELEASES, defaultValues } from './chart-facts.ts';
import { predictRender, type RenderError } from './predict-render.ts';
import { installValues } from './upgrade-values.ts';
import { valueAt, type Values } from './values.ts';
import { compareVersions } from './version.ts';

export interface RenderFix {
  /** True when the release fails with these values whatever the flag: a defect of the chart. */
  readonly chartDefect: boolean;
  readonly because: string;
  readonly wayOut: string;
  /** What to add to the values file so that this error goes away. */
  readonly values: Values;
}

const nest = (path: string): Values =>
  path
    .split('.')
    .reverse()
    .reduce<Values>((inner, key) => ({ [key]: inner }), {});

/** The release that first has a value; undefined when none does. */
const sinceWhen = (key: string, to: string): string | undefined =>
  RELEASES.filter((release) => compareVersions(release, to) <= 0).find(
    (release) => valueAt(defaultValues(release), key) !== undefined,
  );

/** `user`: the user's own values. */
export const renderFix = (to: string, user: Values, error: RenderError): RenderFix => {
  const freshFails = predictRender(to, installValues(to, user)).errors.some(({ key }) => key === error.key);
  const values = nest(error.key);
  const line = `${error.key}: {}`;
  if (freshFails)
    return {
      chartDefect: true,
      because: `the templates of ${to} read ${error.key}, which no values.yaml of the chart defines and your values do not give`,
      wayOut: `add "${line}" to your values, or switch that sub-chart off`,
      values,
    };
  const since = sinceWhen(error.key, to);
  return {
    chartDefect: false,
    because: `${error.key} came with ${since ?? to}, and --reuse-values renders with the old chart's defaults, which lack it`,
    wayOut:
      'give your own values with -f (fresh defaults beneath), or use --reset-then-reuse-values (Helm 3.14 and later)',
    values,
  };
};
