import { expect, test } from 'vitest';
import { selectsNode } from './node-selector.ts';

const node = { name: 'dgx030', labels: { rail: 'a', gpus: '8' } };
const expression = (key: string, operator: string, values?: readonly unknown[]) => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

// prettier-ignore
test.for([
  ['no selector', undefined, true],
  ['null', null, true],
  ['no terms', { nodeSelectorTerms: [] }, false],
  ['an empty term', { nodeSelectorTerms: [{}] }, false],
  ['one of two terms', { nodeSelectorTerms: [{}, expression('rail', 'In', ['b', 'a'])] }, true],
  ['both expressions', { nodeSelectorTerms: [{ matchExpressions: [{ key: 'rail', operator: 'Exists' }, { key: 'gpus', operator: 'Gt', values: ['8'] }] }] }, false],
  ['NotIn without the label', { nodeSelectorTerms: [expression('zone', 'NotIn', ['x'])] }, true],
  ['DoesNotExist', { nodeSelectorTerms: [expression('zone', 'DoesNotExist')] }, true],
  ['Lt', { nodeSelectorTerms: [expression('gpus', 'Lt', ['9'])] }, true],
  ['Gt of a word', { nodeSelectorTerms: [expression('rail', 'Gt', ['1'])] }, false],
  ['Exists with values', { nodeSelectorTerms: [expression('rail', 'Exists', ['a'])] }, false],
  ['In without values', { nodeSelectorTerms: [expression('rail', 'In')] }, false],
  ['an unknown operator', { nodeSelectorTerms: [expression('rail', 'unknown', ['a'])] }, false],
  ['a value that no label can have', { nodeSelectorTerms: [expression('rail', 'NotIn', ['a b'])] }, false],
  ['a number as value', { nodeSelectorTerms: [expression('gpus', 'In', [8])] }, false],
  ['the name by field', { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['dgx030'] }] }] }, true],
  ['another name by field', { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['dgx030'] }] }] }, false],
  ['another field', { nodeSelectorTerms: [{ matchFields: [{ key: 'spec.x', operator: 'In', values: ['dgx030'] }] }] }, false],
  ['a text instead of a selector', 'rail=a', false],
] as const)('%s', ([, selector, selected]) => expect(selectsNode(selector, node)).toBe(selected));
