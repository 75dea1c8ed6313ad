import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { mayUseHostRdma, networksOf, nicResources, touchOf } from './nic-users.ts';
import type { DrainPurpose } from './nic-users.ts';

const pod = (spec: Record<string, unknown>, networks?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'train',
    ...(networks === undefined ? {} : { annotations: { 'k8s.v1.cni.cncf.io/networks': networks } }),
  },
  spec,
});

const asking = (resource: string, list = 'containers', field = 'requests'): KubeObject =>
  pod({ [list]: [{ resources: { [field]: { [resource]: '1' } } }] });

const object = (kind: string, name: string, more: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind,
  ...more,
  metadata: { name, namespace: 'train', ...(more['metadata'] as object | undefined) },
});

const known = nicResources([
  object('SriovNetworkNodePolicy', 'ib0', { spec: { resourceName: 'fast' } }),
  object('Node', 'n', { status: { allocatable: { 'acme.example/fast': '8', 'acme.example/other': '8', cpu: '4' } } }),
  object('NetworkAttachmentDefinition', 'ib0', {
    metadata: { annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'acme.example/fast' } },
  }),
  object('NetworkAttachmentDefinition', 'shared', {
    metadata: { annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'rdma/hca' } },
  }),
  object('NetworkAttachmentDefinition', 'macvlan', {}),
]);

const goesFor = (of: KubeObject): string =>
  (['vf-change', 'driver-reload', 'restart'] as const satisfies readonly DrainPurpose[])
    .filter((purpose) => touchOf(of, purpose, known) !== undefined)
    .join(' ');

describe('002-22: which pods go for what', () => {
  // prettier-ignore
  test.for<readonly [string, KubeObject, string]>([
    ['a VF by its usual name', asking('nvidia.com/resibp24s0'), 'vf-change driver-reload restart'],
    ['a VF by its limit', asking('openshift.io/mlx', 'containers', 'limits'), 'vf-change driver-reload restart'],
    ['a VF in an init container', asking('nvidia.com/x', 'initContainers'), 'vf-change driver-reload restart'],
    ['a VF under a name of the site', asking('acme.example/fast'), 'vf-change driver-reload restart'],
    ['another resource of the site', asking('acme.example/other'), 'restart'],
    ['a shared RDMA device sits on the PF', asking('rdma/hca'), 'driver-reload restart'],
    ['a GPU', asking('nvidia.com/gpu'), 'restart'],
    ['a slice of a GPU', asking('nvidia.com/mig-1g.5gb'), 'restart'],
    ['a network that needs a VF', pod({}, 'ib0'), 'vf-change driver-reload restart'],
    ['a network that needs none', pod({}, 'macvlan'), 'driver-reload restart'],
    ['a network that is not known may need one', pod({}, 'other/x'), 'vf-change driver-reload restart'],
    ['a device claim', pod({ resourceClaims: [{ name: 'nic' }] }), 'vf-change driver-reload restart'],
    ['nothing', pod({ containers: [{}] }), 'restart'],
  ])('%s', ([, of, purposes]) => expect(goesFor(of)).toBe(purposes));
});

test('networks in every form of the annotation', () => {
  const read = (text: string): readonly string[] => networksOf(pod({}, text));
  expect(read('a, b@net1 , other/c@net2')).toEqual(['train/a', 'train/b', 'other/c']);
  expect(read('[{"name":"a"},{"name":"b","namespace":"other","interface":"net1"}]')).toEqual(['train/a', 'other/b']);
  expect(read('[broken')).toEqual(['train/[broken']);
  expect(read(' ')).toEqual([]);
});

test('host-network pods that could use RDMA unseen', () => {
  const container = { securityContext: { privileged: true } };
  expect(mayUseHostRdma(pod({ hostNetwork: true, containers: [container] }))).toBe(true);
  expect(mayUseHostRdma(pod({ hostNetwork: true, volumes: [{ hostPath: { path: '/dev/infiniband' } }] }))).toBe(true);
  expect(mayUseHostRdma(pod({ hostNetwork: true, containers: [{}] }))).toBe(false);
  expect(mayUseHostRdma(pod({ containers: [container] }))).toBe(false);
});
