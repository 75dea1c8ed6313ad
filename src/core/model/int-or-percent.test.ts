import { expect, test } from 'vitest';
import { countOf } from './int-or-percent.ts';

// prettier-ignore
test.for([
  [3, 10, 'up', 3],
  [-1, 10, 'up', -1],
  ['25%', 10, 'up', 3],
  ['25%', 10, 'down', 2],
  ['0%', 10, 'up', 0],
  ['10000%', 10, 'down', 1000],
  ['1%', 1, 'down', 0],
  ['3', 10, 'up', undefined],
  ['x%', 10, 'up', undefined],
  [1.5, 10, 'up', undefined],
  [Number.NaN, 10, 'up', undefined],
  [null, 10, 'up', undefined],
] as const)('%s of %s rounded %s is %s', ([value, total, rounding, expected]) => {
  expect(countOf(value, total, rounding)).toBe(expected);
});
