/**
 * Repairs from end to end on the twin: a world is broken, diagnose finds it, plan fix plans, apply carries out, diagnose is clear
 * of it, and the rollback gives every object back as it was. Killed after each effect on the cluster and run again, it ends alike.
 */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../core/diagnosis/engine.ts';
import { gatherFacts } from '../../core/diagnosis/facts.ts';
import type { Problem } from '../../core/diagnosis/report.ts';
import { linePatterns } from '../../core/diagnosis/rule.ts';
import { ALL_RULES } from '../../core/diagnosis/rules/index.ts';
import { canonical } from '../../core/model/canonical.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import {
  NIC_CLUSTER_POLICIES,
  SRIOV_OPERATOR_CONFIGS,
  SRIOV_POLICIES,
  SRIOV_POOL_CONFIGS,
  type KubeResource,
} from '../../core/model/kube-resource.ts';
import { planFix } from '../../core/plan/fix/plan-fix.ts';
import { readPlan, type Plan } from '../../core/plan/plan.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { ok, type Result } from '../../core/result.ts';
import { nicClusterPolicy, OPERATOR_NAMESPACE } from '../../twin/scenarios/dgx-fleet.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { letTimePass } from '../twin-cluster/let-time-pass.ts';
import { twinApi, twinPorts } from '../twin-cluster/twin-ports.ts';
import { applyPlan, type ApplyOutcome, type StepDone } from './apply-plan.ts';
import { rollBack } from './roll-back.ts';
import { checkFacts } from './submit-checks.ts';

const MINUTE = 60_000;

const namespaced = (apiVersion: string, plural: string, kind: string): KubeResource => {
  const [group = '', version = ''] = apiVersion.split('/');
  return { group, version, plural, kind, namespaced: true };
};
const IP_POOLS = namespaced('nv-ipam.nvidia.com/v1alpha1', 'ippools', 'IPPool');
const CIDR_POOLS = namespaced('nv-ipam.nvidia.com/v1alpha1', 'cidrpools', 'CIDRPool');
const IB_NETWORKS = namespaced('sriovnetwork.openshift.io/v1', 'sriovibnetworks', 'SriovIBNetwork');
const CHANGED = [
  NIC_CLUSTER_POLICIES,
  SRIOV_OPERATOR_CONFIGS,
  SRIOV_POLICIES,
  SRIOV_POOL_CONFIGS,
  IP_POOLS,
  IB_NETWORKS,
];

interface Broken {
  readonly rule: string;
  readonly scenario: string;
  /** When it is broken, in minutes, and for how long it is left. */
  readonly at: number;
  readonly leave: number;
  readonly spoil: (api: KubeApi) => Promise<Result<unknown>>;
  /** How long the operators are given after the plan. */
  readonly settle?: number;
}

const inOperators = (name: string) => ({ name, namespace: OPERATOR_NAMESPACE });

