/** Edge cases of values, versions, CRDs, images and the reading of what is installed. */
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { emptySnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import {
  chartOf,
  defaultValues,
  policyFields,
  prunedFields,
  releaseCrds,
  releaseImages,
  RELEASES,
} from './chart-facts.ts';
import { checkUpgrade } from './check-upgrade.ts';
import { crdAsReleased, crdUpgradeVerdict } from './crd-upgrade.ts';
import { findRelease } from './find-release.ts';
import { HISTORY } from './history.ts';
import { ignoredKeys } from './ignored-keys.ts';
import { findInstalled, type HelmRecord } from './installed.ts';
import { imageOf, imageText, judgeImage } from './judge-image.ts';
import { kubernetesGate } from './kubernetes-gate.ts';
import { mergeValues } from './values.ts';
import { readValuesFile } from './values-file.ts';
import { compareVersions } from './version.ts';

const snapshot = (...objects: KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((object) => ({ object, origin: { source: 'test' } })),
});
const object = (kind: string, name: string, rest: Record<string, unknown> = {}, apiVersion = 'v1'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(rest['metadata'] as object | undefined) },
  ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'metadata')),
});

// prettier-ignore
test.for([
  ['25.10.0', '25.9.0', 1], ['25.10.0-rc.2', '25.10.0', -1], ['25.10.0-rc.10', '25.10.0-rc.9', 1], ['v25.7.0', '25.7.0', 0],
  ['25.10.0-beta.1', '25.10.0-rc.1', -1], ['25.10.0-rc', '25.10.0-rc.1', -1], ['x', '1.0.0', -1],
] as const)('%s against %s is %i', ([a, b, sign]) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
  expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
});

test.for([
  ['24.10.0-rc.4', false, 'pre-release; it is only considered with --devel'],
  ['24.10.0-rc.4', true, 'not in the table'],
  ['26.7.0-rc.2', true, undefined],
  ['25.7', false, 'not in the table'],
  ['99.1.0', false, 'newer than the last entry'],
  ['latest', false, 'no version'],
] as const)('--to %s, devel %s: %s (002-13, 002-14)', ([text, devel, message]) => {
  const found = findRelease(text, devel);
  expect(found.ok ? undefined : found.fault.message).toEqual(
    message === undefined ? undefined : expect.stringContaining(message),
  );
});

test('every release of the table has its row of history, in the order of versions', () => {
  expect(HISTORY.map(({ release }) => release)).toEqual(RELEASES);
});

test.for([
  ['25.10.0', 'v1.31.2-eks-7f9249a', 'refused'],
  ['26.1.0', 'v1.31.2-eks-7f9249a', 'accepted'],
  ['26.7.0-rc.2', 'v1.31.4', 'refused'],
  ['25.7.0', undefined, 'unknown'],
  ['25.7.0', 'not a version', 'unknown'],
] as const)('%s on Kubernetes %s: %s', ([release, version, verdict]) => {
  expect(kubernetesGate(release, version).verdict).toBe(verdict);
});

test('helm merging: a null takes a default away, a map over a scalar and a scalar over a map win as they are', () => {
  const under = { a: { b: 1, c: 2 }, d: [1, 2], e: 'x' };
  expect(mergeValues({ a: { b: null, z: 3 }, d: [3], e: { f: 1 }, g: null }, under)).toEqual({
    a: { c: 2, z: 3 },
    d: [3],
    e: { f: 1 },
    g: null,
  });
  expect(mergeValues({ a: 'no map' }, under)).toMatchObject({ a: 'no map' });
});

test('the table hands out copies: what a caller does to values stays with him', () => {
  const values = defaultValues('25.7.0') as { operator: { resources: { limits: Record<string, string> } } };
  values.operator.resources.limits['cpu'] = '9';
  expect(defaultValues('25.7.0')).not.toEqual(values);
});

describe('ignored keys (000-33)', () => {
  const ignored = (release: string, values: Record<string, unknown>) =>
    ignoredKeys(release, values)?.map((path) => path.join('.'));
  // prettier-ignore
  test.for([
    ['25.7.0', { operator: { affinity: { podAffinity: {} } } }, []],
    ['25.7.0', { operator: { nodeSelector: { 'a.b/c': 'd' } } }, []],
    ['25.7.0', { global: { x: 1 } }, []],
    ['25.7.0', { operator: { maintenanceOperator: { usRequestor: true } } }, ['operator.maintenanceOperator.usRequestor']],
    ['25.7.0', { 'sriov-network-operator': { images: { oprator: 'x' } } }, ['sriov-network-operator.images.oprator']],
    ['25.7.0', { 'node-feature-discovery': { worker: { config: { sources: { usb: {} } } } } }, []],
    ['24.7.0', { tolerations: [], nodeAffinity: {} }, []],
    ['24.10.1', { tolerations: [] }, ['tolerations']],
    ['24.7.0', { maintenanceOperator: { enabled: true } }, ['maintenanceOperator']],
    ['25.10.0', { nicConfigurationOperator: { enabled: true } }, ['nicConfigurationOperator']],
  ] as const)('%s %j: %j', ([release, values, expected]) => {
    expect(ignored(release, values)).toEqual(expected);
  });

  test.for(RELEASES)('%s reads every key of its own defaults', (release) => {
    expect(ignored(release, defaultValues(release))).toEqual([]);
  });
});

