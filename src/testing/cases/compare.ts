/**
 * Compares an expectation with an answer, leaf by leaf. Every key of the expectation must be in the answer;
 * lists are compared in order and in length. What counts as prose is not known here (prose.ts).
 */
import { isMap, Matcher } from './matcher.ts';

const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value instanceof Matcher) return value.what;
  return JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Matcher ? inner.what : inner)) ?? 'nothing';
};

/** The differences, each one line with its path; empty when the expectation holds. */
export const compare = (expected: unknown, got: unknown, path = ''): readonly string[] => {
  const at = path === '' ? 'answer' : path;
  if (got instanceof Matcher) {
    const problem = got.check(expected);
    return problem === undefined ? [] : [`${at}: ${problem}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(got)) return [`${at}: expected ${show(expected)}, got ${show(got)}`];
    if (got.length !== expected.length) return [`${at}: expected ${show(expected)}, got ${show(got)}`];
    return expected.flatMap((item, index) => compare(item, got[index], `${path}[${index}]`));
  }
  if (isMap(expected)) {
    if (!isMap(got)) return [`${at}: expected ${show(expected)}, got ${show(got)}`];
    return Object.entries(expected).flatMap(([key, item]) => {
      const inner = path === '' ? key : `${path}.${key}`;
      return key in got && got[key] !== undefined
        ? compare(item, got[key], inner)
        : [`${inner}: expected ${show(item)}, and the answer has no such key`];
    });
  }
  return Object.is(expected, got) ? [] : [`${at}: expected ${show(expected)}, got ${show(got)}`];
};
