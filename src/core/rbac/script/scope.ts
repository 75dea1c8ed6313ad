/**
 * What a script knows at one point: variables, functions, files it wrote, traps, its own output so far. Everything is a
 * cell with alternatives, each under its condition, so that both arms of an undecided `if` are kept and joined.
 */
import type { Function as FunctionNode } from 'unbash';
import type { Condition, Literal } from './condition.ts';
import { both } from './condition.ts';
import { keyOf, text } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import type { ShellSource } from './parse-shell.ts';

export type Content =
  | { readonly is: 'text'; readonly value: Value }
  | { readonly is: 'list'; readonly items: ReadonlyMap<string, Value> }
  | { readonly is: 'function'; readonly node: FunctionNode; readonly source: ShellSource }
  /** Positional parameters; undefined when the script was called in a way that is not known. */
  | { readonly is: 'arguments'; readonly values: readonly Value[] | undefined; readonly generation: number }
  /** Not set by the script: the environment may have it. */
  | { readonly is: 'absent' };

export interface Guarded<T> {
  readonly content: T;
  readonly when: Condition;
}

export type Cell = readonly Guarded<Content>[];
/** Alternatives of a text. */
export type Texts = readonly Guarded<Value>[];

export const ABSENT: Cell = [{ content: { is: 'absent' }, when: [] }];

export const cellOf = (content: Content): Cell => [{ content, when: [] }];
export const textCell = (texts: Texts): Cell =>
  texts.map(({ content, when }) => ({ content: { is: 'text', value: content }, when }));
export const certain = (value: Value): Texts => [{ content: value, when: [] }];
export const certainText = (content: string): Texts => certain(text(content));

/** More alternatives than this are not told apart. */
export const MAX_ALTERNATIVES = 16;

const contentKey = (content: Content): string => {
  switch (content.is) {
    case 'text':
      return `t${keyOf(content.value)}`;
    case 'list':
      return `l${[...content.items].map(([key, value]) => `${key}=${keyOf(value)}`).join('\u0000')}`;
    case 'function':
      return `f${content.source.name}:${content.node.pos}`;
    case 'arguments':
      return `a${content.values?.map(keyOf).join('\u0000') ?? `?${content.generation}`}`;
    case 'absent':
      return '-';
  }
};

/** What holds in both conditions. */
const common = (a: Condition, b: Condition): Condition =>
  a.filter((one) => b.some(({ atom, holds }) => atom.id === one.atom.id && holds === one.holds));

/** Alternatives of several arms as one cell: equal contents come together, under what their arms have in common. */
export const joinCells = (arms: readonly { readonly cell: Cell; readonly when: Condition }[]): Cell => {
  const joined = new Map<string, Guarded<Content>>();
  for (const { cell, when } of arms)
    for (const alternative of cell) {
      const guard = both(alternative.when, when);
      if (guard === undefined) continue;
      const key = contentKey(alternative.content);
      const seen = joined.get(key);
      joined.set(key, { content: alternative.content, when: seen === undefined ? guard : common(seen.when, guard) });
    }
  return [...joined.values()].slice(0, MAX_ALTERNATIVES);
};

/** Files by their path; `./x` and `x` are the same one, since scripts rarely change their folder. */
export const fileKey = (path: string): string => `file:${path.replace(/^(?:\.\/)+/, '')}`;

/** Names are told apart by what they name: `v:NODE`, `f:main`, `file:/tmp/x`, `trap:EXIT`, `out`, `stdin`, `args`. */
export class Scope {
  readonly #own = new Map<string, Cell>();
  readonly parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  get(key: string): Cell | undefined {
    return this.#own.get(key) ?? this.parent?.get(key);
  }

  set(key: string, cell: Cell): void {
    this.#own.set(key, cell);
  }

  /** All that was set between `base` and here. */
  changesSince(base: Scope): Map<string, Cell> {
    if (this === base) return new Map();
    const changes = this.parent?.changesSince(base) ?? new Map<string, Cell>();
    for (const [key, cell] of this.#own) changes.set(key, cell);
    return changes;
  }

  keys(prefix: string): Set<string> {
    const found = this.parent?.keys(prefix) ?? new Set<string>();
    for (const key of this.#own.keys()) if (key.startsWith(prefix)) found.add(key);
    return found;
  }

  /** Goes on from several arms that began here. What an arm did not set is as it was. */
  join(arms: readonly { readonly changes: ReadonlyMap<string, Cell>; readonly literal?: Literal }[]): void {
    const [only, ...more] = arms;
    if (only !== undefined && more.length === 0) {
      for (const [key, cell] of only.changes) this.set(key, cell);
      return;
    }
    const changed = new Set(arms.flatMap(({ changes }) => [...changes.keys()]));
    for (const key of changed) {
      const before = this.get(key) ?? ABSENT;
      this.set(
        key,
        joinCells(
          arms.map(({ changes, literal }) => ({
            cell: changes.get(key) ?? before,
            when: literal === undefined ? [] : [literal],
          })),
        ),
      );
    }
  }
}
