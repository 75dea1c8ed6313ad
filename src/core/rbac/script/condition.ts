/**
 * What has to hold for a line to run, when that is known only at run time: atoms with a wording for yes and for no,
 * joined by "and". Two ways to the same call that differ in one atom alone mean that the atom does not matter.
 */

export interface Atom {
  /** Equal ids, equal truth. */
  readonly id: string;
  readonly yes: string;
  readonly no: string;
  /** It may be otherwise when it is asked again: how a command ends, whether a loop goes on. */
  readonly again?: true;
}

export interface Literal {
  readonly atom: Atom;
  readonly holds: boolean;
  /** Taken for granted and not shown: the script ends in an error otherwise. */
  readonly assumed?: true;
}

/** All of them hold. */
export type Condition = readonly Literal[];

export const ALWAYS: Condition = [];

export const negate = (literal: Literal): Literal => ({ ...literal, holds: !literal.holds });

export const literalOf = (atom: Atom, holds = true): Literal => ({ atom, holds });

const shownText = ({ atom, holds }: Literal): string => (holds ? atom.yes : atom.no);

/** False when two literals exclude each other, so that the way cannot be taken. */
export const isPossible = (condition: Condition): boolean => {
  const seen = new Map<string, boolean>();
  for (const { atom, holds } of condition) {
    const before = seen.get(atom.id);
    if (before !== undefined && before !== holds) return false;
    seen.set(atom.id, holds);
  }
  return true;
};

/** Both hold; undefined when that cannot be. */
export const both = (a: Condition, b: Condition): Condition | undefined => {
  if (b.length === 0) return a;
  const joined = [
    ...a,
    ...b.filter(({ atom, holds }) => !a.some((one) => one.atom.id === atom.id && one.holds === holds)),
  ];
  return isPossible(joined) ? joined : undefined;
};

/** The way goes on under one more literal; undefined when that cannot be. */
export const extend = (way: Condition, literal: Literal): Condition | undefined => {
  const before = way.find(({ atom }) => atom.id === literal.atom.id);
  if (before === undefined) return [...way, literal];
  if (before.holds === literal.holds) return way;
  return literal.atom.again === true ? [...way.filter((one) => one !== before), literal] : undefined;
};

const visible = (condition: Condition): Condition => condition.filter(({ assumed }) => assumed !== true);

/** In words, or undefined when nothing is to be shown. */
export const showCondition = (condition: Condition): string | undefined => {
  const parts = [...new Set(visible(condition).map(shownText))];
  return parts.length === 0 ? undefined : parts.join(' and ');
};

export const wayKey = (condition: Condition): string =>
  visible(condition)
    .map(({ atom, holds }) => `${holds ? '+' : '-'}${atom.id}`)
    .toSorted()
    .join('\u0000');

/** Keeps a list of ways short: beyond this many they are read as "always", which asks for more, never for less. */
const MAX_WAYS = 24;

/** `a` goes on where both do; what is taken for granted stays as `a` has it. */
const keepOnly = (a: Condition, shared: Condition): Condition =>
  a.filter((one) => one.assumed === true || shared.includes(one));

/**
 * Simplifies "this way or that way or ...": ways that another one includes fall away, and two ways that differ only in
 * whether one atom holds become one without it. A way without visible conditions means always.
 */
export const simplifyWays = (ways: readonly Condition[]): readonly Condition[] => {
  let left = ways.filter((way, at) => ways.findIndex((other) => wayKey(other) === wayKey(way)) === at);
  if (left.length > MAX_WAYS) return [ALWAYS];
  for (let merged = true; merged;) {
    merged = false;
    const always = left.find((way) => visible(way).length === 0);
    if (always !== undefined) return [always];
    search: for (const [at, full] of left.entries())
      for (const otherFull of left.slice(at + 1)) {
        const [way, other] = [visible(full), visible(otherFull)];
        const flipped = way.filter((one) =>
          other.some(({ atom, holds }) => atom.id === one.atom.id && holds !== one.holds),
        );
        const shared = way.filter((one) =>
          other.some(({ atom, holds }) => atom.id === one.atom.id && holds === one.holds),
        );
        const one = way.length === other.length && flipped.length === 1 && shared.length === way.length - 1;
        const included = shared.length === way.length ? full : shared.length === other.length ? otherFull : undefined;
        if (!one && included === undefined) continue;
        left = [
          ...left.filter((kept) => kept !== full && kept !== otherFull),
          one ? keepOnly(full, shared) : (included ?? full),
        ];
        merged = true;
        break search;
      }
  }
  return left;
};

const SHOWN_WAYS = 3;

/** In words, or undefined for always. */
export const showWays = (ways: readonly Condition[]): string | undefined => {
  const texts = new Set(simplifyWays(ways).map(showCondition));
  if (texts.has(undefined)) return undefined;
  const more = texts.size - SHOWN_WAYS;
  return [...[...texts].slice(0, SHOWN_WAYS), ...(more > 0 ? [`in ${more} other ways`] : [])].join('; or ');
};
