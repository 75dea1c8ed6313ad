/** Each other drainer by what it leaves in the cluster, and how it is kept away: there, not there, for another node. */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../model/kube-object.ts';
import { kindKey } from '../../snapshot/snapshot.ts';
import { cordonedBy, cordonWords } from './cordoned-by.ts';
import { othersAtWork, othersToQuiet } from './drainers.ts';
import { markById } from './mark-by-id.ts';
import type { Surroundings } from './surroundings.ts';
import { WATCHED_KINDS } from './watched-kinds.ts';

type Metadata = Readonly<Record<string, unknown>>;

const node = (metadata: Metadata = {}, more: Metadata = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a', ...metadata },
  ...more,
});

const object = (apiVersion: string, kind: string, metadata: Metadata, more: Metadata = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a', ...metadata },
  ...more,
});

/** As a live cluster is read: every watched kind has a list. */
const around = (
  of: KubeObject,
  objects: readonly KubeObject[] = [],
  more: Partial<Surroundings> = {},
): Surroundings => ({
  node: of,
  kinds: new Map([
    ...WATCHED_KINDS.map(({ kind, group }) => [`${kind}.${group}`, []] as [string, readonly KubeObject[]]),
    ...Map.groupBy(objects, ({ kind, apiVersion }) => kindKey(kind, apiVersion)),
  ]),
  pods: [],
  ...more,
});

const who = (given: Surroundings) => othersAtWork(given).map((other) => [other.who, other.stance]);
const quiet = (given: Surroundings) => othersToQuiet(given).map(({ mark, stands }) => [mark.id, stands]);

const nodeState = (desired: string, current: string): Partial<Surroundings> => ({
  nodeState: object('sriovnetwork.openshift.io/v1', 'SriovNetworkNodeState', {
    annotations: {
      'sriovnetwork.openshift.io/desired-state': desired,
      'sriovnetwork.openshift.io/current-state': current,
    },
  }),
});

const tainted = (key: string): KubeObject => node({}, { spec: { taints: [{ key, effect: 'NoSchedule' }] } });
const labelled = (key: string, value: string): KubeObject => node({ labels: { [key]: value } });
const annotated = (annotations: Metadata): KubeObject => node({ annotations });

const maintenance = (requestor: string, nodeName = 'a'): KubeObject =>
  object(
    'maintenance.nvidia.com/v1alpha1',
    'NodeMaintenance',
    { name: 'm', namespace: 'n' },
    {
      spec: { nodeName, requestorID: requestor },
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'Draining' }] },
    },
  );

const medik8sMaintenance = (nodeName: string): KubeObject =>
  object(
    'nodemaintenance.medik8s.io/v1beta1',
    'NodeMaintenance',
    { name: 'm' },
    { spec: { nodeName, reason: 'new disks' }, status: { phase: 'Running' } },
  );

const kured = (lock: string, prefix = 'weave.works'): KubeObject =>
  object('apps/v1', 'DaemonSet', {
    name: 'kured',
    namespace: 'kube-system',
    annotations: { [`${prefix}/kured-node-lock`]: lock },
  });

const MACHINE_NODE = annotated({ 'machine.openshift.io/machine': 'mapi/m-a' });
const openshiftMachine = (more: Metadata = {}): KubeObject =>
  object('machine.openshift.io/v1beta1', 'Machine', {
    name: 'm-a',
    namespace: 'mapi',
    labels: { role: 'worker' },
    ...more,
  });
const openshiftCheck = (role: string, more: Metadata = {}, spec: Metadata = {}): KubeObject =>
  object(
    'machine.openshift.io/v1beta1',
    'MachineHealthCheck',
    { name: 'workers', namespace: 'mapi', ...more },
    { spec: { selector: { matchLabels: { role } }, ...spec } },
  );

