/**
 * What a table of a kind looks like: its columns and how a row is made of an object. The columns of Kubernetes' own kinds are
 * those of kube-apiserver 1.36 (k8s.io/kubernetes pkg/printers/internalversion/printers.go), which kubectl prints as they are.
 */
import type { KubeObject } from '../../../core/model/kube-object.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'number' | 'date';
  readonly format?: 'name';
  /** Above 0 the column is shown by `-o wide` only. */
  readonly priority?: number;
}

export interface TableForm {
  readonly columns: readonly Column[];
  /** One cell a column. `now` in milliseconds of the twin's clock, for ages. */
  readonly cells: (object: KubeObject, now: number) => readonly unknown[];
  /** Marks a row as finished, which `kubectl get --watch` shows. */
  readonly isCompleted?: (object: KubeObject) => string | undefined;
}

export const NAME: Column = { name: 'Name', type: 'string', format: 'name' };
export const AGE: Column = { name: 'Age', type: 'string' };

/** `Ready`, or `Ready:integer`; `wide` columns come after those that are always shown. */
export const columns = (names: readonly string[], wide: readonly string[] = []): readonly Column[] => [
  ...names.map((name) => columnOf(name)),
  ...wide.map((name) => ({ ...columnOf(name), priority: 1 })),
];

const columnOf = (written: string): Column => {
  if (written === 'Name') return NAME;
  const [name = '', type = 'string'] = written.split(':');
  return { name, type: type as Column['type'] };
};
