/**
 * The founding document about DMS pods in Init:CrashLoopBackOff (001) as dumps: with the denied line in the log, healthy, and
 * without the log, in two layouts each. The ladder of evidence (reference dpf.md 5.2) decides what may be said of each.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import type { KubeObject } from '../src/core/model/kube-object.ts';
import { LAYOUTS, type DumpParts, type PodLog } from './dump-layouts.ts';

const NAMESPACE = 'dpf-operator-system';
const ACCOUNT = 'dpf-provisioning-dms-service-account';
const HOSTS = ['worker1', 'worker2', 'worker3'];
const RBAC = 'rbac.authorization.k8s.io';

type State = 'Running' | 'crashing';

const dmsPod = (host: string, state: State): KubeObject => {
  const crashed = {
    exitCode: 1,
    reason: 'Error',
    startedAt: '2025-07-01T10:00:00Z',
    finishedAt: '2025-07-01T10:00:09Z',
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${host}-dms`,
      namespace: NAMESPACE,
      labels: { 'provisioning.dpu.nvidia.com/component': 'dms' },
      ownerReferences: [
        { apiVersion: 'operator.dpu.nvidia.com/v1alpha1', kind: 'DPFOperatorConfig', name: 'dpfoperatorconfig' },
      ],
    },
    spec: {
      nodeName: host,
      hostNetwork: true,
      serviceAccountName: ACCOUNT,
      initContainers: [
        { name: 'rshim-preflight', image: 'ghcr.io/nvidia/dms:v25.4.0' },
        {
          name: 'dms-init',
          image: 'ghcr.io/nvidia/dms:v25.4.0',
          args: [
            `/opt/dpf/dmsinit.sh --cmd register --dms-conf-dir /opt/dpf/dms --dms-image-dir /bfb --kube-node-ref ${host} --dms-port 9339 --dms-ip 192.0.2.11 --external-certificate TODO`,
          ],
        },
        { name: 'configure-vf', image: 'ghcr.io/nvidia/hostdriver:v25.4.0' },
      ],
      containers: [{ name: 'dms', image: 'ghcr.io/nvidia/dms:v25.4.0' }],
    },
    status: {
      phase: state === 'crashing' ? 'Pending' : 'Running',
      conditions: [{ type: 'Ready', status: state === 'crashing' ? 'False' : 'True' }],
      initContainerStatuses: [
        {
          name: 'rshim-preflight',
          ready: true,
          restartCount: 0,
          state: { terminated: { exitCode: 0, reason: 'Completed' } },
        },
        state === 'crashing'
          ? {
              name: 'dms-init',
              ready: false,
              restartCount: 12,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: crashed },
            }
          : {
              name: 'dms-init',
              ready: true,
              restartCount: 0,
              state: { terminated: { exitCode: 0, reason: 'Completed' } },
            },
        {
          name: 'configure-vf',
          ready: state !== 'crashing',
          restartCount: 0,
          state: state === 'crashing' ? { waiting: { reason: 'PodInitializing' } } : { terminated: { exitCode: 0 } },
        },
      ],
      containerStatuses: [
        {
          name: 'dms',
          ready: state !== 'crashing',
          restartCount: 0,
          state: state === 'crashing' ? { waiting: { reason: 'PodInitializing' } } : { running: {} },
        },
      ],
    },
  };
};

const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): object => ({
  apiGroups,
  resources,
  verbs,
});
const OWN = ['provisioning.dpu.nvidia.com'];
/** As shipped with 25.4 (dpf.md 3.1): four rules, none for secrets. */
const SHIPPED_RULES = [
  rule(OWN, ['dpunodes'], ['create', 'get']),
  rule(OWN, ['dpudevices'], ['create', 'get']),
  rule(['cert-manager.io'], ['certificates'], ['create', 'get']),
  rule([''], ['nodes'], ['get', 'list']),
];

/** What every cluster has: a dump with fewer roles was picked by hand, and shows nothing by what it lacks. */
const OTHERS = Array.from({ length: 20 }, (_, index) => `system:controller:${index}`);
const others = ['ClusterRole', 'ClusterRoleBinding', 'RoleBinding'].flatMap((kind) =>
  OTHERS.map((name): KubeObject => ({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name, ...(kind === 'RoleBinding' ? { namespace: 'kube-system' } : {}) },
    ...(kind === 'ClusterRole'
      ? { rules: [] }
      : { roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name }, subjects: [] }),
  })),
);

const roles = (rules: readonly object[]): readonly KubeObject[] => [
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: {
      name: 'dpf-provisioning-dms-role',
      resourceVersion: '101',
      managedFields: [
        {
          manager: 'dpfoperatorconfig-controller',
          operation: 'Apply',
          time: '2025-07-01T09:00:00Z',
          fieldsV1: { 'f:rules': {} },
        },
      ],
    },
    rules,
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'dpf-provisioning-dms-rolebinding' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'dpf-provisioning-dms-role' },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: NAMESPACE }],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'dpf-provisioning-leader-election-rolebinding', namespace: NAMESPACE },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'system:openshift:leader-election' },
    subjects: [{ kind: 'ServiceAccount', name: 'dpf-provisioning-controller-manager', namespace: NAMESPACE }],
  },
];

const estate = (state: State, rules: readonly object[] = SHIPPED_RULES): readonly KubeObject[] => [
  {
    apiVersion: 'operator.dpu.nvidia.com/v1alpha1',
    kind: 'DPFOperatorConfig',
    metadata: { name: 'dpfoperatorconfig', namespace: NAMESPACE },
    spec: {},
    status: { version: 'v25.4.0' },
  },
  ...HOSTS.map((name): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'feature.node.kubernetes.io/dpu-enabled': 'true' } },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  })),
  ...HOSTS.map((host) => dmsPod(host, state)),
  ...roles(rules),
  ...others,
];