const CAPI_NODE = annotated({ 'cluster.x-k8s.io/machine': 'm-a', 'cluster.x-k8s.io/cluster-namespace': 'capi' });
const capiMachine = (more: Metadata = {}, rest: Metadata = {}): KubeObject =>
  object(
    'cluster.x-k8s.io/v1beta2',
    'Machine',
    { name: 'm-a', namespace: 'capi', labels: { role: 'worker' }, ...more },
    rest,
  );
const capiCheck = (role: string): KubeObject =>
  object(
    'cluster.x-k8s.io/v1beta2',
    'MachineHealthCheck',
    { name: 'workers', namespace: 'capi' },
    { spec: { selector: { matchLabels: { role } } } },
  );

const healthCheck = (labels: Metadata, status: Metadata = {}): KubeObject =>
  object(
    'remediation.medik8s.io/v1alpha1',
    'NodeHealthCheck',
    { name: 'nhc' },
    { spec: { selector: { matchLabels: labels } }, status },
  );
const remediation = (metadata: Metadata): KubeObject =>
  object('self-node-remediation.medik8s.io/v1alpha1', 'SelfNodeRemediation', { namespace: 'n', ...metadata });

const rebootNode = (nodeName: string, status: Metadata = {}): KubeObject =>
  object('janitor.dgxc.nvidia.com/v1alpha1', 'RebootNode', { name: 'r' }, { spec: { nodeName }, status });

const nodeClaim = (nodeName: string, more: Metadata = {}): KubeObject =>
  object('karpenter.sh/v1', 'NodeClaim', { name: 'c', ...more }, { status: { nodeName } });

const workload = (admitted: string): KubeObject =>
  object(
    'kueue.x-k8s.io/v1beta1',
    'Workload',
    {
      name: 'job-train',
      namespace: 'ml',
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'u' }],
    },
    { spec: { queueName: 'gpu' }, status: { conditions: [{ type: 'Admitted', status: admitted }] } },
  );
const jobPod = (uid: string, phase = 'Running'): Partial<Surroundings> => ({
  pods: [
    object(
      'v1',
      'Pod',
      {
        name: 'train-0',
        namespace: 'ml',
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid }],
      },
      { status: { phase } },
    ),
  ],
});

const GONE = { deletionTimestamp: '2026-01-01T00:00:00Z' };

