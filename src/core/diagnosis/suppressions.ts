/**
 * Problems that a team has decided to live with for a while: each with an owner, a reason and the day on which the decision
 * ends. A problem is set aside only where all its places are named; what was set aside is counted and never lost.
 */
import { dig, digText, isMap, type Path } from '../model/dig.ts';
import { millisOf } from '../model/timestamp.ts';
import { fail, ok, type Fault, type Result } from '../result.ts';
import type { PositionedDocument } from '../snapshot/positioned-document.ts';
import type { Scope } from './finding.ts';
import type { Problem, Report } from './report.ts';

export interface Suppression {
  readonly rule: string;
  /** Names of nodes, `*` for any part of a name; absent: every place. */
  readonly nodes?: readonly string[];
  /** `Kind/namespace/name`, `*` for any part; absent: every place. */
  readonly objects?: readonly string[];
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, UTC: `2026-12-31`. */
  readonly expires: string;
  /** `FILE:LINE` of the entry. */
  readonly at: string;
}

/** What suppressions did to a report. */
export interface Suppressed {
  readonly applied: readonly { readonly problem: Problem; readonly by: readonly Suppression[] }[];
  /** These hold no longer, and their problems are reported again. */
  readonly expired: readonly Suppression[];
  /** These set nothing aside, with the reason. */
  readonly idle: readonly { readonly suppression: Suppression; readonly because: string }[];
}

const DAY_MS = 86_400_000;

const KEYS = new Set(['rule', 'nodes', 'objects', 'owner', 'reason', 'expires']);

const namesAt = (entry: unknown, key: string): readonly string[] | undefined | 'wrong' => {
  const value = dig(entry, key);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) return 'wrong';
  return value.every((one): one is string => typeof one === 'string') ? value : 'wrong';
};

const readEntry = (entry: unknown, at: (key?: string) => string, rules: ReadonlySet<string>): Result<Suppression> => {
  const wrong = (key: string | undefined, sentence: string): { ok: false; fault: Fault } =>
    fail('input-suppressions', `${at(key)}: ${sentence}`);
  if (!isMap(entry)) return wrong(undefined, 'a suppression is a map with rule, owner, reason and expires.');
  const strange = Object.keys(entry).find((key) => !KEYS.has(key));
  if (strange !== undefined)
    return wrong(strange, `${strange} is no key of a suppression; it has ${[...KEYS].join(', ')}.`);
  for (const key of ['rule', 'owner', 'reason', 'expires'])
    if ((digText(entry, key) ?? '').trim() === '')
      return wrong(key, `${key} is missing; a suppression says which rule, who decided it, why, and until when.`);
  const rule = digText(entry, 'rule') ?? '';
  if (!rules.has(rule)) return wrong('rule', `there is no rule ${rule}; nicwright explain lists them.`);
  const expires = digText(entry, 'expires') ?? '';
  if (millisOf(`${expires}T00:00:00Z`) === undefined)
    return wrong('expires', `expires is ${expires}; write the last day as 2026-12-31.`);
  const nodes = namesAt(entry, 'nodes');
  const objects = namesAt(entry, 'objects');
  if (nodes === 'wrong') return wrong('nodes', 'nodes is a list of names; leave it out to mean every node.');
  if (objects === 'wrong')
    return wrong('objects', 'objects is a list of Kind/namespace/name; leave it out to mean every object.');
  return ok({
    rule,
    owner: digText(entry, 'owner') ?? '',
    reason: digText(entry, 'reason') ?? '',
    expires,
    at: at(),
    ...(nodes === undefined ? {} : { nodes }),
    ...(objects === undefined ? {} : { objects }),
  });
};

/** The entries of a file with one key `suppressions`; a fault with file and line for the first that cannot be one. */
export const readSuppressions = (
  documents: readonly PositionedDocument[],
  rules: ReadonlySet<string>,
): Result<readonly Suppression[]> => {
  const read: Suppression[] = [];
  for (const { value, source, lineOf } of documents) {
    if (value === null || value === undefined) continue;
    const list = dig(value, 'suppressions');
    if (!Array.isArray(list))
      return fail('input-suppressions', `${source}:${lineOf([])}: the file has one key, suppressions, with a list.`);
    for (const [index, entry] of list.entries()) {
      const at = (key?: string): string => {
        const path: Path = key === undefined ? ['suppressions', index] : ['suppressions', index, key];
        return `${source}:${lineOf(path)}`;
      };
      const one = readEntry(entry, at, rules);
      if (!one.ok) return one;
      read.push(one.value);
    }
  }
  return ok(read);
};

const matches = (patterns: readonly string[] | undefined, name: string | undefined): boolean =>
  patterns === undefined ||
  (name !== undefined &&
    patterns.some((pattern) => {
      const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
      return new RegExp(`^${parts.join('.*')}$`).test(name);
    }));

const covers = ({ nodes, objects }: Suppression, { node, object }: Scope): boolean =>
  matches(nodes, node) && matches(objects, object);

const placeOf = ({ node, object, resource, image }: Scope): string =>
  [node, object, resource, image].filter((part) => part !== undefined).join(' ') || 'the cluster';

/** The report without what is set aside, and what was. `now`: milliseconds since the epoch. */
export const suppress = (
  report: Report,
  suppressions: readonly Suppression[],
  now: number,
): Report & { readonly suppressed: Suppressed } => {
  const isExpired = ({ expires }: Suppression): boolean =>
    now >= (millisOf(`${expires}T00:00:00Z`) ?? Number.NEGATIVE_INFINITY) + DAY_MS;
  const holding = suppressions.filter((one) => !isExpired(one));
  const applied: { problem: Problem; by: readonly Suppression[] }[] = [];
  const partly = new Map<Suppression, string>();
  const stays = (problem: Problem): boolean => {
    const mine = holding.filter(({ rule }) => rule === problem.rule);
    const open = problem.scopes.filter((scope) => !mine.some((one) => covers(one, scope)));
    const by = mine.filter((one) => problem.scopes.some((scope) => covers(one, scope)));
    const [first] = open;
    if (first === undefined) {
      applied.push({ problem, by });
      return false;
    }
    for (const one of by) partly.set(one, `it is reported, since it is also at ${placeOf(first)}`);
    return true;
  };
  const problems = report.problems.filter(stays);
  const symptoms = report.symptoms.filter(stays);
  const observations = report.observations.filter(stays);
  const used = new Set(applied.flatMap(({ by }) => by));
  return {
    ...report,
    problems,
    symptoms,
    observations,
    suppressed: {
      applied,
      expired: suppressions.filter(isExpired),
      idle: holding
        .filter((one) => !used.has(one))
        .map((suppression) => ({ suppression, because: partly.get(suppression) ?? 'nothing of it was found' })),
    },
  };
};
