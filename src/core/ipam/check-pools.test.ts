import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { emptySnapshot } from '../snapshot/snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { checkPools, poolSources, withEdited } from './check-pools.ts';
import { heldAddresses } from './held-addresses.ts';
import { clusterNetworks } from './cluster-networks.ts';
import { installedIpam } from './installed-ipam.ts';

const object = (apiVersion: string, kind: string, name: string, more: Record<string, unknown> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'network-operator', ...(more['metadata'] as object | undefined) },
  ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'metadata')),
});

const snapshotOf = (...objects: readonly KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((each, index) => ({ object: each, origin: { source: 'dump.yaml', line: 10 * (index + 1) } })),
});

const ipPool = (name: string, spec: Record<string, unknown>): KubeObject =>
  object('nv-ipam.nvidia.com/v1alpha1', 'IPPool', name, { spec });
const node = (name: string, more: Record<string, unknown> = {}): KubeObject =>
  object('v1', 'Node', name, { metadata: { labels: { gpu: 'yes' } }, ...more });
const policy = (rail: string, numVfs = 8): KubeObject =>
  object('sriovnetwork.openshift.io/v1', 'SriovNetworkNodePolicy', `policy-${rail}`, {
    spec: { resourceName: `res${rail}`, numVfs, nicSelector: { pfNames: [rail] } },
  });
const network = (rail: string, pool: string): KubeObject =>
  object('sriovnetwork.openshift.io/v1', 'SriovIBNetwork', rail, {
    spec: { resourceName: `res${rail}`, ipam: JSON.stringify({ type: 'nv-ipam', poolName: pool }) },
  });

const found = (snapshot: Snapshot, growth = 0): readonly string[] =>
  checkPools({ pools: poolSources(snapshot), snapshot, growth }).findings.map(({ id, about }) => `${id} ${about}`);

const nodes = (count: number): readonly KubeObject[] =>
  Array.from({ length: count }, (_, index) => node(`n${100 + index}`));

const rail1 = [
  policy('ib0'),
  network('ib0', 'pool-1'),
  ipPool('pool-1', { subnet: '192.168.1.0/24', perNodeBlockSize: 8 }),
];

