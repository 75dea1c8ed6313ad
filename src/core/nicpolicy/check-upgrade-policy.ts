/**
 * ofedDriver.upgradePolicy against the workloads of a cluster: what a driver upgrade would evict, refuse, wait for or reload
 * under. Without a cluster only what the block itself says is judged.
 */
import { selectForDrain } from '../driver/drain-selection.ts';
import type { DrainSpec } from '../driver/upgrade-policy.ts';
import { DRIVER_POD_LABEL } from '../driver/driver-keys.ts';
import { dig, digList, digText, digTexts, isMap, type Path } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { parseLabelSelector, selects } from '../model/label-selector.ts';
import { objectsOf, type Gap, type Snapshot } from '../snapshot/snapshot.ts';
import { holdingBudgets } from './hopeless-budgets.ts';
import { NVIDIA_NIC_LABEL } from './mofed-wait.ts';
import { fittingSelector, nodeOf, usesNic } from './nic-workloads.ts';
import type { PolicyFinding } from './policy-finding.ts';
import { driverUpgradePolicy, readPolicyBlock, type PolicyBlock } from './upgrade-policy.ts';

const BLOCK: Path = ['spec', 'ofedDriver', 'upgradePolicy'];
const DRAIN: Path = [...BLOCK, 'drain'];

/** What of a cluster a driver upgrade meets. */
export interface Workloads {
  /** Nodes that run the driver, or would. */
  readonly nodes: readonly string[];
  readonly pods: readonly KubeObject[];
  readonly budgets: readonly KubeObject[];
  readonly daemonSets: readonly KubeObject[];
}

const all = (snapshot: Snapshot, kind: string): readonly KubeObject[] =>
  objectsOf(snapshot, kind).map(({ object }) => object);

/** Undefined when the input shows neither driver pods nor nodes with NVIDIA adapters, or no pods at all. */
export const driverWorkloads = (snapshot: Snapshot): Workloads | undefined => {
  const pods = all(snapshot, 'Pod');
  const labelled = all(snapshot, 'Node')
    .filter(({ metadata }) => metadata.labels?.[NVIDIA_NIC_LABEL] === 'true')
    .map(({ metadata }) => metadata.name);
  const driven = pods
    .filter(({ metadata }) => metadata.labels !== undefined && DRIVER_POD_LABEL in metadata.labels)
    .flatMap((pod) => nodeOf(pod) ?? []);
  const nodes = [...new Set([...driven, ...labelled])].sort();
  if (pods.length === 0 || nodes.length === 0) return undefined;
  return {
    nodes,
    pods: pods.filter((pod) => nodes.includes(nodeOf(pod) ?? '')),
    budgets: all(snapshot, 'PodDisruptionBudget'),
    daemonSets: all(snapshot, 'DaemonSet'),
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
          settle: 'kubectl get nodes,pods,pdb,ds -A -o yaml',
        },
      ];

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const SHOWN = 3;
const named = (pods: readonly KubeObject[]): string => {
  const names = pods.slice(0, SHOWN).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  return `${names.join(', ')}${pods.length > SHOWN ? ` and ${pods.length - SHOWN} more` : ''}`;
};

/** A DaemonSet counts as there unless DaemonSets are in the input and it is not among them. */
const daemonSetExists =
  (workloads: Workloads) =>
  (pod: KubeObject): boolean => {
    if (workloads.daemonSets.length === 0) return true;
    const owner = digList(pod, 'metadata', 'ownerReferences').find((entry) => dig(entry, 'controller') === true);
    return workloads.daemonSets.some(
      ({ metadata }) => metadata.namespace === pod.metadata.namespace && metadata.name === digText(owner, 'name'),
    );
  };

/** The pods that a drain with this block evicts, with every consent given: so that what it hits is known before it fails. */
export const evicted = (drain: DrainSpec, workloads: Workloads): readonly KubeObject[] =>
  selectForDrain(
    workloads.pods,
    { ...drain, force: true, deleteEmptyDir: true },
    daemonSetExists(workloads),
  ).evict.filter((pod) => !['Succeeded', 'Failed'].includes(digText(pod, 'status', 'phase') ?? ''));

const isMissing = (object: KubeObject): boolean => !isMap(dig(object, ...BLOCK));

const noBlock = (object: KubeObject): readonly PolicyFinding[] => [
  {
    severity: 'note',
    path: ['spec', 'ofedDriver'],
    because: isMissing(object)
      ? 'no upgradePolicy: a new driver version changes the DaemonSet, and the old driver runs on until each pod is deleted by hand or the node restarts'
      : 'autoUpgrade is off, so every other field of upgradePolicy is ignored: a new driver version needs each pod deleted by hand',
  },
];

