import { describe, expect, test } from 'vitest';
import {
  budget,
  maintenance,
  OPERATOR,
  requestorOperator,
  snapshotOf,
  workload,
} from '../../../testing/driver-snapshot.ts';
import type { Cluster } from '../../../testing/driver-snapshot.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { emptySnapshot } from '../../snapshot/snapshot.ts';
import type { Snapshot, SnapshotText } from '../../snapshot/snapshot.ts';
import { DEFECTS } from '../defects.ts';
import { UPGRADE_STATES } from '../upgrade-state.ts';
import { explainNode } from './explain-node.ts';
import type { Explanation } from './explanation.ts';

const explain = (cluster: Cluster, node = 'n', now = 1_764_000_600): Explanation => {
  const explained = explainNode(snapshotOf(cluster), node, now);
  if (!explained.ok) throw new Error(explained.fault.message);
  return explained.value;
};

const said = ({ because, next, todo }: Explanation): string =>
  [because, next, ...todo.map(({ what, command = '' }) => `${what} ${command}`)].join('\n');

/** The driver pod of node n with its container's state changed. */
const withDriverPod = (cluster: Cluster, change: (pod: KubeObject) => KubeObject): Snapshot => {
  const snapshot = snapshotOf(cluster);
  return {
    ...snapshot,
    objects: snapshot.objects.map(({ object, origin }) => ({
      object: object.metadata.name === 'mofed-ds-n' ? change(object) : object,
      origin,
    })),
  };
};

const containerState =
  (state: object, more: object = {}) =>
  (pod: KubeObject): KubeObject => ({
    ...pod,
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'mofed-container', ready: false, restartCount: 0, image: 'r/driver:1', state, ...more },
      ],
    },
  });

const DRAIN = { autoUpgrade: true, drain: { enable: true, timeoutSeconds: 300 } };
const draining = { name: 'n', state: 'drain-required', unschedulable: true, driverPod: { hash: 'old' } };
const restarting = {
  name: 'n',
  state: 'pod-restart-required',
  unschedulable: true,
  driverPod: { hash: 'new', ready: false },
};

