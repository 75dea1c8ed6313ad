/** Programs whose output is known when their input is: the small tools that scripts build names and manifests with. */
import { readFile } from './redirects.ts';
import { certain, certainText, fileKey, textCell } from './scope.ts';
import type { Texts } from './scope.ts';
import { SUCCESS, statusOf, textsOf, write } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { concat, isUnknown, literal, POD_NAMESPACE, showText, text, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { knownText, lookUp } from './variables.ts';
import { commandAtom } from './wording.ts';

type Program = (run: Run, args: readonly Value[], words: readonly Value[]) => Texts | undefined;

const stdinOf = (run: Run): Texts => textsOf(run.scope.get('stdin') ?? []);

const isOption = (arg: Value): boolean => (literal(arg) ?? '').startsWith('-') && (literal(arg) ?? '').length > 1;

const operandsOf = (args: readonly Value[]): readonly Value[] => args.filter((arg) => !isOption(arg));

/** The files that a filter reads, else its input. */
const inputOf = (run: Run, files: readonly Value[]): Texts => {
  const named = files.filter((file) => literal(file) !== '-');
  if (named.length === 0) return stdinOf(run);
  return named.reduce<Texts>((sofar, file) => {
    const path = literal(file);
    const [content] = path === undefined ? [] : readFile(run, path);
    return sofar.map((before) => ({
      content: concat(before.content, content?.content ?? [unknown(showText(file))]),
      when: before.when,
    }));
  }, certainText(''));
};

/** Names of listed objects stay what they are through a filter of lines. */
const throughFilter = (texts: Texts, change: (piece: Value) => Value): Texts | undefined =>
  texts.some(({ content }) => content.some((piece) => isUnknown(piece) && piece.listed !== undefined))
    ? texts.map(({ content, when }) => ({ content: change(content), when }))
    : undefined;

const keep: Program = (run) => throughFilter(stdinOf(run), (value) => value);

/** `cut -d/ -f2`, `awk '{print $1}'`, `sed 's#.*' + '/##'`: what is left of a listed line is its name. */
const cutName: Program = (run) =>
  throughFilter(stdinOf(run), (value) =>
    value.map((piece) =>
      isUnknown(piece) && piece.listed !== undefined
        ? { ...piece, listed: { ...piece.listed, as: 'name' as const } }
        : piece,
    ),
  );

/** `s/from/to/` with plain text on both sides is carried out; anything else makes the text unknown. */
const sed: Program = (run, args) => {
  const listed = cutName(run, args, []);
  if (listed !== undefined) return listed;
  const words = args.filter((arg) => !['-e', '-i', '-E', '-r', '-n'].includes(literal(arg) ?? ''));
  const expressions = words.filter((word) => /^s./.test(showText(word)));
  const files = words.filter((word) => !expressions.includes(word));
  const edits = expressions.map((expression): readonly [string, Value] | undefined => {
    const [head, ...tail] = expression;
    if (typeof head !== 'string') return undefined;
    const mark = head[1] ?? '/';
    const end = head.indexOf(mark, 2);
    if (end < 0) return undefined;
    const from = head.slice(2, end);
    const to = [head.slice(end + 1), ...tail];
    const last = to.at(-1);
    if (typeof last !== 'string' || /[\\^$.*[\]]/.test(from) || from === '') return undefined;
    const cut = last.lastIndexOf(mark);
    if (cut < 0) return undefined;
    const replacement: Value = [...to.slice(0, -1), last.slice(0, cut)].filter((piece) => piece !== '');
    return replacement.some((piece) => typeof piece === 'string' && /[&\\]/.test(piece))
      ? undefined
      : [from, replacement];
  });
  if (edits.includes(undefined) || edits.length === 0) return undefined;
  return inputOf(run, files).map(({ content, when }) => ({
    content: edits.reduce<Value>((sofar, edit) => (edit === undefined ? sofar : replaceAll(sofar, ...edit)), content),
    when,
  }));
};

const replaceAll = (value: Value, from: string, to: Value): Value =>
  concat(
    ...value.map((piece) =>
      isUnknown(piece)
        ? [piece]
        : concat(...piece.split(from).flatMap((part, at) => (at === 0 ? [text(part)] : [to, text(part)]))),
    ),
  );

/** `envsubst`: `$NAME` and `${NAME}` of the text become the variables. */
const envsubst: Program = (run, args) => {
  const only = new Set(
    [
      ...args
        .map(showText)
        .join(' ')
        .matchAll(/\$\{?(\w+)\}?/g),
    ].map(([, name]) => name),
  );
  return stdinOf(run).map(({ content, when }) => ({
    content: concat(
      ...content.map((piece) =>
        isUnknown(piece)
          ? [piece]
          : concat(
              ...piece.split(/(\$\{\w+\}|\$[A-Za-z_]\w*)/).map((part) => {
                const name = /^\$\{?(\w+)\}?$/.exec(part)?.[1];
                if (name === undefined || (only.size > 0 && !only.has(name))) return text(part);
                return lookUp(run, name)[0]?.content.value ?? [unknown(name)];
              }),
            ),
      ),
    ),
    when,
  }));
};

const cat: Program = (run, args) => {
  const files = operandsOf(args);
  const [file] = files;
  const path = file === undefined ? undefined : literal(file);
  // The namespace that the kubelet writes beside the account's token.
  if (path === '/var/run/secrets/kubernetes.io/serviceaccount/namespace')
    return certain(run.input.namespace === undefined ? [POD_NAMESPACE] : text(run.input.namespace));
  return inputOf(run, files);
};

const tee: Program = (run, args) => {
  const stdin = stdinOf(run);
  for (const file of operandsOf(args)) {
    const path = literal(file);
    if (path !== undefined) run.scope.set(fileKey(path), textCell(stdin));
  }
  return stdin;
};

const copy: Program = (run, args) => {
  const [from, to] = operandsOf(args).map(literal);
  const cell = from === undefined ? undefined : run.scope.get(fileKey(from));
  if (to !== undefined && cell !== undefined) run.scope.set(fileKey(to), cell);
  return certainText('');
};

const onPath =
  (cut: (path: string) => string): Program =>
  (_run, [path, suffix]) => {
    const known = path === undefined ? undefined : literal(path);
    if (known === undefined) return undefined;
    const name = cut(known);
    const end = suffix === undefined ? undefined : literal(suffix);
    return certainText(`${end !== undefined && name.endsWith(end) ? name.slice(0, -end.length) : name}\n`);
  };

const seq: Program = (_run, args) => {
  const numbers = args.map((arg) => Number(literal(arg) ?? Number.NaN));
  const [first = Number.NaN, second, third] = numbers;
  const [from, by, to] =
    third !== undefined ? [first, second ?? 1, third] : second !== undefined ? [first, 1, second] : [1, 1, first];
  if (![from, by, to].every(Number.isInteger) || by <= 0) return undefined;
  const count = Math.min(Math.max(Math.floor((to - from) / by) + 1, 0), 1000);
  return certainText(Array.from({ length: count }, (_, at) => `${from + at * by}\n`).join(''));
};

const changeLetters: Program = (run, args) => {
  const [from, to] = args.map(literal);
  if (from === undefined || to === undefined) return undefined;
  const lower = /upper/.test(from) && /lower/.test(to);
  const upper = /lower/.test(from) && /upper/.test(to);
  const single = from.length === 1 && to.length === 1;
  if (!lower && !upper && !single) return undefined;
  const change = (part: string): string =>
    lower ? part.toLowerCase() : upper ? part.toUpperCase() : part.replaceAll(from, to);
  return stdinOf(run).map(({ content, when }) => ({
    content: content.map((piece) => (isUnknown(piece) ? piece : change(piece))),
    when,
  }));
};

/** What helm asks for is in the chart, which is not read here. */
const helm: Program = (run, args, words) => {
  const [command] = operandsOf(args).map(literal);
  if (run.reached && /^(?:install|upgrade|uninstall|rollback|delete)$/.test(command ?? ''))
    run.recorder.unresolved({
      line: run.line,
      text: words.map(showText).join(' '),
      because: 'what helm asks for is in the chart: render it with `helm template` and check that with `rbac check -f`',
    });
  return undefined;
};

const silent: Program = () => certainText('');

const PROGRAMS: Readonly<Record<string, Program>> = {
  cat,
  helm,
  tee,
  cp: copy,
  mv: copy,
  sed,
  envsubst,
  seq,
  tr: changeLetters,
  basename: onPath((path) => path.replace(/\/+$/, '').split('/').at(-1) ?? path),
  dirname: onPath((path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.')),
  hostname: (run) =>
    certain(
      knownText(run, 'HOSTNAME') === undefined ? [unknown('HOSTNAME')] : text(`${knownText(run, 'HOSTNAME') ?? ''}\n`),
    ),
  mktemp: (run) => certainText(`/tmp/mktemp.${run.source.name}.${run.line}\n`),
  sort: keep,
  uniq: keep,
  head: keep,
  tail: keep,
  tac: keep,
  grep: keep,
  cut: cutName,
  awk: cutName,
  ...Object.fromEntries(
    ['rm', 'mkdir', 'chmod', 'chown', 'ln', 'touch', 'sync', 'modprobe', 'mount', 'umount', 'install'].map(
      (name) => [name, silent] as const,
    ),
  ),
};

/** Commands that answer a question by their status, so that what hangs on it is a real condition. */
const ASKING = new Set(['grep', 'egrep', 'diff', 'cmp', 'pgrep', 'lspci', 'nc', 'curl', 'ping', 'systemctl']);

/** False when nothing is known of the program. */
export const runProgram = (run: Run, program: string, args: readonly Value[], words: readonly Value[]): boolean => {
  const known = Object.hasOwn(PROGRAMS, program) ? PROGRAMS[program]?.(run, args, words) : undefined;
  const call = words.map(showText).join(' ');
  if (known !== undefined) {
    write(run, known);
    run.status = ASKING.has(program) ? statusOf(commandAtom(call, call)) : SUCCESS;
    return true;
  }
  if (!ASKING.has(program)) return false;
  write(run, certain([unknown(`${run.source.name}:${run.line}:${program}`, `$(${program})`)]));
  run.status = statusOf(commandAtom(call, call));
  return true;
};