const checkDrainSwitch = (block: PolicyBlock, workloads: Workloads | undefined): readonly PolicyFinding[] => {
  if (block.drain?.enable === true) return [];
  const users = workloads?.pods.filter(usesNic).length;
  const under =
    users === undefined ? 'whatever pods use the adapters' : `${plural(users, 'pod')} that use the adapters`;
  return [
    {
      severity: 'warning',
      path: block.drain === undefined ? BLOCK : [...DRAIN, 'enable'],
      because: `${block.drain === undefined ? 'no drain block, and that is not the default of its enable field: nothing is drained' : 'draining is switched off'}; the driver reloads under ${under}, which then lose their interfaces`,
      wayOut: 'add drain: {enable: true, podSelector: ..., timeoutSeconds: 300}',
    },
  ];
};

const checkParallel = (block: PolicyBlock, workloads: Workloads | undefined): readonly PolicyFinding[] => {
  if (block.maxParallelUpgrades !== 0) return [];
  const count =
    workloads === undefined
      ? 'every node'
      : `${workloads.nodes.length === 1 ? 'the 1 node' : `all ${workloads.nodes.length} nodes`}`;
  return [
    {
      severity: 'warning',
      path: [...BLOCK, 'maxParallelUpgrades'],
      because: `0 is no limit: ${count} would be cordoned and drained at once`,
      wayOut: 'start with 1',
    },
  ];
};

const checkTimeouts = (object: KubeObject, block: PolicyBlock): readonly PolicyFinding[] => {
  const findings: PolicyFinding[] = [];
  if (block.drain?.enable === true && block.drain.timeoutSeconds === 0)
    findings.push({
      severity: 'warning',
      path: [...DRAIN, 'timeoutSeconds'],
      because: '0 waits for ever: a pod that cannot go keeps its node cordoned, with nothing to see',
      wayOut: 'set 300 or what your pods need to end',
    });
  const wait = block.waitForCompletion;
  if (wait !== undefined && wait.podSelector !== '' && wait.timeoutSeconds === 0) {
    const given = dig(object, ...BLOCK, 'waitForCompletion', 'timeoutSeconds') !== undefined;
    findings.push({
      severity: 'warning',
      path: [...BLOCK, 'waitForCompletion', ...(given ? ['timeoutSeconds'] : [])],
      because: `${given ? '0' : 'timeoutSeconds is not given, its default is 0, and that'} waits for ever for a job that never ends`,
      wayOut: 'set the longest time that a job may take',
    });
  }
  return findings;
};

const checkSelectors = (block: PolicyBlock, workloads: Workloads | undefined): readonly PolicyFinding[] => {
  const wait = block.waitForCompletion;
  const texts: readonly (readonly [Path, string])[] = [
    [[...DRAIN, 'podSelector'], block.drain?.podSelector ?? ''],
    [[...BLOCK, 'waitForCompletion', 'podSelector'], wait?.podSelector ?? ''],
  ];
  const broken = texts.flatMap(([path, text]) => {
    const parsed = parseLabelSelector(text);
    return parsed.ok ? [] : [{ severity: 'error' as const, path, because: parsed.fault.message }];
  });
  const selector = parseLabelSelector(wait?.podSelector ?? '');
  if (broken.length > 0 || !selector.ok || wait === undefined || wait.podSelector === '') return broken;
  const daemons = (workloads?.pods ?? []).filter(
    (pod) =>
      selects(selector.value, digTexts(pod, 'metadata', 'labels')) &&
      digList(pod, 'metadata', 'ownerReferences').some((owner) => dig(owner, 'kind') === 'DaemonSet'),
  );
  if (daemons.length === 0) return [];
  return [
    {
      severity: 'warning',
      path: [...BLOCK, 'waitForCompletion', 'podSelector'],
      because: `it also selects ${plural(daemons.length, 'pod')} of DaemonSets (${named(daemons)}), which never complete`,
      wayOut: 'select jobs only',
    },
  ];
};

const checkNeedless = (drain: DrainSpec, workloads: Workloads): readonly PolicyFinding[] => {
  if (drain.podSelector !== '') return [];
  const pods = evicted(drain, workloads);
  const users = pods.filter(usesNic);
  const others = pods.filter((pod) => !usesNic(pod));
  if (others.length === 0) return [];
  const fit = fittingSelector(users, others);
  const wayOut =
    users.length === 0
      ? 'no pod is seen to use the adapters; with a selector that matches none, nothing would be evicted'
      : fit === undefined
        ? 'the pods that use the adapters have no label in common: give them one, and select it'
        : `podSelector: ${fit.selector}${fit.needless === 0 ? '' : ` (still ${fit.needless} needlessly)`}`;
  return [
    {
      severity: 'warning',
      path: [...DRAIN, 'podSelector'],
      because: `empty selects every pod: ${others.length} of ${plural(pods.length, 'evicted pod')} use no NVIDIA adapter (pods with RDMA over the host network cannot be told apart)`,
      wayOut,
    },
  ];
};

