/** The builtins of bash that move values, end something, or run other text. Declaring ones are in simple-command.ts. */
import { evaluateArithmeticText } from './arithmetic.ts';
import { getopts } from './getopts.ts';
import { formatPrintf } from './printf.ts';
import { readFile } from './redirects.ts';
import { runFile, runText } from './run-text.ts';
import { certain, certainText, fileKey, textCell } from './scope.ts';
import { exitScript, FAILURE, leaveLoop, returnFromFunction, statusOf, SUCCESS, textsOf, write } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { concat, isUnknown, linesOf, literal, showText, text, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { assign, assignList, ERREXIT, knownText, listOf, setPositional, shiftPositional } from './variables.ts';
import { commandAtom } from './wording.ts';

type Builtin = (run: Run, args: readonly Value[]) => void;

const succeed: Builtin = (run) => {
  run.status = SUCCESS;
};

const spaced = (values: readonly Value[]): Value =>
  concat(...values.flatMap((value, at) => (at === 0 ? [value] : [text(' '), value])));

const firstKnown = (args: readonly Value[]): string | undefined =>
  args[0] === undefined ? undefined : literal(args[0]);

const echo: Builtin = (run, args) => {
  let rest = args;
  let newline = true;
  for (let option = firstKnown(rest); option !== undefined && /^-[neE]+$/.test(option); option = firstKnown(rest)) {
    if (option.includes('n')) newline = false;
    rest = rest.slice(1);
  }
  write(run, certain(concat(spaced(rest), text(newline ? '\n' : ''))));
  run.status = SUCCESS;
};

const printf: Builtin = (run, args) => {
  const toVariable = firstKnown(args) === '-v';
  const name = toVariable && args[1] !== undefined ? literal(args[1]) : undefined;
  const [format, ...values] = toVariable ? args.slice(2) : firstKnown(args) === '--' ? args.slice(1) : args;
  const written = certain(format === undefined ? [] : formatPrintf(format, values));
  if (name !== undefined) assign(run, name, written);
  else write(run, written);
  run.status = SUCCESS;
};

/** `exit 0` and a bare `exit` are no error; what is not known is taken for one only after a test that said so. */
const endsInError = (run: Run, args: readonly Value[]): boolean => {
  const code = firstKnown(args);
  if (code === undefined) return args.length > 0 ? true : 'known' in run.status && !run.status.known;
  return code !== '0';
};

const setOptions: Builtin = (run, args) => {
  run.status = SUCCESS;
  const known = args.map(literal);
  const at = known.indexOf('--');
  if (at >= 0) setPositional(run, [{ content: args.slice(at + 1), when: [] }]);
  known.forEach((option, index) => {
    if (option === undefined || (at >= 0 && index >= at)) return;
    if (/^-[a-zA-Z]*e/.test(option) || (option === '-o' && known[index + 1] === 'errexit'))
      assign(run, ERREXIT, certainText('on'));
    if (/^\+[a-zA-Z]*e/.test(option) || (option === '+o' && known[index + 1] === 'errexit'))
      assign(run, ERREXIT, certainText('off'));
  });
};

const READ_FLAGS_WITH_VALUE = new Set(['-p', '-d', '-n', '-N', '-t', '-u', '-i']);

/** Names that `read` sets, and whether they take a whole array. */
const namesOfRead = (args: readonly Value[]): { readonly names: readonly string[]; readonly list: boolean } => {
  const names: string[] = [];
  let list = false;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] === undefined ? undefined : literal(args[at] ?? []);
    if (arg === undefined) continue;
    if (!arg.startsWith('-')) names.push(arg);
    else if (/^-[a-zA-Z]*a$/.test(arg)) list = true;
    else if (READ_FLAGS_WITH_VALUE.has(arg) || /^-[ers]+[pdnNtui]$/.test(arg)) at += 1;
  }
  return { names: names.length === 0 ? ['REPLY'] : names, list };
};

/** Takes one line off the standard input, when that is known text. */
const read: Builtin = (run, args) => {
  const { names, list } = namesOfRead(args);
  const stdin = textsOf(run.scope.get('stdin') ?? []);
  const [only, ...more] = stdin;
  const known = only === undefined || more.length > 0 ? undefined : literal(only.content);
  if (known === undefined) {
    const piece = only?.content.find(isUnknown);
    const from = piece === undefined ? unknown(`read ${run.source.name}:${run.line}`, names[0]) : piece;
    names.forEach((name, at) =>
      assign(
        run,
        name,
        certain([
          at === 0
            ? piece?.listed === undefined
              ? { ...from, text: name }
              : from
            : unknown(`${from.id} ${name}`, name),
        ]),
      ),
    );
    run.status = statusOf({ id: `read ${from.id}`, yes: 'there is another line', no: 'there is no other line' });
    return;
  }
  if (known === '') {
    run.status = FAILURE;
    return;
  }
  const end = known.indexOf('\n');
  const line = end < 0 ? known : known.slice(0, end);
  run.scope.set('stdin', textCell(certainText(end < 0 ? '' : known.slice(end + 1))));
  const fields = line.trim().split(/[ \t]+/);
  if (list) assignList(run, names[0] ?? 'REPLY', listOf(fields.map(text)));
  else
    names.forEach((name, at) =>
      assign(
        run,
        name,
        certainText(
          names.length === 1 ? line.trim() : at === names.length - 1 ? fields.slice(at).join(' ') : (fields[at] ?? ''),
        ),
      ),
    );
  run.status = SUCCESS;
};

