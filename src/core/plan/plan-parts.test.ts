/** Parts of plans: what names a change of facts, which steps the config daemon needs, what a finding's remedy becomes. */
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { buildInventory } from '../inventory/build-inventory.ts';
import { emptySnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { daemonSteps } from './daemon-steps.ts';
import { compareFacts, fingerprintOf, planFacts, UNREAD } from './fingerprint.ts';
import { readPlan } from './plan.ts';
import { rolloutMinutes } from './visit-minutes.ts';

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: kind === 'NicClusterPolicy' ? 'mellanox.com/v1alpha1' : 'sriovnetwork.openshift.io/v1',
  kind,
  metadata: { name, ...metadata },
  spec,
});

const snapshotOf = (...objects: readonly KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((one) => ({ object: one, origin: { source: 'test' } })),
});

const facts = (snapshot: Snapshot) => planFacts(snapshot, buildInventory(snapshot), ['a']);

describe('facts', () => {
  const policy = object('SriovNetworkNodePolicy', 'p', { numVfs: 8, nicSelector: { vendor: '15b3' } });

  test('the order of keys is no change, a value is', () => {
    const turned = object('SriovNetworkNodePolicy', 'p', { nicSelector: { vendor: '15b3' }, numVfs: 8 });
    expect(facts(snapshotOf(turned))).toEqual(facts(snapshotOf(policy)));
    const changed = facts(
      snapshotOf(object('SriovNetworkNodePolicy', 'p', { numVfs: 4, nicSelector: { vendor: '15b3' } })),
    );
    expect(compareFacts(facts(snapshotOf(policy)), changed)).toEqual({
      changed: ['SriovNetworkNodePolicy'],
      unread: [],
    });
    expect(fingerprintOf(changed)).not.toBe(fingerprintOf(facts(snapshotOf(policy))));
  });

  test('status, times and pods are none', () => {
    const later = { ...policy, metadata: { name: 'p', resourceVersion: '9' }, status: { x: 1 } };
    expect(facts(snapshotOf(later, object('Pod', 'x', {})))).toEqual(facts(snapshotOf(policy)));
  });

  test('firmware that cannot be read now is unread, not changed', () => {
    expect(facts(snapshotOf())['firmware of a']).toBe(UNREAD);
    expect(compareFacts({ 'firmware of a': 'x' }, { 'firmware of a': UNREAD })).toEqual({
      changed: [],
      unread: ['firmware of a'],
    });
  });
});

describe('steps for the config daemon', () => {
  const node = (name: string, labels: Readonly<Record<string, string>>) => object('Node', name, {}, { labels });
  const config = (selector?: object) =>
    object('SriovOperatorConfig', 'default', selector === undefined ? {} : { configDaemonNodeSelector: selector }, {
      namespace: 'n',
    });
  const worker = { 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/worker': '' };

  test('label first, then selector; back in the other order', () => {
    const { before, after } = daemonSteps(config({ a: 'b' }), [node('x', { a: 'b' }), node('y', {})]);
    expect(before.map(({ id }) => id)).toEqual(['label-daemon-nodes', 'select-daemon-nodes']);
    expect(after.map(({ id }) => id)).toEqual(['unselect-daemon-nodes', 'unlabel-daemon-nodes']);
    expect(before[0]?.act).toMatchObject({ nodes: ['x'] });
  });

  test('an empty selector stands for the default, which must not be lost', () => {
    const { before } = daemonSteps(config(), [node('x', worker)]);
    expect(before[1]?.act).toMatchObject({ patch: { spec: { configDaemonNodeSelector: worker } } });
  });

  test('no operator, or a site that keeps the label: none', () => {
    expect(daemonSteps(undefined, []).before).toEqual([]);
    expect(daemonSteps(config({ 'nicwright.dev/sriov-config-daemon': 'run' }), [node('x', {})]).before).toEqual([]);
  });
});

test.for<[string, unknown]>([
  ['no object', 7],
  ['another kind', { kind: 'Pod' }],
  [
    'an act that is not in the list',
    { apiVersion: 'nicwright.dev/v1alpha1', kind: 'Plan', steps: [{ act: { do: 'format-disks' } }] },
  ],
])('%s is no plan', ([, document]) => {
  expect(readPlan(document, 'p.yaml')).toMatchObject({
    ok: false,
    fault: { code: 'usage-plan', message: expect.stringContaining('p.yaml is no plan') },
  });
});

test('canaries go one by one, the others as the budget allows', () => {
  expect(rolloutMinutes([20, 20, 20, 20, 20], { waves: { canary: 1 } }, 2)).toBe(60);
  expect(rolloutMinutes([], { waves: { canary: 1 } }, 2)).toBe(0);
});
