/**
 * Label selectors, as text (`app=x,tier!=db`, as the API server and kubectl read it) and as objects (matchLabels,
 * matchExpressions). Field selectors and node affinity are not read here.
 */
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { dig, digList, digText, digTexts, isMap } from './dig.ts';

export type Labels = Readonly<Record<string, string>>;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** Every requirement must hold; none at all selects everything. */
export type LabelSelector = readonly LabelRequirement[];

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const INTEGER = /^[+-]?\d+$/;

const isKey = (key: string): boolean => {
  const slash = key.indexOf('/');
  return slash < 0 ? NAME.test(key) : PREFIX.test(key.slice(0, slash)) && NAME.test(key.slice(slash + 1));
};

const isValue = (value: string): boolean => value === '' || NAME.test(value);

/** Splits at commas that stand outside parentheses. */
const splitRequirements = (text: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
};

const requirementOf = (part: string): LabelRequirement | undefined => {
  const set = /^([^\s=!<>(),]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set !== null)
    return {
      key: set[1] ?? '',
      operator: set[2] === 'in' ? 'In' : 'NotIn',
      values: (set[3] ?? '').split(',').map((value) => value.trim()),
    };
  const compared = /^([^\s=!<>(),]+)\s*(==|=|!=|>|<)\s*([^\s=!<>(),]*)$/.exec(part);
  if (compared !== null) {
    const operators = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt' } as const;
    const operator = operators[compared[2] as keyof typeof operators];
    return { key: compared[1] ?? '', operator, values: [compared[3] ?? ''] };
  }
  const absent = /^!\s*([^\s=!<>(),]+)$/.exec(part);
  if (absent !== null) return { key: absent[1] ?? '', operator: 'DoesNotExist', values: [] };
  return /^[^\s=!<>(),]+$/.test(part) ? { key: part, operator: 'Exists', values: [] } : undefined;
};

/** Whether the API server would accept this requirement: key and values are label names, Gt and Lt take one integer. */
export const isValidRequirement = ({ key, operator, values }: LabelRequirement): boolean => {
  if (!isKey(key)) return false;
  if (operator === 'Gt' || operator === 'Lt') return values.length === 1 && INTEGER.test(values[0] ?? '');
  return values.every(isValue);
};

/** Reads a selector text; empty text selects everything, as the API server has it. */
export const parseLabelSelector = (text: string): Result<LabelSelector> => {
  if (text.trim() === '') return ok([]);
  const selector: LabelRequirement[] = [];
  for (const part of splitRequirements(text)) {
    const requirement = requirementOf(part);
    if (requirement === undefined || !isValidRequirement(requirement))
      return fail(
        'usage-selector',
        `the label selector ${JSON.stringify(text)} cannot be read at ${JSON.stringify(part)}; write for example app=web or tier!=db,app in (a,b)`,
      );
    selector.push(requirement);
  }
  return ok(selector);
};

const EXPRESSION_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/**
 * Reads a LabelSelector object of a spec. Undefined when it holds an expression that no API server would accept,
 * so that nobody takes a broken selector for one that selects everything.
 */
export const readLabelSelector = (object: unknown): LabelSelector | undefined => {
  if (!isMap(object)) return undefined;
  const byLabel = Object.entries(digTexts(object, 'matchLabels')).map(([key, value]): LabelRequirement => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const byExpression: LabelRequirement[] = [];
  for (const expression of digList(object, 'matchExpressions')) {
    const key = digText(expression, 'key');
    const operator = EXPRESSION_OPERATORS.find((known) => known === dig(expression, 'operator'));
    const values = digList(expression, 'values');
    if (key === undefined || operator === undefined || !values.every((value) => typeof value === 'string'))
      return undefined;
    byExpression.push({ key, operator, values });
  }
  return [...byLabel, ...byExpression];
};

const holds = ({ key, operator, values }: LabelRequirement, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && INTEGER.test(value) && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && INTEGER.test(value) && Number(value) < Number(values[0]);
  }
};

export const selects = (selector: LabelSelector, labels: Labels): boolean =>
  selector.every((requirement) => holds(requirement, labels));