const readArray: Builtin = (run, args) => {
  const name = args.map(literal).findLast((arg) => arg !== undefined && /^[A-Za-z_]\w*$/.test(arg)) ?? 'MAPFILE';
  const [only] = textsOf(run.scope.get('stdin') ?? []);
  const lines = only === undefined ? undefined : linesOf(only.content);
  if (lines === undefined) assign(run, name, certain(only?.content ?? [unknown(name)]));
  else assignList(run, name, listOf(lines.map(text)));
  run.status = SUCCESS;
};

const trap: Builtin = (run, args) => {
  const [action, ...signals] = args;
  run.status = SUCCESS;
  if (action === undefined) return;
  for (const signal of signals) {
    const name = literal(signal)?.replace(/^SIG/, '').replace(/^0$/, 'EXIT');
    if (name !== undefined) run.scope.set(`trap:${name}`, textCell(certain(literal(action) === '-' ? [] : action)));
  }
};

const source: Builtin = (run, args) => {
  const path = firstKnown(args);
  const content = path === undefined ? undefined : literal(readFile(run, path)[0]?.content ?? []);
  run.status = SUCCESS;
  if (path !== undefined && content !== undefined && run.scope.get(fileKey(path)) !== undefined)
    runFile(run, path, content);
  else if (run.reached)
    run.recorder.unresolved({
      line: run.line,
      text: `source ${args[0] === undefined ? '' : showText(args[0])}`,
      because: 'the file that is read in here was not given, so its commands and functions are not known',
    });
};

const isThere: Builtin = (run, args) => {
  const name = args.map(showText).findLast((arg) => !arg.startsWith('-')) ?? '';
  write(run, certain([unknown(`path of ${name}`, name)]));
  run.status =
    run.scope.get(`f:${name}`) === undefined
      ? statusOf({ id: `installed ${name}`, yes: `${name} is installed`, no: `${name} is not installed` }, true)
      : SUCCESS;
};

const jump =
  (how: 'breaks' | 'continues'): Builtin =>
  (run, args) =>
    leaveLoop(run, how, Number(firstKnown(args) ?? '1') || 1);

const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': succeed,
  true: succeed,
  false: (run) => {
    run.status = FAILURE;
  },
  echo,
  printf,
  read,
  mapfile: readArray,
  readarray: readArray,
  set: setOptions,
  shift: (run, args) => {
    shiftPositional(run, Number(firstKnown(args) ?? '1') || 0);
    run.status = SUCCESS;
  },
  unset: (run, args) => {
    for (const name of args.map(literal))
      if (name !== undefined && /^[A-Za-z_]\w*$/.test(name)) assign(run, name, certainText(''));
    run.status = SUCCESS;
  },
  trap,
  eval: (run, args) => runText(run, spaced(args)),
  source,
  '.': source,
  exit: (run, args) => exitScript(run, endsInError(run, args)),
  return: (run, args) => {
    const inError = endsInError(run, args);
    if (args.length > 0) run.status = inError ? FAILURE : SUCCESS;
    returnFromFunction(run, inError);
  },
  break: jump('breaks'),
  continue: jump('continues'),
  getopts,
  let: (run, args) => {
    const values = args.map((arg) => evaluateArithmeticText(run, literal(arg) ?? '?'));
    const last = values.at(-1);
    run.status = last === undefined ? statusOf(commandAtom(`let ${run.line}`, 'let')) : last === 0 ? FAILURE : SUCCESS;
  },
  command: (run, args) => {
    const option = firstKnown(args);
    if (option === '-v' || option === '-V') isThere(run, args.slice(1));
    else run.execute.plain(run, option === '-p' ? args.slice(1) : args);
  },
  builtin: (run, args) => run.execute.plain(run, args),
  type: isThere,
  which: isThere,
  hash: isThere,
  exec: (run, args) => {
    run.status = SUCCESS;
    if (args.length === 0) return;
    run.execute.words(run, args);
    if (run.alive) exitScript(run, false);
  },
  pwd: (run) => {
    write(run, certain(text(`${knownText(run, 'PWD') ?? '.'}\n`)));
    run.status = SUCCESS;
  },
  ...Object.fromEntries(
    [
      'cd',
      'pushd',
      'popd',
      'umask',
      'ulimit',
      'shopt',
      'alias',
      'unalias',
      'wait',
      'jobs',
      'disown',
      'kill',
      'times',
      'history',
      'enable',
      'caller',
      'sleep',
    ].map((name) => [name, succeed] as const),
  ),
};

/** False when the name is no builtin. */
export const runBuiltin = (run: Run, name: string, args: readonly Value[]): boolean => {
  if (!Object.hasOwn(BUILTINS, name)) return false;
  BUILTINS[name]?.(run, args);
  return true;
};
