/**
 * The state of one analysis: where it is, what it knows, which way led here, what ends it. A script is never run: its
 * commands are read, and what they would ask the API server for is noted. Every step is counted, so it always ends.
 */
import type { AndOr, CompoundList, Function as FunctionNode, PipelineNode, Script, Word } from 'unbash';
import type { Atom, Condition, Literal } from './condition.ts';
import { both, extend, literalOf } from './condition.ts';
import type { ShellSource } from './parse-shell.ts';
import type { Recorder } from './recorder.ts';
import { certainText, MAX_ALTERNATIVES, Scope, textCell } from './scope.ts';
import type { Cell, Texts } from './scope.ts';
import type { ScriptInput } from './script-input.ts';
import { concat } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import type { OptionOrigins } from './wording.ts';

/** How a command ended: known, or by an atom; `expected` where a script goes on only if it went well. */
export type Status = { readonly known: boolean } | { readonly literal: Literal; readonly expected: boolean };

/** A status that a test left, with what is known of the test. */
export interface Tested {
  readonly status: Status;
  /** Keeps in the present scope only what goes with the outcome. */
  readonly narrow?: (holds: boolean) => void;
  /** The test in words, also where its outcome is decided: then it says when the branch not taken would be. */
  readonly literal?: Literal;
}

export const SUCCESS: Status = { known: true };
export const FAILURE: Status = { known: false };

/** What the surroundings do with a command that fails. */
export interface Handling {
  /** Its status is looked at (`if`, `||`, `!`), so `set -e` does not end the script. */
  readonly tested: boolean;
  /** `set -e` holds nothing here, since a status further out is looked at (`if f`, `f || true`). */
  readonly suspended: boolean;
  /** A failure changes nothing at all (`|| true`). */
  readonly ignored: boolean;
  /** A failure ends the script (`|| exit 1`). */
  readonly fatal: boolean;
  /** Its error text goes to /dev/null. */
  readonly stderrDropped: boolean;
}

/** A way through that ended, or an arm of a branch: what it changed since its base. */
export interface Arm {
  readonly changes: ReadonlyMap<string, Cell>;
  readonly literal?: Literal;
}

interface Collector {
  readonly base: Scope;
  readonly arms: Arm[];
}

export interface Loop {
  readonly base: Scope;
  readonly breaks: Arm[];
  readonly continues: Arm[];
}

export interface FunctionFrame extends Collector {
  readonly name: string;
  /** What `local` hides, by key, to be put back at the end of the call. */
  readonly hidden: Map<string, Cell | undefined>;
  /** How the call ended, at each place where it may end. */
  readonly returned: Status[];
}

export interface Run {
  readonly input: ScriptInput;
  readonly recorder: Recorder;
  /** Which variables the script's own options set, for the wording of conditions. */
  readonly options: OptionOrigins;
  /** Names of functions that were called anywhere. */
  readonly called: Set<string>;
  scope: Scope;
  path: Condition;
  /** False after exit, return, break: what follows is not run. */
  alive: boolean;
  /** True when the way that ended last ended in an error. */
  endedInError: boolean;
  /** False inside a branch that is not taken: its needs are told apart. */
  reached: boolean;
  status: Status;
  /** Of the last command, when it was a test. */
  tested: Tested | undefined;
  handling: Handling;
  source: ShellSource;
  /** Set for text that has no lines of its own (`eval`, `bash -c`): the line it was met at. */
  fixedLine: number | undefined;
  line: number;
  loops: Loop[];
  frames: FunctionFrame[];
  shells: Collector[];
  steps: number;
  depth: number;
  /** Counts the settings of the positional parameters. */
  generation: number;
  unreachedDepth: number;
  /** How many $( ) and pipes read what is written; at 0 nobody does. */
  capturing: number;
  /** Once set, nothing more is followed. */
  stopped: boolean;
  /** Given at the start, so that files that need each other need not import each other. */
  readonly execute: {
    readonly list: (run: Run, list: CompoundList | Script) => void;
    readonly node: (run: Run, node: PipelineNode | AndOr) => void;
    readonly body: (run: Run, body: FunctionNode['body']) => void;
    readonly words: (run: Run, words: readonly Value[]) => void;
    /** As `words`, but never a function of the script. */
    readonly plain: (run: Run, words: readonly Value[]) => void;
    readonly text: (run: Run, word: Word) => Texts;
  };
}

/** Commands, expansions and loop turns together. A script of 45,000 kubectl calls stays below it. */
const MAX_STEPS = 400_000;
/** Calls inside calls and blocks inside blocks; the stack of the host program bears several times as many. */
const MAX_DEPTH = 400;

export const stop = (run: Run, because: string): void => {
  if (!run.stopped) run.recorder.unresolved({ line: run.line, text: '', because });
  run.stopped = true;
  run.alive = false;
};

/** Counts one step; false when the analysis has to end here. */
export const step = (run: Run): boolean => {
  run.steps += 1;
  if (run.steps > MAX_STEPS)
    stop(run, `the analysis stopped here after ${MAX_STEPS} steps; what follows was not looked at`);
  return !run.stopped;
};

/** Goes one block or call deeper, unless that is too deep. */
export const deeper = (run: Run, body: () => void): void => {
  if (run.depth >= MAX_DEPTH) {
    stop(run, `blocks and calls are nested more than ${MAX_DEPTH} deep here; what follows was not looked at`);
    return;
  }
  run.depth += 1;
  body();
  run.depth -= 1;
};

