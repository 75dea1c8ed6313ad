/** `if` and `case`: the branch that is taken, those that are only looked at, or several of them joined. */
import type { Case, CompoundList } from 'unbash';
import { caseOf } from './case-arms.ts';
import { extend, negate } from './condition.ts';
import type { Literal } from './condition.ts';
import { continueFrom, handled, inArm, lastTest, lookAtUnreached, SUCCESS } from './shell-run.ts';
import type { Arm, Run } from './shell-run.ts';

/** Follows both ways of an undecided condition and goes on from what comes of them. */
export const branch = (run: Run, literal: Literal, whenTrue: () => void, whenFalse: () => void): void => {
  const { path } = run;
  const taken = inArm(run, literal, whenTrue);
  const takenError = run.endedInError;
  const otherwise = inArm(run, { ...negate(literal) }, whenFalse);
  const otherError = run.endedInError;
  continueFrom(run, [taken, otherwise]);
  if (!run.alive || (taken === undefined) === (otherwise === undefined)) return;
  // Only one way goes on: what follows stands under its condition, which goes without saying after an error exit.
  const left = taken === undefined ? negate(literal) : literal;
  const inError = taken === undefined ? takenError : otherError;
  run.path = extend(path, inError ? { ...left, assumed: true } : left) ?? path;
};

export interface IfArm {
  readonly clause: CompoundList;
  readonly body: CompoundList;
}

export const executeIf = (run: Run, arms: readonly IfArm[], otherwise: CompoundList | undefined): void => {
  const [arm, ...more] = arms;
  if (arm === undefined) {
    run.status = SUCCESS;
    if (otherwise !== undefined) run.execute.list(run, otherwise);
    return;
  }
  run.tested = undefined;
  handled(run, { tested: true }, () => run.execute.list(run, arm.clause));
  if (!run.alive || run.stopped) return;
  const { status } = run;
  const tested = lastTest(run);
  run.tested = undefined;
  const rest = (): void => executeIf(run, more, otherwise);
  const then = (): void => run.execute.list(run, arm.body);
  if ('known' in status) {
    const literal = tested?.literal;
    if (status.known) then();
    else rest();
    if (literal !== undefined) {
      const { alive, status: after } = run;
      run.alive = !run.stopped;
      lookAtUnreached(run, status.known ? negate(literal) : literal, status.known ? rest : then);
      run.alive = alive && !run.stopped;
      run.status = after;
    }
    return;
  }
  branch(
    run,
    status.literal,
    () => {
      tested?.narrow?.(true);
      then();
    },
    () => {
      tested?.narrow?.(false);
      rest();
    },
  );
};

export const executeCase = (run: Run, node: Case): void => {
  run.status = SUCCESS;
  const { arms, otherwise } = caseOf(run, node);
  const runArm = (index: number): void => {
    const item = node.items[index];
    if (item === undefined) return;
    run.execute.list(run, item.body);
    if (run.alive && item.terminator === ';&') runArm(index + 1);
  };
  // After `;;&` the patterns below are tried too, so that several arms may be taken.
  const taken = arms.filter((arm) => arm.taken === true);
  const [decided] = taken;
  const possible = arms.filter((arm) => arm.taken === undefined);
  const isCertain =
    possible.length === 0 || (decided !== undefined && possible.every(({ index }) => index > decided.index));
  if (isCertain) {
    for (const { index } of taken) if (run.alive) runArm(index);
    const { alive, status } = run;
    for (const { index, literal } of arms)
      if (!taken.some((arm) => arm.index === index) && (node.items[index]?.body.commands.length ?? 0) > 0) {
        run.alive = !run.stopped;
        lookAtUnreached(run, literal, () => runArm(index));
      }
    run.alive = alive && !run.stopped;
    run.status = status;
    return;
  }
  const followed =
    decided === undefined ? possible : [...possible.filter(({ index }) => index < decided.index), decided];
  const ended: (Arm | undefined)[] = followed.map(({ index, literal, narrow }) =>
    inArm(run, literal, () => {
      narrow?.();
      runArm(index);
    }),
  );
  // No arm at all, where none has to match.
  if (decided === undefined) ended.push(inArm(run, otherwise, () => undefined));
  continueFrom(run, ended);
  run.status = SUCCESS;
};
