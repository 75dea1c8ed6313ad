/** Small deciders of the driver upgrade, each on its own: slots, template changes, clean-up, writes, operator settings. */
import { describe, expect, test } from 'vitest';
import { worldOf } from '../../testing/cases/kinds/driver-world.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { afterWrites } from './after-pass.ts';
import { OFED_KEYS } from './driver-keys.ts';
import { operatorSettings } from './operator-settings.ts';
import { slotsOf } from './slots.ts';
import { imageTag, templateChange } from './template-change.ts';
import { cleanUpUpgrade } from './upgrade-controller.ts';

describe('slots', () => {
  const slots = (counts: Record<string, number>, unavailable: number, parallel: number, maxUnavailable?: unknown) =>
    slotsOf({ counts: new Map(Object.entries(counts)), unavailable, maxParallelUpgrades: parallel, maxUnavailable });

  // prettier-ignore
  test.for([
    ['an unknown label is in no count', { 'upgrade-required': 2, typo: 5 }, 0, 0, undefined, { total: 2, inProgress: 0, slots: 2 }],
    ['a negative limit gives none', { 'upgrade-required': 2 }, 0, 3, -1, { maxUnavailable: -1, slots: 0 }],
    ['more than all is all', { 'upgrade-required': 2 }, 0, 9, '500%', { maxUnavailable: 10, slots: 9 }],
    ['validation counts as under way', { 'validation-required': 1, 'upgrade-required': 4 }, 0, 2, undefined, { inProgress: 1, slots: 1 }],
    ['an empty cluster', {}, 0, 1, '50%', { total: 0, maxUnavailable: 0, slots: 0 }],
  ] as const)('%s', ([, counts, unavailable, parallel, limit, expected]) => {
    expect(slots(counts, unavailable, parallel, limit)).toMatchObject({ ok: true, value: expected });
  });

  test.for(['25', 'x%', '1.5%', 2.5, true, {}, Number.POSITIVE_INFINITY])('maxUnavailable %o is refused', (limit) => {
    expect(slots({ 'upgrade-required': 1 }, 0, 1, limit)).toMatchObject({ ok: false });
  });
});

describe('what changed in the template (002-43)', () => {
  const change = (running: string, wanted: string) =>
    templateChange(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: {
          containers: [
            { name: 'x', image: 'other' },
            { name: 'mofed-container', image: running },
          ],
        },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'd' },
        spec: { template: { spec: { containers: [{ name: 'mofed-container', image: wanted }] } } },
      },
      { hash: 'h1', newest: 'h2' },
    );
  const built = 'r/doca-driver:25.04-0.6.1.0-2-ubuntu24.04-amd64';
  const precompiled = 'r/doca-driver:25.04-0.6.1.0-2-6.8.0-60-generic-ubuntu24.04-amd64';

  test('another version, the same driver otherwise built (D28), nothing but the template (D9)', () => {
    expect(change(built, 'r/doca-driver:25.07-0.9.7.0-0-ubuntu24.04-amd64')).toEqual({
      because: 'driver pod p runs 25.04-0.6.1.0-2-ubuntu24.04-amd64, wanted is 25.07-0.9.7.0-0-ubuntu24.04-amd64',
      defects: [],
    });
    expect(change(built, precompiled).defects).toEqual(['D28']);
    expect(change(precompiled, built).defects).toEqual(['D28']);
    expect(change(built, built).defects).toEqual(['D9']);
  });

  test('a template that was edited by hand says by whom and when', () => {
    const edited = (manager: string, time: string) => ({ manager, time, fieldsV1: { 'f:spec': { 'f:template': {} } } });
    const { because } = templateChange(
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ image: built }] } },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: {
          name: 'd',
          managedFields: [
            edited('kubectl-edit', '2024-09-26T05:20:44Z'),
            edited('kubectl-rollout', '2024-09-26T05:21:02Z'),
            edited('manager', '2025-01-01T00:00:00Z'),
          ],
        },
        spec: { template: { spec: { containers: [{ image: built }] } } },
      },
      { hash: 'h1', newest: 'h2' },
    );
    expect(because).toMatch(/something else in the template changed, by kubectl-rollout at 2024-09-26T05:21:02Z$/);
  });

  test.for([
    ['registry:5000/a/b:v1', 'v1'],
    ['registry:5000/a/b', 'registry:5000/a/b'],
    ['a/b@sha256:00', 'sha256:00'],
  ] as const)('the tag of %s is %s', ([image, tag]) => expect(imageTag(image)).toBe(tag));
});

