/**
 * Follows the statements of a script: lists, pipelines, and/or lists, if, case, loops, functions. A branch whose
 * condition is decided is taken, the other one only looked at; an undecided one is followed both ways and joined.
 * Simple commands are left to simple-command.ts.
 */
import type {
  AndOr,
  CommandNode,
  CompoundList,
  Function as FunctionNode,
  If,
  Pipeline,
  PipelineNode,
  Script,
  Statement,
} from 'unbash';
import { executeAndOr } from './and-or.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { executeCase, executeIf } from './branches.ts';
import type { IfArm } from './branches.ts';
import { executeArithmeticFor, executeFor, executeWhile } from './loops.ts';
import { withRedirects } from './redirects.ts';
import { cellOf, textCell } from './scope.ts';
import type { Texts } from './scope.ts';
import { runSimpleCommand } from './simple-command.ts';
import { negated, testExpression } from './shell-test.ts';
import {
  capture,
  deeper,
  exitScript,
  FAILURE,
  handled,
  inSubshell,
  negateStatus,
  statusOf,
  step,
  SUCCESS,
} from './shell-run.ts';
import type { Handling, Run } from './shell-run.ts';
import { ERREXIT, knownText } from './variables.ts';

export const executeList = (run: Run, list: CompoundList | Script): void => {
  const last = list.commands.length - 1;
  for (const [at, statement] of list.commands.entries()) {
    if (!run.alive || run.stopped) return;
    if (at === last) executeStatement(run, statement);
    else handled(run, unobserved(run.handling), () => executeStatement(run, statement));
  }
};

/** Of a list whose status is looked at, that is the status of its last statement; `set -e` is off in all of it. */
const unobserved = ({ tested, fatal, suspended }: Handling): Partial<Handling> =>
  tested || fatal ? { tested: false, fatal: false, suspended: true } : { suspended };

const executeStatement = (run: Run, { command, background, pos }: Statement): void => {
  if (run.fixedLine === undefined) run.line = run.source.lineAt(pos);
  if (background === true) {
    inSubshell(run, () => executeNode(run, command));
    run.status = SUCCESS;
    return;
  }
  const lastRan =
    command.type === 'AndOr'
      ? executeAndOr(run, command)
      : (executeNode(run, command),
        command.type !== 'Pipeline' || command.prefixes.every(({ type }) => type !== 'Negation'));
  const failed = 'known' in run.status && !run.status.known;
  if (failed && lastRan && run.alive && !run.handling.tested && !run.handling.suspended && isErrexit(run))
    exitScript(run, true);
};

const isErrexit = (run: Run): boolean => knownText(run, ERREXIT) === 'on';

export const executeNode = (run: Run, node: PipelineNode | AndOr): void => {
  if (!step(run)) return;
  run.tested = undefined;
  deeper(run, () => {
    if (node.type === 'AndOr') executeAndOr(run, node);
    else if (node.type === 'Pipeline') executePipeline(run, node);
    else executeCommand(run, node);
  });
};

const ifArms = (node: If): readonly IfArm[] => [node, ...node.elif].map(({ clause, then: body }) => ({ clause, body }));

const executeCommand = (run: Run, node: CommandNode): void => {
  switch (node.type) {
    case 'Command':
      runSimpleCommand(run, node);
      return;
    case 'Redirected':
      withRedirects(run, node.redirects, () => executeCommand(run, node.command));
      return;
    case 'BraceGroup':
      executeList(run, node.body);
      return;
    case 'Subshell':
      inSubshell(run, () => executeList(run, node.body));
      return;
    case 'If':
      executeIf(run, ifArms(node), node.else);
      return;
    case 'Case':
      executeCase(run, node);
      return;
    case 'For':
    case 'Select':
      executeFor(run, node);
      return;
    case 'While':
      executeWhile(run, node);
      return;
    case 'ArithmeticFor':
      executeArithmeticFor(run, node);
      return;
    case 'Function':
      run.scope.set(`f:${node.name.value}`, cellOf({ is: 'function', node, source: run.source }));
      run.status = SUCCESS;
      return;
    case 'Coproc':
      inSubshell(run, () =>
        node.body.type === 'CompoundList' ? executeList(run, node.body) : executeCommand(run, node.body),
      );
      run.status = SUCCESS;
      return;
    case 'TestCommand': {
      const tested = testExpression(run, node.expression);
      run.status = tested.status;
      run.tested = tested;
      return;
    }
    case 'ArithmeticCommand': {
      const value = node.expression === undefined ? undefined : evaluateArithmetic(run, node.expression);
      const atom = { id: `(( ${node.body} ))`, yes: `((${node.body}))`, no: `not ((${node.body}))` };
      run.status = value === undefined ? statusOf(atom) : value === 0 ? FAILURE : SUCCESS;
    }
  }
};

/** The body of a function. A bare list occurs only in a broken script. */
export const executeBody = (run: Run, body: FunctionNode['body']): void => {
  if (body.type === 'CompoundList') executeList(run, body);
  else executeCommand(run, body);
};

const executePipeline = (run: Run, { commands, prefixes, operators }: Pipeline): void => {
  let piped: Texts | undefined;
  const isNegated = prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
  const body = (): void => {
    commands.forEach((command, at) => {
      if (run.stopped) return;
      const last = at === commands.length - 1;
      const dropped = operators[at] === '|&';
      const runOne = (): void =>
        commands.length === 1
          ? executeNode(run, command)
          : inSubshell(run, () => {
              if (piped !== undefined) run.scope.set('stdin', textCell(piped));
              handled(run, dropped ? { stderrDropped: false } : {}, () => executeNode(run, command));
            });
      if (last) runOne();
      else piped = capture(run, runOne);
    });
  };
  if (isNegated) {
    handled(run, { tested: true }, body);
    run.status = negateStatus(run.status);
    run.tested = run.tested === undefined ? undefined : negated(run.tested);
  } else body();
};