// prettier-ignore
test.for<[string, Surroundings, readonly [who: string, stance: string][]]>([
  ['nobody', around(node()), []],
  ['the SR-IOV operator drains', around(node(), [], nodeState('Reboot_Required', 'Draining')), [['the SR-IOV operator', 'wait']]],
  ['its restart loop takes part', around(node(), [], nodeState('Reboot_Required', 'DrainComplete')), [['the SR-IOV operator', 'takes-part']]],
  ['idle it is nobody', around(node(), [], nodeState('Idle', 'Idle')), []],
  ['a driver upgrade', around(labelled('nvidia.com/ofed-driver-upgrade-state', 'drain-required')), [["the network operator's driver upgrade", 'wait']]],
  ['the GPU operator\'s', around(labelled('nvidia.com/gpu-driver-upgrade-state', 'cordon-required')), [["the GPU operator's driver upgrade", 'wait']]],
  ['one that waits has not begun', around(labelled('nvidia.com/gpu-driver-upgrade-state', 'upgrade-required')), []],
  ['a NodeMaintenance, with its requestor', around(node(), [maintenance('nic.example')]), [['the maintenance operator, for nic.example', 'wait']]],
  ['of another node', around(node(), [maintenance('nic.example', 'b')]), []],
  ['our own', around(node(), [maintenance('nicwright.dev')]), []],
  ['the node-maintenance-operator', around(tainted('medik8s.io/drain'), [medik8sMaintenance('a')]), [['node-maintenance-operator', 'wait']]],
  ['on another node', around(node(), [medik8sMaintenance('b')]), []],
  ['by its taint alone', around(tainted('medik8s.io/drain')), [['node-maintenance-operator', 'wait']]],
  ['the lock of kured', around(node(), [kured('{"nodeID":"a"}')]), [['kured', 'wait']]],
  ['of its later releases, for several nodes', around(node(), [kured('{"maxOwners":2,"locks":[{"nodeID":"b"},{"nodeID":"a"}]}', 'kured.dev')]), [['kured', 'wait']]],
  ['for another node', around(node(), [kured('{"nodeID":"b"}')]), []],
  ['a lock that cannot be read may be for any', around(node(), [kured('{')]), [['kured', 'wait']]],
  ['a released lock', around(node(), [kured('')]), []],
  ['kured by its annotation', around(annotated({ 'weave.works/kured-reboot-in-progress': '2026-01-01T00:00:00Z' })), [['kured', 'wait']]],
  ['the Flatcar update operator', around(annotated({ 'flatcar-linux-update.v1.flatcar-linux.net/reboot-ok': 'true' })), [['the Flatcar update operator', 'wait']]],
  ['that only waits', around(annotated({ 'flatcar-linux-update.v1.flatcar-linux.net/reboot-needed': 'true' })), []],
  ['NVSentinel by its state', around(labelled('dgxc.nvidia.com/nvsentinel-state', 'quarantined')), [['NVSentinel', 'wait']]],
  ['by its cordon', around(annotated({ quarantineHealthEventIsCordoned: 'True' })), [['NVSentinel', 'wait']]],
  ['by a restart that it asked for', around(node(), [rebootNode('a')]), [['NVSentinel', 'wait']]],
  ['a restart that is over, and one of another node', around(node(), [rebootNode('a', { completionTime: '2026-01-01T00:00:00Z' }), rebootNode('b')]), []],
  ['a MachineHealthCheck of OpenShift', around(MACHINE_NODE, [openshiftMachine(), openshiftCheck('worker')]), [['MachineHealthCheck', 'wait']]],
  ['of other machines', around(MACHINE_NODE, [openshiftMachine(), openshiftCheck('infra')]), []],
  ['whose selector cannot be read', around(MACHINE_NODE, [openshiftMachine(), openshiftCheck('worker', {}, { selector: { matchExpressions: [{ key: 'role', operator: 'Near' }] } })]), [['MachineHealthCheck', 'wait']]],
  ['that is paused', around(MACHINE_NODE, [openshiftMachine(), openshiftCheck('worker', { annotations: { 'cluster.x-k8s.io/paused': '' } })]), []],
  ['that may never act', around(MACHINE_NODE, [openshiftMachine(), openshiftCheck('worker', {}, { maxUnhealthy: '0%' })]), []],
  ['a remediation on bare metal', around(MACHINE_NODE, [openshiftMachine({ annotations: { 'host.metal3.io/external-remediation': '' } })]), [['MachineHealthCheck', 'wait']]],
  ['a Machine that goes', around(MACHINE_NODE, [openshiftMachine(GONE)]), [['Machine API', 'wait']]],
  ['a Machine that is gone', around(MACHINE_NODE), [['Machine API', 'wait']]],
  ['an input without Machines is no absence', around(MACHINE_NODE, [], { kinds: new Map() }), []],
  ['Cluster API, the Machine spared by a mark', around(CAPI_NODE, [capiMachine(), capiCheck('worker')]), []],
  ['its Machine goes', around(CAPI_NODE, [capiMachine(GONE)]), [['Cluster API', 'wait']]],
  ['its Machine is remediated', around(CAPI_NODE, [capiMachine({}, { status: { conditions: [{ type: 'OwnerRemediated', status: 'False' }] } })]), [['MachineHealthCheck', 'wait']]],
  ['its Machine is in another cluster', around(CAPI_NODE), [['Cluster API', 'wait']]],
  ['and a person has spared it there', around(annotated({ 'cluster.x-k8s.io/machine': 'm-a', 'nicwright.dev/machine-spared': 'm-a' })), []],
  ['another Machine was spared', around(annotated({ 'cluster.x-k8s.io/machine': 'm-a', 'nicwright.dev/machine-spared': 'm-b' })), [['Cluster API', 'wait']]],
  ['a remediation by the name of the node', around(node(), [remediation({})]), [['SelfNodeRemediation', 'wait']]],
  ['by its annotation', around(node(), [remediation({ name: 'x', annotations: { 'remediation.medik8s.io/node-name': 'a' } })]), [['SelfNodeRemediation', 'wait']]],
  ['of another node', around(node(), [remediation({ name: 'b' })]), []],
  ['under way by the status of the check', around(node(), [healthCheck({}, { inFlightRemediations: { a: '2026-01-01T00:00:00Z' } })]), [['NodeHealthCheck', 'wait']]],
  ['in newer words', around(node(), [healthCheck({}, { unhealthyNodes: [{ name: 'a', remediations: [{}] }] })]), [['NodeHealthCheck', 'wait']]],
  ['of another node, again', around(node(), [healthCheck({}, { unhealthyNodes: [{ name: 'b', remediations: [{}] }] })]), []],
  ['Karpenter', around(tainted('karpenter.sh/disrupted')), [['Karpenter', 'wait']]],
  ['by its NodeClaim', around(node(), [nodeClaim('a', GONE)]), [['Karpenter', 'wait']]],
  ['a NodeClaim that stays, and one of another node', around(node(), [nodeClaim('a'), nodeClaim('b', GONE)]), []],
  ['cluster-autoscaler', around(tainted('ToBeDeletedByClusterAutoscaler')), [['cluster-autoscaler', 'wait']]],
  ['the machine config operator', around(annotated({ 'machineconfiguration.openshift.io/state': 'Working' })), [['the machine config operator', 'wait']]],
  ['a Node that goes', around(node(GONE)), [['whoever deleted the Node', 'wait']]],
  ['a job of Kueue is only told', around(node(), [workload('True')], jobPod('u')), [['Kueue', 'affected']]],
  ['not one that is not admitted', around(node(), [workload('False')], jobPod('u')), []],
  ['not another job', around(node(), [workload('True')], jobPod('v')), []],
  ['not one that has ended', around(node(), [workload('True')], jobPod('u', 'Succeeded')), []],
])('%s', ([, given, expected]) => {
  expect(who(given)).toEqual(expected);
});

