/**
 * The chart of one release, put together from the changes in data/: default values, what its templates read, images,
 * CRDs. Every lookup is by exact release; which release a person means is decided in find-release.ts.
 */
import type { ChartName, ChartRecord, CrdRecord, ReadRow } from './chart-record.ts';
import { CHARTS } from './data/charts.ts';
import { CRD_CHANGES } from './data/crds.ts';
import { IMAGE_CHANGES } from './data/images.ts';
import { TEMPLATE_CHANGES } from './data/templates.ts';
import { VALUE_CHANGES } from './data/values.ts';
import type { Values } from './values.ts';
import { compareVersions } from './version.ts';

/** All releases in the table, oldest first. */
export const RELEASES: readonly string[] = CHARTS.map(({ release }) => release);

export const chartOf = (release: string): ChartRecord => {
  const found = CHARTS.find((chart) => chart.release === release);
  if (found === undefined) throw new Error(`${release} is not in the chart table`);
  return found;
};

const upTo = <T extends { readonly release: string }>(rows: readonly T[], release: string): readonly T[] =>
  rows.filter((row) => compareVersions(row.release, release) <= 0);

/** Folds changes of named entries: later ones win, dropped ones go. */
const foldOf = <T>(
  changes: readonly { readonly set: Readonly<Record<string, T>>; readonly drop: readonly string[] }[],
): ReadonlyMap<string, T> => {
  const entries = new Map<string, T>();
  for (const { set, drop } of changes) {
    for (const name of drop) entries.delete(name);
    for (const [name, value] of Object.entries(set)) entries.set(name, value);
  }
  return entries;
};

const put = (tree: Record<string, unknown>, pointer: string, value: unknown): void => {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let here = tree;
  for (const key of keys.slice(0, -1)) {
    here[key] ??= {};
    here = here[key] as Record<string, unknown>;
  }
  here[keys.at(-1) as string] = structuredCloneOf(value);
};

/** A copy of plain data, so that nobody changes the table through what he was handed. */
const structuredCloneOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(structuredCloneOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, structuredCloneOf(inner)]));
};

/** The chart's own values.yaml; `''` is the network-operator chart. Empty for a sub-chart that the release lacks. */
export const defaultValues = (release: string, chart: ChartName = ''): Values => {
  const tree: Record<string, unknown> = {};
  if (chart !== '' && !subchartNames(release).includes(chart)) return tree;
  const rows = upTo(VALUE_CHANGES, release).filter((row) => row.chart === chart);
  for (const [pointer, value] of foldOf(rows)) put(tree, pointer, value);
  return tree;
};

export const subchartNames = (release: string): readonly ChartName[] =>
  chartOf(release).dependencies.map(({ name }) => name);

export interface TemplateUse {
  readonly reads: readonly ReadRow[];
  readonly open: readonly string[];
}

/** What the templates of a chart read; undefined where no full chart of the release was at hand. */
export const templateUse = (release: string, chart: ChartName = ''): TemplateUse | undefined =>
  upTo(TEMPLATE_CHANGES, release)
    .filter((row) => row.chart === chart)
    .at(-1);

export interface Image {
  readonly repository: string;
  readonly image: string;
  readonly version: string;
}

/** Images by component of the release file (`nvIpam`, `Mofed`, `SriovConfigDaemon`, ...). */
export const releaseImages = (release: string): ReadonlyMap<string, Image> =>
  new Map(
    [...foldOf(upTo(IMAGE_CHANGES, release))].map(([name, [repository, image, version]]) => [
      name,
      { repository, image, version },
    ]),
  );

/** CRDs by name. */
export const releaseCrds = (release: string): ReadonlyMap<string, CrdRecord> => foldOf(upTo(CRD_CHANGES, release));

/** Field names of a policy CRD (`nicclusterpolicies.mellanox.com`) in one release, without the subtrees of core types. */
export const policyFields = (release: string, crd: string): ReadonlySet<string> => {
  const fields = new Set<string>();
  for (const change of upTo(CRD_CHANGES, release)) {
    const gone = change.pruned[crd] ?? [];
    for (const field of fields)
      if (gone.some((top) => field === top || field.startsWith(`${top}.`))) fields.delete(field);
    for (const field of change.policyFields[crd] ?? []) fields.add(field);
  }
  return fields;
};

export interface FieldChange {
  readonly crd: string;
  readonly field: string;
  /** The release that changed it. */
  readonly since: string;
}

const fieldChanges = (
  from: string,
  to: string,
  pick: (change: (typeof CRD_CHANGES)[number]) => Readonly<Record<string, readonly string[]>>,
): readonly FieldChange[] =>
  upTo(CRD_CHANGES, to)
    .filter(({ release }) => compareVersions(release, from) > 0)
    .flatMap((change) =>
      Object.entries(pick(change)).flatMap(([crd, fields]) =>
        fields.map((field) => ({ crd, field, since: change.release })),
      ),
    );

/** Fields that stored objects lose on the way from one release to a later one. */
export const prunedFields = (from: string, to: string): readonly FieldChange[] =>
  fieldChanges(from, to, ({ pruned }) => pruned);

/** Fields that became required on the way. */
export const newlyRequiredFields = (from: string, to: string): readonly FieldChange[] =>
  fieldChanges(from, to, ({ required }) => required);
