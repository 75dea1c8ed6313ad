/** Whatever objects a dump holds, the next pass and every explanation answer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../testing/cases/case-kind.ts';
import { driverClusters } from '../../../testing/driver-clusters.ts';
import { budget, maintenance, requestorOperator, snapshotOf, workload } from '../../../testing/driver-snapshot.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { objectsOf } from '../../snapshot/snapshot.ts';
import type { SnapshotObject } from '../../snapshot/snapshot.ts';
import { forecastPasses } from '../forecast-passes.ts';
import { explainNode } from './explain-node.ts';

test('hostile objects never throw, whatever is asked about them', () => {
  const junk = fc.anything({ maxDepth: 3, withNullPrototype: true });
  const mangled = ({ object, origin }: SnapshotObject): fc.Arbitrary<SnapshotObject> =>
    fc
      .record({
        metadata: fc.oneof(
          fc.constant(object.metadata),
          fc.record({
            labels: junk,
            annotations: junk,
            ownerReferences: junk,
            namespace: junk,
            deletionTimestamp: junk,
          }),
        ),
        spec: fc.oneof(fc.constant(object['spec']), junk),
        status: fc.oneof(fc.constant(object['status']), junk),
      })
      .map(({ metadata, ...rest }) => ({
        object: { ...object, ...rest, metadata: { ...metadata, name: object.metadata.name } } as unknown as KubeObject,
        origin,
      }));
  const snapshots = driverClusters({ now: 1_764_000_600 }).chain((given) => {
    const whole = snapshotOf({
      nodes: given['nodes'] as readonly JsonObject[],
      policy: { ...(given['policy'] as JsonObject), drain: { enable: true } },
      objects: [workload('w', { labels: { app: 'db' } }), budget, maintenance('Draining')],
      ...(given['mode'] === 'requestor' && { operator: requestorOperator() }),
    });
    return fc.tuple(...whole.objects.map(mangled)).map((objects) => ({ ...whole, objects }));
  });
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      for (const { because } of forecastPasses(snapshot, 0).flatMap(({ decisions }) => decisions))
        expect(because).not.toBe('');
      for (const { object } of objectsOf(snapshot, 'Node'))
        expect(explainNode(snapshot, object.metadata.name, 0).ok).toBe(true);
    }),
  );
});
