/** autoUpgrade is off or there is no policy: driver pods are replaced only when somebody deletes them (OnDelete). */
import type { KubeObject } from '../../model/kube-object.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { DefectId } from '../defects.ts';
import { OFED_KEYS } from '../driver-keys.ts';
import type { DriverManager } from '../driver-managers.ts';
import { podNode } from '../driver-pod.ts';
import { isUnschedulable, isWaitingForSafeLoad, objectName } from '../managed-node.ts';
import type { ManagedNode } from '../managed-node.ts';
import { ownerFinder } from '../pod-owner.ts';
import { podSyncReader } from '../pod-sync.ts';
import { imageTag, runningImage, wantedImage } from '../template-change.ts';
import { podTrouble } from './driver-pod-cause.ts';
import type { Explanation, Todo } from './explanation.ts';

export interface ManualNode {
  readonly node: KubeObject;
  readonly state: string;
  readonly manager: DriverManager;
  readonly snapshot: Snapshot;
  readonly now: number;
}

interface Part {
  readonly because: string;
  readonly todo?: readonly Todo[];
  readonly defect?: DefectId;
}

export const explainManual = ({ node, state, manager, snapshot, now }: ManualNode): Explanation => {
  const name = objectName(node);
  const off = manager.off ?? '';
  const managed = managedBy(manager, node);
  const trouble = managed && podTrouble({ managed, snapshot, now });
  const parts: readonly (Part | undefined)[] = [
    { because: `nothing upgrades this node by itself, since ${off}` },
    state === '' ? undefined : { because: `its label ${state} is a leftover` },
    managed === undefined ? { because: 'no driver pod runs on it' } : outdated(managed, manager),
    trouble && { because: `driver pod ${objectName(managed.pod)} ${trouble.because}`, todo: trouble.todo },
    isWaitingForSafeLoad(node, OFED_KEYS.safeLoad) ? waitsForSafeLoad(name) : undefined,
    isUnschedulable(node) ? cordoned(name) : undefined,
  ];
  const said = parts.filter((part) => part !== undefined);
  return {
    node: name,
    state,
    because: said.map(({ because }) => because).join('; '),
    next: managed === undefined ? 'nothing' : 'the driver changes only when its pod is deleted or the node restarts',
    todo: said.flatMap(({ todo }) => todo ?? []),
    defects: said.flatMap(({ defect }) => (defect === undefined ? [] : [defect])),
    unknown: off.endsWith('is in the input')
      ? [
          {
            what: 'the policy',
            because: off,
            settle: 'kubectl get nicclusterpolicies.mellanox.com,nicnodepolicies.mellanox.com -o yaml',
          },
        ]
      : [],
  };
};

const waitsForSafeLoad = (name: string): Part => ({
  because: 'its driver pod waits for safe load, and nobody releases it',
  todo: [
    {
      what: 'release the driver by hand, when no workload uses the network on the node',
      command: `kubectl annotate node ${name} ${OFED_KEYS.safeLoad}-`,
    },
  ],
  defect: 'D6',
});

const cordoned = (name: string): Part => ({
  because: 'it is cordoned, which the operator does not lift',
  todo: [{ what: 'uncordon it if nobody else cordoned it', command: `kubectl uncordon ${name}` }],
  defect: 'D7',
});

const managedBy = ({ input }: DriverManager, node: KubeObject): ManagedNode | undefined => {
  const name = objectName(node);
  const pod = input.driverPods.findLast((each) => podNode(each) === name);
  if (pod === undefined) return undefined;
  const owner = ownerFinder(input.daemonSets, input.partial?.has('daemonSets') ?? false)(pod);
  return { name, label: '', node, pod, ...(typeof owner === 'object' && { daemonSet: owner }) };
};

/** OnDelete: the template changed, the old driver still runs. */
const outdated = (managed: ManagedNode, { input }: DriverManager): Part | undefined => {
  const sync = podSyncReader(input.revisions, input.partial?.has('revisions') ?? false)(managed);
  const { pod, daemonSet, name } = managed;
  if (sync.is !== 'outdated' || daemonSet === undefined) return undefined;
  const [running, wanted] = [runningImage(pod), wantedImage(daemonSet)];
  const what =
    running === undefined || wanted === undefined || running === wanted
      ? 'is made from an older template'
      : `runs ${imageTag(running)}, wanted is ${imageTag(wanted)}`;
  return {
    because: `driver pod ${objectName(pod)} ${what}, which waits for its deletion or a restart of the node`,
    todo: [
      { what: 'move the pods that use the adapters away', command: `kubectl drain ${name} --ignore-daemonsets` },
      {
        what: 'then delete the driver pod; a new one starts with the new driver',
        command: `kubectl delete pod -n ${pod.metadata.namespace ?? ''} ${objectName(pod)}`,
      },
    ],
  };
};
