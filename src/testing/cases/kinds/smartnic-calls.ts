/**
 * How the calls of a walk compare with the calls a smart NIC case lists. The schema says that a net:* action stands for
 * its port:* and wait_agent:up steps, so a case may name either; restore:off stands for the pause before it too; checks,
 * proofs and what a conductor runs after a failure are compared where the case spells them out.
 */
import type { Call } from '../../../core/smartnic/world.ts';
import { flatCalls } from '../../../core/smartnic/walk.ts';
import { Matcher } from '../matcher.ts';

const wordsFor = (call: Call): readonly string[] => {
  const word = call.repeated === true ? `x*${call.word}` : call.word;
  return call.action.do === 'restore-power' ? [word, `power:${call.action.to}`] : [word];
};

const mayBeLeftOut = (call: Call, next: Call | undefined): boolean =>
  call.role !== undefined || (call.action.do === 'settle' && next?.action.do === 'restore-power');

/** Every position in `expected` that can be reached when the calls from `at` on are matched from position `from` on. */
const ends = (expected: readonly unknown[], from: number, calls: readonly Call[], at: number): ReadonlySet<number> => {
  const call = calls[at];
  if (call === undefined) return new Set([from]);
  const after = new Set<number>();
  if (wordsFor(call).includes(String(expected[from]))) after.add(from + 1);
  if (call.steps !== undefined) for (const end of ends(expected, from, call.steps, 0)) after.add(end);
  if (mayBeLeftOut(call, calls[at + 1])) after.add(from);
  const all = new Set<number>();
  for (const position of after) for (const end of ends(expected, position, calls, at + 1)) all.add(end);
  return all;
};

const matches = (expected: readonly unknown[], calls: readonly Call[]): boolean =>
  ends(expected, 0, calls, 0).has(expected.length);

/** All ways to leave out the first calls, also inside a network call. */
const tails = (calls: readonly Call[]): readonly (readonly Call[])[] =>
  calls.flatMap((call, index) => {
    const rest = calls.slice(index + 1);
    return [[call, ...rest], ...(call.steps === undefined ? [] : tails(call.steps).map((tail) => [...tail, ...rest]))];
  });

const show = (calls: readonly Call[]): string =>
  calls
    .map((call) => {
      const word = `${wordsFor(call)[0] ?? ''}${call.role === undefined ? '' : `(${call.role})`}`;
      return call.steps === undefined ? word : `${word}[${show(call.steps)}]`;
    })
    .join(', ');

const matcher = (calls: readonly Call[], holds: (expected: readonly unknown[]) => boolean): Matcher =>
  new Matcher(show(calls), (expected) =>
    Array.isArray(expected) && holds(expected)
      ? undefined
      : `expected ${JSON.stringify(expected)}, and the calls were ${show(calls)}`,
  );

export const callsMatcher = (calls: readonly Call[]): Matcher => matcher(calls, (expected) => matches(expected, calls));

export const tailMatcher = (calls: readonly Call[]): Matcher =>
  matcher(calls, (expected) => expected.length > 0 && tails(calls).some((tail) => matches(expected, tail)));

/** Every word that was called, for `not_called`. */
export const calledWords = (calls: readonly Call[]): readonly string[] => flatCalls(calls).flatMap(wordsFor);
