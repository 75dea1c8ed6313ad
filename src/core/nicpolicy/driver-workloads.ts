/**
 * What a driver upgrade meets on the nodes of a cluster: the pods that a drain would take, those it would refuse, and the
 * budgets that hold them. The rules are core/drain's; here they are asked with a policy's drain block.
 */
import { askBudgets, budgetBook } from '../drain/budgets.ts';
import { KUBECTL_DEFAULTS } from '../drain/drain-options.ts';
import { filterPods, type FilterCode } from '../drain/filter-pods.ts';
import { nicResources, touchOf, type NicResources } from '../drain/nic-users.ts';
import { isFinished } from '../drain/pod-facts.ts';
import { DRIVER_POD_LABEL } from '../driver/driver-keys.ts';
import type { DrainSpec } from '../driver/upgrade-policy.ts';
import { digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { kindKey, objectsOf, type Gap, type Snapshot } from '../snapshot/snapshot.ts';
import { NVIDIA_NIC_LABEL } from './mofed-wait.ts';

export interface DriverWorkloads {
  /** Nodes that run the driver, or have an NVIDIA adapter and would. */
  readonly nodes: readonly string[];
  /** Their pods. */
  readonly pods: readonly KubeObject[];
  readonly budgets: readonly KubeObject[];
  readonly daemonSetExists: (namespace: string, name: string) => boolean;
  readonly resources: NicResources;
}

const all = (snapshot: Snapshot, kind: string): readonly KubeObject[] =>
  objectsOf(snapshot, kind).map(({ object }) => object);

export const nodeOf = (pod: KubeObject): string | undefined => digText(pod, 'spec', 'nodeName');

/** Undefined when the input shows neither driver pods nor nodes with NVIDIA adapters, or no pods at all. */
export const driverWorkloads = (snapshot: Snapshot): DriverWorkloads | undefined => {
  const pods = all(snapshot, 'Pod');
  const labelled = all(snapshot, 'Node')
    .filter((node) => digTexts(node, 'metadata', 'labels')[NVIDIA_NIC_LABEL] === 'true')
    .map(({ metadata }) => metadata.name);
  const driven = pods
    .filter((pod) => DRIVER_POD_LABEL in digTexts(pod, 'metadata', 'labels'))
    .flatMap((pod) => nodeOf(pod) ?? []);
  const nodes = [...new Set([...driven, ...labelled])].sort();
  if (pods.length === 0 || nodes.length === 0) return undefined;
  const daemonSets = new Set(
    all(snapshot, 'DaemonSet').map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`),
  );
  const areListed = snapshot.listed.has(kindKey('DaemonSet', 'apps/v1'));
  return {
    nodes,
    pods: pods.filter((pod) => nodes.includes(nodeOf(pod) ?? '')),
    budgets: all(snapshot, 'PodDisruptionBudget'),
    daemonSetExists: (namespace, name) => !areListed || daemonSets.has(`${namespace}/${name}`),
    resources: nicResources(snapshot.objects.map(({ object }) => object)),
  };
};

export const workloadGaps = (snapshot: Snapshot | undefined): readonly Gap[] =>
  snapshot === undefined || driverWorkloads(snapshot) !== undefined
    ? []
    : [
        {
          what: 'the pods on nodes with NVIDIA adapters',
          because:
            'the input shows no pods, or no node that runs the driver, so nothing is said about what a drain meets',
          settle: 'kubectl get nodes,pods,pdb,ds,sriovnetworknodepolicies -A -o yaml',
        },
      ];

/** Pods that lose an adapter when the driver reloads, as far as the API shows it. */
export const usesNic = (workloads: DriverWorkloads, pod: KubeObject): boolean =>
  touchOf(pod, 'driver-reload', workloads.resources) !== undefined;

export interface RefusedPod {
  readonly pod: KubeObject;
  readonly code: FilterCode | undefined;
}

export interface DrainMeets {
  /** Running pods that it evicts once every refusal is consented to. */
  readonly evicts: readonly KubeObject[];
  /** One of these is enough, and nothing of its node is evicted. */
  readonly refuses: readonly RefusedPod[];
}

/** A selector that cannot be read meets nothing. */
export const drainMeets = ({ pods, daemonSetExists }: DriverWorkloads, drain: DrainSpec): DrainMeets => {
  const ask = (force: boolean, deleteEmptyDir: boolean) => {
    const options = {
      ...KUBECTL_DEFAULTS,
      ignoreDaemonSets: true,
      force,
      deleteEmptyDir,
      podSelector: drain.podSelector,
    };
    const selection = filterPods(pods, { options, nowMs: 0, daemonSetExists });
    return selection.ok ? selection.value.verdicts : [];
  };
  return {
    evicts: ask(true, true)
      .filter(({ fate, pod }) => fate === 'evict' && !isFinished(pod))
      .map(({ pod }) => pod),
    refuses: ask(drain.force, drain.deleteEmptyDir)
      .filter(({ fate }) => fate === 'refuse')
      .map(({ pod, code }) => ({ pod, code })),
  };
};

export interface HeldPods {
  readonly because: string;
  readonly wayOut: string;
  readonly forever: boolean;
  readonly pods: readonly KubeObject[];
}

/** Pods that budgets would not let go, grouped by what holds them. */
export const heldByBudgets = ({ budgets }: DriverWorkloads, pods: readonly KubeObject[]): readonly HeldPods[] => {
  const book = budgetBook(budgets);
  const held = new Map<string, HeldPods>();
  for (const pod of pods) {
    const answer = askBudgets(book, pod);
    if (answer.allows) continue;
    const before = held.get(answer.because);
    held.set(answer.because, {
      because: answer.because,
      wayOut: answer.wayOut,
      forever: answer.blocks === 'never',
      pods: [...(before?.pods ?? []), pod],
    });
  }
  return [...held.values()];
};
