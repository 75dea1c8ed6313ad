/** A masked field is unknown, never a value. */
import { expect, test } from 'vitest';
import { withoutMasks } from './masks.ts';
import type { SnapshotObject } from './snapshot.ts';

const state = (status: object, name = 'w1'): SnapshotObject => ({
  object: {
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovNetworkNodeState',
    metadata: { name, namespace: 'n' },
    status,
  },
  origin: { source: 'x' },
});

test('masked fields and items go, and what was masked is said once', () => {
  const { objects, gaps } = withoutMasks([
    state({ syncStatus: '***HIDDEN***', interfaces: [{ name: 'a', mac: '***TOKEN_MAC_AB12***' }, '***HIDDEN***'] }),
    state({ syncStatus: 'Succeeded' }, '***HIDDEN***'),
  ]);
  expect(objects.map(({ object }) => object['status'])).toEqual([{ interfaces: [{ name: 'a' }] }]);
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.what).toBe(
    'status.syncStatus of SriovNetworkNodeState/n/w1, status.interfaces.1 of SriovNetworkNodeState/n/w1, status.interfaces.0.mac of SriovNetworkNodeState/n/w1, the name of a SriovNetworkNodeState',
  );
});

test('what is not masked stays the same object', () => {
  const entry = state({ syncStatus: 'Succeeded', lastSyncError: 'a *** b' });
  expect(withoutMasks([entry]).objects[0]).toBe(entry);
});
