/** Every rule has a fixer, another command, or a reason; and every fixer, asked of its rule's own broken worlds, says one or the other. */
import { describe, expect, test } from 'vitest';
import { objectPath, type KubeObject } from '../../model/kube-object.ts';
import { caseSnapshot } from '../../diagnosis/case-snapshot.ts';
import { diagnose } from '../../diagnosis/engine.ts';
import { gatherFacts } from '../../diagnosis/facts.ts';
import { linePatterns } from '../../diagnosis/rule.ts';
import { ALL_RULES } from '../../diagnosis/rules/index.ts';
import { aNicClusterPolicy, anObject, anOperatorConfig, anSriovPolicy } from '../../diagnosis/rules/world-operator.ts';
import { gpuNode, pod } from '../../diagnosis/rules/world.ts';
import type { Result } from '../../result.ts';
import { readPlan, type Plan } from '../plan.ts';
import { ELSEWHERE, FIXERS } from './fixers.ts';
import { planFix } from './plan-fix.ts';
import { WHY_NOT } from './why-not.ts';

test('every rule stands in exactly one of the three tables, and nothing else does', () => {
  const tables = [FIXERS, ELSEWHERE, WHY_NOT].flatMap((table) => Object.keys(table));
  expect(tables.toSorted()).toEqual(ALL_RULES.map(({ id }) => id).toSorted());
});

test('a reason is a sentence of its own', () => {
  for (const [rule, because] of Object.entries(WHY_NOT)) expect(because, rule).toMatch(/^[A-Z].*\.$/);
  expect(new Set(Object.values(WHY_NOT)).size).toBeGreaterThan(Object.keys(WHY_NOT).length - 5);
});

const OPTIONS = { lines: linePatterns(ALL_RULES) };

/** The plan for the findings of a rule in one of its own cases, with more objects, or in place of those of their name. */
const planOf = (id: string, name: string, more: readonly KubeObject[] = []): Result<Plan> | undefined => {
  const rule = ALL_RULES.find((one) => one.id === id);
  const world = rule?.cases.find((one) => one.name === name);
  if (rule === undefined || world === undefined) throw new Error(`${id} has no case ${name}`);
  const named = new Set(more.map(objectPath));
  const snapshot = caseSnapshot({
    ...world,
    objects: [...world.objects.filter((object) => !named.has(objectPath(object))), ...more],
  });
  const report = diagnose(snapshot, [rule]);
  const problems = [...report.problems, ...report.symptoms, ...report.observations];
  return problems.length === 0 ? undefined : planFix(problems, gatherFacts(snapshot, OPTIONS));
};

const WORLDS = Object.keys(FIXERS).flatMap((id) =>
  (ALL_RULES.find((rule) => rule.id === id)?.cases ?? [])
    .filter(({ kind }) => kind === 'broken')
    .map(({ name }): [string, string] => [id, name]),
);

describe('the broken worlds of the rules', () => {
  test.for(WORLDS)('%s: %s', ([id, name]) => {
    const plan = planOf(id, name);
    if (plan?.ok === true) {
      expect(plan.value.steps.length).toBeGreaterThan(0);
      expect(readPlan(structuredClone(plan.value), 'fix.yaml')).toEqual(plan);
      for (const { because, title } of plan.value.steps) expect(`${because}${title}`).not.toMatch(/undefined|NaN/);
    } else expect(plan?.fault).toMatchObject({ code: 'refused-fix', message: expect.stringMatching(/\.$/) });
  });
});

const nicNode = (name: string): KubeObject =>
  gpuNode(name, {}, { labels: { 'feature.node.kubernetes.io/pci-15b3.present': 'true' } });
const labelled = (name: string, app: string): KubeObject => pod(name, { node: 'a', labels: { app } });
const operatorPod = pod('sriov-network-operator-7d9f8-x7k2p');
const rail = (poolType?: string): KubeObject =>
  anObject('sriovnetwork.openshift.io/v1', 'SriovNetwork', 'rail-1', {
    spec: {
      resourceName: 'rail1',
      ipam: JSON.stringify({ type: 'nv-ipam', poolName: 'rail-c', ...(poolType && { poolType }) }),
    },
  });