test('each says which object shows it, and how it is ended', () => {
  expect(othersAtWork(around(MACHINE_NODE, [openshiftMachine(), openshiftCheck('worker')]))).toEqual([
    {
      who: 'MachineHealthCheck',
      stance: 'wait',
      because:
        'MachineHealthCheck mapi/workers means the Machine of this node and is not paused: it would remediate the node while it is out',
      wayOut:
        'kubectl annotate machinehealthchecks.machine.openshift.io -n mapi workers cluster.x-k8s.io/paused=nicwright, and take that off afterwards',
    },
  ]);
  expect(othersAtWork(around(CAPI_NODE))[0]?.wayOut).toBe(
    'in the management cluster: kubectl annotate machines.cluster.x-k8s.io -n capi m-a cluster.x-k8s.io/skip-remediation= ; then here: kubectl annotate node a nicwright.dev/machine-spared=m-a',
  );
});

const deployment = (name: string): KubeObject => object('apps/v1', 'Deployment', { name, namespace: 'x' });

// prettier-ignore
test.for<[string, Surroundings, readonly [id: string, stands: string | null][]]>([
  ['nobody', around(node()), []],
  ['by labels of the node', around(node({ labels: { 'nicwright.dev/sriov-config-daemon': 'run', 'karpenter.sh/nodepool': 'x', 'nvidia.com/ofed-driver-upgrade-state': 'upgrade-done' } })), [['sriov-daemon', 'run'], ['ofed-upgrade', null], ['karpenter', null]]],
  ['cluster-autoscaler in the cluster', around(node(), [deployment('aws-cluster-autoscaler')]), [['cluster-autoscaler', null]]],
  ['or outside of it', around(tainted('DeletionCandidateOfClusterAutoscaler')), [['cluster-autoscaler', null]]],
  ['Flatcar, paused before', around(annotated({ 'flatcar-linux-update.v1.flatcar-linux.net/reboot-paused': 'true' })), [['flatcar-update', 'true']]],
  ['NVSentinel', around(node(), [deployment('fault-quarantine')]), [['nvsentinel', null]]],
  ['a NodeHealthCheck that means the node', around(labelled('gpu', 'yes'), [healthCheck({ gpu: 'yes' })]), [['node-remediation', null]]],
  ['one that means others', around(node(), [healthCheck({ gpu: 'yes' })]), []],
  ['the Machine of Cluster API', around(CAPI_NODE, [capiMachine(), capiCheck('worker')]), [['machine capi/m-a', null]]],
  ['that was spared before stays so', around(CAPI_NODE, [capiMachine({ annotations: { 'cluster.x-k8s.io/skip-remediation': 'yes' } }), capiCheck('worker')]), [['machine capi/m-a', 'yes']]],
  ['that no check means', around(CAPI_NODE, [capiMachine(), capiCheck('infra')]), []],
  ['that is paused', around(CAPI_NODE, [capiMachine({ annotations: { 'cluster.x-k8s.io/paused': '' } }), capiCheck('worker')]), []],
])('kept away: %s', ([, given, expected]) => {
  expect(quiet(given)).toEqual(expected);
});