describe('CRDs', () => {
  const rails = 'spectrumxrailpoolconfigs.spectrumx.nvidia.com';
  const target = releaseCrds('26.4.0').get(rails);

  test('a stored version that the release dropped is refused, and the way out names what is lost', () => {
    const verdict = crdUpgradeVerdict(
      { name: rails, scope: 'Namespaced', storedVersions: ['v1alpha1'] },
      rails,
      target as never,
    );
    expect(verdict).toMatchObject({ verdict: 'refused', because: expect.stringContaining('v1alpha1') as string });
    expect(verdict.wayOut).toContain('delete the CRD');
  });

  test.for([
    [{ storedVersions: ['v1alpha2'] }, 'accepted'],
    [{ storedVersions: ['v1alpha1', 'v1alpha2'] }, 'refused'],
    [{}, 'unknown'],
    [{ scope: 'Cluster', storedVersions: ['v1alpha2'] }, 'refused'],
    [undefined, 'new'],
  ] as const)('live %j: %s', ([live, verdict]) => {
    expect(
      crdUpgradeVerdict(live === undefined ? undefined : { name: rails, ...live }, rails, target as never).verdict,
    ).toBe(verdict);
  });

  test('every other CRD of every pair of releases is accepted', () => {
    const refused = RELEASES.slice(1).flatMap((to, at) =>
      [...releaseCrds(RELEASES[at] as string)].flatMap(([name, record]) => {
        const next = releaseCrds(to).get(name);
        const verdict = next === undefined ? undefined : crdUpgradeVerdict(crdAsReleased(name, record), name, next);
        return verdict?.verdict === 'refused' ? [`${to} ${name}`] : [];
      }),
    );
    expect(refused).toEqual([`26.4.0 ${rails}`]);
  });

  test('whereabouts is pruned from policies at 25.10, and is no field of them afterwards', () => {
    expect(prunedFields('25.7.0', '26.4.1').map(({ field, since }) => `${since} ${field}`)).toContain(
      '25.10.0 spec.secondaryNetwork.ipamPlugin',
    );
    expect(
      policyFields('25.7.0', 'nicclusterpolicies.mellanox.com').has('spec.secondaryNetwork.ipamPlugin.image'),
    ).toBe(true);
    expect(
      policyFields('25.10.0', 'nicclusterpolicies.mellanox.com').has('spec.secondaryNetwork.ipamPlugin.image'),
    ).toBe(false);
  });
});

describe('images (000-85, 000-86)', () => {
  const judge = (release: string, component: string, text: string) =>
    judgeImage(release, component, imageOf(text)).verdict;
  // prettier-ignore
  test.for([
    ['25.7.0', 'nvIpam', 'nvcr.io/nvidia/mellanox/nvidia-k8s-ipam:network-operator-v25.7.0', 'right'],
    ['25.7.0', 'nvIpam', 'ghcr.io/mellanox/nvidia-k8s-ipam:v0.2.0', 'skewed'],
    ['25.7.0', 'nvIpam', 'ghcr.io/mellanox/nv-ipam:v0.2.0', 'wrong-name'],
    ['25.7.0', 'nvIpam', 'ghcr.io/mellanox/ipam-controller:v0.2.0', 'wrong-name'],
    ['25.7.0', 'nvIpam', 'nvcr.io/nvstaging/mellanox/nvidia-k8s-ipam:v0.2.0', 'staging'],
    ['25.7.0', 'nvIpam', 'mirror.example/x/nvidia-k8s-ipam:network-operator-v25.7.0', 'mirror'],
    ['25.7.0', 'nvIpam', 'ghcr.io/mellanox/nvidia-k8s-ipam:latest', 'floating'],
    ['25.7.0', 'nvIpam', 'ghcr.io/mellanox/nvidia-k8s-ipam:v9', 'not-in-table'],
  ] as const)('%s %s %s is %s', ([release, component, text, verdict]) => {
    expect(judge(release, component, text)).toBe(verdict);
  });

  test.for(RELEASES)('%s: a reference is read back as it was written', (release) => {
    for (const image of releaseImages(release).values()) expect(imageOf(imageText(image))).toEqual(image);
  });
  test('a digest and a registry with a port are read', () => {
    expect(imageOf('r:5000/a/b@sha256:ff')).toEqual({ repository: 'r:5000/a', image: 'b', version: 'sha256:ff' });
    expect(imageOf('r:5000/a/b')).toEqual({ repository: 'r:5000/a', image: 'b', version: 'latest' });
  });
});