// prettier-ignore
test.for<[string, Cluster, RegExp, readonly string[]]>([
  ['002-49 no label, upgrade off', { nodes: [{ name: 'n', driverPod: { hash: 'old' } }], policy: { autoUpgrade: false } }, /since ofedDriver.upgradePolicy.autoUpgrade of NicClusterPolicy nic-cluster-policy is false; driver pod mofed-ds-n is made from an older template/, []],
  ['002-49 no label, not processed', { nodes: [{ name: 'n', driverPod: { hash: 'new' } }] }, /sets it to upgrade-done/, []],
  ['002-49 no upgradePolicy', { nodes: [{ name: 'n', driverPod: { hash: 'new' } }], policy: null }, /has no upgradePolicy/, []],
  ['002-50 done and cordoned, nobody shows', { nodes: [{ name: 'n', state: 'upgrade-done', unschedulable: true, driverPod: { hash: 'new' } }] }, /cordoned; nothing records by whom/, ['D7']],
  ['002-50 done and cordoned, GPU', { nodes: [{ name: 'n', state: 'upgrade-done', unschedulable: true, labels: { 'nvidia.com/gpu-driver-upgrade-state': 'drain-required' }, driverPod: { hash: 'new' } }] }, /GPU driver upgrade is under way/, ['D20']],
  ['002-50 done and cordoned, object left behind', { nodes: [{ name: 'n', state: 'upgrade-done', unschedulable: true, driverPod: { hash: 'new' } }], objects: [maintenance('Ready')] }, /NodeMaintenance network-operator-n of me is still there/, ['D15']],
  ['002-51 skipped', { nodes: [{ name: 'n', state: 'upgrade-required', labels: { skip: 'true' }, driverPod: { hash: 'old' } }] }, /upgrade.skip=true holds it here[\s\S]*kubectl label node n nvidia.com\/ofed-driver-upgrade.skip-/, []],
  ['002-51 slot held by a failed node', { policy: { autoUpgrade: true, maxParallelUpgrades: 1 }, nodes: [{ name: 'n', state: 'upgrade-required', driverPod: { hash: 'old' } }, { name: 'bad', state: 'upgrade-failed', driverPod: { hash: 'old' } }] }, /waits for a slot: .*bad \(upgrade-failed\)[\s\S]*bring bad back first/, ['D2', 'D10']],
  ['002-54 budget', { nodes: [draining], policy: DRAIN, objects: [workload('db-0', { labels: { app: 'db' } }), budget] }, /gives up after 300 s over .*db-0 \(PodDisruptionBudget\/train\/db-pdb: it allows no disruption now\)[\s\S]*ask whoever runs namespace train/, ['D21', 'D8']],
  ['002-54 terminating with finalizer', { nodes: [draining], policy: DRAIN, objects: [workload('web', { metadata: { deletionTimestamp: '2025-11-24T16:00:00Z', finalizers: ['x.io/f'] } })] }, /web \(Terminating since 10 min, held by finalizer x.io\/f\)/, ['D21', 'D8']],
  ['002-54 bare pod', { nodes: [draining], policy: DRAIN, objects: [workload('bare', { metadata: { ownerReferences: [] } })] }, /fails before it evicts anything: .*bare/, ['D21', 'D8']],
  ['002-54 nothing left', { nodes: [draining], policy: DRAIN, objects: [] }, /does not run in the operator[\s\S]*rollout restart/, ['D21']],
  ['002-54, 002-41 under way', { nodes: [draining], policy: DRAIN, objects: [workload('web')] }, /being drained, with 300 s from its start: 1 pod to go/, ['D21']],
  ['002-57 failed, drain would fail again', { nodes: [{ ...draining, state: 'upgrade-failed' }], policy: DRAIN, objects: [workload('bare', { metadata: { ownerReferences: [] } })] }, /never replaced, so the drain is what failed, and it would fail again[\s\S]*kubectl drain n --ignore-daemonsets/, ['D3', 'D2']],
  ['002-57 failed, cause gone', { nodes: [{ ...draining, state: 'upgrade-failed' }], policy: DRAIN }, /what stood in its way is gone now/, ['D3', 'D2']],
  ['002-65 failed and waiting for safe load', { nodes: [{ ...draining, state: 'upgrade-failed', annotations: { safeLoad: 'x' } }], policy: DRAIN }, /upstream does not release in this state[\s\S]*kubectl annotate node n nvidia.com\/ofed-driver-upgrade.driver-wait-for-safe-load-/, ['D3', 'D6', 'D2']],
  ['002-56 stranded', { nodes: [{ ...draining, state: 'uncordon-required', annotations: { requestorMode: 'true' } }] }, /requestor mode, which is off[\s\S]*kubectl annotate node n/, ['D17']],
  ['002-58 typo', { nodes: [{ name: 'n', state: 'drain-requird', driverPod: { hash: 'old' } }] }, /not a known state[\s\S]*kubectl label node n .*=upgrade-required --overwrite/, ['D26']],
  ['002-58 maintenance with the mode off', { nodes: [{ ...draining, state: 'node-maintenance-required' }] }, /Requestor mode is off|requestor mode is off/, ['D17']],
  ['maintenance queued', { nodes: [{ ...draining, state: 'node-maintenance-required' }], operator: requestorOperator(), objects: [maintenance('Pending')] }, /queued: the maintenance operator works on 0 nodes and maxParallelOperations is 1/, []],
  ['maintenance draining', { nodes: [{ ...draining, state: 'node-maintenance-required' }], operator: requestorOperator(), objects: [maintenance('Draining', { drain: { drainProgress: 40, waitForEviction: ['train/db-0'] } })] }, /\(40 % drained\) still has to evict 1 pod: train\/db-0/, []],
  ['maintenance failed', { nodes: [{ ...draining, state: 'node-maintenance-required' }], operator: requestorOperator(), objects: [maintenance('RequestorFailed')] }, /failed[\s\S]*kubectl delete nodemaintenance -n default network-operator-n/, ['D14']],
  ['002-55 an orphan', { nodes: [{ ...restarting, driverPod: { orphan: true } }] }, /has no owner; it is deleted, and no DaemonSet makes it anew/, []],
  ['002-55 safe load', { nodes: [{ ...restarting, annotations: { safeLoad: 'x' } }] }, /waits in its init container for safe load[\s\S]*releases it/, ['D5']],
  ['all nodes frozen', { nodes: [{ name: 'n', state: 'upgrade-required', driverPod: { hash: 'old' } }, { name: 'lost', ready: false }], daemonset: { desired: 2 } }, /stands still for all nodes: .*wants 2 driver pods and owns 1.*node lost \(not Ready\) has no driver pod/, ['D1', 'D23']],
])('%s', ([, cluster, words, defects]) => {
  const explanation = explain(cluster);
  expect(said(explanation)).toMatch(words);
  expect(explanation.defects).toEqual(defects);
});

