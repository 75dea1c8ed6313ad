/**
 * Objects as a Table of meta.k8s.io, which is what `kubectl get` prints: the server makes the cells, kubectl lays them out.
 */
import { isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { ServedKind } from '../../../twin/world/kind-registry.ts';
import type { PrinterColumn } from '../../../twin/world/kind-rules.ts';
import { BUILT_IN_TABLES } from './built-in-tables.ts';
import { AGE, type Column, NAME, type TableForm } from './columns.ts';
import { age } from './human-duration.ts';
import { findByJsonPath } from './json-path.ts';

export interface TableOptions {
  /** Milliseconds of the twin's clock. */
  readonly now: number;
  /** `v1` or `v1beta1`, of the Table itself. */
  readonly version: string;
  /** What of each object comes with its row; absent: its metadata. */
  readonly include: 'Object' | 'Metadata' | 'None';
  /** Watches send the columns with their first event alone. */
  readonly withColumns: boolean;
  /** Of a subresource, in place of the kind's own. */
  readonly form?: TableForm;
}

export const tableOf = (
  kind: ServedKind,
  objects: readonly KubeObject[],
  metadata: object,
  { now, version, include, withColumns, form = formOf(kind) }: TableOptions,
): object => {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? form.columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: form.cells(object, now),
      ...completion(form.isCompleted?.(object)),
      object: include === 'None' ? null : include === 'Object' ? object : partialMetadata(object, version),
    })),
  };
};

export const partialMetadata = ({ metadata }: KubeObject, version: string): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
});

const definition = ({ name, type, format, priority }: Column): object => ({
  name,
  type,
  format: format ?? '',
  description: '',
  priority: priority ?? 0,
});

const completion = (phase: string | undefined): object =>
  phase === undefined
    ? {}
    : {
        conditions: [
          {
            type: 'Completed',
            status: 'True',
            reason: phase,
            message: phase === 'Failed' ? 'The pod failed.' : 'The pod has completed successfully.',
          },
        ],
      };

/** What kube-apiserver shows of kinds for which it has no columns. */
const PLAIN_TABLE: TableForm = {
  columns: [NAME, { name: 'Created At', type: 'date' }],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? null],
};

/** What it shows of a custom resource whose definition names no columns. */
const NAME_AND_AGE: TableForm = {
  columns: [NAME, AGE],
  cells: ({ metadata }, now) => [metadata.name, age(metadata.creationTimestamp, now)],
};

const CUSTOM_FORMS = new WeakMap<readonly PrinterColumn[], TableForm>();

const formOf = ({ group, plural, rules }: ServedKind): TableForm => {
  if (!rules.isCustom) return BUILT_IN_TABLES[`${plural}.${group}`] ?? PLAIN_TABLE;
  if (rules.columns.length === 0) return NAME_AND_AGE;
  let form = CUSTOM_FORMS.get(rules.columns);
  if (form === undefined) {
    form = customForm(rules.columns);
    CUSTOM_FORMS.set(rules.columns, form);
  }
  return form;
};

const customForm = (printed: readonly PrinterColumn[]): TableForm => ({
  columns: [
    NAME,
    ...printed.map(({ name, type, priority }) => ({
      name,
      type: type as Column['type'],
      ...(priority !== undefined && { priority }),
    })),
  ],
  cells: (object, now) => [
    object.metadata.name,
    ...printed.map(({ type, jsonPath }) => customCell(type, findByJsonPath(object, jsonPath), now)),
  ],
});

/** A value that is not of the column's type is no cell (apiextensions-apiserver tableconvertor.go). */
const customCell = (type: string, value: unknown, now: number): unknown => {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? age(value, now) : null;
    default:
      return isMap(value) || Array.isArray(value) ? JSON.stringify(value) : String(value as string | number | boolean);
  }
};
