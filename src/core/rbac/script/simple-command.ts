/**
 * One simple command: assignments, redirections, arguments in all their alternatives, then the call. `[` and the
 * declaring builtins need the words as they are written; every other command gets its expanded arguments.
 */
import type { ArrayValue, Assignment, Command, CommandArgument, Word } from 'unbash';
import { both } from './condition.ts';
import { expandFields, expandText } from './expand-word.ts';
import { withRedirects } from './redirects.ts';
import { runWords } from './run-words.ts';
import { ABSENT, certainText, textCell } from './scope.ts';
import type { Guarded, Texts } from './scope.ts';
import { testWords } from './shell-test.ts';
import { continueFrom, inArm, SUCCESS } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { concat, literal, text } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { assign, assignList, clear, hide, listOf, lookUp, setPositional } from './variables.ts';

const listElements = (run: Run, { elements }: ArrayValue): ReadonlyMap<string, Value> => {
  const keyed = elements.every(({ value }) => /^\[[^\]]+\]=/.test(value));
  if (elements.length > 0 && keyed)
    return new Map(
      elements.map((element) => {
        const [, key = '', rest = ''] = /^\[([^\]]+)\]=(.*)$/s.exec(element.value) ?? [];
        return [key.replaceAll(/["']/g, ''), text(rest)] as const;
      }),
    );
  const [first] = expandFields(run, elements);
  return listOf(first?.content ?? []);
};

const assignOne = (run: Run, { name, value, append, index }: Assignment): void => {
  if (value.type === 'ArrayValue') {
    const added = listElements(run, value);
    const [before] = append === true ? lookUp(run, name) : [];
    const items = before?.content.items ?? new Map<string, Value>();
    assignList(run, name, append === true ? listOf([...items.values(), ...added.values()]) : added);
    return;
  }
  const texts = expandText(run, value);
  if (index !== undefined) {
    const [before] = lookUp(run, name);
    const [key] = expandText(run, index);
    const at = key === undefined ? undefined : literal(key.content);
    const items = new Map(before?.content.items ?? []);
    items.set(at ?? index.text, texts[0]?.content ?? []);
    assignList(run, name, items);
    return;
  }
  assign(run, name, append === true ? appended(run, name, texts) : texts);
};

const appended = (run: Run, name: string, texts: Texts): Texts =>
  lookUp(run, name).flatMap((before) =>
    texts.flatMap(({ content, when }) => {
      const condition = both(before.when, when);
      return condition === undefined
        ? []
        : [{ content: concat(before.content.set === undefined ? [] : before.content.value, content), when: condition }];
    }),
  );

/** Remembers that a command sees the variable: it is exported, or stands before this one command. */
const mark = (run: Run, how: 'exported' | 'given', name: string): void =>
  run.scope.set(`${how}:${name}`, textCell(certainText('yes')));

const DECLARING = new Set(['export', 'readonly', 'local', 'declare', 'typeset']);

const declare = (run: Run, how: string, args: readonly CommandArgument[]): void => {
  // `local x=$(cmd)` and `export x=$(cmd)` end with the builtin's own status, whatever the command's was.
  for (const arg of args) {
    if (arg.type === 'Assignment') {
      if (how !== 'export' && how !== 'readonly') hide(run, arg.name);
      assignOne(run, arg);
      if (how === 'export') mark(run, 'exported', arg.name);
      continue;
    }
    for (const { content } of expandFields(run, [arg]))
      for (const field of content) declareByText(run, how, literal(field));
  }
  run.status = SUCCESS;
};

/** `export "$name=$value"`, `local x`, `export KUBECONFIG`. */
const declareByText = (run: Run, how: string, source: string | undefined): void => {
  if (source === undefined || source.startsWith('-')) return;
  const [name = '', ...rest] = source.split('=');
  if (!/^[A-Za-z_]\w*$/.test(name)) return;
  if (how !== 'export' && how !== 'readonly') hide(run, name);
  if (how === 'export') mark(run, 'exported', name);
  if (rest.length > 0) assign(run, name, certainText(rest.join('=')));
  else if (how === 'local') clear(run, name);
};

const isWord = (arg: CommandArgument): arg is Word => arg.type === 'Word';

const argumentWord = (arg: CommandArgument): Word =>
  isWord(arg) ? arg : { type: 'Word', text: arg.text, value: arg.text, pos: arg.pos, end: arg.end };

/** `VAR=x command`: the variable is there for this command alone. */
const withAssignments = (run: Run, assignments: readonly Assignment[], body: () => void): void => {
  const before = assignments.map(({ name }) => [`v:${name}`, run.scope.get(`v:${name}`)] as const);
  for (const assignment of assignments) assignOne(run, assignment);
  for (const { name } of assignments) mark(run, 'given', name);
  body();
  for (const [key, cell] of before) run.scope.set(key, cell ?? ABSENT);
  for (const { name } of assignments) run.scope.set(`given:${name}`, ABSENT);
};

const runArguments = (run: Run, alternatives: readonly Guarded<readonly Value[]>[]): void => {
  const possible = alternatives.flatMap(({ content, when }) => {
    const path = both(run.path, when);
    return path === undefined ? [] : [{ content, path, when }];
  });
  const [only, ...more] = possible;
  if (only === undefined) return;
  if (more.length === 0 && only.when.length === 0) {
    runWords(run, only.content);
    return;
  }
  const arms = possible.map(({ content, path }) =>
    inArm(run, undefined, () => {
      run.path = path;
      runWords(run, content);
    }),
  );
  continueFrom(run, arms);
};

export const runSimpleCommand = (run: Run, node: Command): void => {
  run.tested = undefined;
  const assignments = node.prefix.filter((one) => one.type === 'Assignment');
  const { name, args, redirects } = node;
  if (name === undefined) {
    run.status = SUCCESS;
    withRedirects(run, redirects, () => {
      for (const assignment of assignments) assignOne(run, assignment);
    });
    return;
  }
  const plain = name.parts === undefined ? name.value : undefined;
  const body = (): void => {
    if (plain === '[' || plain === 'test') {
      const words = args.map(argumentWord);
      run.tested = testWords(run, plain === '[' && words.at(-1)?.text === ']' ? words.slice(0, -1) : words);
      run.status = run.tested.status;
    } else if (plain !== undefined && DECLARING.has(plain)) declare(run, plain, args);
    else if (plain === 'set' && args[0]?.type === 'Word' && args[0].text === '--') {
      setPositional(
        run,
        expandFields(run, args.slice(1).map(argumentWord)).map(({ content, when }) => ({ content, when })),
      );
      run.status = SUCCESS;
    } else runArguments(run, expandFields(run, [name, ...args.map(argumentWord)]));
  };
  withRedirects(run, redirects, () => (assignments.length === 0 ? body() : withAssignments(run, assignments, body)));
};
