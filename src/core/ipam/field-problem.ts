/** What is wrong with one field of a pool, and how it is said. Which rules there are stands in the readers of each kind. */
import type { Path } from '../model/dig.ts';

export interface FieldProblem {
  /** The field as nv-ipam's webhook names it: `spec.exclusions[0].startIP`. */
  readonly field: string;
  /** Where the field stands in the object, to look up its line. Differs from `field` for node selectors. */
  readonly path: Path;
  readonly value: unknown;
  /** What is wrong, as the end of a sentence: `is not inside 192.168.0.0/24`. */
  readonly because: string;
}

/** `spec.exclusions[0].startIP` for ['spec', 'exclusions', 0, 'startIP']. */
export const showPath = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');

export const problemAt = (path: Path, value: unknown, because: string): FieldProblem => ({
  field: showPath(path),
  path,
  value,
  because,
});

const showValue = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** One sentence without its full stop: `spec.gateway "10.0.0.1" is not inside 192.168.0.0/16`. */
export const showProblem = ({ field, value, because }: FieldProblem): string =>
  `${field} ${showValue(value)} ${because}`;

/** The text of the InvalidSpec event: one problem as it is, several in brackets, as Go's error lists print. */
export const showProblems = (problems: readonly FieldProblem[]): string => {
  const all = problems.map(showProblem).join(', ');
  return problems.length === 1 ? all : `[${all}]`;
};