const checkConsent = (drain: DrainSpec, workloads: Workloads): readonly PolicyFinding[] => {
  const { refused } = selectForDrain(workloads.pods, drain, daemonSetExists(workloads));
  const fields = [
    { field: 'force', word: 'controller' },
    { field: 'deleteEmptyDir', word: 'emptyDir' },
  ] as const;
  return fields.flatMap(({ field, word }) => {
    const pods = refused.filter(({ because }) => because.includes(word)).map(({ pod }) => pod);
    if (pods.length === 0) return [];
    const what =
      field === 'force' ? 'no controller, so it would not come back' : 'an emptyDir, whose content would be lost';
    return [
      {
        severity: 'warning' as const,
        path: [...DRAIN, field],
        because: `false, and ${named(pods)} ${pods.length === 1 ? 'has' : 'have'} ${what}: the drain of ${plural(new Set(pods.map(nodeOf)).size, 'node')} fails before anything is evicted`,
        wayOut: `leave those pods out with podSelector, or consent with ${field}: true`,
      },
    ];
  });
};

const checkBudgets = (drain: DrainSpec, workloads: Workloads): readonly PolicyFinding[] =>
  holdingBudgets(workloads.budgets, evicted(drain, workloads)).map(({ budget, pods, forever, because }) => ({
    severity: forever ? ('warning' as const) : ('note' as const),
    path: DRAIN,
    because: `${budget} ${because}, and covers ${plural(pods.length, 'pod')} to evict (${pods.slice(0, SHOWN).join(', ')})`,
    wayOut: forever
      ? `the drain ends in upgrade-failed after ${drain.timeoutSeconds === 0 ? 'no time limit at all' : `${drain.timeoutSeconds} s`}: scale the workload up, ease the budget, or leave the pods out with podSelector`
      : 'look again before the upgrade',
  }));

/** `workloads` undefined: nothing is known of the cluster. */
export const checkUpgradePolicy = (object: KubeObject, workloads: Workloads | undefined): readonly PolicyFinding[] => {
  if (!isMap(dig(object, 'spec', 'ofedDriver'))) return [];
  const block = readPolicyBlock(dig(object, ...BLOCK));
  if (block === undefined || !block.autoUpgrade) return noBlock(object);
  const drain = driverUpgradePolicy(block).drain;
  const own = block.drain;
  return [
    ...checkDrainSwitch(block, workloads),
    ...checkParallel(block, workloads),
    ...checkTimeouts(object, block),
    ...checkSelectors(block, workloads),
    ...(own?.enable === true && drain !== undefined && workloads !== undefined && parseLabelSelector(own.podSelector).ok
      ? [...checkNeedless(own, workloads), ...checkConsent(drain, workloads), ...checkBudgets(drain, workloads)]
      : []),
  ];
};

/** The block that fits this cluster: one node at a time, every drain bounded, consent only where pods need it. */
export const proposedBlock = (workloads: Workloads): PolicyBlock => {
  const open: DrainSpec = { enable: true, force: false, podSelector: '', timeoutSeconds: 300, deleteEmptyDir: false };
  const pods = evicted(open, workloads);
  const users = pods.filter(usesNic);
  const fit = fittingSelector(
    users,
    pods.filter((pod) => !usesNic(pod)),
  );
  const drain = { ...open, podSelector: fit?.needless === 0 ? fit.selector : '' };
  const { refused } = selectForDrain(workloads.pods, drain, daemonSetExists(workloads));
  return {
    autoUpgrade: true,
    maxParallelUpgrades: 1,
    safeLoad: false,
    drain: {
      ...drain,
      // The pods are named beside it: whoever takes this block over consents to what is told there.
      deleteEmptyDir: refused.some(({ because }) => because.includes('emptyDir')),
    },
  };
};

/** Pods whose local data goes when `deleteEmptyDir` is consented to. */
export const losesLocalData = (workloads: Workloads, drain: DrainSpec): readonly string[] =>
  selectForDrain(workloads.pods, { ...drain, deleteEmptyDir: false }, daemonSetExists(workloads))
    .refused.filter(({ because }) => because.includes('emptyDir'))
    .map(({ pod }) => objectPath(pod));