const denied = (host: string): PodLog => ({
  namespace: NAMESPACE,
  pod: `${host}-dms`,
  container: 'dms-init',
  previous: true,
  text: [
    '[dmsinit] Running cmd register',
    '[dmsinit] Total DPUs discovered: 1',
    '[dmsinit] kubectl already installed',
    `Error from server (Forbidden): secrets "${host}-server-secret" is forbidden: User "system:serviceaccount:${NAMESPACE}:${ACCOUNT}" cannot get resource "secrets" in API group "" in the namespace "${NAMESPACE}"`,
    '[dmsinit] Error (main:570): Failed to complete main function: 1',
    '',
  ].join('\n'),
});

const BROKEN: DumpParts = { objects: estate('crashing'), logs: [denied('worker1'), denied('worker2')] };
const LACKING: DumpParts = { objects: estate('crashing') };
const HEALTHY: DumpParts = {
  objects: estate('Running'),
  logs: [
    {
      namespace: NAMESPACE,
      pod: 'worker1-dms',
      container: 'dms-init',
      text: '[dmsinit] DPUNode worker1 applied successfully\n[dmsinit] Main function completed successfully\n',
    },
  ],
};

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-founding-dpf-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const reportOf = async (layout: string, name: string, parts: DumpParts): Promise<Report> => {
  const folder = path.join(scratch, `${layout.replaceAll(' ', '-')}-${name}`);
  mkdirSync(folder);
  LAYOUTS[layout]?.(folder, parts);
  const snapshot = await loadDump([folder]);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES);
};

describe.each(Object.keys(LAYOUTS))('DMS pods in Init:CrashLoopBackOff, as %s', (layout) => {
  test('with the denied line: the permission is proven, on every host that shows it (001-01, 001-02, 001-19, 001-48)', async () => {
    const { problems, symptoms } = await reportOf(layout, 'broken', BROKEN);
    expect(problems.map(({ rule: id }) => id)).toEqual(['access-denied']);
    expect(symptoms).toEqual([]);
    const [problem] = problems;
    expect(problem?.nodes).toEqual(HOSTS);
    expect(problem?.summary).toContain('may not get secrets "worker1-server-secret"');
    expect(problem?.evidence.some(({ excerpt }) => excerpt.includes('cannot get resource "secrets"'))).toBe(true);
    expect(problem?.consequences.map(({ rule: id }) => id)).toEqual(['init-container-crashing']);
  });

  test('with the denied line: an own Role by name first; the rule in the ClusterRole last, with its cost (001-26, 001-27, 001-44)', async () => {
    const { problems } = await reportOf(layout, 'remedy', BROKEN);
    const steps = problems[0]?.remedy ?? [];
    expect(steps[0]?.command).toContain('--verb=get --resource=secrets --resource-name=worker1-server-secret');
    expect(steps[0]?.command).toContain(`create role nicwright-${ACCOUNT} -n ${NAMESPACE}`);
    const inPlace = steps.at(-1);
    expect(inPlace?.command).toContain('patch clusterrole dpf-provisioning-dms-role');
    expect(inPlace?.risk).toMatch(/temporary.*dpfoperatorconfig-controller.*every Secret of the cluster/s);
    expect(steps.some(({ risk }) => risk?.includes('do not delete the pod') === true)).toBe(true);
  });

  test('healthy: nothing is found, though the role still lacks secrets (001-42)', async () => {
    const { problems, symptoms, clear } = await reportOf(layout, 'healthy', HEALTHY);
    expect([...problems, ...symptoms].map(({ rule: id }) => id)).toEqual([]);
    expect(clear.map(({ rule: id }) => id)).toContain('init-container-crashing');
  });

  test('without the log: no cause is asserted, each candidate has its proof, and the log is asked for first (001-19, 001-23, 001-57)', async () => {
    const { problems, symptoms } = await reportOf(layout, 'lacking', LACKING);
    expect(problems).toEqual([]);
    expect(symptoms.map(({ rule: id }) => id)).toEqual(['init-container-crashing']);
    const [symptom] = symptoms;
    expect(symptom?.count).toBe(HOSTS.length);
    expect(symptom?.lacks[0]?.settle).toMatch(/logs -n dpf-operator-system worker1-dms -c dms-init --previous/);
    expect(symptom?.lacks[0]?.why).toContain('API server');
    for (const { provedBy, disprovedBy, settle } of symptom?.candidates ?? [])
      for (const words of [provedBy, disprovedBy, settle]) expect(words).not.toBe('');
  });

  test('without the log: the Secret is ruled out, since the script never reads it the way it is started (001-10, 001-11, 001-58)', async () => {
    const { symptoms } = await reportOf(layout, 'ruled-out', LACKING);
    const candidates = symptoms[0]?.candidates ?? [];
    expect(candidates.find(({ rule: id }) => id === 'access-denied')?.against).toContain('never read');
    expect(candidates.find(({ rule: id }) => id === 'token-as-kubeconfig')?.against).toBeDefined();
    expect(candidates.findIndex(({ against }) => against !== undefined)).toBeGreaterThan(0);
  });

  test('without the log and with the role that the document quotes: the role is a likely cause (001-13, 001-14)', async () => {
    const quoted = { objects: estate('crashing', [rule([''], ['nodes'], ['get', 'list'])]) };
    const { problems } = await reportOf(layout, 'quoted', quoted);
    expect(problems.map(({ rule: id, confidence }) => [id, confidence])).toEqual([['dms-role-lacks-need', 'likely']]);
    expect(problems[0]?.summary).toMatch(/create dpudevices.*create dpunodes/);
    expect(problems[0]?.summary).not.toContain('secrets');
  });
});
