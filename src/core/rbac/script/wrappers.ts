/**
 * Commands that run another command: timeout, env, sudo, xargs, bash -c and the like. Each is a row that says how many
 * words of its own it takes. What another machine or another container would run is not this account's call.
 */
import { isShellText } from './parse-shell.ts';
import { runFile, runText } from './run-text.ts';
import { certain, fileKey, textCell } from './scope.ts';
import type { Texts } from './scope.ts';
import { inSubshell, statusOf, textsOf } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { isUnknown, literal, showText, splitWords } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { readFile } from './redirects.ts';
import { assign, setPositional } from './variables.ts';
import { commandAtom } from './wording.ts';

interface Wrapper {
  /** Options that take the next word as their value. */
  readonly values: readonly string[];
  /** Words of its own before the command, after the options. */
  readonly operands: number;
  /** `NAME=value` words before the command are set for it. */
  readonly assignments?: true;
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  timeout: { values: ['-s', '--signal', '-k', '--kill-after'], operands: 1 },
  env: { values: ['-u', '--unset', '-C', '--chdir'], operands: 0, assignments: true },
  sudo: {
    values: ['-u', '--user', '-g', '--group', '-h', '-p', '-C', '-r', '-t', '-T', '-U'],
    operands: 0,
    assignments: true,
  },
  nice: { values: ['-n', '--adjustment'], operands: 0 },
  ionice: { values: ['-c', '-n'], operands: 0 },
  nohup: { values: [], operands: 0 },
  setsid: { values: [], operands: 0 },
  stdbuf: { values: ['-i', '-o', '-e'], operands: 0 },
  time: { values: ['-f', '-o'], operands: 0 },
  unbuffer: { values: [], operands: 0 },
  chroot: { values: [], operands: 1 },
  nsenter: { values: ['-t', '--target', '-S', '-G'], operands: 0 },
  taskset: { values: [], operands: 1 },
  chrt: { values: [], operands: 1 },
  flock: { values: ['-w', '--timeout', '-E', '--conflict-exit-code'], operands: 1 },
  watch: { values: ['-n', '--interval'], operands: 0 },
  retry: { values: ['-t', '--times', '-d', '--delay'], operands: 0 },
  tini: { values: ['-p', '-e'], operands: 0 },
  'dumb-init': { values: [], operands: 0 },
  k3s: { values: [], operands: 0 },
  microk8s: { values: [], operands: 0 },
  minikube: { values: ['-p', '--profile'], operands: 0 },
};

/** Programs whose command runs with another identity, or elsewhere. */
const ELSEWHERE = new Set(['ssh', 'docker', 'podman', 'nerdctl', 'crictl', 'virtctl']);

const SHELLS = new Set(['bash', 'sh', 'ash', 'dash', 'zsh', 'ksh']);

/** Drops options (with their values) and operands off the front. */
const afterOwnWords = (args: readonly Value[], { values, operands }: Wrapper): readonly Value[] => {
  let at = 0;
  for (; at < args.length; at += 1) {
    const word = literal(args[at] ?? []);
    if (word === undefined || !word.startsWith('-')) break;
    if (word === '--') {
      at += 1;
      break;
    }
    if (values.includes(word)) at += 1;
  }
  return args.slice(at + operands);
};

const runWrapped = (run: Run, wrapper: Wrapper, args: readonly Value[]): void => {
  let rest = afterOwnWords(args, wrapper);
  if (literal(rest[0] ?? []) === '--') rest = rest.slice(1);
  if (wrapper.assignments === true)
    for (;;) {
      const [piece, ...more] = rest[0] ?? [];
      const [, name, value] = typeof piece === 'string' ? (/^([A-Za-z_]\w*)=(.*)$/s.exec(piece) ?? []) : [];
      if (name === undefined) break;
      assign(run, name, certain([...(value === undefined || value === '' ? [] : [value]), ...more]));
      run.scope.set(`exported:${name}`, textCell(certain(['yes'])));
      rest = rest.slice(1);
    }
  if (rest.length === 0) run.status = statusOf(commandAtom('wrapper', 'the command'), true);
  else run.execute.words(run, rest);
};

