/**
 * A shell script -> the permissions it needs, with line, condition and what becomes of a denial; what it would need on
 * ways that this call of it does not take; and what could not be found out. The script is read, never run.
 */
import { ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import { literalOf } from './condition.ts';
import { executeBody, executeList, executeNode } from './execute.ts';
import { expandText } from './expand-word.ts';
import { parseShell } from './parse-shell.ts';
import { Recorder } from './recorder.ts';
import type { CallShare, Identity, Need, Unresolved } from './recorder.ts';
import { callFunction } from './call-function.ts';
import { runText } from './run-text.ts';
import { runPlain, runWords } from './run-words.ts';
import { cellOf, certain, certainText, fileKey, Scope, textCell } from './scope.ts';
import type { ScriptInput } from './script-input.ts';
import { inSubshell, lookAtUnreached, SUCCESS, textsOf } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { text, unknown } from './shell-value.ts';
import { optionOrigins } from './wording.ts';

export interface ScriptNeeds {
  readonly needs: readonly Need[];
  readonly unreached: readonly Need[];
  readonly unresolved: readonly Unresolved[];
  readonly calls: CallShare;
  /** Who the calls speak as, each with its condition. */
  readonly identities: readonly (Identity & { readonly when?: string })[];
  /** Lines at which the account's token is given as a kubeconfig. */
  readonly tokenAsConfig: readonly number[];
  /** The script has a way to be given a kubeconfig. */
  readonly takesKubeconfig: boolean;
}

const startScope = ({ args, env, files }: ScriptInput): Scope => {
  const scope = new Scope();
  scope.set('args', cellOf({ is: 'arguments', values: args?.map(text), generation: 0 }));
  scope.set('out', textCell(certainText('')));
  scope.set('stdin', textCell(certain([unknown('stdin', 'the standard input')])));
  for (const [name, value] of Object.entries(env ?? {})) scope.set(`v:${name}`, textCell(certainText(value)));
  for (const [path, content] of Object.entries(files ?? {})) scope.set(fileKey(path), textCell(certainText(content)));
  return new Scope(scope);
};

const SIGNAL_WORDS: Readonly<Record<string, string>> = { ERR: 'a command fails', DEBUG: '', RETURN: '' };

/** Traps run at the end, in the state that the script left. */
const runTraps = (run: Run): void => {
  for (const key of run.scope.keys('trap:')) {
    const signal = key.slice(5);
    const words = SIGNAL_WORDS[signal] ?? `the script gets ${signal}`;
    for (const { content } of textsOf(run.scope.get(key) ?? [])) {
      if (content.length === 0 || words === '') continue;
      const path = run.path;
      if (signal !== 'EXIT') run.path = [...path, literalOf({ id: `trap ${signal}`, yes: words, no: `not: ${words}` })];
      inSubshell(run, () => runText(run, content));
      run.path = path;
    }
  }
};

/** Functions that nothing calls: their needs are of the text, not of this call. */
const lookAtUncalled = (run: Run): void => {
  for (const key of run.scope.keys('f:')) {
    const name = key.slice(2);
    if (run.called.has(name)) continue;
    lookAtUnreached(
      run,
      literalOf({ id: `called ${name}`, yes: `function ${name} is called`, no: `function ${name} is not called` }),
      () => {
        callFunction(run, name, []);
      },
    );
  }
};

export const analyzeScript = (source: string, input: ScriptInput): Result<ScriptNeeds> => {
  const parsed = parseShell(input.name, source);
  if (!parsed.ok) return parsed;
  const { script, problems } = parsed.value;
  const recorder = new Recorder();
  recorder.at(input.name);
  const scope = startScope(input);
  const run: Run = {
    input,
    recorder,
    options: optionOrigins(script),
    called: new Set(),
    scope,
    path: [],
    alive: true,
    endedInError: false,
    reached: true,
    status: SUCCESS,
    tested: undefined,
    handling: { tested: false, suspended: false, ignored: false, fatal: false, stderrDropped: false },
    source: parsed.value.source,
    fixedLine: undefined,
    line: 1,
    loops: [],
    frames: [],
    shells: [],
    steps: 0,
    depth: 0,
    generation: 0,
    unreachedDepth: 0,
    capturing: 0,
    stopped: false,
    execute: {
      list: executeList,
      node: executeNode,
      body: executeBody,
      words: runWords,
      plain: runPlain,
      text: expandText,
    },
  };
  for (const { line, because } of problems.slice(0, 5))
    recorder.unresolved({
      line,
      text: '',
      because: `the script is no valid shell from here on: ${because}`,
    });
  const exits = { base: scope, arms: [] };
  run.shells.push(exits);
  run.scope = new Scope(scope);
  executeList(run, script);
  const ends = [...exits.arms, ...(run.alive ? [{ changes: run.scope.changesSince(scope) }] : [])];
  run.scope = scope;
  scope.join(ends);
  run.alive = !run.stopped;
  run.path = [];
  run.handling = { tested: true, suspended: true, ignored: true, fatal: false, stderrDropped: false };
  runTraps(run);
  lookAtUncalled(run);
  return ok({
    needs: recorder.needs(),
    unreached: recorder.unreached(),
    unresolved: recorder.allUnresolved(),
    calls: recorder.share(),
    identities: recorder.identities(),
    tokenAsConfig: recorder.tokensAsConfig(),
    takesKubeconfig: /--kubeconfig\b/.test(source),
  });
};
