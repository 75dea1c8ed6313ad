/** What is left of an object after pruning: who cordoned a node stays, all other managed fields of nodes go. */
import { expect, test } from 'vitest';
import { prune } from './prune.ts';

const entry = (manager: string, spec: object) => ({
  manager,
  time: '2026-01-01T00:00:00Z',
  fieldsV1: { 'f:spec': spec },
});

test('who cordoned a node is kept, and nothing else of its managed fields', () => {
  const node = {
    kind: 'Node',
    metadata: {
      name: 'a',
      managedFields: [
        entry('kubelet', { 'f:podCIDR': {} }),
        entry('kubectl-cordon', { 'f:unschedulable': {}, 'f:taints': {} }),
      ],
    },
    status: { images: [{}] },
  };
  prune(node);
  expect(node.metadata.managedFields).toEqual([entry('kubectl-cordon', { 'f:unschedulable': {} })]);
  expect(node.status).toEqual({});
});

test('a pod and a node that nobody cordoned keep none', () => {
  for (const kind of ['Pod', 'Node']) {
    const object = { kind, metadata: { name: 'a', managedFields: [entry('kubelet', { 'f:podCIDR': {} })] } };
    prune(object);
    expect(object.metadata).toEqual({ name: 'a' });
  }
});