test('002-33 switching autoUpgrade off removes labels and names who is left cordoned or waiting', () => {
  const { input } = worldOf({
    nodes: [
      { name: 'under', state: 'drain-required', unschedulable: true },
      { name: 'waits', state: 'upgrade-required', annotations: { safeLoad: 'x' } },
      { name: 'done', state: 'upgrade-done', unschedulable: true },
      { name: 'other', state: 'drain-required' },
      { name: 'none', state: '' },
    ],
  });
  const { writes, leftBehind } = cleanUpUpgrade({ ...input, otherPolicyNodes: new Set(['other']) });
  expect(writes).toEqual(['under', 'waits', 'done'].map((node) => ({ do: 'drop-state', node })));
  expect(leftBehind).toEqual([
    { node: 'under', because: 'was in drain-required and stays cordoned' },
    { node: 'waits', because: 'its driver pod waits for safe load and nobody releases it' },
  ]);
});

test('own NodeMaintenance objects are deleted only while requestor mode is on', () => {
  const requestor = { id: 'me', prefix: 'p', namespace: 'default' };
  const maintenance = (name: string, id: string, namespace = 'default'): KubeObject => ({
    apiVersion: 'maintenance.nvidia.com/v1alpha1',
    kind: 'NodeMaintenance',
    metadata: { name, namespace },
    spec: { requestorID: id, nodeName: 'n' },
  });
  const maintenances = [
    maintenance('mine', 'me'),
    maintenance('theirs', 'you'),
    maintenance('elsewhere', 'me', 'kube'),
  ];
  expect(cleanUpUpgrade({ keys: OFED_KEYS, nodes: [], maintenances }).writes).toEqual([]);
  expect(cleanUpUpgrade({ keys: OFED_KEYS, nodes: [], maintenances, requestor }).writes).toEqual([
    { do: 'delete-maintenance', node: 'n', name: 'mine' },
  ]);
});

test('writes touch the object they name, leave the others the same, and do not change what they were given', () => {
  const { input } = worldOf({ nodes: [{ name: 'a', state: 'x', annotations: { requested: 'true' } }, { name: 'b' }] });
  const before = structuredClone(input.nodes);
  const after = afterWrites(input, [
    { do: 'cordon', node: 'a' },
    { do: 'set-state', node: 'a', state: 'drain-required' },
    { do: 'drop-annotation', node: 'a', key: OFED_KEYS.requested },
    { do: 'set-state', node: 'nobody', state: 'upgrade-done' },
  ]);
  expect(after.nodes[0]).toMatchObject({
    metadata: { labels: { [OFED_KEYS.state]: 'drain-required' }, annotations: {} },
    spec: { unschedulable: true },
  });
  expect(after.nodes[1]).toBe(input.nodes[1]);
  expect(after.nodes).toHaveLength(2);
  expect(input.nodes).toEqual(before);
});

describe('operator settings', () => {
  const deployment = (image: string, env: Record<string, string>): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      template: {
        spec: { containers: [{ image, env: Object.entries(env).map(([name, value]) => ({ name, value })) }] },
      },
    },
  });

  test('requestor mode needs exactly true; prefix and namespace have defaults; node policies add to the id', () => {
    const image = 'nvcr.io/nvidia/cloud-native/network-operator:v25.10.0';
    expect(operatorSettings([deployment(image, { MAINTENANCE_OPERATOR_ENABLED: 'True' })], '')).toEqual({ image });
    const on = { MAINTENANCE_OPERATOR_ENABLED: 'true', MAINTENANCE_OPERATOR_REQUESTOR_ID: 'id' };
    expect(operatorSettings([deployment(image, on)], '-nnp-a')?.requestor).toEqual({
      id: 'id-nnp-a',
      prefix: 'nvidia-operator',
      namespace: 'default',
    });
  });

  test.for(['x/sriov-network-operator:v1', 'x/network-operator-init-container:v1', 'network-operators:v1'])(
    '%s is another program',
    (image) => expect(operatorSettings([deployment(image, {})], '')).toBeUndefined(),
  );
});
