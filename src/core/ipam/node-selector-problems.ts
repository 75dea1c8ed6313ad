/**
 * What nv-ipam's validation says of a pool's node selector (api/v1alpha1/validate_nodeselector.go at 3ce4a34). Its field
 * names lack the segment `nodeSelector`; `path` has it, since that is where the line is.
 */
import { dig, digList, digText } from '../model/dig.ts';
import type { Path } from '../model/dig.ts';
import { isValidRequirement } from '../model/label-selector.ts';
import { showPath } from './field-problem.ts';
import type { FieldProblem } from './field-problem.ts';

const problem = (path: Path, value: unknown, because: string): FieldProblem => ({
  field: showPath(['spec', ...path]),
  path: ['spec', 'nodeSelector', ...path],
  value,
  because,
});

const VALUE_RULES: Readonly<Record<string, { readonly fits: (count: number) => boolean; readonly because: string }>> = {
  In: { fits: (count) => count > 0, because: 'needs at least one value with operator In' },
  NotIn: { fits: (count) => count > 0, because: 'needs at least one value with operator NotIn' },
  Exists: { fits: (count) => count === 0, because: 'takes no values with operator Exists' },
  DoesNotExist: { fits: (count) => count === 0, because: 'takes no values with operator DoesNotExist' },
  Gt: { fits: (count) => count === 1, because: 'needs exactly one value with operator Gt' },
  Lt: { fits: (count) => count === 1, because: 'needs exactly one value with operator Lt' },
};

const isLabelKey = (key: string): boolean => isValidRequirement({ key, operator: 'Exists', values: [] });

const expressionProblems = (expression: unknown, path: Path): readonly FieldProblem[] => {
  const operator = dig(expression, 'operator');
  const values = digList(expression, 'values');
  const rule = typeof operator === 'string' && Object.hasOwn(VALUE_RULES, operator) ? VALUE_RULES[operator] : undefined;
  const key = digText(expression, 'key');
  return [
    ...(rule === undefined
      ? [problem([...path, 'operator'], operator, `is none of ${Object.keys(VALUE_RULES).join(', ')}`)]
      : rule.fits(values.length)
        ? []
        : [problem([...path, 'values'], values, rule.because)]),
    ...(key !== undefined && isLabelKey(key) ? [] : [problem([...path, 'key'], key, 'is not a label key')]),
  ];
};

const NODE_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

const fieldProblems = (expression: unknown, path: Path): readonly FieldProblem[] => {
  const operator = dig(expression, 'operator');
  const key = dig(expression, 'key');
  const values = digList(expression, 'values');
  const problems: FieldProblem[] = [];
  if (operator !== 'In' && operator !== 'NotIn')
    problems.push(problem([...path, 'operator'], operator, 'is neither In nor NotIn, the only two for fields'));
  else if (values.length !== 1) problems.push(problem([...path, 'values'], values, 'needs exactly one value'));
  if (key !== 'metadata.name') problems.push(problem([...path, 'key'], key, 'is not metadata.name, the only field'));
  else
    values.forEach((value, index) => {
      if (typeof value !== 'string' || value.length > 253 || !NODE_NAME.test(value))
        problems.push(problem([...path, 'values', index], value, 'is not a node name'));
    });
  return problems;
};

export const nodeSelectorProblems = (selector: unknown): readonly FieldProblem[] => {
  if (selector === undefined || selector === null) return [];
  const terms = digList(selector, 'nodeSelectorTerms');
  if (terms.length === 0) return [problem(['nodeSelectorTerms'], dig(selector, 'nodeSelectorTerms'), 'needs a term')];
  return terms.flatMap((term, at) => [
    ...digList(term, 'matchExpressions').flatMap((expression, index) =>
      expressionProblems(expression, ['nodeSelectorTerms', at, 'matchExpressions', index]),
    ),
    ...digList(term, 'matchFields').flatMap((expression, index) =>
      fieldProblems(expression, ['nodeSelectorTerms', at, 'matchFields', index]),
    ),
  ]);
};
