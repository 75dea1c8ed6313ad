import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scope } from './finding.ts';
import { distancesFrom, linkCauses, rootsOf, type Found, type Linked } from './link-causes.ts';
import type { Rule } from './rule.ts';

const rule = (id: string, causedBy: readonly string[]): Rule => ({
  id,
  title: id,
  severity: 'error',
  role: 'cause',
  needs: [],
  explain: id,
  sources: [id],
  causedBy,
  check: () => [],
  remedy: () => [],
  cases: [],
});

/** d follows from c and b, c from b, b from a: no circle. */
const RULES = [rule('a', []), rule('b', ['a']), rule('c', ['b', 'a']), rule('d', ['c', 'b', 'nosuch'])];

const found = (one: Rule, scope: Scope): Found => ({
  rule: one,
  finding: { says: 'finding', scope, because: one.id, confidence: 'proven', evidence: [] },
});

const part = (value: string) => fc.constantFrom(undefined, `${value}1`, `${value}2`);

const arbitraryScope: fc.Arbitrary<Scope> = fc
  .record({ node: part('n'), pci: part('p'), resource: part('r'), object: part('o'), image: part('i') })
  .map((scope) => Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined)));

const arbitraryFound = fc.array(
  fc.record({ one: fc.constantFrom(...RULES), scope: arbitraryScope }).map(({ one, scope }) => found(one, scope)),
  { maxLength: 25 },
);

const agree = (a: Scope, b: Scope): boolean =>
  (['node', 'pci', 'resource', 'object', 'image'] as const).every(
    (key) => a[key] === undefined || b[key] === undefined || a[key] === b[key],
  );

/** What the head of the file says, without any index. */
const causesByDefinition = (one: Found, all: readonly Found[]): readonly Found[] =>
  (one.rule.causedBy ?? []).flatMap((id) =>
    all.filter((other) => other.rule.id === id && agree(other.finding.scope, one.finding.scope)),
  );

const pair = ({ rule: { id }, finding }: Found) => [id, finding];

describe('causes', () => {
  test('are those of the definition, in its order', () => {
    fc.assert(
      fc.property(arbitraryFound, (all) => {
        const linked = linkCauses(all);
        linked.forEach((one, index) => {
          const own = all[index];
          if (own === undefined) throw new Error('as many linked as found');
          expect(one.causes.map(pair)).toEqual(causesByDefinition(own, all).map(pair));
        });
      }),
    );
  });

  test('lead to roots that nothing explains, and every finding rests on one', () => {
    fc.assert(
      fc.property(arbitraryFound, (all) => {
        const linked = linkCauses(all);
        const roots = rootsOf(linked);
        expect(new Set(roots).size).toBe(roots.length);
        expect(new Set(roots)).toEqual(new Set(linked.filter(({ causes }) => causes.length === 0)));
        const far = distancesFrom(roots, linked);
        const least = (one: Linked): number => (one.causes.length === 0 ? 0 : 1 + Math.min(...one.causes.map(least)));
        for (const one of linked) expect(far.get(one)).toBe(least(one));
      }),
    );
  });

  test('of rules in a circle end, and leave a root', () => {
    const x = rule('x', ['y']);
    const y = rule('y', ['x']);
    const linked = linkCauses([found(x, { node: 'n' }), found(y, { node: 'n' })]);
    expect(rootsOf(linked)).toHaveLength(1);
  });

  test('of 5,000 pods on 5,000 nodes are found without looking at every pair', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) => found(RULES[0] as Rule, { node: `n${index}` }));
    const pods = Array.from({ length: 5000 }, (_, index) => found(RULES[1] as Rule, { object: `Pod/x/p${index}` }));
    const linked = linkCauses([...nodes, ...pods]);
    const lists = new Set(linked.slice(5000).map(({ causes }) => causes));
    expect(lists.size).toBe(1);
    expect([...lists][0]).toHaveLength(5000);
  });
});
