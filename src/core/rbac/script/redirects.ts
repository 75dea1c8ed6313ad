/** Redirections: what a command reads on its standard input, where its output and its error text go, files it writes. */
import type { Redirection } from 'unbash';
import { expandParts, expandText } from './expand-word.ts';
import { certainText, fileKey, textCell } from './scope.ts';
import type { Texts } from './scope.ts';
import { capture, textsOf } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { concat, literal, unknown } from './shell-value.ts';

type Target = 'as before' | 'dropped' | 'error' | { readonly file: string; readonly append: boolean };

interface Redirected {
  stdin: Texts | undefined;
  stdout: Target;
  stderr: Target;
}

const fileTarget = (run: Run, redirect: Redirection & { readonly type: 'Redirect' }): Target => {
  const [only, ...more] = redirect.target === undefined ? [] : expandText(run, redirect.target);
  const path = only === undefined || more.length > 0 ? undefined : literal(only.content);
  if (path === '/dev/null') return 'dropped';
  if (path === '/dev/stderr') return 'error';
  return path === undefined || path.startsWith('/dev/')
    ? 'as before'
    : { file: path, append: redirect.operator.endsWith('>>') };
};

const descriptorOf = (redirect: Redirection): number | undefined =>
  redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;

/** What a file holds as far as it is known: written by the script, or given to the analysis. */
export const readFile = (run: Run, path: string): Texts => {
  const cell = run.scope.get(fileKey(path));
  return cell === undefined ? [{ content: [unknown(`file ${path}`, `content of ${path}`)], when: [] }] : textsOf(cell);
};

const take = (run: Run, redirect: Redirection, into: Redirected): void => {
  if (redirect.type === 'HereDoc') {
    if ((descriptorOf(redirect) ?? 0) !== 0) return;
    const body =
      redirect.body.parts === undefined || redirect.delimiter?.quoted === true
        ? certainText(redirect.body.text)
        : expandParts(run, redirect.body.parts);
    into.stdin =
      redirect.operator === '<<-'
        ? body.map(({ content, when }) => ({
            content: content.map((piece) => (typeof piece === 'string' ? piece.replace(/^\t+/gm, '') : piece)),
            when,
          }))
        : body;
    return;
  }
  if (redirect.type === 'HereString') {
    into.stdin = (redirect.target === undefined ? [] : expandText(run, redirect.target)).map(({ content, when }) => ({
      content: concat(content, ['\n']),
      when,
    }));
    return;
  }
  const { operator } = redirect;
  if (operator === '<' || operator === '<>') {
    const target = fileTarget(run, redirect);
    const name = redirect.target === undefined ? [] : expandText(run, redirect.target);
    const [only] = name;
    const path = only === undefined ? undefined : literal(only.content);
    into.stdin =
      path === undefined
        ? [{ content: [unknown('stdin')], when: [] }]
        : target === 'dropped'
          ? certainText('')
          : readFile(run, path);
    return;
  }
  if (operator === '&>' || operator === '&>>') {
    into.stdout = fileTarget(run, redirect);
    into.stderr = into.stdout;
    return;
  }
  if (operator === '>&' && /^[0-9-]+$/.test(redirect.target?.value ?? '')) {
    const from = descriptorOf(redirect) ?? 1;
    if (from === 1)
      into.stdout = redirect.target?.value === '2' ? (into.stderr === 'dropped' ? 'dropped' : 'error') : into.stdout;
    if (from === 2)
      into.stderr =
        redirect.target?.value === '1' ? into.stdout : redirect.target?.value === '-' ? 'dropped' : into.stderr;
    return;
  }
  const target = fileTarget(run, redirect);
  const from = descriptorOf(redirect) ?? 1;
  if (from === 1) into.stdout = target;
  if (from === 2) into.stderr = target;
};

const store = (
  run: Run,
  { file, append }: { readonly file: string; readonly append: boolean },
  written: Texts,
): void => {
  const before = append ? run.scope.get(fileKey(file)) : undefined;
  const [old] = before === undefined ? [] : textsOf(before);
  run.scope.set(
    fileKey(file),
    textCell(written.map(({ content, when }) => ({ content: concat(old?.content ?? [], content), when }))),
  );
};

/** Runs `body` with its input and outputs redirected. */
export const withRedirects = (run: Run, redirects: readonly Redirection[], body: () => void): void => {
  if (redirects.length === 0) {
    body();
    return;
  }
  const into: Redirected = { stdin: undefined, stdout: 'as before', stderr: 'as before' };
  for (const redirect of redirects) take(run, redirect, into);
  const { handling } = run;
  const stdin = run.scope.get('stdin');
  if (into.stdin !== undefined) run.scope.set('stdin', textCell(into.stdin));
  if (into.stderr === 'dropped') run.handling = { ...handling, stderrDropped: true };
  if (into.stdout === 'as before') body();
  else {
    const written = capture(run, body);
    if (typeof into.stdout === 'object') store(run, into.stdout, written);
  }
  run.handling = handling;
  if (into.stdin !== undefined) run.scope.set('stdin', stdin ?? textCell(certainText('')));
};