const cidrPool = anObject('nv-ipam.nvidia.com/v1alpha1', 'CIDRPool', 'rail-c', {
  spec: { cidr: '10.30.0.0/24', perNodeNetworkPrefix: 28 },
});
const rdmaPolicy = aNicClusterPolicy({
  rdmaSharedDevicePlugin: {
    image: 'k8s-rdma-shared-dev-plugin',
    repository: 'nvcr.io/nvidia/mellanox',
    version: 'v9.9.9',
  },
});
const networkOperator = pod('network-operator-x', {
  container: 'network-operator',
  image: 'nvcr.io/nvidia/cloud-native/network-operator:v25.4.0',
});
const twoPlugins = aNicClusterPolicy({
  sriovDevicePlugin: {
    image: 'sriov-network-device-plugin',
    config: JSON.stringify({ resourceList: [{ resourceName: 'res' }] }),
  },
});
const failedPod = {
  ...pod('nccl-0', { node: 'a' }),
  metadata: {
    name: 'nccl-0',
    namespace: 'nic-operator',
    uid: 'u-1',
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'nccl', uid: 'u', controller: true }],
  },
  status: {
    phase: 'Failed',
    reason: 'UnexpectedAdmissionError',
    message:
      'Allocate failed due to requested number of devices unavailable for nvidia.com/res. Requested: 1, Available: 0',
  },
};

/** Where a case of the rule lacks what the plan needs: with that beside it. */
const WITH_MORE: readonly (readonly [rule: string, name: string, more: readonly KubeObject[], act: object])[] = [
  [
    'component-skewed',
    'an older nv-ipam',
    [],
    { do: 'patch-object', patch: { spec: { nvIpam: { version: 'v0.3.7' } } } },
  ],
  [
    'daemon-selects-no-node',
    'no node has the worker label',
    [anOperatorConfig(), nicNode('a')],
    {
      do: 'patch-object',
      patch: { spec: { configDaemonNodeSelector: { 'feature.node.kubernetes.io/pci-15b3.present': 'true' } } },
    },
  ],
  [
    'device-plugin-config-stale',
    'a resource that came later',
    [labelled('rdma-shared-dp-ds-x7k2p', 'rdma-shared-dp')],
    { do: 'restart-pods', selector: 'app=rdma-shared-dp', nodes: ['a'] },
  ],
  [
    'disable-drain-leaves-cordon',
    'still draining, drains off',
    [anOperatorConfig('default', { disableDrain: true })],
    { patch: { spec: { disableDrain: false } }, from: { spec: { disableDrain: true } } },
  ],
  [
    'image-absent',
    'a tag that was never made',
    [rdmaPolicy, networkOperator],
    { do: 'patch-object', from: { spec: { rdmaSharedDevicePlugin: { version: 'v9.9.9' } } } },
  ],
  [
    'multus-unauthorized',
    'an event of the kubelet',
    [labelled('kube-multus-ds-x7k2p', 'multus')],
    { do: 'restart-pods', selector: 'app=multus' },
  ],
  [
    'operator-config-missing',
    'the operator says it',
    [operatorPod, nicNode('a')],
    { do: 'create-object', target: { kind: 'SriovOperatorConfig', namespace: 'nic-operator', name: 'default' } },
  ],
  ['operator-config-missing', 'another name', [operatorPod], { do: 'create-object', object: { spec: {} } }],
  ['pods-started-before-vfs', 'a failed pod', [failedPod], { do: 'delete-pods', pods: [{ uid: 'u-1' }] }],
  [
    'pool-missing',
    'the name differs',
    [rail(), cidrPool],
    { patch: { spec: { ipam: '{"type":"nv-ipam","poolName":"rail-c","poolType":"cidrpool"}' } } },
  ],
  [
    'stale-annotation',
    'in sync, and the log asks for nothing',
    [labelled('sriov-network-config-daemon-x7k2p', 'sriov-network-config-daemon')],
    { do: 'restart-pods', nodes: ['a'] },
  ],
  [
    'two-owners-of-daemonset',
    'the object has signs of both',
    [twoPlugins, anSriovPolicy('p', { resourceName: 'res' })],
    {
      patch: { spec: { sriovDevicePlugin: null } },
      from: { spec: { sriovDevicePlugin: { image: 'sriov-network-device-plugin' } } },
    },
  ],
  [
    'vf-without-driver-at-start',
    'one VF fewer than promised',
    [labelled('sriov-device-plugin-x7k2p', 'sriov-device-plugin')],
    { do: 'restart-pods', selector: 'app=sriov-device-plugin' },
  ],
];

