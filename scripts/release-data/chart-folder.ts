/** Reads one release's folder: Chart.yaml, values.yaml and the release file, of the chart and of its sub-charts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { digList, digText } from '../../src/core/model/dig.ts';
import type { ChartRecord } from '../../src/core/release/chart-record.ts';

const read = (file: string): unknown => readYaml(readFileSync(file, 'utf8'))[0];

export const subchartsOf = (folder: string): readonly string[] =>
  existsSync(path.join(folder, 'subcharts')) ? readdirSync(path.join(folder, 'subcharts')).sort() : [];

const rootOf = (folder: string, chart: string): string =>
  chart === '' ? folder : path.join(folder, 'subcharts', chart);

/** The chart's own default values. */
export const readValues = (folder: string, chart: string): unknown =>
  read(path.join(rootOf(folder, chart), 'values.yaml')) ?? {};

const text = (value: unknown, key: string, where: string): string => {
  const found = digText(value, key);
  if (found === undefined) throw new Error(`${where} states no ${key}`);
  return found;
};

export const chartRecordOf = (folder: string): ChartRecord => {
  const file = path.join(folder, 'Chart.yaml');
  const chart = read(file);
  const apps = subchartsOf(folder).map(
    (name) => [name, digText(read(path.join(rootOf(folder, name), 'Chart.yaml')), 'appVersion')] as const,
  );
  return {
    release: text(chart, 'version', file),
    appVersion: text(chart, 'appVersion', file),
    kubeVersion: text(chart, 'kubeVersion', file),
    dependencies: digList(chart, 'dependencies').map((entry) => ({
      name: text(entry, 'name', file),
      version: text(entry, 'version', file),
      condition: text(entry, 'condition', file),
    })),
    subchartAppVersions: Object.fromEntries(apps.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
};

export const imagesOf = (folder: string): Readonly<Record<string, readonly [string, string, string]>> => {
  const file = path.join(folder, 'release-images.yaml');
  return Object.fromEntries(
    Object.entries(read(file) as Record<string, unknown>).map(([name, entry]) => [
      name,
      [text(entry, 'repository', file), text(entry, 'image', file), text(entry, 'version', file)] as const,
    ]),
  );
};
