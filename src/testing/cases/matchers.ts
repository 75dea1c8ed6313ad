/**
 * Ways for a kind's answer to say "equal" where key-by-key equality is not what the schema means.
 * A matcher also knows which alterations of an expectation it must refuse, so that --mutate can test it.
 */
import { compare } from './compare.ts';
import { isMap, Matcher } from './matcher.ts';

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** A map whose keys are data: the same keys, no more, and equal values. */
export const exactly = (value: unknown): Matcher =>
  new Matcher(`exactly ${show(value)}`, (expected) => {
    const extra = isMap(value) && isMap(expected) ? Object.entries(value).filter(([key]) => !(key in expected)) : [];
    if (extra.length > 0) return `unexpected ${extra.map(([key, found]) => `${key}=${show(found)}`).join(', ')}`;
    return compare(expected, value)[0];
  });

/** A list whose order means nothing. */
export const inAnyOrder = (values: readonly unknown[]): Matcher =>
  new Matcher(`in any order ${show(values)}`, (expected) => {
    if (!Array.isArray(expected)) return `expected ${show(expected)}, got a list ${show(values)}`;
    const left = [...values];
    for (const item of expected) {
      const at = left.findIndex((value) => compare(item, value).length === 0);
      if (at < 0) return `expected ${show(item)} among ${show(values)}`;
      left.splice(at, 1);
    }
    return left.length === 0 ? undefined : `unexpected ${show(left)}`;
  });

/** The expected list names what must be absent from ours (`not_called`). */
export const noneOf = (values: readonly unknown[]): Matcher =>
  new Matcher(
    `none of ${show(values)}`,
    (expected) => {
      const names = Array.isArray(expected) ? expected : [expected];
      const found = names.filter((name) => values.some((value) => compare(name, value).length === 0));
      return found.length === 0 ? undefined : `${show(found)} is there and must not be`;
    },
    (expected) => (values.length === 0 ? [] : [[...(Array.isArray(expected) ? expected : [expected]), values[0]]]),
  );

/** The expected value is a substring of ours. */
export const containing = (value: string): Matcher =>
  new Matcher(`containing in ${show(value)}`, (expected) =>
    typeof expected === 'string' && expected !== '' && value.includes(expected)
      ? undefined
      : `expected ${show(expected)} within ${show(value)}`,
  );

/** A failure told in our own words: an expectation may ask for `true`, or for a part of the upstream text. */
export const failing = (message: string): Matcher =>
  new Matcher(`failing with ${show(message)}`, (expected) =>
    expected === true || (typeof expected === 'string' && expected !== '' && message.includes(expected))
      ? undefined
      : `expected ${show(expected)}, got the failure ${show(message)}`,
  );
