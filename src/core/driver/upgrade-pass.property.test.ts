/** What must never happen, on clusters nobody thought of. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { driverClusters } from '../../testing/driver-clusters.ts';
import { worldOf } from '../../testing/cases/kinds/driver-world.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { afterWrites } from './after-pass.ts';
import { OFED_KEYS } from './driver-keys.ts';
import type { FleetInput } from './fleet.ts';
import { isUnschedulable, nodeLabel } from './managed-node.ts';
import { takePass } from './upgrade-pass.ts';
import { IDLE_STATES, UPGRADE_STATES } from './upgrade-state.ts';

const clusterArbitrary = driverClusters({ now: 1_700_000_000 });

const labelOf = (node: KubeObject): string => nodeLabel(node, OFED_KEYS.state) ?? '';
const isUnderWay = (node: KubeObject): boolean =>
  UPGRADE_STATES.some((state) => state === labelOf(node) && !IDLE_STATES.includes(state));

test('a pass begins no more upgrades than there are slots, beside nodes that were cordoned before', () => {
  fc.assert(
    fc.property(clusterArbitrary, (given) => {
      const { input, policy, options } = worldOf({ ...given, mode: 'inplace' });
      const { decisions, slots } = takePass(input, policy, options);
      const begun = decisions.filter(({ to }) => to === 'cordon-required');
      const fresh = begun.filter(({ node }) => {
        const object = input.nodes.find(({ metadata }) => metadata.name === node);
        return object !== undefined && !isUnschedulable(object);
      });
      expect(fresh.length).toBeLessThanOrEqual(Math.max(0, slots?.slots ?? 0));
      if (policy.maxParallelUpgrades > 0 && fresh.length > 0)
        expect((slots?.inProgress ?? 0) + fresh.length).toBeLessThanOrEqual(policy.maxParallelUpgrades);
    }),
  );
});

test('pass after pass, never more nodes are under way than maxParallelUpgrades allows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }), (limit, nodes) => {
      const world = worldOf({
        policy: { autoUpgrade: true, maxParallelUpgrades: limit },
        nodes: Array.from({ length: nodes }, (_, index) => ({
          name: `n${index}`,
          state: 'upgrade-done',
          driverPod: { hash: 'old' },
        })),
      });
      let { input } = world;
      for (let step = 0; step < 100; step += 1) {
        const { writes } = takePass(input, world.policy, world.options);
        const deleted = new Set(writes.flatMap((write) => (write.do === 'delete-driver-pod' ? [write.pod] : [])));
        // The DaemonSet makes every deleted pod anew, from the newest template.
        const driverPods = input.driverPods.map((pod) =>
          deleted.has(pod.metadata.name)
            ? {
                ...pod,
                metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, 'controller-revision-hash': 'new' } },
              }
            : pod,
        );
        input = { ...afterWrites(input, writes), driverPods };
        expect(input.nodes.filter(isUnderWay).length).toBeLessThanOrEqual(limit);
      }
      expect(input.nodes.map(labelOf)).toEqual(input.nodes.map(() => 'upgrade-done'));
      expect(input.nodes.some(isUnschedulable)).toBe(false);
    }),
  );
});

test('a skipped node in upgrade-required loses at most the request, whatever the mode', () => {
  fc.assert(
    fc.property(clusterArbitrary, (given) => {
      const { input, policy, options } = worldOf(given);
      const skipped = new Set(
        input.nodes
          .filter((node) => labelOf(node) === 'upgrade-required' && nodeLabel(node, OFED_KEYS.skip) === 'true')
          .map(({ metadata }) => metadata.name),
      );
      const { writes, starts } = takePass(input, policy, options);
      expect(
        [...writes, ...starts].filter(
          (each) => skipped.has(each.node) && !('key' in each && each.key === OFED_KEYS.requested),
        ),
      ).toEqual([]);
    }),
  );
});

test('a finished cluster is not written to, and every decision has its reason', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.boolean(), (nodes, requestor) => {
      const { input, policy, options } = worldOf({
        mode: requestor ? 'requestor' : 'inplace',
        policy: { autoUpgrade: true, maxParallelUpgrades: 1, drain: { enable: true } },
        nodes: Array.from({ length: nodes }, (_, index) => ({
          name: `n${index}`,
          state: 'upgrade-done',
          driverPod: { hash: 'new' },
        })),
      });
      const { writes, starts, decisions } = takePass(input, policy, options);
      expect([writes, starts]).toEqual([[], []]);
      expect(decisions).toHaveLength(nodes);
    }),
  );
  fc.assert(
    fc.property(clusterArbitrary, (given) => {
      const { input, policy, options } = worldOf(given);
      for (const { because } of takePass(input, policy, options).decisions) expect(because).toMatch(/\S \S/);
    }),
  );
});

test('each node moves at most once a pass, and only along a known state', () => {
  fc.assert(
    fc.property(clusterArbitrary, (given) => {
      const { input, policy, options } = worldOf(given);
      const moved = takePass(input, policy, options).writes.filter((write) => write.do === 'set-state');
      expect(new Set(moved.map(({ node }) => node)).size).toBe(moved.length);
      expect(moved.every(({ state }) => UPGRADE_STATES.includes(state))).toBe(true);
    }),
  );
});

test('hostile objects never throw', () => {
  const junk = fc.anything({ maxDepth: 3, withNullPrototype: true });
  const mangled = (objects: readonly KubeObject[]): fc.Arbitrary<readonly KubeObject[]> =>
    fc.tuple(
      ...objects.map((object) =>
        fc
          .record({
            metadata: fc.oneof(fc.constant(object.metadata), junk),
            spec: fc.oneof(fc.constant(object['spec']), junk),
            status: fc.oneof(fc.constant(object['status']), junk),
          })
          .map((parts) => ({ ...object, ...parts }) as unknown as KubeObject),
      ),
    );
  fc.assert(
    fc.property(
      clusterArbitrary.chain((given) => {
        const world = worldOf(given);
        return fc.record({
          world: fc.constant(world),
          nodes: mangled(world.input.nodes),
          driverPods: mangled(world.input.driverPods),
          daemonSets: mangled(world.input.daemonSets),
          revisions: mangled(world.input.revisions),
          partial: fc.constantFrom([], [
            'revisions',
            'driverPods',
            'nodes',
            'daemonSets',
            'pods',
            'maintenances',
          ] as const),
        });
      }),
      ({ world, partial, ...lists }) => {
        const input: FleetInput = { ...world.input, ...lists, partial: new Set(partial) };
        expect(takePass(input, world.policy, world.options).decisions).toBeInstanceOf(Array);
      },
    ),
  );
});
