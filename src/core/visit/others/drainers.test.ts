/** Each other drainer by what it leaves on a node, and how it is kept away. */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../model/kube-object.ts';
import { cordonedBy } from './cordoned-by.ts';
import { othersAtWork } from './drainers.ts';
import { othersToQuiet } from './to-quiet.ts';

const node = (more: Readonly<Record<string, unknown>> = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a', ...metadata },
  ...more,
});

const nodeState = (desired: string, current: string): KubeObject => ({
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: 'SriovNetworkNodeState',
  metadata: {
    name: 'a',
    annotations: {
      'sriovnetwork.openshift.io/desired-state': desired,
      'sriovnetwork.openshift.io/current-state': current,
    },
  },
});

const maintenance = (requestor: string, nodeName = 'a'): KubeObject => ({
  apiVersion: 'maintenance.nvidia.com/v1alpha1',
  kind: 'NodeMaintenance',
  metadata: { name: 'm', namespace: 'n' },
  spec: { nodeName, requestorID: requestor },
  status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Draining' }] },
});

const kured = (lock: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kured', namespace: 'kube-system', annotations: { 'weave.works/kured-node-lock': lock } },
});

const tainted = (key: string): KubeObject => node({ spec: { taints: [{ key, effect: 'NoSchedule' }] } });

const NONE = { nodeMaintenances: [], daemonSets: [] };

// prettier-ignore
test.for<[string, Parameters<typeof othersAtWork>[0], readonly [who: string, stance: string][]]>([
  ['nobody', { node: node(), ...NONE }, []],
  ['the SR-IOV operator drains', { node: node(), nodeState: nodeState('Reboot_Required', 'Draining'), ...NONE }, [['the SR-IOV operator', 'wait']]],
  ['its restart loop takes part', { node: node(), nodeState: nodeState('Reboot_Required', 'DrainComplete'), ...NONE }, [['the SR-IOV operator', 'takes-part']]],
  ['idle it is nobody', { node: node(), nodeState: nodeState('Idle', 'Idle'), ...NONE }, []],
  ['a driver upgrade', { node: node({}, { labels: { 'nvidia.com/ofed-driver-upgrade-state': 'drain-required' } }), ...NONE }, [["the network operator's driver upgrade", 'wait']]],
  ['one that waits has not begun', { node: node({}, { labels: { 'nvidia.com/gpu-driver-upgrade-state': 'upgrade-required' } }), ...NONE }, []],
  ['a NodeMaintenance, with its requestor', { node: node(), ...NONE, nodeMaintenances: [maintenance('nic.example')] }, [['the maintenance operator, for nic.example', 'wait']]],
  ['of another node', { node: node(), ...NONE, nodeMaintenances: [maintenance('nic.example', 'b')] }, []],
  ['our own', { node: node(), ...NONE, nodeMaintenances: [maintenance('nicwright.dev')] }, []],
  ['the lock of kured', { node: node(), ...NONE, daemonSets: [kured('{"nodeID":"a"}')] }, [['kured', 'wait']]],
  ['for another node', { node: node(), ...NONE, daemonSets: [kured('{"nodeID":"b"}')] }, []],
  ['a broken lock', { node: node(), ...NONE, daemonSets: [kured('{')] }, []],
  ['Karpenter', { node: tainted('karpenter.sh/disrupted'), ...NONE }, [['Karpenter', 'wait']]],
  ['cluster-autoscaler', { node: tainted('ToBeDeletedByClusterAutoscaler'), ...NONE }, [['cluster-autoscaler', 'wait']]],
  ['the machine config operator', { node: node({}, { annotations: { 'machineconfiguration.openshift.io/state': 'Working' } }), ...NONE }, [['the machine config operator', 'wait']]],
])('%s', ([, around, expected]) => {
  expect(othersAtWork(around).map(({ who, stance }) => [who, stance])).toEqual(expected);
});

test('who would act on the node is kept away by a mark of their own', () => {
  const labels = {
    'nicwright.dev/sriov-config-daemon': 'run',
    'karpenter.sh/nodepool': 'x',
    'nvidia.com/ofed-driver-upgrade-state': 'upgrade-done',
  };
  expect(othersToQuiet(node({}, { labels }), new Set(['cluster-autoscaler'])).map(({ mark }) => mark.id)).toEqual([
    'sriov-daemon',
    'ofed-upgrade',
    'karpenter',
    'cluster-autoscaler',
  ]);
  expect(othersToQuiet(node(), new Set())).toEqual([]);
});

test('a cordon has a manager and a time', () => {
  const managed = (manager: string, time: string) => ({
    manager,
    time,
    fieldsV1: { 'f:spec': { 'f:unschedulable': {} } },
  });
  const cordoned = node(
    { spec: { unschedulable: true } },
    { managedFields: [managed('old', '2026-01-01T00:00:00Z'), managed('kubectl-cordon', '2026-02-01T00:00:00Z')] },
  );
  expect(cordonedBy(cordoned)).toEqual({ by: 'kubectl-cordon', since: '2026-02-01T00:00:00Z' });
  expect(cordonedBy(node({ spec: { unschedulable: true } }))).toEqual({ by: 'somebody' });
  expect(cordonedBy(node({ spec: {} }))).toBeUndefined();
});
