import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PodCounts } from './pod-counts.ts';

const pod = (phase: string, { ready = false, going = false, owner = 'a' } = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'one',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
    ...(going && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  },
  status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

describe('PodCounts', () => {
  it('follows a pod from its creation to its end', () => {
    const counts = new PodCounts();
    const steps = [pod('Pending'), pod('Running', { ready: true }), pod('Running', { ready: true, going: true })];
    const seen = [...steps, undefined].map((step, at) => {
      counts.follow(steps[at - 1], step);
      return counts.of('a');
    });
    expect(seen).toEqual([
      { alive: 1, ready: 0, going: 0 },
      { alive: 1, ready: 1, going: 0 },
      { alive: 0, ready: 0, going: 1 },
      { alive: 0, ready: 0, going: 0 },
    ]);
  });

  it('counts a pod for the controller that it has now, and finished ones for nobody', () => {
    const counts = new PodCounts();
    const [first, adopted] = [pod('Running'), pod('Running', { owner: 'b' })];
    counts.follow(undefined, first);
    counts.follow(first, adopted);
    expect([counts.of('a').alive, counts.of('b').alive]).toEqual([0, 1]);
    counts.follow(adopted, pod('Succeeded', { owner: 'b' }));
    expect(counts.of('b')).toEqual({ alive: 0, ready: 0, going: 0 });
  });
});