describe('what is installed (000-02, 000-03, 002-20)', () => {
  const deployment = (namespace: string, image: string, labels: Record<string, string> = {}) =>
    object('Deployment', 'network-operator', {
      metadata: { namespace, labels },
      spec: { template: { spec: { containers: [{ image }] } } },
    });
  const record = (revision: number, status: string, version: string): HelmRecord => ({
    name: 'network-operator', namespace: 'a', revision, status, chart: 'network-operator', version, config: { x: revision }, source: `Secret/a/v${revision}`,
  }); // prettier-ignore

  test('the Helm record comes before the image tag, and the deployed one before a broken attempt', () => {
    const [install] = findInstalled(snapshot(deployment('a', 'nvcr.io/x/network-operator:v25.7.0')), [
      record(1, 'deployed', '24.7.0'),
      record(2, 'pending-upgrade', '25.7.0'),
    ]);
    expect(install).toMatchObject({ version: '24.7.0', unfinished: 'pending-upgrade', values: { x: 1 } });
  });
  test('without a record the chart label, else the image tag; two namespaces are two installs', () => {
    const found = findInstalled(
      snapshot(
        deployment('a', 'nvcr.io/x/network-operator:v25.7.0', { 'helm.sh/chart': 'network-operator-25.7.0' }),
        deployment('b', 'nvcr.io/x/network-operator:v24.10.1'),
      ),
      [],
    );
    expect(found.map(({ namespace, version }) => `${namespace} ${version}`)).toEqual(['a 25.7.0', 'b 24.10.1']);
  });
  test('a tag that is no version, another chart and an empty cluster are no install', () => {
    expect(
      findInstalled(
        snapshot(deployment('a', 'x/network-operator:latest'), deployment('a', 'x/sriov-network-operator:v1.0.0')),
        [{ ...record(1, 'deployed', '1.0.0'), chart: 'gpu-operator' }],
      ),
    ).toEqual([]);
  });
  test('OpenShift names it in its ClusterServiceVersion (002-72)', () => {
    expect(
      findInstalled(
        snapshot(object('ClusterServiceVersion', 'nvidia-network-operator.v24.1.0', { metadata: { namespace: 'n' } })),
        [],
      ),
    ).toMatchObject([{ version: '24.1.0', namespace: 'n' }]);
  });
});

describe('a values file that is none', () => {
  const read = (value: unknown) => {
    const result = readValuesFile([{ value, source: 'f.yaml', lineOf: () => 1 }], 'f.yaml');
    return result.ok ? 'ok' : result.fault.message;
  };
  // prettier-ignore
  test.for([
    [{ nfd: {} }, 'ok'], [{}, 'ok'], [[1], 'a list'], ['text', 'a string'], [null, 'null'],
    [{ apiVersion: 'v1', kind: 'Secret' }, 'Kubernetes object (Secret)'],
    [{ apiVersion: 'v2', name: 'gpu-operator', version: '1.0.0' }, 'Chart.yaml of gpu-operator'],
    [{ driver: {}, toolkit: {} }, 'another chart'],
  ] as const)('%j: %s', ([value, expected]) => {
    expect(read(value)).toContain(expected);
    if (expected !== 'ok') expect(read(value)).toMatch(/^f\.yaml:1: /);
  });
});

