import { expect, test } from 'vitest';
import { IMPLICIT_POOL, maxUnavailable, poolOf, readPoolConfig, TWO_POOLS } from './pool-config.ts';

// prettier-ignore
test.for([
  [undefined, 10, -1], [null, 10, -1], [0, 10, 0], [7, 3, 7],
  ['100%', 3, 3], ['25%', 3, 0], ['1%', 100, 1], ['+33%', 10, 3],
] as const)('%s of %s nodes allows %s', ([value, nodes, allowed]) => {
  expect(maxUnavailable(value, nodes)).toEqual({ ok: true, value: allowed });
});

// prettier-ignore
test.for([
  ['0%', 'share between'], ['101%', 'share between'], ['-5%', 'share between'],
  ['3', 'no share'], ['x', 'no share'], ['', 'no share'], ['50.5%', 'no share'],
  [-1, 'negative'], [1.5, 'whole number'], [Number.NaN, 'whole number'], [true, 'whole number'], [{}, 'whole number'],
] as const)('%s is refused: %s', ([value, why]) => {
  const allowed = maxUnavailable(value, 10);
  expect(allowed.ok ? '' : allowed.fault.message).toContain(why);
});

const node = (name: string, labels: Readonly<Record<string, string>> = {}) => ({ name, labels });
const aPool = (name: string, spec: object) => readPoolConfig({ metadata: { name }, spec });
const gpu = aPool('gpu', { nodeSelector: { matchLabels: { gpu: '1' } }, maxUnavailable: 2 });
const NODES = [node('a', { gpu: '1' }), node('b', { gpu: '1' }), node('c'), node('d')];

test('a node belongs to its pool, else to the pool of nodes in none', () => {
  expect(poolOf(node('a', { gpu: '1' }), NODES, [gpu])).toEqual({ ok: true, value: { pool: gpu, nodes: ['a', 'b'] } });
  expect(poolOf(node('c'), NODES, [gpu])).toEqual({ ok: true, value: { pool: IMPLICIT_POOL, nodes: ['c', 'd'] } });
});

test('a pool without a nodeSelector has all nodes, and a second one is too many', () => {
  const all = aPool('all', {});
  expect(poolOf(node('c'), NODES, [all])).toMatchObject({ value: { nodes: ['a', 'b', 'c', 'd'] } });
  expect(poolOf(node('a', { gpu: '1' }), NODES, [gpu, all])).toMatchObject({
    ok: false,
    fault: { message: TWO_POOLS },
  });
});

test('objects for hardware offload are no pools', () => {
  const offload = aPool('offload', { ovsHardwareOffloadConfig: { name: 'mcp' } });
  expect(poolOf(node('a', { gpu: '1' }), NODES, [gpu, offload])).toMatchObject({ value: { pool: gpu } });
});
