import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../testing/cases/case-kind.ts';
import { worldOf } from '../../testing/cases/kinds/driver-world.ts';
import { buildFleet } from './fleet.ts';
import type { Fleet, FleetInput, PartialList } from './fleet.ts';

const inputOf = (given: JsonObject): FleetInput => worldOf({ policy: { autoUpgrade: true }, ...given }).input;

const fleetOf = (input: FleetInput): Fleet => {
  const fleet = buildFleet(input);
  if (!fleet.ok) throw new Error(fleet.fault.message);
  return fleet.value;
};

const faultOf = (input: FleetInput): string => {
  const fleet = buildFleet(input);
  return fleet.ok ? 'no fault' : fleet.fault.message;
};

const partial = (input: FleetInput, ...lists: readonly PartialList[]): FleetInput => ({
  ...input,
  partial: new Set(lists),
});

const two = {
  nodes: [
    { name: 'a', driverPod: { hash: 'new' } },
    { name: 'b', driverPod: { hash: 'old' } },
  ],
};

describe('one driver pod too few or too many stops everything (D1)', () => {
  test.for([
    [3, /wants 3 driver pods and owns 2/],
    [1, /wants 1 driver pod and owns 2/],
  ] as const)('%i wanted, 2 owned', ([desired, message]) => {
    expect(faultOf(inputOf({ ...two, daemonset: { desired } }))).toMatch(message);
  });

  test('a dump may lack pods, but never holds too many', () => {
    const short = partial(inputOf({ ...two, daemonset: { desired: 3 } }), 'driverPods');
    expect(fleetOf(short).gaps).toMatchObject([{ what: 'driver pods of mofed-ds' }]);
    expect(faultOf(partial(inputOf({ ...two, daemonset: { desired: 1 } }), 'driverPods'))).toMatch(/owns 2/);
  });
});

test('pods of another DaemonSet are ignored, orphans come last', () => {
  const fleet = fleetOf(
    inputOf({
      nodes: [
        { name: 'orphan', driverPod: { orphan: true } },
        { name: 'stranger', driverPod: { hash: 'old', owned: false } },
        { name: 'mine', state: 'drain-required', driverPod: { hash: 'old' } },
      ],
    }),
  );
  expect(fleet.managed.map(({ name }) => name)).toEqual(['mine', 'orphan']);
  expect([...fleet.buckets.keys()]).toEqual(['drain-required', '']);
});

test('two driver pods on one node are two entries, counted twice', () => {
  const input = inputOf(two);
  const [first] = input.driverPods;
  const orphan = { ...first, metadata: { ...first?.metadata, name: 'left-over', ownerReferences: [] } } as never;
  expect(fleetOf({ ...input, driverPods: [...input.driverPods, orphan] }).managed.map(({ name }) => name)).toEqual([
    'a',
    'b',
    'a',
  ]);
});

test('a pod on a node that is not there ends the pass, and is a gap in a dump', () => {
  const input = { ...inputOf(two), nodes: inputOf(two).nodes.slice(1) };
  expect(faultOf(input)).toMatch(/mofed-ds-a is on node "a", which is not among the nodes/);
  const fleet = fleetOf(partial(input, 'nodes'));
  expect(fleet.managed.map(({ name }) => name)).toEqual(['b']);
  expect(fleet.gaps).toMatchObject([{ node: 'a', settle: 'kubectl get node a -o yaml' }]);
});

describe('is the pod current?', () => {
  const syncs = (input: FleetInput): readonly string[] => {
    const fleet = fleetOf(input);
    return fleet.managed.map((managed) => fleet.syncOf(managed).is);
  };

  test('002-43 the newest revision counts, not the newest object: rolling back is one more upgrade', () => {
    const input = inputOf(two);
    expect(syncs(input)).toEqual(['current', 'outdated']);
    const rolledBack = input.revisions.map((revision, index) => ({ ...revision, revision: 9 - index }));
    expect(syncs({ ...input, revisions: rolledBack })).toEqual(['outdated', 'current']);
  });

  test('no revision is a fault for upstream, and unknown in a dump', () => {
    const input = { ...inputOf(two), revisions: [] };
    expect(syncs(input)).toEqual(['fault', 'fault']);
    expect(syncs(partial(input, 'revisions'))).toEqual(['unknown', 'unknown']);
  });

  test('without revisions the template generation tells, then the driver image', () => {
    const input = partial({ ...inputOf(two), revisions: [] }, 'revisions');
    const daemonSets = input.daemonSets.map((daemonSet) => ({
      ...daemonSet,
      metadata: { ...daemonSet.metadata, annotations: { 'deprecated.daemonset.template.generation': '4' } },
    }));
    const driverPods = input.driverPods.map((pod, index) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, 'pod-template-generation': String(3 + index) } },
    }));
    expect(syncs({ ...input, daemonSets, driverPods })).toEqual(['outdated', 'current']);
    const template = { spec: { containers: [{ name: 'mofed-container', image: 'driver:new' }] } };
    const withImage = input.daemonSets.map((daemonSet) => ({
      ...daemonSet,
      spec: { ...(daemonSet['spec'] as object), template },
    }));
    expect(syncs({ ...input, daemonSets: withImage })).toEqual(['unknown', 'outdated']);
  });
});

test('a dump may hold pods without their DaemonSet: they are managed all the same', () => {
  const input = { ...inputOf(two), daemonSets: [] };
  expect(fleetOf(input).managed).toEqual([]);
  expect(fleetOf(partial(input, 'daemonSets')).managed.map(({ name }) => name)).toEqual(['a', 'b']);
});