describe('002-55 why the driver pod is not ready', () => {
  const podSays = (state: object, more: object = {}, texts: readonly SnapshotText[] = []): Explanation => {
    const explained = explainNode(
      withDriverPod({ nodes: [restarting], texts }, containerState(state, more)),
      'n',
      1_764_000_600,
    );
    if (!explained.ok) throw new Error(explained.fault.message);
    return explained.value;
  };

  test('an image that cannot be pulled never fails (D5)', () => {
    const explanation = podSays({ waiting: { reason: 'ImagePullBackOff' } });
    expect(explanation.because).toMatch(/cannot get r\/driver:1 for container mofed-container \(ImagePullBackOff\)/);
    expect(explanation.defects).toEqual(['D5']);
  });

  test('a build says since when, and a restart how often', () => {
    expect(podSays({ running: { startedAt: '2025-11-24T16:05:00Z' } }).because).toMatch(
      /builds or loads the driver since 5 min/,
    );
    expect(
      podSays(
        { waiting: { reason: 'CrashLoopBackOff' } },
        { restartCount: 3, lastState: { terminated: { exitCode: 1 } } },
      ).because,
    ).toMatch(/restarted 3 times in container mofed-container, last with exit code 1/);
  });

  test('its log names the cause with file and line, also a log saved by hand', () => {
    const log = (text: string, source: string, pod?: string): SnapshotText => ({
      kind: 'log',
      text,
      origin: { source },
      ...(pod && { pod }),
    });
    const crash = { restartCount: 2 };
    expect(
      podSays({}, crash, [log('one\nrmmod: ERROR: Module mlx5_core is in use by: mlx5_ib', 'logs/x.log', 'mofed-ds-n')])
        .because,
    ).toMatch(/cannot unload the present driver, a module is in use \(logs\/x.log:2\)/);
    expect(
      podSays({}, crash, [
        log('Storage modules are loaded for this driver, UNLOAD_STORAGE_MODULES not set', 'dir/mofed-ds-n.log'),
      ]).because,
    ).toMatch(/storage modules .*\(dir\/mofed-ds-n.log:1\)/);
    expect(podSays({}, crash, [log('Module x is in use', 'logs/other.log', 'mofed-ds-other')]).because).toMatch(
      /restarted 2 times/,
    );
  });
});

describe('what the input does not hold is said, and never read as fine', () => {
  test('no ControllerRevision: whether the pod is current is not known', () => {
    const snapshot = snapshotOf({
      nodes: [{ name: 'n', state: 'upgrade-done', driverPod: { hash: 'old' } }],
      listed: ['Pod', 'Node', 'DaemonSet.apps'],
    });
    const bare = {
      ...snapshot,
      objects: snapshot.objects.filter(({ object }) => object.kind !== 'ControllerRevision'),
    };
    const explained = explainNode(bare, 'n', 0);
    expect(explained.ok && explained.value).toMatchObject({
      next: 'what the next pass does cannot be told from this input',
      unknown: [{ settle: 'kubectl get controllerrevisions -n nvidia-network-operator -o yaml' }],
    });
  });

  test('002-53 a job may be among the pods that the dump leaves out', () => {
    const cluster: Cluster = {
      nodes: [{ ...draining, state: 'wait-for-jobs-required' }],
      policy: { autoUpgrade: true, waitForCompletion: { podSelector: 'app=job', timeoutSeconds: 0 } },
      listed: [],
    };
    expect(explain(cluster).unknown[0]?.settle).toMatch(/kubectl get pods -A -l app=job/);
    const running = explain({ ...cluster, objects: [workload('j', { labels: { app: 'job' } })] });
    expect(said(running)).toMatch(
      /waits without a time limit for 1 pod matching app=job: train\/j \(Running\)[\s\S]*0 waits for ever/,
    );
  });

  test('a node without a driver pod says what the DaemonSet misses', () => {
    const snapshot = snapshotOf({ nodes: [{ name: 'n', state: 'upgrade-failed' }] });
    const objects = snapshot.objects.map(({ object, origin }) => ({
      object:
        object.kind === 'DaemonSet'
          ? { ...object, spec: { template: { spec: { nodeSelector: { kernel: '6.8' } } } } }
          : object,
      origin,
    }));
    const explained = explainNode({ ...snapshot, objects }, 'n', 0);
    expect(explained.ok && explained.value.because).toMatch(
      /not managed and its label upgrade-failed stays .* mofed-ds, since n lacks kernel=6.8/,
    );
  });

  test('an unknown node is refused with the names there are', () => {
    const refused = explainNode(snapshotOf({ nodes: [{ name: 'n' }] }), 'm', 0);
    expect(!refused.ok && refused.fault).toMatchObject({
      code: 'usage-no-such-node',
      message: 'no node is called m; the input has n',
    });
    expect(explainNode(emptySnapshot, 'm', 0)).toMatchObject({ ok: false, fault: { message: /no Node object/ } });
  });
});

