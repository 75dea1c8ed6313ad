import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPoolConfig } from '../pool-config.ts';
import type { SriovNetworkPoolConfig } from '../pool-config.ts';
import { drainPass } from './drain-controller.ts';
import type { DrainNode, DrainPass } from './drain-controller.ts';
import { followPass, settle } from './follow-acts.ts';
import type { DrainWorld } from './follow-acts.ts';
import { DRAIN_REQUESTS, DRAIN_STATES, readDrainNode } from './drain-state.ts';

const aNode = (name: string, request: string, current: string, pool = ''): DrainNode => ({
  name,
  labels: { pool },
  request,
  nodeState: { desired: request, current },
});

const pool = (name: string, maxUnavailable?: unknown): SriovNetworkPoolConfig =>
  readPoolConfig({ metadata: { name }, spec: { nodeSelector: { matchLabels: { pool: name } }, maxUnavailable } });

const acts = (pass: ReturnType<typeof drainPass>): string =>
  pass.ok
    ? (pass.value satisfies DrainPass).acts.map((act) => Object.values(act).join(' ')).join(', ')
    : pass.fault.message;

test('a node is read from its two objects; what they do not say stays unsaid', () => {
  const prefix = 'sriovnetwork.openshift.io';
  const object = (kind: string, annotations: Record<string, string>) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'n', labels: { pool: 'a' }, annotations },
  });
  const node = object('Node', { [`${prefix}/state`]: 'Drain_Required' });
  const state = object('SriovNetworkNodeState', {
    [`${prefix}/current-state`]: 'Idle',
    [`${prefix}/use-external-drainer`]: 'true',
  });
  expect(readDrainNode(node, state)).toEqual({
    name: 'n',
    labels: { pool: 'a' },
    request: 'Drain_Required',
    nodeState: { current: 'Idle', externalDrainer: true },
  });
  expect(readDrainNode(object('Node', {}), undefined)).toEqual({ name: 'n', labels: { pool: 'a' } });
});

const OTHER = aNode('other', 'Idle', 'Idle');

// prettier-ignore
test.for([
  ['Idle', 'Idle', ''],
  ['Drain_Required', 'Idle', 'set-current Draining, cordon, evict with-resource, set-current DrainComplete'],
  ['Reboot_Required', 'Idle', 'set-current Draining, cordon, evict all, set-current DrainComplete'],
  ['Drain_Required', 'Draining', 'cordon, evict with-resource, set-current DrainComplete'],
  ['Reboot_Required', 'DrainComplete', ''],
  ['Idle', 'DrainComplete', 'uncordon, set-current Idle'],
  ['Idle', 'Draining', 'uncordon, set-current Idle'],
] as const)('request %s with %s: %s', ([request, current, expected]) => {
  const node = aNode('n', request, current);
  expect(acts(drainPass(node, { nodes: [node, OTHER], pools: [] }))).toBe(expected);
});

describe('what is special', () => {
  const alone = (node: DrainNode): string => acts(drainPass(node, { nodes: [node], pools: [] }));

  test('the only node of a cluster is restarted without a drain, yet drained for a change of VFs', () => {
    expect(alone(aNode('n', 'Reboot_Required', 'Idle'))).toBe('set-current Draining, set-current DrainComplete');
    expect(alone(aNode('n', 'Drain_Required', 'Idle'))).toContain('cordon');
  });

  test('an external drainer keeps the controller away', () => {
    const node = aNode('n', 'Drain_Required', 'Idle');
    expect(alone({ ...node, nodeState: { ...node.nodeState, externalDrainer: true } })).toBe('');
  });

  test('missing annotations start as Idle; a node without a node state is left alone', () => {
    expect(alone({ name: 'n', labels: {}, nodeState: {} })).toBe(
      'add-annotation current, add-annotation desired, add-annotation request',
    );
    expect(alone({ name: 'n', labels: {}, request: 'Drain_Required' })).toBe('');
  });

  test('an unknown word is a fault that names it', () => {
    expect(alone(aNode('n', 'Please', 'Idle'))).toContain('"Please"');
    expect(alone(aNode('n', 'Idle', 'Broken'))).toContain('"Broken"');
  });

  test('a pool whose share is 0 of its nodes never drains, and says so', () => {
    const node = aNode('n', 'Drain_Required', 'Idle', 'a');
    const pass = drainPass(node, { nodes: [node], pools: [pool('a', '50%')] });
    expect(pass).toMatchObject({
      ok: true,
      value: { acts: [], againAfterMs: 5000, because: '0 of 0 slots of pool a (1 nodes) are taken' },
    });
  });

  test('a selector that cannot be read keeps every node from its pool', () => {
    const broken = readPoolConfig({
      metadata: { name: 'x' },
      spec: { nodeSelector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } },
    });
    const node = aNode('n', 'Drain_Required', 'Idle');
    expect(acts(drainPass(node, { nodes: [node], pools: [broken] }))).toContain('SriovNetworkPoolConfig x');
  });

  test('a pool for hardware offload has no part in draining', () => {
    const offload = readPoolConfig({ metadata: { name: 'x' }, spec: { ovsHardwareOffloadConfig: { name: 'mcp' } } });
    const [a, b] = [aNode('a', 'Drain_Required', 'DrainComplete'), aNode('b', 'Drain_Required', 'Idle')];
    expect(acts(drainPass(b, { nodes: [a, b], pools: [offload] }))).toBe('');
  });
});

