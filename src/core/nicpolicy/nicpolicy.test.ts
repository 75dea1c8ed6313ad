/** What the operator makes of policies: edge cases of its own rules, and what must never happen. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RELEASES, releaseImages } from '../release/chart-facts.ts';
import { overallState, upsertStates, type SyncState } from './applied-states.ts';
import { driverBlockingTaints, removeComponent } from './component-removal.ts';
import {
  COMPONENTS,
  componentOfField,
  componentsOf,
  STATE_LABEL,
  whyNotInRelease,
  type Component,
} from './components.ts';
import { policyConditions } from './conditions.ts';
import { driverDaemonSetName, driverImage, kernelHash } from './driver-image.ts';
import { isAcceptedDriverVersion } from './driver-version.ts';
import { mofedWait } from './mofed-wait.ts';
import { policyConflicts } from './policy-overlap.ts';
import { startupMigration, stripsOwner } from './startup-migration.ts';
import { readPolicyBlock } from './upgrade-policy.ts';
import { workloadHealth } from './workload-health.ts';

const state = fc.constantFrom<SyncState>('ready', 'notReady', 'ignore', 'error');
const results = fc.array(
  fc.record({ state: fc.constantFrom(...COMPONENTS.map((component) => component.state)), result: state }),
);

describe('applied states and conditions', () => {
  test('the overall state is never error, and ready exactly when nothing is notReady or error', () => {
    fc.assert(
      fc.property(results, (rows) => {
        const bad = rows.some(({ result }) => result === 'notReady' || result === 'error');
        expect(overallState(rows)).toBe(bad ? 'notReady' : 'ready');
      }),
    );
  });
  test('a row never disappears, and no name comes twice', () => {
    fc.assert(
      fc.property(results, results, (before, after) => {
        const first = upsertStates(
          [],
          before.filter((row, at) => before.findIndex((other) => other.state === row.state) === at),
        );
        const names = upsertStates(
          first,
          after.filter((row, at) => after.findIndex((other) => other.state === row.state) === at),
        ).map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(first.every(({ name }) => names.includes(name))).toBe(true);
      }),
    );
  });
  test('Ready is True exactly when no component condition is False', () => {
    fc.assert(
      fc.property(results, (rows) => {
        const all = policyConditions(rows);
        const ready = all.at(-1);
        expect(ready?.type).toBe('Ready');
        expect(ready?.status === 'True').toBe(all.slice(0, -1).every(({ status }) => status === 'True'));
      }),
    );
  });
});

describe('component registry', () => {
  test.for([
    ['24.7.0', 11],
    ['25.4.0', 13],
    ['25.7.0', 13],
    ['25.10.0', 12],
  ] as const)('%s syncs %i states', ([release, count]) => {
    expect(componentsOf(release)).toHaveLength(count);
  });
  test.for([
    ['state-pod-security-policy', '24.7.0', 'gone since 24.1'],
    ['state-NV-Peer', '24.7.0', 'gone since 23.7'],
    ['state-whereabouts-cni', '25.10.0', 'gone since 25.10'],
    ['state-whereabouts-cni', '25.7.0', undefined],
    ['state-spectrum-x-operator', '25.1.0', 'only from 25.4 on'],
    ['state-typo', '25.7.0', 'no release of the network operator has a state of this name'],
  ] as const)('%s in %s: %s (002-05)', ([name, release, why]) => {
    expect(whyNotInRelease(name, release)).toBe(why);
  });
  test.for(RELEASES)('%s: every image of a component is in the release file (002-04)', (release) => {
    const images = releaseImages(release);
    const missing = componentsOf(release).flatMap((component) =>
      component.images
        .filter((image) => !images.has(image.component) && image.component !== 'xPlaneService')
        .map((image) => image.component),
    );
    expect(missing).toEqual([]);
  });
});

describe('removal of a component', () => {
  const component = (field: string): Component => componentOfField(field) as Component;
  const made = (kind: string, name: string, labels: Record<string, string>) => ({ kind, name, labels });
  test('nvIpam takes both of its CRDs, and says which kinds die', () => {
    const labels = { [STATE_LABEL]: 'state-nv-ipam-cni' };
    const crds = ['ippools.nv-ipam.nvidia.com', 'cidrpools.nv-ipam.nvidia.com'].map((name) =>
      made('CustomResourceDefinition', name, labels),
    );
    expect(removeComponent(component('nvIpam'), '25.7.0', crds).destroys).toEqual([
      'IPPool.nv-ipam.nvidia.com',
      'CIDRPool.nv-ipam.nvidia.com',
    ]);
    expect(removeComponent(component('nvIpam'), '25.7.0', crds.slice(0, 1)).destroys).toEqual([
      'IPPool.nv-ipam.nvidia.com',
    ]);
    expect(removeComponent(component('nvIpam'), '25.7.0', [])).toMatchObject({ destroys: [], states: ['ignore'] });
  });
  test('NIC configuration templates die with their CRD only', () => {
    const labels = { [STATE_LABEL]: 'state-nic-configuration-operator' };
    const crd = made('CustomResourceDefinition', 'nicconfigurationtemplates.configuration.net.nvidia.com', labels);
    expect(removeComponent(component('nicConfigurationOperator'), '25.7.0', [crd]).destroys).toEqual([
      'NicConfigurationTemplate.configuration.net.nvidia.com',
    ]);
  });
  test.for([
    ['26.1.2', { [STATE_LABEL]: 'state-OFED' }, true],
    ['26.4.1', { [STATE_LABEL]: 'state-OFED' }, false],
    ['26.4.1', { [STATE_LABEL]: 'state-OFED', 'ds-owner': 'NicClusterPolicy' }, true],
    ['26.4.1', { [STATE_LABEL]: 'state-OFED', 'ds-owner': 'nnp-a' }, false],
  ] as const)('%s finds a driver DaemonSet labelled %j: %s', ([release, labels, found]) => {
    expect(
      removeComponent(component('ofedDriver'), release, [made('DaemonSet', 'mofed-x-ds', labels)]).deleted.length > 0,
    ).toBe(found);
  });
  test('an object of a kind that the operator does not search stays', () => {
    const orphan = made('Secret', 'x', { [STATE_LABEL]: 'state-nv-ipam-cni' });
    expect(removeComponent(component('nvIpam'), '25.7.0', [orphan])).toMatchObject({
      deleted: [],
      orphans: [orphan],
      states: ['ignore'],
    });
  });
  // prettier-ignore
  test.for([
    ['25.7.0', [{ key: 'a', effect: 'NoSchedule' }], [], 1],
    ['25.4.0', [{ key: 'a', effect: 'NoSchedule' }], [], 0],
    ['25.7.0', [{ key: 'a', effect: 'PreferNoSchedule' }], [], 1],
    ['25.7.0', [{ key: 'a', value: 'x', effect: 'NoSchedule' }], [{ key: 'a', value: 'x' }], 0],
    ['25.7.0', [{ key: 'a', value: 'x', effect: 'NoSchedule' }], [{ key: 'a', value: 'y' }], 1],
    ['25.7.0', [{ key: 'a', effect: 'NoExecute' }], [{ operator: 'Exists' }], 0],
    ['25.7.0', [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }], [], 0],
    ['25.7.0', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }], [], 1],
  ] as const)('%s, taints %j, tolerations %j: %i keep the driver away', ([release, taints, tolerations, count]) => {
    expect(driverBlockingTaints(release, taints, tolerations)).toHaveLength(count);
  });
  test('whereabouts loses its owner from 25.10 on, nothing else does', () => {
    expect(stripsOwner('25.10.0', { [STATE_LABEL]: 'state-whereabouts-cni' })).toBe(true);
    expect(stripsOwner('25.7.0', { [STATE_LABEL]: 'state-whereabouts-cni' })).toBe(false);
    expect(stripsOwner('25.10.0', { [STATE_LABEL]: 'state-OFED' })).toBe(false);
  });
  test('pods get their owner label from 26.4 on only', () => {
    const facts = { policyHasDriver: true, podLabels: { 'nvidia.com/ofed-driver': '' } };
    expect(startupMigration({ ...facts, release: '26.1.2' })).toEqual({ deletesDaemonSet: false });
    expect(startupMigration({ ...facts, release: '26.4.0' }).podLabels).toMatchObject({
      'ds-owner': 'NicClusterPolicy',
    });
    expect(startupMigration({ ...facts, release: '26.4.0', podLabels: { app: 'x' } })).toEqual({
      deletesDaemonSet: false,
    });
  });
});

describe('driver images and versions', () => {
  const pool = { os: 'ubuntu', osVersion: '22.04', arch: 'amd64', kernel: '5.15.0-78-generic' };
  const driver = { repository: 'r', image: 'doca-driver', version: '24.10-0.7.0.0-0' };
  test('a digest wins over a precompiled tag and over forcePrecompiled', () => {
    const digest = { ...driver, version: `sha256:${'a'.repeat(64)}`, forcePrecompiled: true };
    expect(driverImage(digest, pool, false)).toEqual({ ok: true, value: `r/doca-driver@${digest.version}` });
  });
  test('forcePrecompiled without the tag names the tag that is missing', () => {
    const image = driverImage({ ...driver, forcePrecompiled: true }, pool, false);
    expect(image.ok ? '' : image.fault.message).toContain('24.10-0.7.0.0-0-5.15.0-78-generic-ubuntu22.04-amd64');
  });
  test('the hash has one safe letter for each digit of a 32 bit number', () => {
    fc.assert(
      fc.property(fc.string(), (kernel) => {
        expect(kernelHash(kernel)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
      }),
    );
    expect(driverDaemonSetName(pool)).toBe('mofed-ubuntu22.04-54669c9886-ds');
  });
  // prettier-ignore
  test.for([
    ['25.7', 'doca3.1.0-25.07-0.9.7.0-0', true], ['25.4', 'doca3.1.0-25.07-0.9.7.0-0', false], ['25.7', 'doca3.1-25.07-0.9.7.0-0', false],
    ['25.10', 'doca3.1-25.07-0.9.7.0-0-5.14.0-427.el9_4.x86_64-rhcos4.18-amd64', true], ['25.7', '25.01-0.6.0.0-0-6.8.0-1019-oracle', false],
    ['24.7', '23.10-0.2.2.0', true], ['26.4', 'sha256:abc', false], ['26.4', '', false], ['26.4', '9'.repeat(100_000), false],
  ] as const)('%s takes %s: %s', ([release, version, taken]) => {
    expect(isAcceptedDriverVersion(release, version)).toBe(taken);
  });
});

test.for([
  [{ policy: 'driver', pod: 'not-ready', nvidiaNic: true, release: '25.7.0' }, 'true'],
  [{ policy: 'driver', pod: 'none', nvidiaNic: false, release: '25.7.0' }, 'unchanged'],
  [{ policy: 'no-driver', pod: 'ready', nvidiaNic: true, release: '25.7.0' }, 'true'],
  [{ policy: 'none', pod: 'none', nvidiaNic: true, release: '26.1.2' }, 'unset'],
  [{ policy: 'none', pod: 'none', nvidiaNic: true, release: '26.1.2', woken: true }, 'false'],
  [{ policy: 'none', pod: 'none', nvidiaNic: false, release: '26.4.0' }, 'removed'],
] as const)('mofed.wait for %j: %s', ([facts, label]) => {
  expect(mofedWait(facts).label).toBe(label);
});

test('policies conflict by section, by node and by name, and an empty cluster has no node to share', () => {
  const policy = (name: string, nodeSelector = {}, sections: string[] = []) => ({ name, nodeSelector, sections });
  expect(policyConflicts([], [policy('a'), policy('b')], [])).toEqual([]);
  expect(policyConflicts([], [policy('a'), policy('b')], [{ name: 'n', labels: {} }])).toEqual([
    'node n is selected by a and b',
  ]);
  expect(policyConflicts(['nvIpam'], [policy('a', {}, ['ofedDriver'])], [])).toEqual([]);
  expect(policyConflicts([], [policy('x'.repeat(30))], [])).toEqual([]);
  expect(policyConflicts([], [policy('x'.repeat(31))], [])).toHaveLength(1);
});

test('defaults fill fields of a block, never a block; what is no map is no block', () => {
  expect(readPolicyBlock({ autoUpgrade: true })).toEqual({
    autoUpgrade: true,
    maxParallelUpgrades: 1,
    safeLoad: false,
  });
  expect(readPolicyBlock({ drain: {} })?.drain).toEqual({
    enable: true,
    force: false,
    podSelector: '',
    timeoutSeconds: 300,
    deleteEmptyDir: false,
  });
  for (const none of [undefined, null, 'x', 3, []]) expect(readPolicyBlock(none)).toBeUndefined();
});

test.for([
  ['DaemonSet', { status: { desiredNumberScheduled: 2, numberAvailable: 2, updatedNumberScheduled: 2 } }, true],
  [
    'DaemonSet',
    {
      metadata: { name: 'x', generation: 3 },
      status: { observedGeneration: 2, desiredNumberScheduled: 2, numberAvailable: 2, updatedNumberScheduled: 2 },
    },
    false,
  ],
  ['DaemonSet', {}, false],
  ['Deployment', { spec: { replicas: 1 }, status: {} }, false],
  ['Deployment', { status: { availableReplicas: 1 } }, true],
  ['Deployment', { spec: { replicas: 0 }, status: {} }, true],
  ['ConfigMap', {}, undefined],
] as const)('%s %j is well: %s (002-03)', ([kind, rest, healthy]) => {
  expect(workloadHealth({ apiVersion: 'v1', kind, metadata: { name: 'x' }, ...rest })?.healthy).toBe(healthy);
});