const WORLDS: readonly Broken[] = [
  {
    rule: 'component-image-wrong',
    scenario: 'dgx-ipam-image',
    at: 30,
    leave: 1,
    spoil: () => Promise.resolve(ok(undefined)),
  },
  {
    rule: 'component-skewed',
    scenario: 'dgx-numvfs-16',
    at: 30,
    leave: 5,
    spoil: (api) =>
      api.patch(
        NIC_CLUSTER_POLICIES,
        { name: 'nic-cluster-policy' },
        { type: 'merge', body: { spec: { nvIpam: { version: 'v0.1.2' } } } },
      ),
  },
  {
    rule: 'daemon-selects-no-node',
    scenario: 'dgx-numvfs-16',
    at: 30,
    leave: 10,
    spoil: (api) =>
      api.patch(SRIOV_OPERATOR_CONFIGS, inOperators('default'), {
        type: 'merge',
        body: { spec: { configDaemonNodeSelector: { 'beta.kubernetes.io/os': null, 'example.com/nics': 'yes' } } },
      }),
  },
  {
    rule: 'operator-config-missing',
    scenario: 'dgx-numvfs-16',
    at: 30,
    leave: 10,
    spoil: (api) => api.delete(SRIOV_OPERATOR_CONFIGS, inOperators('default')),
  },
  {
    rule: 'drain-slots-none',
    scenario: 'dgx-cold-restart',
    at: 1,
    leave: 20,
    settle: 5,
    spoil: (api) =>
      api.patch(SRIOV_POOL_CONFIGS, inOperators('gpu-nodes'), {
        type: 'merge',
        body: { spec: { maxUnavailable: '10%' } },
      }),
  },
  {
    rule: 'exclusions-overlap',
    scenario: 'dgx-numvfs-16',
    at: 30,
    leave: 1,
    spoil: (api) =>
      api.create(IP_POOLS, {
        apiVersion: 'nv-ipam.nvidia.com/v1alpha1',
        kind: 'IPPool',
        metadata: inOperators('rail-1'),
        spec: {
          subnet: '10.20.0.0/24',
          gateway: '10.20.0.1',
          perNodeBlockSize: 16,
          exclusions: [
            { startIP: '10.20.0.2', endIP: '10.20.0.6' },
            { startIP: '10.20.0.6', endIP: '10.20.0.9' },
          ],
        },
      }),
  },
  {
    rule: 'pool-missing',
    scenario: 'dgx-numvfs-16',
    at: 30,
    leave: 1,
    spoil: async (api) => {
      await api.create(CIDR_POOLS, {
        apiVersion: 'nv-ipam.nvidia.com/v1alpha1',
        kind: 'CIDRPool',
        metadata: inOperators('rail-1'),
        spec: { cidr: '10.30.0.0/24', perNodeNetworkPrefix: 28 },
      });
      return api.create(IB_NETWORKS, {
        apiVersion: 'sriovnetwork.openshift.io/v1',
        kind: 'SriovIBNetwork',
        metadata: inOperators('rail-1'),
        spec: {
          resourceName: 'resibp24s0',
          networkNamespace: 'ml',
          ipam: '{ "type": "nv-ipam", "poolName": "rail-1" }',
        },
      });
    },
  },
  {
    rule: 'nicclusterpolicy-name-ignored',
    scenario: 'dgx-numvfs-16',
    at: 30,
    leave: 5,
    spoil: async (api) => {
      await api.delete(NIC_CLUSTER_POLICIES, { name: 'nic-cluster-policy' });
      return api.create(NIC_CLUSTER_POLICIES, {
        ...nicClusterPolicy('nvidia-k8s-ipam'),
        metadata: { name: 'my-policy' },
      });
    },
  },
];

const brokenTwin = async ({ rule, scenario: name, at, leave, spoil }: Broken): Promise<Twin> => {
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error(`the scenario ${name} is gone`);
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + at * MINUTE);
  const spoilt = await spoil(twinApi(twin));
  expect(spoilt.ok ? '' : spoilt.fault.message, rule).toBe('');
  await twin.runUntil(twin.clock.now() + leave * MINUTE);
  return twin;
};

const found = (twin: Twin, rule: string): readonly Problem[] => {
  const { problems, symptoms, observations } = diagnose(twin.snapshot(), ALL_RULES, { now: twin.clock.now() });
  return [...problems, ...symptoms, ...observations].filter((one) => one.rule === rule);
};

const planOn = (twin: Twin, rule: string): Plan => {
  const problems = found(twin, rule);
  expect(problems.length, `${rule} is not found`).toBeGreaterThan(0);
  const facts = gatherFacts(twin.snapshot(), { now: twin.clock.now(), lines: linePatterns(ALL_RULES) });
  const made = planFix(problems, facts);
  if (!made.ok) throw new Error(made.fault.message);
  // As it comes back from the file.
  const read = readPlan(JSON.parse(JSON.stringify(made.value)), 'fix.yaml');
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
};

const optionsOn = (twin: Twin, plan: Plan, api: KubeApi = twinApi(twin)) => ({
  plan,
  ports: { ...twinPorts(twin), api },
  identity: `test-${twin.clock.now()}`,
  signal: new AbortController().signal,
  tell: () => {},
});