/** `bash -c TEXT NAME ARG...`, `bash FILE ARG...`, `bash` with the script on its input. */
const runShell = (run: Run, args: readonly Value[]): void => {
  let at = 0;
  let inline = false;
  for (; at < args.length; at += 1) {
    const word = literal(args[at] ?? []);
    if (word === undefined || !/^[-+]/.test(word)) break;
    if (word === '-o' || word === '+o' || word === '-O') at += 1;
    else if (/^-[a-zA-Z]*c$/.test(word)) inline = true;
  }
  const [script, ...rest] = args.slice(at);
  if (script !== undefined && !inline && runScriptFile(run, script, rest)) return;
  inSubshell(run, () => {
    if (script === undefined) {
      const [only] = textsOf(run.scope.get('stdin') ?? []);
      if (only !== undefined) runText(run, only.content);
    } else if (inline) {
      setPositional(run, [{ content: rest.slice(1), when: [] }]);
      runText(run, script);
    } else if (run.reached)
      run.recorder.unresolved({
        line: run.line,
        text: showText(script),
        because: 'the script that is called here was not given, so what it asks for is not known',
      });
  });
  run.status = statusOf(commandAtom(`shell ${run.line}`, 'the inner script'), true);
};

/** A script whose text is known, run as a process of its own. False when it is not known, or is for another interpreter. */
export const runScriptFile = (run: Run, script: Value, args: readonly Value[]): boolean => {
  const path = literal(script);
  if (path === undefined || run.scope.get(fileKey(path)) === undefined) return false;
  const content = literal(readFile(run, path)[0]?.content ?? []);
  if (content === undefined || !isShellText(content)) return false;
  inSubshell(run, () => {
    setPositional(run, [{ content: args, when: [] }]);
    runFile(run, path, content);
  });
  run.status = statusOf(commandAtom(`shell ${run.line}`, 'the inner script'), true);
  return true;
};

const XARGS_VALUES = [
  '-n',
  '-L',
  '-P',
  '-d',
  '-E',
  '-s',
  '-a',
  '--max-args',
  '--max-procs',
  '--delimiter',
  '--max-lines',
];

const xargs = (run: Run, args: readonly Value[]): void => {
  const at = args.findIndex((arg) => /^(?:-I|-i|--replace)/.test(literal(arg) ?? ''));
  const flag = at < 0 ? undefined : literal(args[at] ?? []);
  const mark =
    flag === undefined
      ? undefined
      : flag === '-I'
        ? (literal(args[at + 1] ?? []) ?? '{}')
        : flag.replace(/^(?:-I|-i|--replace=?)/, '') || '{}';
  const command = afterOwnWords(args, { values: [...XARGS_VALUES, '-I'], operands: 0 });
  const single = args.some((arg) => /^-n ?1$|^-L ?1$/.test(literal(arg) ?? '')) || mark !== undefined;
  for (const { content } of itemsOf(run)) {
    const items = splitWords(content);
    const groups = single ? items.slice(0, 200).map((item) => [item]) : [items];
    for (const group of groups.length === 0 ? [[]] : groups) {
      const [item] = group;
      run.execute.words(
        run,
        mark === undefined || item === undefined
          ? [...command, ...group]
          : command.map((word) => replaceMark(word, mark, item)),
      );
    }
  }
};

const itemsOf = (run: Run): Texts => textsOf(run.scope.get('stdin') ?? []);

const replaceMark = (word: Value, mark: string, item: Value): Value =>
  word.flatMap((piece) => {
    if (isUnknown(piece)) return [piece];
    const parts = piece.split(mark);
    return parts.flatMap((part, at) => (at === 0 ? [part] : [...item, part])).filter((part) => part !== '');
  });

/** `find ... -exec COMMAND {} ;` */
const find = (run: Run, args: readonly Value[]): boolean => {
  const words = args.map(literal);
  const at = words.findIndex((word) => word === '-exec' || word === '-execdir');
  if (at < 0) return false;
  const end = words.findIndex((word, index) => index > at && (word === ';' || word === '+'));
  run.execute.words(run, args.slice(at + 1, end < 0 ? undefined : end));
  return true;
};

/** False when the program wraps nothing. */
export const runWrapper = (run: Run, program: string, args: readonly Value[]): boolean => {
  if (SHELLS.has(program)) runShell(run, args);
  else if (program === 'xargs' || program === 'parallel') xargs(run, args);
  else if (program === 'find') return find(run, args);
  else if (ELSEWHERE.has(program)) run.status = statusOf(commandAtom(`${program} ${run.line}`, program), true);
  else {
    const wrapper = Object.hasOwn(WRAPPERS, program) ? WRAPPERS[program] : undefined;
    if (wrapper === undefined) return false;
    runWrapped(run, wrapper, args);
  }
  return true;
};
