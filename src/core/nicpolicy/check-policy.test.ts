/** Checks of a policy file: what each warns of, on what field, and that hostile files are answered. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { emptySnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { checkPolicy } from './check-policy.ts';
import { COMPONENTS, STATE_LABEL } from './components.ts';
import { driverWorkloads, heldByBudgets } from './driver-workloads.ts';
import { fittingSelector } from '../drain/fitting-selector.ts';
import { fieldText } from './policy-finding.ts';
import { policyReport } from './policy-report.ts';

const RELEASE = '25.7.0';
const policy = (spec: unknown, name = 'nic-cluster-policy', kind = 'NicClusterPolicy'): KubeObject => ({
  apiVersion: 'mellanox.com/v1alpha1',
  kind,
  metadata: { name },
  spec,
});
const driver = (upgradePolicy: unknown) =>
  policy({
    ofedDriver: {
      image: 'doca-driver',
      repository: 'nvcr.io/nvidia/mellanox',
      version: 'doca3.1.0-25.07-0.9.7.0-0',
      upgradePolicy,
    },
  });
const cluster = (...objects: KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((object) => ({ object, origin: { source: 'test' } })),
});
const node = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'feature.node.kubernetes.io/pci-15b3.present': 'true' } },
});
const pod = (
  name: string,
  labels: Record<string, string>,
  spec: Record<string, unknown> = {},
  owner: string | null = 'ReplicaSet',
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'w',
    labels,
    ownerReferences: owner === null ? [] : [{ apiVersion: 'apps/v1', kind: owner, name: 'o', controller: true }],
  },
  spec: { nodeName: 'n1', containers: [{}], ...spec },
  status: { phase: 'Running' },
});
const rdma = { containers: [{ resources: { limits: { 'rdma/shared': '1' } } }] };

const found = (object: KubeObject, snapshot?: Snapshot, release = RELEASE) =>
  checkPolicy({ object, release, beside: [], ...(snapshot === undefined ? {} : { cluster: snapshot }) }).findings.map(
    ({ severity, path }) => `${severity} ${fieldText(path)}`,
  );

const UP = 'spec.ofedDriver.upgradePolicy';
const DRAIN = { enable: true, podSelector: 'app=x', timeoutSeconds: 300 };

describe('a file alone', () => {
  // prettier-ignore
  test.for([
    [policy({}, 'other'), 'error metadata.name'],
    [policy({ nvIpam: { image: 'nv-ipam', repository: 'ghcr.io/mellanox', version: 'v0.2.0' } }), 'error spec.nvIpam.image'],
    [policy({ nvIpam: { image: 'nvidia-k8s-ipam', repository: 'ghcr.io/mellanox', version: 'v0.2.0' } }), 'warning spec.nvIpam.version'],
    [policy({ nvIpam: { image: 'nvidia-k8s-ipam', repository: 'nvcr.io/nvstaging/mellanox', version: 'x' } }), 'warning spec.nvIpam.repository'],
    [policy({ nvIpam: { image: 'nvidia-k8s-ipam', repository: 'mine', version: 'network-operator-v25.7.0' } }), 'note spec.nvIpam.repository'],
    [policy({ nvIpam: { image: 'nvidia-k8s-ipam' } }), 'error spec.nvIpam'],
    [policy({ nvIpma: {} }), 'warning spec.nvIpma'],
    [policy({ ibKubernetes: { image: 'ib-kubernetes', repository: 'r', version: 'v' } }), 'error spec.ibKubernetes'],
    [driver(undefined), 'note spec.ofedDriver'],
    [driver({ autoUpgrade: false, maxParallelUpgrades: 0 }), 'note spec.ofedDriver'],
    [driver({ autoUpgrade: true }), `warning ${UP}`],
    [driver({ autoUpgrade: true, drain: { ...DRAIN, enable: false } }), `warning ${UP}.drain.enable`],
    [driver({ autoUpgrade: true, drain: { ...DRAIN, timeoutSeconds: 0 } }), `warning ${UP}.drain.timeoutSeconds`],
    [driver({ autoUpgrade: true, maxParallelUpgrades: 0, drain: DRAIN }), `warning ${UP}.maxParallelUpgrades`],
    [driver({ autoUpgrade: true, maxParallelUpgrades: '50%', drain: DRAIN }), `error ${UP}.maxParallelUpgrades`],
    [driver({ autoUpgrade: true, maxParallelUpgrades: -1, drain: DRAIN }), `error ${UP}.maxParallelUpgrades`],
    [driver({ autoUpgrade: true, drain: { ...DRAIN, podSelector: 'a b c' } }), `error ${UP}.drain.podSelector`],
    [driver({ autoUpgrade: true, drain: DRAIN, waitForCompletion: { podSelector: 'job=y' } }), `warning ${UP}.waitForCompletion`],
    [driver({ autoUpgrade: true, drain: DRAIN, waitForCompletion: { podSelector: 'job=y', timeoutSeconds: 0 } }), `warning ${UP}.waitForCompletion.timeoutSeconds`],
    [driver({ safeLoad: true }), `error ${UP}.safeLoad`],
    [policy({}, 'x'.repeat(31), 'NicNodePolicy'), 'error metadata.name'],
  ] as const)('%j: %s', ([object, expected]) => {
    expect(found(object)).toContain(expected);
  });

  test('the block that the seed recommends, with a selector, draws no warning (002-47)', () => {
    expect(
      found(
        driver({ autoUpgrade: true, maxParallelUpgrades: 1, drain: { ...DRAIN, force: false, deleteEmptyDir: true } }),
      ),
    ).toEqual([]);
  });
  test.each([
    ['without an image for the init container', [], [`warning ${UP}.safeLoad`]],
    ['with one', [{ name: 'OFED_INIT_CONTAINER_IMAGE', value: 'r/network-operator-init-container:v0.0.3' }], []],
    ['with an empty one', [{ name: 'OFED_INIT_CONTAINER_IMAGE', value: '' }], [`warning ${UP}.safeLoad`]],
  ])('002-35 safe load on an operator %s', (_, env, expected) => {
    const operator = (image: string): KubeObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'operator', namespace: 'w' },
      spec: { template: { spec: { containers: [{ image, env }] } } },
    });
    const safe = driver({ autoUpgrade: true, safeLoad: true, drain: DRAIN });
    const onSafeLoad = (image: string) =>
      found(safe, cluster(operator(image))).filter((line) => line.includes('safeLoad'));
    expect(onSafeLoad('nvcr.io/nvidia/cloud-native/network-operator:v25.7.0')).toEqual(expected);
    expect(onSafeLoad('registry.k8s.io/coredns/coredns:v1.12.0')).toEqual([]);
    expect(found(safe).filter((line) => line.includes('safeLoad'))).toEqual([]);
  });
  test('a NicNodePolicy is no kind of 25.7, and fields of its own stand in 26.4', () => {
    expect(found(policy({}, 'a', 'NicNodePolicy'))).toContain('error kind');
    expect(
      found(
        policy(
          { nodeSelector: { 'any/key': 'x' }, ofedDriver: { image: 'doca-driver', repository: 'r', version: 'v' } },
          'a',
          'NicNodePolicy',
        ),
        undefined,
        '26.4.1',
      ).filter((line) => line.includes('nodeSelector')),
    ).toEqual([]);
  });
  test('spec.global fills repository and version from 26.4 on, not before', () => {
    const object = policy({
      global: { repository: 'nvcr.io/nvidia/mellanox', version: 'network-operator-v26.4.1' },
      nvIpam: { image: 'nvidia-k8s-ipam' },
    });
    expect(found(object, undefined, '26.4.1')).toEqual([]);
    expect(found(object, undefined, '26.1.2')).toEqual(
      expect.arrayContaining(['error spec.nvIpam', 'warning spec.global']),
    );
  });
  test('any object is answered, never an exception', () => {
    const keys = fc.constantFrom(
      'ofedDriver',
      'upgradePolicy',
      'drain',
      'nvIpam',
      'image',
      'version',
      'podSelector',
      'waitForCompletion',
      'secondaryNetwork',
      'multus',
      '__proto__',
    );
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, true, -1, 1e300, '', '50%', 'a=b', []),
        fc.dictionary(keys, tie('value')),
        fc.array(tie('value'), { maxLength: 2 }),
      ),
    })).value;
    fc.assert(
      fc.property(
        tree,
        (spec) =>
          void checkPolicy({
            object: policy(spec),
            release: RELEASE,
            beside: [],
            cluster: cluster(node('n1'), pod('p', {})),
          }),
      ),
      { numRuns: 300 },
    );
  });
});

describe('against a cluster', () => {
  const open = driver({ autoUpgrade: true, drain: { ...DRAIN, podSelector: '' } });
  test('pods that are evicted needlessly are counted, and a selector that fits is named (002-40)', () => {
    const snapshot = cluster(
      node('n1'),
      pod('t', { app: 'train', 'pod-template-hash': '1' }, rdma),
      pod('a', { app: 'web' }),
      pod('b', { app: 'web' }),
      pod('d', { app: 'ds' }, {}, 'DaemonSet'),
    );
    const finding = checkPolicy({ object: open, release: RELEASE, beside: [], cluster: snapshot }).findings.find(
      ({ path }) => path.at(-1) === 'podSelector',
    );
    expect(finding?.because).toContain('2 of 3 evicted pods');
    expect(finding?.wayOut).toBe('podSelector: app=train');
  });
  test('bare pods and emptyDir without consent, and with it (002-39, 002-42)', () => {
    const snapshot = cluster(
      node('n1'),
      pod('bare', { app: 'x' }, {}, null),
      pod('e', { app: 'x' }, { volumes: [{ emptyDir: {} }] }),
    );
    expect(found(driver({ autoUpgrade: true, drain: DRAIN }), snapshot)).toEqual(
      expect.arrayContaining([`warning ${UP}.drain.force`, `warning ${UP}.drain.deleteEmptyDir`]),
    );
    const consent = found(
      driver({ autoUpgrade: true, drain: { ...DRAIN, force: true, deleteEmptyDir: true } }),
      snapshot,
    );
    expect(consent.filter((line) => line.includes('drain'))).toEqual([]);
  });
  test('a waiting selector that takes DaemonSet pods never ends (002-36)', () => {
    const object = driver({
      autoUpgrade: true,
      drain: DRAIN,
      waitForCompletion: { podSelector: 'app=ds', timeoutSeconds: 60 },
    });
    expect(found(object, cluster(node('n1'), pod('d', { app: 'ds' }, {}, 'DaemonSet')))).toContain(
      `warning ${UP}.waitForCompletion.podSelector`,
    );
  });
  test('the proposal: one at a time, bounded, consent only where a pod needs it (002-47)', () => {
    const snapshot = cluster(
      node('n1'),
      pod('t', { app: 'train' }, { ...rdma, volumes: [{ emptyDir: {} }] }),
      pod('a', { app: 'web' }),
    );
    expect(
      checkPolicy({ object: open, release: RELEASE, beside: [], cluster: snapshot }).proposal?.block,
    ).toMatchObject({
      maxParallelUpgrades: 1,
      drain: { enable: true, force: false, podSelector: 'app=train', timeoutSeconds: 300, deleteEmptyDir: true },
    });
  });
  test('a cluster that shows no pods is a gap, and no pod is invented', () => {
    const check = checkPolicy({ object: open, release: RELEASE, beside: [], cluster: cluster(node('n1')) });
    expect(check.proposal).toBeUndefined();
    expect(check.gaps.map(({ what }) => what)).toEqual(['the pods on nodes with NVIDIA adapters']);
  });
  test('a section that the file drops is told with the pools that die (O13)', () => {
    const live = policy({ nvIpam: { image: 'nvidia-k8s-ipam' } });
    const crd: KubeObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ippools.nv-ipam.nvidia.com', labels: { [STATE_LABEL]: 'state-nv-ipam-cni' } },
    };
    const pool: KubeObject = {
      apiVersion: 'nv-ipam.nvidia.com/v1alpha1',
      kind: 'IPPool',
      metadata: { name: 'rail1', namespace: 'n' },
    };
    const [finding] = checkPolicy({
      object: policy({}),
      release: RELEASE,
      beside: [],
      cluster: cluster(live, crd, pool),
    }).findings;
    expect(finding?.because).toContain('IPPool/n/rail1');
  });
  test('a component in two policies of one file is refused', () => {
    const cut = policy({ ofedDriver: {} });
    const other = policy({ ofedDriver: {} }, 'a', 'NicNodePolicy');
    expect(
      checkPolicy({ object: cut, release: '26.4.1', beside: [other] }).findings.some(({ because }) =>
        because.includes('only one may have it'),
      ),
    ).toBe(true);
  });
});

describe('budgets that can never be met (002-45)', () => {
  const budget = (spec: Record<string, unknown>, status: Record<string, unknown> = {}): KubeObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'w' },
    spec: { selector: { matchLabels: { app: 'x' } }, ...spec },
    status,
  });
  const drain = driver({ autoUpgrade: true, drain: DRAIN });
  // prettier-ignore
  test.for([
    [{ maxUnavailable: 0 }, { expectedPods: 4 }, `warning ${UP}.drain`],
    [{ minAvailable: 4 }, { expectedPods: 4 }, `warning ${UP}.drain`],
    [{ minAvailable: 3 }, { expectedPods: 4, disruptionsAllowed: 0 }, `note ${UP}.drain`],
    [{ minAvailable: 3 }, { expectedPods: 4, disruptionsAllowed: 1 }, undefined],
  ] as const)('%j with %j: %s', ([spec, status, expected]) => {
    const lines = found(drain, cluster(node('n1'), pod('p', { app: 'x' }), budget(spec, status)));
    expect(lines.find((line) => line.endsWith('.drain'))).toBe(expected);
  });
  test('pods that one budget holds are told together, those outside the drain not at all', () => {
    const workloads = driverWorkloads(
      cluster(node('n1'), pod('p', { app: 'x' }), pod('q', { app: 'x' }), budget({ maxUnavailable: 0 })),
    );
    expect(workloads && heldByBudgets(workloads, workloads.pods).map(({ pods }) => pods.length)).toEqual([2]);
    const other = found(
      driver({ autoUpgrade: true, drain: { ...DRAIN, podSelector: 'app=y' } }),
      cluster(node('n1'), pod('p', { app: 'x' }), budget({ maxUnavailable: 0 })),
    );
    expect(other.filter((line) => line.includes('drain'))).toEqual([]);
  });
});

test('a fitting selector takes every user; where labels cannot tell them apart it says how many it takes needlessly', () => {
  const user = (labels: Record<string, string>) => pod('u', labels);
  expect(fittingSelector([user({ app: 'a' }), user({ app: 'b' })], [user({ app: 'c' })])).toEqual({
    selector: 'app in (a,b)',
    needless: 0,
  });
  expect(fittingSelector([user({ app: 'a' })], [user({ app: 'a' })])).toEqual({ selector: 'app=a', needless: 1 });
  expect(fittingSelector([user({ x: '1' }), user({ y: '1' })], [])).toBeUndefined();
  expect(fittingSelector([], [])).toBeUndefined();
});

describe('report of a policy', () => {
  const withStatus = (rows: readonly (readonly [string, string])[], spec: unknown = {}): KubeObject => ({
    ...policy(spec),
    status: { state: 'ready', appliedStates: rows.map(([name, state]) => ({ name, state })) },
  });
  const workload = (kind: string, name: string, state: string, rest: Record<string, unknown>): KubeObject => ({
    apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'o', labels: { [STATE_LABEL]: state } }, ...rest,
  }); // prettier-ignore
  const well = { status: { desiredNumberScheduled: 1, numberAvailable: 1, updatedNumberScheduled: 1 } };
  const ipam = { nvIpam: {} };

  test('a crashing Deployment under a ready state is not well (002-03)', () => {
    const snapshot = cluster(
      workload('DaemonSet', 'nv-ipam-node', 'state-nv-ipam-cni', well),
      workload('Deployment', 'nv-ipam-controller', 'state-nv-ipam-cni', { spec: { replicas: 1 }, status: {} }),
    );
    const report = policyReport(snapshot, withStatus([['state-nv-ipam-cni', 'ready']], ipam), RELEASE, 'o');
    expect(report.ready).toBe(false);
    expect(report.rows[0]?.remarks[0]).toContain('upstream never looks at Deployments');
  });
  test('a workload that the input should show and does not is missing; without a listing it is unknown', () => {
    const listed = cluster(
      workload('DaemonSet', 'x', 'state-OFED', well),
      workload('Deployment', 'y', 'state-ib-kubernetes', {}),
    );
    const object = withStatus([['state-nv-ipam-cni', 'ready']], ipam);
    expect(
      policyReport(listed, object, RELEASE, 'o').rows.find(({ state }) => state === 'state-nv-ipam-cni')?.healthy,
    ).toBe(false);
    const unknown = policyReport(emptySnapshot, object, RELEASE, undefined);
    expect(unknown.ready).toBeUndefined();
    expect(unknown.gaps).toHaveLength(2);
  });
  test("the seed's status block: three rows are not of this release (002-05)", () => {
    const rows = COMPONENTS.map(({ state }) => state)
      .filter((state) => !/nic-|doca|spectrum/.test(state))
      .map((state) => [state, 'ignore'] as const);
    const report = policyReport(emptySnapshot, withStatus(rows), '25.10.0', undefined);
    expect(
      report.rows.filter(({ remarks }) => remarks[0]?.startsWith('not of this release')).map(({ state }) => state),
    ).toEqual(['state-pod-security-policy', 'state-whereabouts-cni', 'state-NV-Peer']);
  });
  test('a section that is gone and left something behind (002-06); a stale row whose workload still runs', () => {
    const snapshot = cluster(
      workload('DaemonSet', 'rdma-shared-dp-ds', 'state-RDMA-device-plugin', well),
      workload('DaemonSet', 'whereabouts', 'state-whereabouts-cni', well),
    );
    const report = policyReport(
      snapshot,
      withStatus([
        ['state-RDMA-device-plugin', 'ignore'],
        ['state-whereabouts-cni', 'ready'],
      ]),
      '25.10.0',
      'o',
    );
    const remarks = report.rows.flatMap((row) => row.remarks).join('\n');
    expect(remarks).toContain('leftovers are there: DaemonSet/rdma-shared-dp-ds');
    expect(remarks).toContain('nobody manages it: DaemonSet/whereabouts');
    expect(report.ready).toBe(false);
  });
  test('another name is ignored, with the reason (002-07)', () => {
    expect(policyReport(emptySnapshot, policy({}, 'mine'), RELEASE, undefined)).toMatchObject({
      ready: false,
      rows: [],
    });
  });
});
