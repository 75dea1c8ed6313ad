/** A person's values file: is it one, and is it one of this chart? */
import { isMap } from '../model/dig.ts';
import { fail, ok, type Result } from '../result.ts';
import type { PositionedDocument } from '../snapshot/positioned-document.ts';
import { RELEASES, defaultValues } from './chart-facts.ts';
import { KEY_MOVES } from './key-moves.ts';
import type { Values } from './values.ts';

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;

/** Top-level keys that some release of the chart has or had. */
const chartKeys = (): ReadonlySet<string> =>
  new Set([
    'global',
    ...RELEASES.flatMap((release) => Object.keys(defaultValues(release))),
    ...KEY_MOVES.map(({ key }) => key.split('.')[0] ?? ''),
  ]);

/** The values of a file; a fault, with file and line, for what cannot be values of the network-operator chart. */
export const readValuesFile = (documents: readonly PositionedDocument[], path: string): Result<Values> => {
  const [document, ...more] = documents;
  if (document === undefined) return ok({});
  const at = `${document.source}:${document.lineOf([])}`;
  if (more.length > 0)
    return fail(
      'input-values',
      `${document.source}:${more[0]?.lineOf([]) ?? 1}: ${path} has ${documents.length} documents; a values file has one.`,
    );
  const { value } = document;
  if (!isMap(value))
    return fail('input-values', `${at}: ${path} holds ${typeOf(value)}; a values file is a map of keys.`);
  if (typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string')
    return fail(
      'input-values',
      `${at}: ${path} is a Kubernetes object (${value['kind']}), not a values file of the chart.`,
    );
  if (typeof value['name'] === 'string' && typeof value['version'] === 'string' && 'apiVersion' in value)
    return fail(
      'input-values',
      `${at}: ${path} is the Chart.yaml of ${value['name']}; give the values file beside it.`,
    );
  const keys = Object.keys(value);
  const known = chartKeys();
  if (keys.length > 0 && !keys.some((key) => known.has(key)))
    return fail(
      'input-values',
      `${at}: no release of the network-operator chart has any of the keys ${keys.slice(0, 5).join(', ')}; is this the values file of another chart?`,
    );
  return ok(value);
};