test('002-24 OnDelete: the old driver runs on, and the answer says which and what would change it', () => {
  const template = { spec: { containers: [{ name: 'mofed-container', image: 'r/doca-driver:24.10-0.7.0.0-0' }] } };
  const snapshot = withDriverPod(
    { nodes: [{ name: 'n', driverPod: { hash: 'old' } }], policy: { autoUpgrade: false } },
    (pod) => ({
      ...pod,
      spec: { nodeName: 'n', containers: [{ name: 'mofed-container', image: 'r/doca-driver:24.07-0.6.1.0-0' }] },
    }),
  );
  const objects = snapshot.objects.map(({ object, origin }) => ({
    object: object.kind === 'DaemonSet' ? { ...object, spec: { ...(object['spec'] as object), template } } : object,
    origin,
  }));
  const explained = explainNode({ ...snapshot, objects }, 'n', 0);
  expect(explained.ok && said(explained.value)).toMatch(
    /runs 24.07-0.6.1.0-0, wanted is 24.10-0.7.0.0-0, which waits for its deletion or a restart of the node[\s\S]*kubectl drain n --ignore-daemonsets[\s\S]*kubectl delete pod -n nvidia-network-operator mofed-ds-n/,
  );
});

test('002-57, 002-67, 002-68 the ways out of a failure stand in order of risk, the old version last', () => {
  const local = { spec: { nodeName: 'n', volumes: [{ name: 'v', emptyDir: {} }] } };
  const { todo } = explain({
    nodes: [{ ...draining, state: 'upgrade-failed', annotations: { safeLoad: 'x' } }],
    policy: DRAIN,
    objects: [workload('bare', { metadata: { ownerReferences: [] } }), workload('cache', local)],
  });
  expect(todo.map(({ what, command = what }) => command)).toEqual([
    'kubectl drain n --ignore-daemonsets --force --delete-emptydir-data',
    'kubectl annotate node n nvidia.com/ofed-driver-upgrade.driver-wait-for-safe-load-',
    'kubectl delete pod -n nvidia-network-operator mofed-ds-n',
    'kubectl label node n nvidia.com/ofed-driver-upgrade-state=upgrade-required --overwrite',
    'if the new pod fails too, go back to a driver version that works: spec.ofedDriver.version of NicClusterPolicy/nic-cluster-policy, then delete the pod again',
  ]);
  expect(todo[0]?.what).toMatch(/the flags give up train\/bare, train\/cache or their local data/);
});

test('operators of 26.7 and later ask a refusing budget again without a pause (D25)', () => {
  const blocked = { nodes: [draining], policy: DRAIN, objects: [workload('db-0', { labels: { app: 'db' } }), budget] };
  const at = (version: string): readonly string[] =>
    explain({
      ...blocked,
      operator: {
        ...OPERATOR,
        spec: { template: { spec: { containers: [{ image: `r/network-operator:${version}` }] } } },
      },
    }).defects;
  expect(at('v26.4.1')).not.toContain('D25');
  expect(at('v26.7.0-rc.2')).toContain('D25');
});

test('every state is explained: a reason, what comes next, and known defects only', () => {
  for (const state of UPGRADE_STATES)
    for (const hash of ['new', 'old']) {
      const explanation = explain({ nodes: [{ name: 'n', state, driverPod: { hash } }], policy: DRAIN });
      expect(explanation.because, state).toMatch(/\S \S/);
      expect(explanation.next, state).not.toBe('');
      expect(said(explanation), state).not.toContain('NODE');
      expect(explanation.defects.every((id) => id in DEFECTS)).toBe(true);
    }
});
