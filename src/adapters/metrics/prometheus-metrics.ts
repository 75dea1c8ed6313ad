/** Metrics in memory, and their text as Prometheus reads it (exposition format 0.0.4). Histograms give count and sum. */
import type { MetricLabels, Metrics } from '../../core/ports/metrics.ts';

interface Series {
  readonly type: 'counter' | 'gauge' | 'summary';
  readonly values: Map<string, { count: number; sum: number }>;
}

export interface PrometheusMetrics extends Metrics {
  readonly text: () => string;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelText = (labels: MetricLabels = {}): string => {
  const parts = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
};

export const prometheusMetrics = (): PrometheusMetrics => {
  const all = new Map<string, Series>();
  const entry = (name: string, type: Series['type'], labels?: MetricLabels): { count: number; sum: number } => {
    const series = all.get(name) ?? { type, values: new Map() };
    all.set(name, series);
    const key = labelText(labels);
    const found = series.values.get(key) ?? { count: 0, sum: 0 };
    series.values.set(key, found);
    return found;
  };
  return {
    count: (name, labels, by = 1) => void (entry(name, 'counter', labels).sum += by),
    gauge: (name, value, labels) => void (entry(name, 'gauge', labels).sum = value),
    observe: (name, value, labels) => {
      const found = entry(name, 'summary', labels);
      found.count += 1;
      found.sum += value;
    },
    text: () =>
      [...all]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { type, values }]) => {
          const lines = [...values].flatMap(([labels, { count, sum }]) =>
            type === 'summary'
              ? [`${name}_count${labels} ${count}`, `${name}_sum${labels} ${sum}`]
              : [`${name}${labels} ${sum}`],
          );
          return `# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
        })
        .join(''),
  };
};
