/** policy check, policy status and release check as a person sees them: text, exit code, refusals. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { emptySnapshot, type Snapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext, type FakeInput } from '../../../testing/fake-command-context.ts';
import type { Command, OptionValues } from '../command.ts';
import { plainPaint } from '../paint.ts';
import policyCheck from './policy-check.ts';
import policyStatus from './policy-status.ts';
import releaseCheck from './release-check.ts';

const documents = (text: string) => {
  const read = readPositioned(text, 'f.yaml');
  if (!read.ok) throw new Error(read.fault.message);
  return { 'f.yaml': read.value };
};
const snapshot = (...objects: KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((object) => ({ object, origin: { source: 'dump' } })),
});

const run = async (command: Command, options: OptionValues, input: FakeInput = {}) => {
  const result = await command.run(fakeCommandContext(input), [], options);
  return result.ok
    ? { exit: result.value.exit, text: result.value.text(plainPaint) }
    : { exit: -1, text: result.fault.message };
};

const POLICY = `apiVersion: mellanox.com/v1alpha1
kind: NicClusterPolicy
metadata: {name: nic-cluster-policy}
spec:
  nvIpam:
    image: nv-ipam
    repository: ghcr.io/mellanox
    version: v0.2.0
`;

describe('policy check', () => {
  test('names field, file and line, and the right image (000-85)', async () => {
    const { exit, text } = await run(
      policyCheck,
      { file: 'f.yaml', release: '25.7.0' },
      { documents: documents(POLICY) },
    );
    expect(exit).toBe(1);
    expect(text).toContain('spec.nvIpam.image (f.yaml:6)');
    expect(text).toContain('nvcr.io/nvidia/mellanox/nvidia-k8s-ipam:network-operator-v25.7.0');
  });
  // prettier-ignore
  test.for([
    ['[1, 2]', 'f.yaml:1: a Kubernetes object is a map'],
    ['a: 1', 'f.yaml:1: the document has no kind'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: x}', 'it holds no NicClusterPolicy'],
    ['apiVersion: v1\nkind: NicClusterPolicy\nmetadata: {name: x}', 'f.yaml:1: NicClusterPolicy is of mellanox.com/v1alpha1, not v1'],
    ['apiVersion: mellanox.com/v1alpha1\nkind: NicClusterPolicy', 'has no metadata.name'],
    ['apiVersion: mellanox.com/v1alpha1\nkind: NicClusterPolicy\nmetadata: {name: x}\nspec: 3', 'f.yaml:4: spec must be a map'],
  ] as const)('%j: %s', async ([text, message]) => {
    expect((await run(policyCheck, { file: 'f.yaml' }, { documents: documents(text) })).text).toContain(message);
  });
  test('an unknown release is refused with those that are known', async () => {
    expect(
      (await run(policyCheck, { file: 'f.yaml', release: '1.0.0' }, { documents: documents(POLICY) })).text,
    ).toContain('known are 24.7.0');
  });
});

describe('policy status', () => {
  const operator: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'network-operator', namespace: 'o', labels: { 'helm.sh/chart': 'network-operator-25.7.0' } },
    spec: { template: { spec: { containers: [{ image: 'x/network-operator:v25.7.0' }] } } },
    status: { availableReplicas: 1 },
  };
  const daemon: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: 'kube-multus-ds',
      namespace: 'o',
      labels: { 'nvidia.network-operator.state': 'state-multus-cni' },
    },
    status: { desiredNumberScheduled: 2, numberAvailable: 2, updatedNumberScheduled: 2 },
  };
  const policy: KubeObject = {
    apiVersion: 'mellanox.com/v1alpha1',
    kind: 'NicClusterPolicy',
    metadata: { name: 'nic-cluster-policy' },
    spec: { secondaryNetwork: { multus: {} } },
    status: { state: 'ready', appliedStates: [{ name: 'state-multus-cni', state: 'ready' }] },
  };

  test('ready and well is exit 0, with the release and where it was read', async () => {
    const { exit, text } = await run(policyStatus, {}, { snapshot: snapshot(operator, daemon, policy) });
    expect(text.split('\n').slice(0, 4)).toEqual([
      'NicClusterPolicy nic-cluster-policy: ready',
      '',
      'STATE              SAYS    REALLY',
      'state-multus-cni   ready   DaemonSet/kube-multus-ds 2 of 2 pods available',
    ]);
    expect(text).toContain(
      'network operator 25.7.0 in namespace o (label helm.sh/chart of Deployment/o/network-operator)',
    );
    expect(exit).toBe(0);
  });
  test('--wait reads again until all runs, and gives up with the last reading (002-02)', async () => {
    const half = { ...daemon, status: { desiredNumberScheduled: 2, numberAvailable: 1, updatedNumberScheduled: 2 } };
    const building: KubeObject = {
      ...policy,
      status: { state: 'notReady', appliedStates: [{ name: 'state-multus-cni', state: 'notReady' }] },
    };
    const before = snapshot(operator, half, building);
    const after = snapshot(operator, daemon, policy);
    const wait = { wait: true, timeout: '30s' };
    expect(await run(policyStatus, wait, { snapshot: before, later: [before, before, after] })).toMatchObject({
      exit: 0,
      text: expect.stringContaining('2 of 2 pods available') as string,
    });
    expect(await run(policyStatus, wait, { snapshot: before, later: [before] })).toMatchObject({ exit: 1 });
    expect((await run(policyStatus, { ...wait, from: ['x'] }, { snapshot: before })).text).toContain('live cluster');
    expect((await run(policyStatus, { wait: true, timeout: 'soon' }, { snapshot: before })).text).toContain(
      'no duration',
    );
  });
  test('no policy: a fact where the kind was listed, unknown where it was not', async () => {
    const listed = { ...snapshot(operator), listed: new Set(['NicClusterPolicy.mellanox.com']) };
    expect(await run(policyStatus, {}, { snapshot: listed })).toMatchObject({
      exit: 1,
      text: expect.stringContaining('There is no NicClusterPolicy') as string,
    });
    expect(await run(policyStatus, {}, { snapshot: snapshot(operator) })).toMatchObject({ exit: 3 });
  });
});

describe('release check', () => {
  test('the two failures of the seed, with template, key and way out (000-17, 000-18)', async () => {
    const seed = async (to: string) =>
      (await run(releaseCheck, { fromRelease: '24.7.0', to, reuseValues: true, kubeVersion: 'v1.30.0' })).text;
    expect(await seed('25.7.0')).toContain(
      'charts/nic-configuration-operator-chart/templates/operator.yaml:63: nil pointer evaluating',
    );
    expect(await seed('24.10.1')).toContain('templates/upgrade-crd-hook.yaml:93');
    expect(await seed('24.10.1')).toContain('--reset-then-reuse-values');
  });
  test('without any sign of an install the release is unknown, exit 1 (000-02)', async () => {
    const { exit, text } = await run(releaseCheck, { to: '25.7.0' }, { snapshot: emptySnapshot });
    expect([exit, text.split('\n')[0]]).toEqual([1, 'installed release unknown']);
  });
  // prettier-ignore
  test.for([
    [{ to: '24.10.0-rc.4', fromRelease: '24.7.0' }, '--devel'],
    [{ to: '24.7.0', fromRelease: '25.7.0' }, 'older than the installed 25.7.0'],
    [{ to: '25.7.0', fromRelease: 'x' }, '"x" is no version'],
    [{ to: '25.7.0', fromRelease: '24.7.0', reuseValues: true, resetThenReuseValues: true }, 'exclude each other'],
    [{ fromRelease: '24.7.0' }, 'Give --to VERSION'],
    [{ to: '25.7.0', fromRelease: '24.7.0', values: 'f.yaml' }, 'f.yaml:1: f.yaml holds a list'],
  ] as const)('%j: %s', async ([options, message]) => {
    const { exit, text } = await run(releaseCheck, options, { documents: documents('[1]') });
    expect(exit).toBe(-1);
    expect(text).toContain(message);
  });
  test('keys that do nothing carry the line of the values file (000-33)', async () => {
    const { text } = await run(
      releaseCheck,
      { to: '25.7.0', fromRelease: '24.7.0', values: 'f.yaml' },
      { documents: documents('nfd: {enabled: true}\nnvIpam:\n  deploy: true\n') },
    );
    expect(text).toContain('nvIpam (f.yaml:2)');
    expect(text).toContain('ignored since 24.10');
  });
  test('values of a Helm record are used and never shown', async () => {
    const release = {
      name: 'r',
      namespace: 'o',
      version: 1,
      info: { status: 'deployed' },
      chart: { metadata: { name: 'network-operator', version: '24.7.0' } },
      config: { ofedDriver: { deploy: true }, operator: { admissionController: { certificate: { tlsKey: 'hush' } } } },
    };
    const data = Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'o', labels: { owner: 'helm' } },
      data: { release: data },
    };
    const result = await releaseCheck.run(fakeCommandContext({ snapshot: snapshot(secret) }), [], { to: '25.7.0' });
    if (!result.ok) throw new Error(result.fault.message);
    expect(result.value.text(plainPaint)).toContain('set spec.ofedDriver in the NicClusterPolicy');
    expect(JSON.stringify(result.value.data) + result.value.text(plainPaint)).not.toContain('hush');
  });
});
