/** `A && B || C`: which of them run, on what condition, and how the whole ended. */
import type { AndOr, PipelineNode } from 'unbash';
import { branch } from './branches.ts';
import { negate } from './condition.ts';
import type { Literal } from './condition.ts';
import { handled, lookAtUnreached, statusOf, SUCCESS } from './shell-run.ts';
import type { Handling, Run, Status, Tested } from './shell-run.ts';

/** What `|| X` and `&& X` make of a failure of what stands before them. */
const handlingBefore = (run: Run, next: PipelineNode | undefined, operator: '&&' | '||'): Partial<Handling> => {
  if (operator === '&&' || next === undefined) return { tested: true };
  const name = next.type === 'Command' ? next.name?.value : undefined;
  if (name === 'true' || name === ':') return { tested: true, ignored: true };
  return name === 'exit' || (name !== undefined && alwaysExits(run, name))
    ? { tested: true, fatal: true }
    : { tested: true };
};

/** A function such as `die() { echo "$*" >&2; exit 1; }`. */
const alwaysExits = (run: Run, name: string): boolean =>
  (run.scope.get(`f:${name}`) ?? []).some(
    ({ content }) =>
      content.is === 'function' &&
      content.node.body.type === 'BraceGroup' &&
      content.node.body.body.commands.some(
        ({ command }) => command.type === 'Command' && command.name?.value === 'exit',
      ),
  );

/** True when the last command of the list was among those that ran. */
export const executeAndOr = (run: Run, { commands, operators }: AndOr): boolean => {
  const go = (at: number): boolean => {
    const command = commands[at];
    const operator = operators[at];
    if (command === undefined) return false;
    if (operator === undefined) {
      run.execute.node(run, command);
      return true;
    }
    handled(run, handlingBefore(run, commands[at + 1], operator), () => run.execute.node(run, command));
    return run.alive ? next(at + 1, operator) : false;
  };
  /** Goes on at `at` with the status of what stands before it. */
  const next = (at: number, operator: '&&' | '||'): boolean => {
    const { status, tested } = run;
    run.tested = undefined;
    const wanted = operator === '&&';
    const skip = (): boolean => {
      const following = operators[at];
      return following === undefined ? false : next(at + 1, following);
    };
    if ('known' in status) {
      if (status.known === wanted) return go(at);
      const skipped = commands[at];
      if (skipped !== undefined && tested?.literal !== undefined)
        lookAtUnreached(run, wanted ? tested.literal : negate(tested.literal), () => run.execute.node(run, skipped));
      run.status = status;
      run.tested = tested;
      return skip();
    }
    const literal = wanted ? status.literal : negate(status.literal);
    // A command that is there to do something is taken to succeed.
    const taken: Literal = status.expected && wanted ? { ...literal, assumed: true } : literal;
    let ran = false;
    let whenTaken: Tested | undefined;
    let whenSkipped: Status | undefined;
    branch(
      run,
      taken,
      () => {
        tested?.narrow?.(wanted);
        ran = go(at);
        if (run.alive) whenTaken = run.tested ?? { status: run.status };
      },
      () => {
        tested?.narrow?.(!wanted);
        run.status = { known: !wanted };
        skip();
        if (run.alive) whenSkipped = run.status;
      },
    );
    run.status = joinStatus(status.literal, wanted, whenTaken?.status, whenSkipped);
    run.tested = {
      status: run.status,
      narrow: (holds) => {
        if (holds !== wanted) return;
        tested?.narrow?.(wanted);
        whenTaken?.narrow?.(wanted);
      },
    };
    return ran;
  };
  return go(0);
};

/**
 * The status of `A && B` or `A || B` with A undecided, from how each way ended (undefined: it did not). With B undecided
 * too, the two together are one condition.
 */
const joinStatus = (a: Literal, wanted: boolean, taken: Status | undefined, skipped: Status | undefined): Status => {
  if (taken === undefined || skipped === undefined) return taken ?? skipped ?? SUCCESS;
  if ('known' in taken && 'known' in skipped)
    return taken.known === skipped.known ? taken : { literal: taken.known === wanted ? a : negate(a), expected: false };
  if ('known' in taken) return taken.known === wanted ? { literal: a, expected: false } : skipped;
  const b = taken.literal;
  const say = ({ atom, holds }: Literal): string => (holds ? atom.yes : atom.no);
  const [one, other] = wanted ? [' and ', ' or '] : [' or ', ' and '];
  return statusOf({
    id: `${a.holds}${a.atom.id}${one}${b.holds}${b.atom.id}`,
    yes: `${say(a)}${one}${say(b)}`,
    no: `${say(negate(a))}${other}${say(negate(b))}`,
  });
};
