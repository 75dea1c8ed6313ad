/**
 * ofedDriver.upgradePolicy against the workloads of a cluster: what a driver upgrade would evict, refuse, wait for or reload
 * under. Without a cluster only what the block itself says is judged.
 */
import { controllerOf, podName } from '../drain/pod-facts.ts';
import type { DrainSpec } from '../driver/upgrade-policy.ts';
import { dig, digTexts, isMap, type Path } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { parseLabelSelector, selects } from '../model/label-selector.ts';
import { drainMeets, heldByBudgets, nodeOf, usesNic, type DriverWorkloads } from './driver-workloads.ts';
import { fittingSelector } from '../drain/fitting-selector.ts';
import type { PolicyFinding } from './policy-finding.ts';
import { driverUpgradePolicy, readPolicyBlock, type PolicyBlock } from './upgrade-policy.ts';

const BLOCK: Path = ['spec', 'ofedDriver', 'upgradePolicy'];
const DRAIN: Path = [...BLOCK, 'drain'];

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const SHOWN = 3;
const named = (pods: readonly KubeObject[]): string =>
  `${pods.slice(0, SHOWN).map(podName).join(', ')}${pods.length > SHOWN ? ` and ${pods.length - SHOWN} more` : ''}`;

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

const checkDrainSwitch = (block: PolicyBlock, workloads: DriverWorkloads | undefined): readonly PolicyFinding[] => {
  if (block.drain?.enable === true) return [];
  const users = workloads?.pods.filter((pod) => usesNic(workloads, pod)).length;
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

const checkParallel = (block: PolicyBlock, workloads: DriverWorkloads | undefined): readonly PolicyFinding[] => {
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

const checkSelectors = (block: PolicyBlock, workloads: DriverWorkloads | undefined): readonly PolicyFinding[] => {
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
    (pod) => selects(selector.value, digTexts(pod, 'metadata', 'labels')) && controllerOf(pod)?.kind === 'DaemonSet',
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

const checkNeedless = (drain: DrainSpec, workloads: DriverWorkloads): readonly PolicyFinding[] => {
  if (drain.podSelector !== '') return [];
  const pods = drainMeets(workloads, drain).evicts;
  const users = pods.filter((pod) => usesNic(workloads, pod));
  const others = pods.filter((pod) => !usesNic(workloads, pod));
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

const CONSENTS = [
  { field: 'force', codes: ['unmanaged', 'daemonset-missing'], what: 'no controller that would create it again' },
  { field: 'deleteEmptyDir', codes: ['local-data'], what: 'an emptyDir, whose content would be lost' },
] as const;

const checkConsent = (drain: DrainSpec, workloads: DriverWorkloads): readonly PolicyFinding[] => {
  const { refuses } = drainMeets(workloads, drain);
  return CONSENTS.flatMap(({ field, codes, what }) => {
    const pods = refuses.filter(({ code }) => codes.some((one) => one === code)).map(({ pod }) => pod);
    if (pods.length === 0) return [];
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

const checkBudgets = (drain: DrainSpec, workloads: DriverWorkloads): readonly PolicyFinding[] => {
  const limit = drain.timeoutSeconds === 0 ? 'never ends' : `ends in upgrade-failed after ${drain.timeoutSeconds} s`;
  return heldByBudgets(workloads, drainMeets(workloads, drain).evicts).map(({ because, wayOut, forever, pods }) => ({
    severity: forever ? ('warning' as const) : ('note' as const),
    path: DRAIN,
    because: `${because}; it covers ${plural(pods.length, 'pod')} to evict (${named(pods)})${forever ? `, so the drain ${limit}` : ''}`,
    wayOut: forever ? `${wayOut}; or leave those pods out with podSelector` : wayOut,
  }));
};

/** `workloads` undefined: nothing is known of the cluster. */
export const checkUpgradePolicy = (
  object: KubeObject,
  workloads: DriverWorkloads | undefined,
): readonly PolicyFinding[] => {
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
export const proposedBlock = (workloads: DriverWorkloads): PolicyBlock => {
  const open: DrainSpec = { enable: true, force: false, podSelector: '', timeoutSeconds: 300, deleteEmptyDir: false };
  const pods = drainMeets(workloads, open).evicts;
  const fit = fittingSelector(
    pods.filter((pod) => usesNic(workloads, pod)),
    pods.filter((pod) => !usesNic(workloads, pod)),
  );
  const drain = { ...open, podSelector: fit?.needless === 0 ? fit.selector : '' };
  return {
    autoUpgrade: true,
    maxParallelUpgrades: 1,
    safeLoad: false,
    // Whoever takes this block over consents to the losses that losesLocalData names beside it.
    drain: { ...drain, deleteEmptyDir: losesLocalData(workloads, drain).length > 0 },
  };
};

/** Pods whose local data goes once `deleteEmptyDir` is consented to. */
export const losesLocalData = (workloads: DriverWorkloads, drain: DrainSpec): readonly string[] =>
  drainMeets(workloads, { ...drain, deleteEmptyDir: false })
    .refuses.filter(({ code }) => code === 'local-data')
    .map(({ pod }) => podName(pod));