describe('check of an upgrade', () => {
  const base = { from: '24.7.0', to: '25.7.0', flag: '--reset-values', stored: {}, given: {} } as const;
  const about = (report: ReturnType<typeof checkUpgrade>) =>
    report.findings.map(({ severity, about: what }) => `${severity} ${what}`);

  test('the init container setting of 24.7 is lost and its new place is named (he-07)', () => {
    const given = { ofedDriver: { initContainer: { enable: false } } };
    const moved = checkUpgrade({ ...base, given }).findings.find(
      ({ about: what }) => what === 'ofedDriver.initContainer.enable',
    );
    expect(moved?.wayOut).toContain('operator.ofedDriver.initContainer.enable: false');
  });
  test('a policy that Helm owns survives the hop, and the uninstall is warned of (000-26)', () => {
    const policy = object(
      'NicClusterPolicy',
      'nic-cluster-policy',
      { metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, spec: {} },
      'mellanox.com/v1alpha1',
    );
    const kept = checkUpgrade({ ...base, cluster: snapshot(policy) }).findings.find(
      ({ about: what }) => what === 'NicClusterPolicy',
    );
    expect(kept?.because).toContain('helm uninstall of 24.7.0 would delete it');
  });
  test('no policy in a cluster that was asked for it is a warning (000-49); in one that was not, nothing is said', () => {
    const listed = { ...emptySnapshot, listed: new Set(['NicClusterPolicy.mellanox.com']) };
    expect(about(checkUpgrade({ ...base, cluster: listed }))).toContain('warns NicClusterPolicy');
    expect(about(checkUpgrade({ ...base, cluster: emptySnapshot }))).not.toContain('warns NicClusterPolicy');
  });
  test('a stored field that the target drops is named with its object, and only there (002-12)', () => {
    const policy = object(
      'NicClusterPolicy',
      'nic-cluster-policy',
      { spec: { secondaryNetwork: { ipamPlugin: { image: 'whereabouts' } } } },
      'mellanox.com/v1alpha1',
    );
    const hop = { ...base, from: '25.7.0', to: '25.10.0' } as const;
    expect(about(checkUpgrade({ ...hop, cluster: snapshot(policy) }))).toContain(
      'warns NicClusterPolicy/nic-cluster-policy',
    );
    expect(about(checkUpgrade({ ...hop, cluster: snapshot() })).filter((line) => line.startsWith('warns'))).toEqual([]);
  });
  test('CRDs that the input does not list are a gap, never fine', () => {
    expect(checkUpgrade({ ...base, cluster: emptySnapshot }).gaps.map(({ what }) => what)).toContain(
      'the CRDs of the cluster',
    );
  });
  test('driver reloads: counted with autoUpgrade on, none where the policy has no driver (002-10)', () => {
    const hop = { ...base, from: '25.7.0', to: '25.10.0' } as const;
    const pod = (node: string) =>
      object('Pod', `mofed-${node}`, {
        metadata: { labels: { 'nvidia.com/ofed-driver': '' } },
        spec: { nodeName: node },
      });
    const policy = (spec: unknown) =>
      object('NicClusterPolicy', 'nic-cluster-policy', { spec }, 'mellanox.com/v1alpha1');
    const auto = checkUpgrade({
      ...hop,
      cluster: snapshot(policy({ ofedDriver: { upgradePolicy: { autoUpgrade: true } } }), pod('a'), pod('b')),
    });
    expect(auto.findings.find(({ about: what }) => what === 'driver pods')?.because).toContain('reloads on 2 nodes');
    expect(about(checkUpgrade({ ...hop, cluster: snapshot(policy({ nvIpam: {} })) }))).not.toContain(
      'tells driver pods',
    );
    expect(about(checkUpgrade({ ...base, from: '24.7.0', to: '24.10.1' }))).not.toContain('tells driver pods');
  });
  test('the selector of the config daemon is held against the nodes (000-30)', () => {
    const given = { sriovNetworkOperator: { enabled: true } };
    const node = object('Node', 'n', { metadata: { labels: { 'beta.kubernetes.io/os': 'linux' } } });
    const finding = checkUpgrade({ ...base, given, cluster: snapshot(node) }).findings.find(({ about: what }) =>
      what.endsWith('configDaemonNodeSelector'),
    );
    expect(finding).toMatchObject({
      severity: 'warns',
      because: expect.stringContaining('network.nvidia.com/operator.mofed.wait=false') as string,
    });
  });
  test('nfd off without its labels, operator config off, requestor mode without an operator (000-28, 000-29, 000-32)', () => {
    const given = {
      nfd: { enabled: false },
      sriovNetworkOperator: { enabled: true },
      'sriov-network-operator': { sriovOperatorConfig: { deploy: false } },
      operator: { maintenanceOperator: { useDrainControllerRequestor: true } },
    };
    const found = about(checkUpgrade({ ...base, to: '25.10.0', given }));
    expect(found).toEqual(
      expect.arrayContaining([
        'warns nfd.enabled',
        'warns sriov-network-operator.sriovOperatorConfig.deploy',
        'warns maintenanceOperator.enabled',
      ]),
    );
  });
  test('images that reuse leaves behind are warned of once per release they belong to', () => {
    const warned = checkUpgrade({
      ...base,
      from: '25.7.0',
      to: '26.4.1',
      flag: '--reuse-values',
      stored: { sriovNetworkOperator: { enabled: true } },
    }).findings.filter(({ because }) => because.includes('25.7.0 uses'));
    expect(warned).toHaveLength(1);
    expect(warned[0]?.about.split(', ')).toEqual(
      expect.arrayContaining(['sriov-network-operator', 'init-container', 'nfd']),
    );
  });
  test('chart records name every sub-chart with its switch', () => {
    expect(chartOf('25.7.0').dependencies.map(({ condition }) => condition)).toContain(
      'nicConfigurationOperator.enabled',
    );
  });
});