export const statusOf = (atom: Atom, expected = false): Status => ({ literal: literalOf(atom), expected });

export const negateStatus = (status: Status): Status =>
  'known' in status
    ? { known: !status.known }
    : { literal: { ...status.literal, holds: !status.literal.holds }, expected: false };

/** What the command before left, when it was a test. Asked for by a call, since commands change it. */
export const lastTest = (run: Run): Tested | undefined => run.tested;

export const handled = (run: Run, handling: Partial<Handling>, body: () => void): void => {
  const before = run.handling;
  run.handling = { ...before, ...handling };
  body();
  run.handling = before;
};

/**
 * Runs `body` on a scope of its own and says what it changed; undefined when it did not come to its end, or cannot be
 * come to on the way that led here.
 */
export const inArm = (run: Run, literal: Literal | undefined, body: () => void): Arm | undefined => {
  const { scope, path } = run;
  const inside = literal === undefined ? path : extend(path, literal);
  if (inside === undefined) return undefined;
  run.scope = new Scope(scope);
  run.path = inside;
  body();
  const arm: Arm = { changes: run.scope.changesSince(scope), ...(literal === undefined ? {} : { literal }) };
  const { alive } = run;
  run.scope = scope;
  run.path = path;
  run.alive = !run.stopped;
  return alive ? arm : undefined;
};

/** Goes on from the arms that came to their end; with none, nothing follows. */
export const continueFrom = (run: Run, arms: readonly (Arm | undefined)[]): void => {
  const alive = arms.filter((arm) => arm !== undefined);
  run.scope.join(alive);
  run.alive = alive.length > 0 && !run.stopped;
};

const endAt = (run: Run, collector: Collector | undefined, inError: boolean): void => {
  // Many ways may end at one place; a few hundred say all there is to say.
  if (collector !== undefined && collector.arms.length < 200)
    collector.arms.push({ changes: run.scope.changesSince(collector.base) });
  run.alive = false;
  run.endedInError = inError;
};

export const exitScript = (run: Run, inError: boolean): void => endAt(run, run.shells.at(-1), inError);

export const returnFromFunction = (run: Run, inError: boolean): void => {
  const frame = run.frames.at(-1);
  frame?.returned.push(run.status);
  endAt(run, frame ?? run.shells.at(-1), inError);
};

export const leaveLoop = (run: Run, how: 'breaks' | 'continues', levels: number): void => {
  const loop = run.loops.at(-Math.min(Math.max(levels, 1), run.loops.length));
  if (loop === undefined) return;
  endAt(run, { base: loop.base, arms: loop[how] }, false);
};

/**
 * Looks at a branch that is not taken, so that what the text asks for can be told from what this call of it asks for.
 * Nothing of it is kept.
 */
export const lookAtUnreached = (run: Run, literal: Literal, body: () => void): void => {
  if (run.unreachedDepth >= 2 || run.stopped) return;
  const { loops, frames, shells, reached, status, tested } = run;
  run.reached = false;
  run.unreachedDepth += 1;
  run.loops = [{ base: run.scope, breaks: [], continues: [] }];
  run.frames = [{ base: run.scope, arms: [], name: '', hidden: new Map(), returned: [] }];
  run.shells = [{ base: run.scope, arms: [] }];
  inArm(run, literal, body);
  Object.assign(run, { loops, frames, shells, reached, status, tested });
  run.unreachedDepth -= 1;
};

/** Runs `body` as a subshell does: what it sets is lost, what it writes (output, files) stays. */
export const inSubshell = (run: Run, body: () => void): void => {
  const { scope, loops, frames, shells } = run;
  const inner = new Scope(scope);
  const collector: Collector = { base: inner, arms: [] };
  run.scope = new Scope(inner);
  run.loops = [];
  run.frames = [];
  run.shells = [...shells, collector];
  body();
  const arms = [...collector.arms, ...(run.alive ? [{ changes: run.scope.changesSince(inner) }] : [])];
  run.scope = inner;
  inner.join(arms);
  Object.assign(run, { loops, frames, shells });
  for (const [key, cell] of inner.changesSince(scope))
    if (key === 'out' || key.startsWith('file:')) scope.set(key, cell);
  run.scope = scope;
  run.alive = !run.stopped;
};

export const outputOf = (run: Run): Texts => textsOf(run.scope.get('out') ?? []);

export const textsOf = (cell: Cell): Texts =>
  cell.flatMap(({ content, when }) => (content.is === 'text' ? [{ content: content.value, when }] : []));

/** Runs `body` and gives what it wrote to its standard output. */
export const capture = (run: Run, body: () => void): Texts => {
  const before = run.scope.get('out') ?? textCell(certainText(''));
  run.scope.set('out', textCell(certainText('')));
  run.capturing += 1;
  body();
  run.capturing -= 1;
  const written = outputOf(run);
  run.scope.set('out', before);
  return written;
};

/** Notes what a command writes to its standard output, where anybody reads it. */
export const write = (run: Run, written: Texts): void => {
  if (run.capturing === 0) return;
  const joined = outputOf(run).flatMap((before) =>
    written.flatMap(({ content, when }) => {
      const condition = both(before.when, when);
      return condition === undefined ? [] : [{ content: concat(before.content, content), when: condition }];
    }),
  );
  run.scope.set('out', textCell(joined.slice(0, MAX_ALTERNATIVES)));
};