describe('for any cluster', () => {
  const POOLS = ['', 'a', 'b'];
  const limits = fc.record({ a: fc.constantFrom(1, 2, '50%', undefined), b: fc.constantFrom(0, 3, '100%', '10%') });
  const clusters = fc.record({
    nodes: fc.array(fc.tuple(fc.constantFrom(...POOLS), fc.constantFrom(...DRAIN_REQUESTS)), { minLength: 1, maxLength: 9 }),
    limits,
  });
  const worldOf = ({ nodes, limits: { a, b } }: (typeof clusters extends fc.Arbitrary<infer World> ? World : never)): DrainWorld => ({
    nodes: nodes.map(([name, request], index) => aNode(`n${index}`, request, 'Idle', name)),
    pools: [pool('a', a), pool('b', b)],
    cordoned: new Set(),
  });
  const used = ({ nodes }: DrainWorld, name: string): number =>
    nodes.filter(({ labels, nodeState }) => labels['pool'] === name && nodeState?.current !== 'Idle').length;
  const allowed = (limit: unknown, count: number): number => {
    if (limit === undefined) return Infinity;
    return typeof limit === 'number' ? limit : Math.floor((Number.parseInt(JSON.stringify(limit).slice(1), 10) * count) / 100);
  };

  test('a pool never has more nodes out than it allows, and all who asked get their turn', () => {
    const counts = { waited: 0, drained: 0, uncordoned: 0 };
    fc.assert(
      fc.property(clusters, (cluster) => {
        const limitOf = (name: string): number =>
          allowed(name === '' ? 1 : cluster.limits[name as 'a' | 'b'], cluster.nodes.filter(([own]) => own === name).length);
        let world = worldOf(cluster);
        const watch = (seen: DrainWorld): void => {
          for (const name of POOLS) expect(used(seen, name)).toBeLessThanOrEqual(limitOf(name));
        };
        for (let turn = 0; turn <= cluster.nodes.length; turn += 1) {
          world = settle(world, watch);
          counts.waited += world.nodes.filter(({ request, nodeState }) => request !== 'Idle' && nodeState?.current === 'Idle').length;
          counts.drained += world.nodes.filter(({ nodeState }) => nodeState?.current === 'DrainComplete').length;
          // The daemon of every drained node is done.
          world = { ...world, nodes: world.nodes.map((node) => (node.nodeState?.current === 'DrainComplete' ? { ...node, request: 'Idle' } : node)) };
        }
        const end = settle(world, watch);
        expect(end.cordoned.size).toBe(0);
        counts.uncordoned += end.nodes.length;
        const stuck = end.nodes.filter(({ request }) => request !== 'Idle');
        expect(stuck.every(({ labels }) => limitOf(labels['pool'] ?? '') === 0)).toBe(true);
      }),
    );
    for (const [kind, count] of Object.entries(counts)) expect(`${kind} ${count > 0}`).toBe(`${kind} true`);
  });

  test('two passes without a change between them: the second does nothing that the first did not', () => {
    const words = fc.constantFrom<string | undefined>(...DRAIN_REQUESTS, ...DRAIN_STATES, 'odd', undefined);
    fc.assert(
      fc.property(words, words, (request, current) => {
        const node: DrainNode = { name: 'n', labels: {}, nodeState: { desired: 'Idle', ...(current && { current }) }, ...(request && { request }) };
        const once = settle({ nodes: [node, OTHER], pools: [], cordoned: new Set() });
        expect(followPass(once, 'n')).toBe(once);
      }),
    );
  });
}); // prettier-ignore