describe('findings', () => {
  test('a rail with a pool of the right size has none', () =>
    expect(found(snapshotOf(...rail1, ...nodes(20)))).toEqual([]));

  test('000-92: block 4 with 8 VFs: half of the VFs will get no address', () => {
    const snapshot = snapshotOf(
      policy('ib0'),
      network('ib0', 'p'),
      ipPool('p', { subnet: '192.168.1.0/24', perNodeBlockSize: 4 }),
      ...nodes(2),
    );
    const [finding] = checkPools({ pools: poolSources(snapshot), snapshot }).findings;
    expect(finding).toMatchObject({
      id: 'ipam-block-lt-vfs',
      severity: 'warning',
      about: 'IPPool/p',
      origin: { source: 'dump.yaml', line: 30 },
    });
    expect(finding?.because).toBe(
      'a node has 8 VFs on resib0 (policy policy-ib0) and gets 4 addresses: half of the VFs will get no address',
    );
  });

  test('000-92: VFs of a range of a function are counted, and two rails on one pool add up', () => {
    const half = object('sriovnetwork.openshift.io/v1', 'SriovNetworkNodePolicy', 'half', {
      spec: { resourceName: 'resib1', numVfs: 16, nicSelector: { pfNames: ['ib1#0-3'] } },
    });
    const two = snapshotOf(
      policy('ib0'),
      half,
      network('ib0', 'p'),
      network('ib1', 'p'),
      ipPool('p', { subnet: '10.0.0.0/16', perNodeBlockSize: 11 }),
      ...nodes(2),
    );
    expect(found(two)).toEqual(['ipam-block-lt-vfs IPPool/p']);
    expect(checkPools({ pools: poolSources(two), snapshot: two }).findings[0]?.because).toContain(
      'a node has 12 VFs on resib0 and resib1',
    );
  });

  test('000-93: seven pools for eight rails: the rail without a pool is named, and so is a pool that does not exist', () => {
    expect(found(snapshotOf(...rail1, policy('ib7'), ...nodes(2)))).toEqual(['ipam-rail-without-pool rail resib7']);
    expect(found(snapshotOf(...rail1, policy('ib7'), network('ib7', 'pool-7'), ...nodes(2)))).toEqual([
      'ipam-pool-missing SriovIBNetwork/ib7',
    ]);
  });

  test('000-91: 32 nodes outgrow a /24 with block 8; the subnet that fits is named, and what it means', () => {
    const now = snapshotOf(...rail1, ...nodes(31));
    expect(found(now)).toEqual(['ipam-pool-filling IPPool/pool-1']);
    expect(found(now, 1)).toEqual(['ipam-pool-outgrown IPPool/pool-1']);
    const full = snapshotOf(...rail1, ...nodes(32));
    const [finding] = checkPools({ pools: poolSources(full), snapshot: full }).findings;
    expect(finding).toMatchObject({
      id: 'ipam-pool-full',
      wayOut: 'grow the subnet to 192.168.0.0/23: every node keeps its share',
    });
    expect(finding?.because).toBe(
      'it serves 31 nodes and 32 are selected; without a share, so that pods get NotFound: n131',
    );
  });

  test('neighbours are not grown into, and no two pools are offered the same subnet', () => {
    const pools = [1, 2, 3].map((rail) =>
      ipPool(`pool-${rail}`, { subnet: `192.168.${rail}.0/24`, perNodeBlockSize: 8 }),
    );
    const snapshot = snapshotOf(...pools, ...nodes(40));
    expect(checkPools({ pools: poolSources(snapshot), snapshot }).findings.map(({ wayOut }) => wayOut)).toEqual([
      'grow the subnet to 192.168.0.0/23: every node keeps its share',
      '192.168.2.0/23 around the pool is taken; take 192.168.4.0/23, which is free as far as known: every node then moves',
      '192.168.2.0/23 around the pool is taken; take 192.168.6.0/23, which is free as far as known: every node then moves',
    ]);
  });

  test('pools overlap each other and what the cluster uses', () => {
    const snapshot = snapshotOf(
      ipPool('a', { subnet: '10.0.0.0/16', perNodeBlockSize: 8 }),
      ipPool('b', { subnet: '10.0.1.0/24', perNodeBlockSize: 8 }),
      node('n1', { spec: { podCIDR: '10.0.9.0/24' } }),
    );
    expect(found(snapshot)).toEqual(['ipam-pool-overlap IPPool/b', 'ipam-cluster-overlap IPPool/a']);
  });

  test('a selector that takes nobody tells the near miss', () => {
    const spec = {
      subnet: '10.0.0.0/16',
      perNodeBlockSize: 8,
      nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'In', values: ['true'] }] }] },
    };
    const snapshot = snapshotOf(ipPool('a', spec), node('n1'));
    expect(checkPools({ pools: poolSources(snapshot), snapshot }).findings[0]?.because).toBe(
      'the selector takes none of 1 nodes: n1 has gpu=yes',
    );
  });

  test('an unknown API version is named, with its line', () => {
    const snapshot = snapshotOf(
      object('nv-ipam.nvidia.com/v9', 'IPPool', 'a', { spec: { subnet: '10.0.0.0/16', perNodeBlockSize: 8 } }),
    );
    expect(checkPools({ pools: poolSources(snapshot), snapshot }).findings).toMatchObject([
      {
        id: 'ipam-api-version',
        origin: { source: 'dump.yaml', line: 10 },
        wayOut: 'write nv-ipam.nvidia.com/v1alpha1',
      },
    ]);
  });

  test('an invalid pool names each field, and nothing is guessed about its size', () =>
    expect(found(snapshotOf(ipPool('a', { subnet: 'x', perNodeBlockSize: 0 }), node('n1')))).toEqual([
      'ipam-invalid IPPool/a',
      'ipam-invalid IPPool/a',
    ]));
});

test('what the input lacks is a gap with the command that settles it', () => {
  const bare = snapshotOf(ipPool('a', { subnet: '10.0.0.0/16', perNodeBlockSize: 8 }));
  const { gaps } = checkPools({ pools: poolSources(bare), snapshot: bare });
  expect(gaps).toHaveLength(5);
  for (const { settle } of gaps) expect(settle).toContain('kubectl get');
  const uneven = snapshotOf(
    ...['ib0', 'ib1'].map((rail) => policy(rail)),
    ipPool('a', { subnet: '10.0.0.0/16', perNodeBlockSize: 8 }),
  );
  expect(checkPools({ pools: poolSources(uneven), snapshot: uneven }).gaps.map(({ because }) => because)).toContain(
    'the input has no networks, but 2 rails (resib0, resib1) and 1 pools (IPPool/a)',
  );
});

