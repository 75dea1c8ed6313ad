import { expect, test } from 'vitest';
import { ResourceTypes, typesOfCrds } from './resource-types.ts';

const types = new ResourceTypes();

// prettier-ignore
test.for([
  ['po', '/pods'], ['Pod', '/pods'], ['pods.v1', '/pods'], ['deploy', 'apps/deployments'],
  ['deployments.apps', 'apps/deployments'], ['deployments.v1.apps', 'apps/deployments'], ['ev', '/events'],
  ['events.events.k8s.io', 'events.k8s.io/events'], ['ep', '/endpoints'], ['DPUDevice', 'provisioning.dpu.nvidia.com/dpudevices'],
  ['cert', 'cert-manager.io/certificates'], ['ippool', 'nv-ipam.nvidia.com/ippools'], ['csr', 'certificates.k8s.io/certificatesigningrequests'],
  ['nodes.metrics.k8s.io', 'metrics.k8s.io/nodes'], ['no', '/nodes'], ['net-attach-def', 'k8s.cni.cncf.io/network-attachment-definitions'],
] as const)('%s is %s', ([name, want]) => {
  const type = types.named(name);
  expect(type === undefined ? undefined : `${type.group}/${type.plural}`).toBe(want);
});

test('a name that no table knows is not guessed', () => {
  expect(types.named('widgets')).toBeUndefined();
  expect(types.named('widgets.example.com')).toBeUndefined();
  expect(types.ofKind('example.com/v1', 'Pod')).toBeUndefined();
});

test('CRDs at hand come before the tables, and what is broken in them is left out', () => {
  const crd = (spec: unknown) =>
    ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'x' },
      spec,
    }) as const;
  const more = typesOfCrds([
    crd({
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['po', 7] },
      versions: [{ name: 'v2' }],
    }),
    crd({ group: 'example.com', names: { kind: 5 } }),
  ]);
  expect(more).toHaveLength(1);
  const widened = new ResourceTypes(more);
  expect(widened.named('widget')).toMatchObject({ group: 'example.com', plural: 'widgets', namespaced: false });
  expect(widened.named('po')?.plural).toBe('widgets');
});
