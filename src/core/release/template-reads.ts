/**
 * The shape of what a chart's templates read from its values: facts that scripts/release-data.ts takes from a full
 * chart. What a missing value does to a rendering is decided in predict-render.ts.
 */

/**
 * A condition on the values of the same chart: a path that must be truthy, its negation, or a combination.
 * `?` hangs on something other than values (the cluster's API, the release name).
 */
export type Condition = string | readonly ['not', Condition] | readonly ['and' | 'or', ...Condition[]];

export interface TemplateRead {
  /** Below `templates/` of its chart. */
  readonly file: string;
  /** 1-based line of the template that Helm names first in its error. */
  readonly line: number;
  /** `operator.ofedDriver.initContainer`: fails when a map on the way to the last key is missing. */
  readonly path: string;
  readonly when?: Condition;
}