test.for(WITH_MORE)('%s is planned: %s', ([id, name, more, act]) => {
  const plan = planOf(id, name, more);
  expect(plan?.ok === true ? undefined : plan?.fault.message).toBeUndefined();
  expect(plan?.ok === true && plan.value.steps[0]?.act).toMatchObject(act);
});

/** What a plan must not be made for, though the rule has a fixer. */
const REFUSED: readonly (readonly [rule: string, name: string, more: readonly KubeObject[], why: string])[] = [
  ['two-owners-of-daemonset', 'both are asked for', [], 'likely, not proved'],
  [
    'two-owners-of-daemonset',
    'the object has signs of both',
    [twoPlugins],
    'Only the plug-in of the NicClusterPolicy offers res',
  ],
  [
    'nicclusterpolicy-name-ignored',
    'another name',
    [{ ...aNicClusterPolicy({ ofedDriver: {} }), metadata: { name: 'mine' } }],
    'roll-out',
  ],
  [
    'image-absent',
    'a tag that was never made',
    [rdmaPolicy],
    'Which release of the network operator is installed is not told',
  ],
  [
    'multus-unauthorized',
    'an event of the kubelet',
    [pod('kube-multus-ds-x', { node: 'a', labels: { app: 'x' } }), labelled('other', 'x')],
    'No label selects',
  ],
  ['pool-missing', 'the name differs', [], 'Which of the pools that exist is meant'],
  [
    'daemon-selects-no-node',
    'no node has the worker label',
    [anOperatorConfig()],
    'which nodes hold the adapters is not told',
  ],
];

test.for(REFUSED)('%s is not planned: %s', ([id, name, more, why]) => {
  expect(planOf(id, name, more)).toMatchObject({
    ok: false,
    fault: { code: 'refused-fix', message: expect.stringContaining(why) },
  });
});

test('the right given is what was denied, and no more (001-27)', () => {
  const plan = planOf('access-denied', 'the denied line of dms-init (001)');
  expect(plan?.ok === true && plan.value.steps.map(({ act }) => act)).toMatchObject([
    {
      object: {
        kind: 'Role',
        rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['a-server-secret'], verbs: ['get'] }],
      },
    },
    { object: { kind: 'RoleBinding' } },
  ]);
});

test('an image whose release is not told keeps its version, and gets the name that this version has (000-85)', () => {
  const plan = planOf('component-image-wrong', 'nv-ipam as image name (000-85)');
  expect(plan?.ok === true && plan.value.steps[0]).toMatchObject({
    act: {
      patch: { spec: { nvIpam: { image: 'nvidia-k8s-ipam', repository: 'ghcr.io/mellanox', version: 'v0.2.0' } } },
    },
    back: { act: { patch: { spec: { nvIpam: { image: 'nv-ipam' } } } } },
  });
});

test('a plan for a mirror keeps the mirror, and says so', () => {
  const mirrored = aNicClusterPolicy({
    nvIpam: { image: 'nv-ipam', repository: 'mirror.example/nic', version: 'v0.2.0' },
  });
  const plan = planOf('component-image-wrong', 'nv-ipam as image name (000-85)', [mirrored, networkOperator]);
  expect(plan?.ok === true && plan.value).toMatchObject({
    steps: [{ act: { patch: { spec: { nvIpam: { image: 'nvidia-k8s-ipam', repository: 'mirror.example/nic' } } } } }],
    effects: expect.arrayContaining([expect.stringContaining('mirror.example/nic is kept')]),
  });
});
