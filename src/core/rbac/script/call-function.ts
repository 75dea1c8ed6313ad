/** Calls of the script's own functions: inlined at each place, with their arguments, locals hidden and put back. */
import { ABSENT, Scope } from './scope.ts';
import type { Cell } from './scope.ts';
import { deeper, statusOf } from './shell-run.ts';
import type { Arm, FunctionFrame, Run, Status } from './shell-run.ts';
import type { Value } from './shell-value.ts';
import { setPositional } from './variables.ts';
import { commandAtom } from './wording.ts';

/** A function that calls itself is followed this many times. */
const MAX_RECURSION = 3;

type FunctionContent = Extract<Cell[number]['content'], { readonly is: 'function' }>;

/** The status of a call that may have returned at several places. */
const statusOfCall = (name: string, id: string, returned: readonly Status[]): Status => {
  const [first, ...more] = returned;
  if (first !== undefined && more.length === 0) return first;
  if (first !== undefined && 'known' in first && more.every((one) => 'known' in one && one.known === first.known))
    return first;
  return statusOf(commandAtom(id, name), true);
};

const callOne = (run: Run, name: string, { node, source }: FunctionContent, args: readonly Value[]): void => {
  const { scope: base, path, loops, source: outerSource, fixedLine, line } = run;
  const outerArgs = base.get('args') ?? ABSENT;
  const arms: Arm[] = [];
  const frame: FunctionFrame = { name, base, arms, hidden: new Map(), returned: [] };
  run.scope = new Scope(base);
  run.loops = [];
  run.frames.push(frame);
  run.source = source;
  run.fixedLine = undefined;
  run.recorder.at(source.name);
  setPositional(run, [{ content: args, when: [] }]);
  deeper(run, () => run.execute.body(run, node.body));
  if (run.alive) {
    arms.push({ changes: run.scope.changesSince(base) });
    frame.returned.push(run.status);
  }
  run.frames.pop();
  base.join(arms);
  for (const [key, cell] of frame.hidden) base.set(key, cell ?? ABSENT);
  base.set('args', outerArgs);
  Object.assign(run, { scope: base, path, loops, source: outerSource, fixedLine, line });
  run.recorder.at(outerSource.name);
  run.alive = arms.length > 0 && !run.stopped;
  run.status = statusOfCall(name, `${source.name}:${line}:${name}`, frame.returned);
  run.tested = undefined;
};

/** False when there is no function of this name. */
export const callFunction = (run: Run, name: string, args: readonly Value[]): boolean => {
  const cell = run.scope.get(`f:${name}`);
  const bodies = (cell ?? []).flatMap(({ content }) => (content.is === 'function' ? [content] : []));
  if (bodies.length === 0) return false;
  run.called.add(name);
  const depth = run.frames.filter((frame) => frame.name === name).length;
  if (depth >= MAX_RECURSION) {
    run.status = statusOf(commandAtom(`recursion ${name}`, name), true);
    return true;
  }
  for (const body of bodies) {
    if (!run.alive) return true;
    callOne(run, name, body, args);
  }
  return true;
};