test('what stands there already is nothing to do', () => {
  const [spared] = othersToQuiet(
    around(CAPI_NODE, [
      capiMachine({ annotations: { 'cluster.x-k8s.io/skip-remediation': 'yes' } }),
      capiCheck('worker'),
    ]),
  );
  expect(spared?.mark.value).toBe(spared?.stands);
});

test('every mark is known again by its id alone', () => {
  const all = othersToQuiet(
    around(
      node({
        labels: {
          'nicwright.dev/sriov-config-daemon': 'run',
          'karpenter.sh/nodepool': 'x',
          'nvidia.com/ofed-driver-upgrade-state': 'upgrade-done',
          'nvidia.com/gpu-driver-upgrade-state': 'upgrade-done',
          'flatcar-linux-update.v1.flatcar-linux.net/id': 'flatcar',
        },
        annotations: CAPI_NODE.metadata.annotations,
      }),
      [
        deployment('cluster-autoscaler'),
        deployment('fault-quarantine'),
        healthCheck({}),
        capiMachine(),
        capiCheck('worker'),
      ],
    ),
  );
  expect(all).toHaveLength(9);
  for (const { mark } of all) expect(markById(mark.id)).toEqual(mark);
  expect(markById('of a later release')).toBeUndefined();
});

test('a cordon has a manager and a time', () => {
  const managed = (manager: string, time: string) => ({
    manager,
    time,
    fieldsV1: { 'f:spec': { 'f:unschedulable': {} } },
  });
  const cordoned = node(
    { managedFields: [managed('old', '2026-01-01T00:00:00Z'), managed('kubectl-cordon', '2026-02-01T00:00:00Z')] },
    { spec: { unschedulable: true } },
  );
  const cordoner = cordonedBy(cordoned);
  expect(cordoner).toEqual({ by: 'kubectl-cordon', since: '2026-02-01T00:00:00Z' });
  expect(cordonWords(cordoner ?? { by: '' })).toBe('kubectl-cordon since 2026-02-01T00:00:00Z (managedFields)');
  expect(cordonedBy(node({}, { spec: { unschedulable: true } }))).toEqual({ by: 'somebody' });
  expect(cordonedBy(node({}, { spec: {} }))).toBeUndefined();
});
