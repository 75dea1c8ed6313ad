/**
 * node scripts/release-data.ts [--charts DIR] [--full DIR]
 *
 * Writes src/core/release/data/ from the charts of the network operator. To add a release:
 *   1. put its chart into the charts folder as VERSION/ (Chart.yaml, values.yaml, crds/, subcharts/, operator-managed-crds/,
 *      release-images.yaml), and the full chart, templates included, into the other folder as VERSION/;
 *   2. run this script with both folders, and look at the difference that git shows: it is what the release changed;
 *   3. add its row to src/core/release/history.ts (the day of its tag, whether the driver pods' template changes);
 *   4. run `npx vitest run src/core/release src/core/nicpolicy` with NICWRIGHT_CHARTS set to the folder of full charts.
 * Default folders: data/charts/network-operator of the shared material (NICWRIGHT_SHARED), and NICWRIGHT_CHARTS.
 * Without full charts the template facts stay as they are, and releases new to them have none.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import type { CrdChange, ImageChange, TemplateChange, ValueChange } from '../src/core/release/chart-record.ts';
import { compareVersions } from '../src/core/release/version.ts';
import { chartRecordOf, imagesOf, readValues, subchartsOf } from './release-data/chart-folder.ts';
import { crdChangeOf, crdsOf, type CrdFacts } from './release-data/crd-facts.ts';
import { templateUseOf } from './release-data/template-reads.ts';

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const shared = process.env['NICWRIGHT_SHARED'] ?? '../shared';
const charts = path.resolve(option('--charts') ?? path.join(shared, 'data/charts/network-operator'));
const full = option('--full') ?? process.env['NICWRIGHT_CHARTS'];
const out = path.resolve(import.meta.dirname, '../src/core/release/data');

const releases = readdirSync(charts)
  .filter((name) => existsSync(path.join(charts, name, 'Chart.yaml')))
  .sort(compareVersions);

/** Leaves of a value tree by JSON pointer; lists and empty maps are leaves. */
const leavesOf = (value: unknown, at = ''): readonly (readonly [string, unknown])[] => {
  const isTree = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isTree || Object.keys(value).length === 0) return at === '' ? [] : [[at, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
};

const changeOf = <T>(before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>) => ({
  set: Object.fromEntries(
    Object.entries(after).filter(([key, value]) => JSON.stringify(before[key]) !== JSON.stringify(value)),
  ),
  drop: Object.keys(before).filter((key) => !(key in after)),
});

const valueChanges = (): readonly ValueChange[] => {
  const last = new Map<string, Record<string, unknown>>();
  return releases.flatMap((release) => {
    const folder = path.join(charts, release);
    const names = ['', ...subchartsOf(folder)];
    for (const name of last.keys()) if (!names.includes(name)) last.set(name, {});
    return names.flatMap((chart) => {
      const now = Object.fromEntries(leavesOf(readValues(folder, chart)));
      const { set, drop } = changeOf(last.get(chart) ?? {}, now);
      last.set(chart, now);
      return Object.keys(set).length + drop.length === 0 ? [] : [{ release, chart, set, drop }];
    });
  });
};

const filesBelow = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(folder, file), readFileSync(file, 'utf8')]),
  );

/** Paths below which the values do not tell which keys are used: not in the values, or handed on as a whole. */
const openPaths = (uses: readonly string[], takes: ReadonlySet<string>, defaults: unknown): readonly string[] =>
  uses.filter((use) => {
    let here: unknown = defaults;
    for (const key of use.split('.'))
      here = typeof here === 'object' && here !== null ? (here as Record<string, unknown>)[key] : undefined;
    return (
      here === undefined ||
      here === null ||
      (takes.has(use) && typeof here === 'object' && here !== null && !Array.isArray(here))
    );
  });

const templateChanges = (folder: string): readonly TemplateChange[] => {
  const last = new Map<string, string>();
  return releases
    .filter((release) => existsSync(path.join(folder, release, 'templates')))
    .flatMap((release) =>
      ['', ...subchartsOf(path.join(charts, release))].flatMap((chart) => {
        const root = path.join(folder, release, chart === '' ? '' : path.join('charts', chart));
        const use = templateUseOf(filesBelow(path.join(root, 'templates')));
        const reads = use.reads.map(({ file, line, path: read, when }) =>
          when === undefined ? ([file, line, read] as const) : ([file, line, read, when] as const),
        );
        const uses = [...use.takes, ...use.tests].sort();
        const open = openPaths(uses, new Set(use.takes), readValues(path.join(charts, release), chart));
        const text = JSON.stringify([reads, open]);
        if (last.get(chart) === text) return [];
        last.set(chart, text);
        return [{ release, chart, reads, open }];
      }),
    );
};

const imageChanges = (): readonly ImageChange[] => {
  let last: Readonly<Record<string, readonly [string, string, string]>> = {};
  return releases.map((release) => {
    const now = imagesOf(path.join(charts, release));
    const change = { release, ...changeOf(last, now) };
    last = now;
    return change;
  });
};

const crdChanges = (): readonly CrdChange[] => {
  let last: ReadonlyMap<string, CrdFacts> = new Map();
  return releases.map((release) => {
    const now = crdsOf(path.join(charts, release), readYaml);
    const change = crdChangeOf(release, last, now);
    last = now;
    return change;
  });
};

const write = async (
  file: string,
  name: string,
  type: string,
  from: string,
  rows: readonly unknown[],
): Promise<void> => {
  const text = [
    `/** Written by scripts/release-data.ts; do not edit. ${from} */`,
    '/* oxlint-disable max-lines */',
    `import type { ${type} } from '../chart-record.ts';`,
    '',
    `export const ${name}: readonly ${type}[] = [`,
    ...rows.map((row) => `${JSON.stringify(row)},`),
    '];',
  ].join('\n');
  const target = path.join(out, file);
  writeFileSync(
    target,
    await format(text, { parser: 'typescript', singleQuote: true, printWidth: 120, trailingComma: 'all' }),
  );
  console.log(`${path.relative(process.cwd(), target)}: ${rows.length} rows`);
};

const records = releases.map((release) => chartRecordOf(path.join(charts, release)));
await write('charts.ts', 'CHARTS', 'ChartRecord', 'Chart.yaml of each release and of its sub-charts.', records);
await write('values.ts', 'VALUE_CHANGES', 'ValueChange', 'values.yaml of each chart, as changes.', valueChanges());
await write('images.ts', 'IMAGE_CHANGES', 'ImageChange', 'The release file of each tag, as changes.', imageChanges());
await write('crds.ts', 'CRD_CHANGES', 'CrdChange', 'The CRDs of each release, as changes.', crdChanges());
if (full === undefined) console.log('template facts kept as they are: no folder of full charts given (--full)');
else
  await write(
    'templates.ts',
    'TEMPLATE_CHANGES',
    'TemplateChange',
    'Values read by the templates of each chart, as changes.',
    templateChanges(path.resolve(full)),
  );
