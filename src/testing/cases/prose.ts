/**
 * Which parts of an expectation are prose: they must be answered with a sentence, but not with the author's words.
 * By kind and path, never by the name of a case. Everything not listed here is compared leaf by leaf.
 */

export type Reading = 'compare' | 'prose' | 'remark' | 'substring';

/** Key names that are prose wherever they stand in an expectation. */
const PROSE_KEYS = new Set([
  'why', 'say', 'remedy', 'warn', 'rule', 'verdict', 'review', 'within', 'effect', 'sideEffect', 'sideEffects',
  'upgradeController', 'nextChecks',
]); // prettier-ignore

/** The author's remarks: not compared and not asked for. */
const REMARK_KEYS = new Set(['note', 'notes']);

const SUBSTRING_KEYS = new Set(['message', 'reasonContains']);

/** `reason` is a token in most rooms, and a sentence in these (the IPAM and the bare-metal schemas). */
const REASON_IS_PROSE = /^(?:kind:(?:allocate-|validate-(?:ip|cidr)pool|gateway|capacity|local)|group:)/;

/** Paths that are prose in one kind only. Indices are written as []. */
const PROSE_PATHS: readonly (readonly [kind: string, path: RegExp])[] = [
  ['kind:gap', /(?:^|\.)findings\[\]\.text$/],
  ['kind:script', /(?:^|\.)identity\.who$/],
];

const isSentence = (leaf: unknown): boolean => typeof leaf === 'string' && /\s/.test(leaf.trim());

/** How the value at `path` (keys joined by dots, indices as []) of an expectation of `kind` is read. */
export const readingOf = (kind: string, path: string, value: unknown): Reading => {
  const keys = path.split('.').map((key) => key.replaceAll('[]', ''));
  if (keys.some((key) => REMARK_KEYS.has(key))) return 'remark';
  if (keys.some((key) => PROSE_KEYS.has(key))) return 'prose';
  const last = keys.at(-1) ?? '';
  if (last === 'reason' && REASON_IS_PROSE.test(kind)) return 'prose';
  if (SUBSTRING_KEYS.has(last)) return 'substring';
  if (PROSE_PATHS.some(([of, pattern]) => of === kind && pattern.test(path))) return 'prose';
  if (kind === 'kind:evict' && keys[0] === 'counts' && isSentence(value)) return 'prose';
  if (kind === 'kind:local' && isSentence(value)) return 'prose';
  return 'compare';
};
