/**
 * NodeSelector of the core API (terms OR, expressions of a term AND), as affinities, pools and policies carry it.
 * What a broken selector means to its owner is left to the owner.
 */
import { digList, digText, isMap } from './dig.ts';
import { isValidRequirement, selects } from './label-selector.ts';
import type { LabelRequirement, Labels } from './label-selector.ts';

export const NODE_SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

/** What a selector looks at. */
export interface SelectableNode {
  readonly name: string;
  readonly labels: Labels;
}

const readRequirement = (value: unknown): LabelRequirement | undefined => {
  const key = digText(value, 'key');
  const operator = NODE_SELECTOR_OPERATORS.find((known) => known === digText(value, 'operator'));
  const values = digList(value, 'values');
  return key !== undefined && operator !== undefined && values.every((item) => typeof item === 'string')
    ? { key, operator, values }
    : undefined;
};

const VALUES_NEEDED: Readonly<Record<LabelRequirement['operator'], (count: number) => boolean>> = {
  In: (count) => count > 0,
  NotIn: (count) => count > 0,
  Exists: (count) => count === 0,
  DoesNotExist: (count) => count === 0,
  Gt: (count) => count === 1,
  Lt: (count) => count === 1,
};

const expressionHolds = (value: unknown, { labels }: SelectableNode): boolean => {
  const requirement = readRequirement(value);
  return (
    requirement !== undefined &&
    VALUES_NEEDED[requirement.operator](requirement.values.length) &&
    isValidRequirement(requirement) &&
    selects([requirement], labels)
  );
};

/** Only `metadata.name` can be matched, by In or NotIn with one value. */
const fieldHolds = (value: unknown, { name }: SelectableNode): boolean => {
  const requirement = readRequirement(value);
  if (requirement?.key !== 'metadata.name' || requirement.values.length !== 1) return false;
  if (requirement.operator === 'In') return requirement.values[0] === name;
  return requirement.operator === 'NotIn' && requirement.values[0] !== name;
};

const termHolds = (term: unknown, node: SelectableNode): boolean => {
  const expressions = digList(term, 'matchExpressions');
  const fields = digList(term, 'matchFields');
  // A term with neither selects nothing (k8s.io/component-helpers nodeaffinity, isEmptyNodeSelectorTerm).
  if (expressions.length + fields.length === 0) return false;
  return expressions.every((item) => expressionHolds(item, node)) && fields.every((item) => fieldHolds(item, node));
};

/**
 * Whether the node is selected. No selector at all selects every node; a term that the API server would refuse, or that
 * holds nothing, selects none, and the other terms still count.
 */
export const selectsNode = (selector: unknown, node: SelectableNode): boolean =>
  selector === undefined || selector === null
    ? true
    : isMap(selector) && digList(selector, 'nodeSelectorTerms').some((term) => termHolds(term, node));
