/** `for`, `while`, `until`, `select`: turn by turn while it is known how it goes on, else the body under its condition. */
import type { ArithmeticFor, For, Select, While } from 'unbash';
import { evaluateArithmetic } from './arithmetic.ts';
import { expandFields } from './expand-word.ts';
import type { Atom } from './condition.ts';
import { certain, joinCells, Scope } from './scope.ts';
import type { Cell, Guarded } from './scope.ts';
import { negated } from './shell-test.ts';
import {
  continueFrom,
  FAILURE,
  handled,
  inArm,
  lastTest,
  lookAtUnreached,
  statusOf,
  step,
  SUCCESS,
} from './shell-run.ts';
import type { Arm, Loop, Run, Tested } from './shell-run.ts';
import { isUnknown, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { assign, positionalOf } from './variables.ts';

/** A loop over words is followed word by word up to this many; a longer one stands for its words. */
const MAX_TURNS = 200;
const IDLE_TURNS = 3;

const loopAtom = (run: Run, pos: number): Atom => ({
  id: `loop ${run.source.name}:${pos}`,
  yes: 'the loop runs',
  no: 'the loop ends',
  again: true,
});

export const executeFor = (run: Run, node: For | Select): void => {
  const name = node.name.value;
  const alternatives: readonly Guarded<readonly Value[]>[] =
    node.wordlist === undefined
      ? positionalOf(run).map(({ content, when }) => ({
          content: content.values ?? [[{ ...unknown('@'), many: true }]],
          when,
        }))
      : expandFields(run, node.wordlist);
  const ended = alternatives.map(({ content: words, when }) =>
    inArm(run, undefined, () => {
      run.path = [...run.path, ...when];
      let at = 0;
      const short = words.length <= MAX_TURNS;
      const turns: readonly Value[] = short ? words : [[unknown(`for ${name}`, name)]];
      let news = -1;
      let idle = 0;
      loop(
        run,
        () => {
          const word = turns[at];
          if (word === undefined) return { status: FAILURE };
          at += 1;
          // Turns that bring nothing new (a loop that only waits) are passed over, but not the last one.
          idle = run.recorder.news() === news ? idle + 1 : 0;
          news = run.recorder.news();
          if (idle >= IDLE_TURNS) at = Math.max(at, turns.length - 1);
          assign(run, name, certain(oneOf(name, word)));
          return { status: SUCCESS };
        },
        () => run.execute.list(run, node.body),
      );
    }),
  );
  continueFrom(run, ended);
  run.status = SUCCESS;
};

/** In a loop over what is only known as a list, the variable is one of it. */
const oneOf = (name: string, word: Value): Value => {
  const [piece, ...more] = word;
  if (piece === undefined || more.length > 0 || !isUnknown(piece)) return word;
  return piece.listed === undefined ? [unknown(piece.id, name)] : word;
};

export const executeWhile = (run: Run, node: While): void => {
  loop(
    run,
    () => {
      run.tested = undefined;
      handled(run, { tested: true }, () => run.execute.list(run, node.clause));
      const whole: Tested = { ...lastTest(run), status: run.status };
      run.tested = undefined;
      return node.kind === 'while' ? whole : negated(whole);
    },
    () => run.execute.list(run, node.body),
  );
  run.status = SUCCESS;
};

/** What a turn set under a condition of that turn is, after the loop, simply one of the possibilities. */
const withoutGuards = (changes: ReadonlyMap<string, Cell>): ReadonlyMap<string, Cell> =>
  new Map(
    [...changes].map(
      ([key, cell]) =>
        [key, joinCells([{ cell: cell.map(({ content }) => ({ content, when: [] })), when: [] }])] as const,
    ),
  );

/**
 * Turns of a loop while its condition is decided; then the body once more under the condition, twice, so that what one
 * turn sets is seen by the next. A loop that only `break` ends ends there.
 */
const loop = (run: Run, condition: () => Tested, body: () => void): void => {
  const { scope: base, path } = run;
  run.scope = new Scope(base);
  const frame: Loop = { base, breaks: [], continues: [] };
  run.loops.push(frame);
  const turn = (): void => {
    const before = run.scope;
    body();
    const arms: Arm[] = [...frame.continues, ...(run.alive ? [{ changes: run.scope.changesSince(base) }] : [])];
    frame.continues.length = 0;
    run.alive = arms.length > 0 && !run.stopped;
    if (run.alive) {
      run.scope = new Scope(base);
      run.scope.join(arms);
    } else run.scope = before;
  };
  let turns = 0;
  let endless = false;
  while (run.alive && step(run)) {
    const tested = condition();
    const { status } = tested;
    if (!run.alive) break;
    if ('known' in status) {
      if (!status.known) {
        if (turns === 0 && tested.literal !== undefined) lookAtUnreached(run, tested.literal, body);
        break;
      }
      turns += 1;
      if (turns > MAX_TURNS) {
        endless = frame.breaks.length === 0;
        break;
      }
      turn();
      continue;
    }
    for (let again = 0; again < (run.loops.length > 3 ? 1 : 2) && run.alive; again += 1) {
      const arm = inArm(run, status.literal, () => {
        tested.narrow?.(true);
        body();
      });
      const through = [arm, ...frame.continues].filter((one) => one !== undefined);
      frame.continues.length = 0;
      if (through.length === 0) break;
      const skipped: Arm = { changes: new Map() };
      run.scope.join([skipped, ...through.map(({ changes }) => ({ changes: withoutGuards(changes) }))]);
    }
    break;
  }
  run.loops.pop();
  const ends: Arm[] = [...frame.breaks, ...(run.alive && !endless ? [{ changes: run.scope.changesSince(base) }] : [])];
  run.scope = base;
  run.path = path;
  base.join(ends.map(({ changes }) => ({ changes })));
  run.alive = ends.length > 0 && !run.stopped;
};

/** `for ((i = 0; i < 3; i++))` */
export const executeArithmeticFor = (run: Run, node: ArithmeticFor): void => {
  if (node.initialize !== undefined) evaluateArithmetic(run, node.initialize);
  loop(
    run,
    () => {
      const value = node.test === undefined ? 1 : evaluateArithmetic(run, node.test);
      return { status: value === undefined ? statusOf(loopAtom(run, node.pos)) : value === 0 ? FAILURE : SUCCESS };
    },
    () => {
      run.execute.list(run, node.body);
      if (node.update !== undefined) evaluateArithmetic(run, node.update);
    },
  );
};