test('only pools of nv-ipam count; edited ones stand in for those of the cluster', () => {
  const calico = object('crd.projectcalico.org/v1', 'IPPool', 'pool-1', { spec: { cidr: '10.244.0.0/16' } });
  const cluster = poolSources(snapshotOf(calico, ...rail1));
  expect(cluster.map(({ pool }) => pool.name)).toEqual(['pool-1']);
  const edited = poolSources({
    objects: [{ object: { ...ipPool('pool-1', {}), metadata: { name: 'pool-1' } }, origin: { source: 'edit.yaml' } }],
  });
  expect(withEdited(cluster, edited)).toEqual(edited);
});

describe('what a snapshot tells', () => {
  test('cluster networks from every place', () => {
    const snapshot = snapshotOf(
      node('n1', {
        spec: { podCIDRs: ['10.1.0.0/24', 'fd00:1::/64'] },
        status: {
          addresses: [
            { type: 'InternalIP', address: '192.0.2.7' },
            { type: 'Hostname', address: 'n1' },
          ],
        },
      }),
      object('v1', 'ConfigMap', 'kubeadm-config', {
        data: { ClusterConfiguration: 'networking:\n  podSubnet: 10.2.0.0/16\n  serviceSubnet: "10.3.0.0/16"\n' },
      }),
      object('config.openshift.io/v1', 'Network', 'cluster', {
        spec: { clusterNetwork: [{ cidr: '10.4.0.0/14' }], serviceNetwork: ['172.30.0.0/16'] },
      }),
      object('networking.k8s.io/v1', 'ServiceCIDR', 'kubernetes', { spec: { cidrs: ['10.96.0.0/12'] } }),
      object('v1', 'Pod', 'kube-apiserver-n1', {
        metadata: { namespace: 'kube-system' },
        spec: { containers: [{ command: ['kube-apiserver', '--service-cluster-ip-range=10.97.0.0/16,fd00:9::/108'] }] },
      }),
      object('v1', 'Service', 'web', { spec: { clusterIP: '10.96.0.9' } }),
      object('v1', 'Service', 'headless', { spec: { clusterIP: 'None' } }),
      object('crd.projectcalico.org/v1', 'IPPool', 'default', { spec: { cidr: '10.244.0.0/16' } }),
    );
    expect(clusterNetworks(snapshot).map(({ text }) => text)).toEqual(['10.1.0.0/24', 'fd00:1::/64', '192.0.2.7',
      '10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/14', '172.30.0.0/16', '10.96.0.0/12', '10.97.0.0/16', 'fd00:9::/108',
      '10.96.0.9', '10.244.0.0/16']); // prettier-ignore
  });

  test('addresses that running pods hold, whatever stands in the annotation', () => {
    const pod = (name: string, status: unknown, phase = 'Running', key = 'network-status') =>
      object('v1', 'Pod', name, {
        metadata: {
          namespace: 'train',
          annotations: { [`k8s.v1.cni.cncf.io/${key}`]: typeof status === 'string' ? status : JSON.stringify(status) },
        },
        spec: { nodeName: 'n1' },
        status: { phase },
      });
    const networks = [
      { name: 'cbr0', default: true, ips: ['10.1.0.5'] },
      { name: 'train/ib0', ips: ['192.168.1.3', 'fd00::3', 'x'] },
    ];
    const snapshot = snapshotOf(
      pod('a', networks),
      pod('b', networks, 'Succeeded'),
      pod('c', '{'),
      pod('d', networks, 'Running', 'networks-status'),
    );
    expect(heldAddresses(snapshot).map(({ pod: name, address }) => `${name} ${address}`)).toEqual([
      'train/a 3232235779', 'train/a 336294682933583715844663186250927177731', 'train/d 3232235779', 'train/d 336294682933583715844663186250927177731',
    ]); // prettier-ignore
  });

  test('the running nv-ipam counts before the policy', () => {
    const policyObject = object('mellanox.com/v1alpha1', 'NicClusterPolicy', 'nic-cluster-policy', {
      spec: { nvIpam: { version: 'network-operator-v26.1.0' } },
    });
    const pod = (image: string) => object('v1', 'Pod', 'nv-ipam-node-x', { spec: { containers: [{ image }] } });
    const release = (...objects: readonly KubeObject[]) => installedIpam(snapshotOf(...objects))?.release.tag;
    expect(release(policyObject)).toBe('network-operator-v26.1.0');
    expect(release(policyObject, pod('registry.example/mellanox/nvidia-k8s-ipam:v0.3.7'))).toBe('v0.3.7');
    expect(release(pod('registry.example/nv-ipam:v0.3.7'), pod('nvidia-k8s-ipam@sha256:00'))).toBeUndefined();
  });
});