const finish = async (twin: Twin, work: Promise<ApplyOutcome>): Promise<readonly StepDone[]> => {
  const done = await letTimePass(twin, 2 * 60 * MINUTE, work);
  if (!done.ok) throw new Error(done.fault.message);
  expect(done.value.fault?.message).toBeUndefined();
  return done.value.steps;
};

/** What people wrote: specs, labels and annotations of the kinds that plans change. */
const written = async (twin: Twin): Promise<Readonly<Record<string, string>>> => {
  const api = twinApi(twin);
  const objects: KubeObject[] = [];
  for (const kind of CHANGED) {
    const page = await api.list(kind);
    if (page.ok) objects.push(...page.value.items);
  }
  return Object.fromEntries(
    objects.map(({ kind, metadata: { name, labels, annotations }, spec }) => [
      `${kind}/${name}`,
      canonical({ labels: labels ?? {}, annotations: annotations ?? {}, spec }),
    ]),
  );
};

describe('from the finding to the cure and back', () => {
  test.for(WORLDS)('$rule', { timeout: 60_000 }, async (world) => {
    const twin = await brokenTwin(world);
    const before = await written(twin);
    const plan = planOn(twin, world.rule);
    expect(checkFacts(plan, twin.snapshot())).toMatchObject({ ok: true });
    const steps = await finish(twin, applyPlan(optionsOn(twin, plan)));
    expect(steps.map(({ outcome }) => outcome)).toEqual(plan.steps.map(() => 'done'));
    expect(await written(twin)).not.toEqual(before);
    await twin.runUntil(twin.clock.now() + (world.settle ?? 10) * MINUTE);
    expect(found(twin, world.rule)).toEqual([]);
    // Once more: nothing is done twice, and the plan does not refuse what it did itself.
    expect(checkFacts(plan, twin.snapshot())).toMatchObject({ ok: true });
    const again = await finish(twin, applyPlan(optionsOn(twin, plan)));
    expect(again.map(({ outcome }) => outcome)).toEqual(plan.steps.map(() => 'was done'));
    await finish(twin, rollBack(optionsOn(twin, plan)));
    expect(await written(twin)).toEqual(before);
  });
});

class Killed extends Error {}

/** Ends the process right after its `count`-th effect on the cluster. */
const killedAfter = (api: KubeApi, count: number): { readonly api: KubeApi; readonly effects: () => number } => {
  let effects = 0;
  const mortal =
    <Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      const answer = await call(...args);
      effects += 1;
      if (effects === count) throw new Killed();
      return answer;
    };
  return {
    api: {
      ...api,
      create: mortal((...args) => api.create(...args)),
      patch: mortal((...args) => api.patch(...args)),
      delete: mortal((...args) => api.delete(...args)),
      apply: mortal((...args) => api.apply(...args)),
    },
    effects: () => effects,
  };
};

const killed = async (twin: Twin, work: Promise<ApplyOutcome>): Promise<boolean> => {
  try {
    const done = await letTimePass(twin, 2 * 60 * MINUTE, work);
    if (!done.ok) throw new Error(done.fault.message);
    return false;
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  }
};

describe('killed after each effect, and run again', () => {
  test.for(WORLDS.filter(({ rule }) => ['operator-config-missing', 'drain-slots-none', 'pool-missing'].includes(rule)))(
    '$rule',
    { timeout: 120_000 },
    async (world) => {
      for (const walk of [applyPlan, rollBack]) {
        const ends = new Set<string>();
        let points = 0;
        for (let count = 1; ; count += 1) {
          const twin = await brokenTwin(world);
          const before = canonical(await written(twin));
          const plan = planOn(twin, world.rule);
          if (walk === rollBack) await finish(twin, applyPlan(optionsOn(twin, plan)));
          const { api } = killedAfter(twinApi(twin), count);
          const wasKilled = await killed(twin, walk(optionsOn(twin, plan, api)));
          if (wasKilled) {
            points += 1;
            await finish(twin, walk(optionsOn(twin, plan)));
          }
          const end = canonical(await written(twin));
          ends.add(end);
          if (walk === rollBack) expect(end).toBe(before);
          if (!wasKilled) break;
        }
        expect(points).toBeGreaterThan(0);
        expect(ends.size).toBe(1);
      }
    },
  );
});
