/**
 * A command whose words are known as far as they go: a function of the script, a builtin, a wrapper around another
 * command, kubectl or a call of the API by hand, a program whose output is known, any other program.
 */
import { runBuiltin } from './builtins.ts';
import { runCurl } from './curl.ts';
import { callFunction } from './call-function.ts';
import { runKubectl } from './kubectl/run-kubectl.ts';
import { runProgram } from './programs.ts';
import { certain } from './scope.ts';
import { statusOf, step, write } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { isUnknown, literal, showText, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { commandAtom } from './wording.ts';
import { runScriptFile, runWrapper } from './wrappers.ts';

/** The file name of a command word: of `/usr/bin/kubectl` and of `$BIN/kubectl` it is `kubectl`. */
const programOf = (word: Value): string | undefined => {
  const last = word.at(-1);
  if (last === undefined || isUnknown(last)) return undefined;
  const slash = last.lastIndexOf('/');
  if (slash < 0) return literal(word);
  return last.slice(slash + 1);
};

const KUBECTL = /^(?:kubectl|oc)(?:\.exe)?$/;

/** `$KUBECTL get pods` with KUBECTL unknown: named like kubectl, it is taken for it. */
const soundsLikeKubectl = (word: Value): boolean => {
  const [piece, ...more] = word;
  return (
    piece !== undefined &&
    more.length === 0 &&
    isUnknown(piece) &&
    /kube_?c(?:tl|md)|^(?:oc|kubectl|k8s)(?:_(?:cmd|bin|cli))?$/i.test(piece.text)
  );
};

/** What kubectl's first word may be; an unknown program called with it may well be kubectl. */
const LOOKS_LIKE_CALL =
  /^(?:get|apply|create|delete|describe|patch|label|annotate|scale|rollout|wait|exec|logs|replace|edit|taint|cordon|uncordon|drain)$/;

export const runWords = (run: Run, words: readonly Value[]): void => {
  const [first, ...args] = words;
  if (first === undefined || !step(run)) return;
  const named = literal(first);
  if (named === undefined || !callFunction(run, named, args)) runPlain(run, words);
};

/** As `command NAME` does: the script's functions are passed by. */
export const runPlain = (run: Run, words: readonly Value[]): void => {
  const [first, ...args] = words;
  if (first === undefined || !step(run)) return;
  const program = programOf(first);
  if (program === undefined) runUnknown(run, first, words);
  else if (KUBECTL.test(program)) runKubectl(run, words, program.startsWith('oc') ? 'oc' : 'kubectl');
  else if (
    !(literal(first) === program && runBuiltin(run, program, args)) &&
    !runWrapper(run, program, args) &&
    !runCurl(run, program, args, words) &&
    !runScriptFile(run, first, args) &&
    !runProgram(run, program, args, words)
  )
    runOutside(run, words);
};

/** A program that the analysis knows nothing of. What it writes is unknown; that it succeeds is the ordinary case. */
export const runOutside = (run: Run, words: readonly Value[]): void => {
  const call = words.map(showText).join(' ');
  const id = `${run.source.name}:${run.line}:${call.slice(0, 200)}`;
  write(run, certain([unknown(id, `$(${call.slice(0, 30)})`)]));
  run.status = statusOf(commandAtom(id, call), true);
};

const runUnknown = (run: Run, first: Value, words: readonly Value[]): void => {
  if (soundsLikeKubectl(first)) {
    runKubectl(run, words, 'kubectl');
    return;
  }
  const second = words[1] === undefined ? undefined : literal(words[1]);
  if (run.reached && second !== undefined && LOOKS_LIKE_CALL.test(second))
    run.recorder.unresolved({
      line: run.line,
      text: words.map(showText).join(' '),
      because: `the command itself is known only at run time: ${showText(first)}`,
    });
  runOutside(run, words);
};
