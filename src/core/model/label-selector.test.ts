import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLabelSelector, readLabelSelector, selects } from './label-selector.ts';

const matches = (text: string, labels: Record<string, string>): boolean | string => {
  const parsed = parseLabelSelector(text);
  return parsed.ok ? selects(parsed.value, labels) : parsed.fault.message;
};

describe('parseLabelSelector', () => {
  // prettier-ignore
  test.for([
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app==web', { app: 'db' }, false],
    ['app!=web', {}, true],
    ['app!=web', { app: 'web' }, false],
    ['app', { app: '' }, true],
    ['!app', { app: '' }, false],
    ['app in (a, b)', { app: 'b' }, true],
    ['app notin (a,b), tier=x', { tier: 'x' }, true],
    ['app notin (a,b)', { app: 'a' }, false],
    ['app=', { app: '' }, true],
    ['gen > 3', { gen: '4' }, true],
    ['gen<3', { gen: 'x' }, false],
    ['app=x,nvidia.com/ofed-driver-upgrade-drain.skip!=true', { app: 'x', 'nvidia.com/ofed-driver-upgrade-drain.skip': 'true' }, false],
  ] as const)('%s on %o is %s', ([text, labels, expected]) => {
    expect(matches(text, labels)).toBe(expected);
  });

  test.for(['app=a b', 'app in a', 'a,,b', '=x', 'app=(x)', 'app=%%', 'gen > x', '!'])('%s is refused', (text) => {
    expect(matches(text, {})).toContain(JSON.stringify(text));
  });

  test('any text is read or refused, never an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof matches(text, { a: 'b' }) !== 'undefined'));
  });
});

test('an object selector with an unknown operator is undefined, not everything', () => {
  expect(readLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Like', values: ['x'] }] })).toBeUndefined();
  expect(readLabelSelector('x')).toBeUndefined();
  const selector = readLabelSelector({
    matchLabels: { a: '1' },
    matchExpressions: [{ key: 'b', operator: 'DoesNotExist' }],
  });
  expect(selector !== undefined && selects(selector, { a: '1' })).toBe(true);
  expect(selector !== undefined && selects(selector, { a: '1', b: '' })).toBe(false);
});
