import { expect, test } from 'vitest';
import { quantityMilli, quantityUnits } from './quantity.ts';

// prettier-ignore
test.for<[unknown, bigint | undefined]>([
  ['250m', 250n], ['1', 1000n], [8, 8000n], ['1.5', 1500n], ['0.1', 100n], ['1Ki', 1024000n], ['1.5Gi', 1610612736000n],
  ['2k', 2000000n], ['1e3', 1000000n], ['1E', 1000000000000000000000n], ['100n', 1n], ['-1', -1000n], ['2113348180Ki', 2164068536320000n],
  ['', undefined], ['abc', undefined], ['1Zi', undefined], ['1 Gi', undefined], [null, undefined], [{}, undefined], ['.', undefined],
])('%s is %s thousandths', ([text, milli]) => expect(quantityMilli(text)).toBe(milli));

test('units round up', () => {
  expect(quantityUnits('8')).toBe(8);
  expect(quantityUnits('1100m')).toBe(2);
});
