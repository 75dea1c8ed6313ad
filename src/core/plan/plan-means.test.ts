/** What a plan needs on each node, and what is said where it lacks. */
import { describe, expect, test } from 'vitest';
import { rolloutSpec } from '../model/crd/rollout.ts';
import { fail, ok } from '../result.ts';
import { DAEMON_LABEL } from '../visit/others/operators.ts';
import type { Plan } from './plan.ts';
import { daemonLeaves, judgeMeans, lacksPowerAdapter, needsOfPlan, type NodeMeans } from './plan-means.ts';

const STEP = { id: '', title: '', because: '', proof: { is: 'definitions-served' }, back: { none: '' } } as const;

const planWith = (spec: object): Pick<Plan, 'steps'> => ({
  steps: [{ ...STEP, act: { do: 'rollout', name: 'r', spec: rolloutSpec.parse({ reason: 'a test', ...spec }) } }],
});

const CARDS = [{ pci: '0000:18:00.0', values: { NUM_OF_VFS: '8' } }];

// prettier-ignore
test.for<[string, object, { power: boolean; host: boolean }]>([
  ['a cold restart by a BMC', { groups: [{ nodes: ['n1'], rung: 'cold', cards: CARDS }], power: { adapter: 'bmc' } }, { power: true, host: true }],
  ['a cold restart by hand', { groups: [{ nodes: ['n1'], rung: 'cold', cards: CARDS }], power: { adapter: 'manual' } }, { power: false, host: true }],
  ['a warm restart that may climb to cold', { groups: [{ nodes: ['n1'], rung: 'warm' }], allow: { rung: 'cold' }, power: { adapter: 'ipmi' } }, { power: true, host: true }],
  ['a warm restart and no more', { groups: [{ nodes: ['n1'], rung: 'warm', cards: CARDS }] }, { power: false, host: true }],
  ['a visit without restart or card', { groups: [{ nodes: ['n1'], rung: 'none' }] }, { power: false, host: false }],
])('%s', ([, spec, needs]) => {
  expect(needsOfPlan(planWith(spec))).toEqual([{ node: 'n1', ...needs }]);
});

test('a plan that needs power and names nobody who switches it', () => {
  const groups = [{ nodes: ['n1'], rung: 'cold' }];
  expect(lacksPowerAdapter(planWith({ groups }))).toBe(true);
  expect(lacksPowerAdapter(planWith({ groups, power: { adapter: 'manual' } }))).toBe(false);
  expect(lacksPowerAdapter({ steps: [] })).toBe(false);
});

test('the config daemon leaves where the plan takes its label away', () => {
  const labels = (value: string | null): Pick<Plan, 'steps'> => ({
    steps: [{ ...STEP, act: { do: 'label-nodes', label: DAEMON_LABEL, value, nodes: ['n1'] } }],
  });
  expect(daemonLeaves(labels('run'))).toBe(true);
  expect(daemonLeaves(labels(null))).toBe(false);
});

describe('judging', () => {
  const away = fail('host-ssh-timeout', '10.0.0.1 gave no answer in time.', 'retry');
  const denied = fail('host-ssh-denied', '10.0.0.1 does not take our key; give --ssh-identity.', 'wait');
  const secret = fail('bmc-unknown', 'No BMC is known for n1; name it in the Secret nicwright-bmc.');

  // prettier-ignore
  test.for<[string, Omit<NodeMeans, 'node'>, { refusals: number; notes: number; says: string }]>([
    ['all is there', { ready: true, power: ok(1), host: ok('ssh 10.0.0.1') }, { refusals: 0, notes: 1, says: 'the host of n1 by ssh 10.0.0.1' }],
    ['no BMC', { ready: true, power: secret, host: ok('ssh 10.0.0.1') }, { refusals: 1, notes: 1, says: 'n1: its power cannot be switched: no BMC is known for n1; name it in the Secret nicwright-bmc.' }],
    ['no key', { ready: true, host: denied }, { refusals: 1, notes: 0, says: 'n1: its host cannot be reached: 10.0.0.1 does not take our key; give --ssh-identity.' }],
    ['no answer of a node that is up', { ready: true, host: away }, { refusals: 1, notes: 0, says: 'gave no answer in time' }],
    ['no answer of a node that is down', { ready: false, host: away }, { refusals: 0, notes: 1, says: 'gave no answer in time' }],
    ['no key for a node that is down', { ready: false, host: denied }, { refusals: 1, notes: 0, says: '--ssh-identity' }],
  ])('%s', ([, means, { refusals, notes, says }]) => {
    const judged = judgeMeans([{ node: 'n1', ...means }]);
    expect(judged.refusals).toHaveLength(refusals);
    expect(judged.notes).toHaveLength(notes);
    expect([...judged.refusals, ...judged.notes].join('\n')).toContain(says);
  });
});
