/** Numbers that running parts keep about themselves. Names and labels follow Prometheus' conventions. */

export type MetricLabels = Readonly<Record<string, string>>;

export interface Metrics {
  /** Adds to a counter (`..._total`). */
  count(name: string, labels?: MetricLabels, by?: number): void;
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: MetricLabels): void;
  /** Adds one observation to a histogram (`..._seconds`: in seconds). */
  observe(name: string, value: number, labels?: MetricLabels): void;
}

const nothing = (): void => {};

export const noMetrics: Metrics = { count: nothing, gauge: nothing, observe: nothing };
