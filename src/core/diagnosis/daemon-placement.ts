/**
 * Where the DaemonSets of these operators want pods, asked of core/placement: those that no node fits, and the labels that
 * are to blame with who sets each. Why a label is missing is left to the rules.
 */
import { componentOfObject } from '../nicpolicy/component-removal.ts';
import { dig, digNumber, digTexts } from '../model/dig.ts';
import { daemonSetNodes } from '../placement/daemonset-nodes.ts';
import type { SnapshotObject } from '../snapshot/snapshot.ts';
import type { Facts } from './facts.ts';

/** The label by which the network operator holds pods off a node whose driver is not ready (network-operator.md 1.12). */
export const DRIVER_WAIT_LABEL = 'network.nvidia.com/operator.mofed.wait';

const SETTERS: readonly (readonly [label: RegExp, who: string])[] = [
  [/^feature\.node\.kubernetes\.io\//, 'node-feature-discovery'],
  [/^network\.nvidia\.com\/operator\./, 'the network operator, once there is a NicClusterPolicy'],
  [/^sriovnetwork\.openshift\.io\//, 'the SR-IOV operator, on nodes with a policy'],
];

/** Who sets a node label. */
export const setterOf = (label: string): string =>
  SETTERS.find(([pattern]) => pattern.test(label))?.[1] ?? 'a person, or what installed the cluster';

/** On nodes without a policy the device plugin is not wanted, so a DaemonSet that fits none says nothing. */
const BY_DESIGN = /^sriovnetwork\.openshift\.io\/device-plugin$/;

export interface UnplacedDaemon {
  readonly entry: SnapshotObject;
  /** Labels of the selector that no node has with the wanted value; empty where each is somewhere and nowhere all. */
  readonly missing: readonly { readonly label: string; readonly wanted: string; readonly others: readonly string[] }[];
  /** Why the first nodes do not fit, one sentence each. */
  readonly because: readonly string[];
  readonly nodes: number;
  /** The status agrees that none is wanted. */
  readonly isStated: boolean;
}

const isOurs = ({ object }: SnapshotObject): boolean =>
  object.metadata.name === 'sriov-network-config-daemon' ||
  componentOfObject({ kind: object.kind, name: object.metadata.name, labels: object.metadata.labels ?? {} }) !==
    undefined;

export interface DaemonPlacement {
  readonly unplaced: readonly UnplacedDaemon[];
  /** Those that some node fits. */
  readonly placed: readonly SnapshotObject[];
}

const SHOWN = 3;

/** Meaningful only where nodes and DaemonSets were looked at. */
export const daemonPlacement = (facts: Facts): DaemonPlacement => {
  const nodes = facts.objects('Node').map(({ object }) => object);
  const unplaced: UnplacedDaemon[] = [];
  const placed: SnapshotObject[] = [];
  for (const entry of facts.objects('DaemonSet').filter(isOurs)) {
    const desired = digNumber(entry.object, 'status', 'desiredNumberScheduled');
    const verdicts = daemonSetNodes(entry.object, nodes);
    const isAnywhere = verdicts.some(({ wants }) => wants);
    if (isAnywhere || (desired ?? 0) > 0) {
      placed.push(entry);
      continue;
    }
    const selector = digTexts(dig(entry.object, 'spec', 'template', 'spec'), 'nodeSelector');
    const missing = Object.entries(selector).flatMap(([label, wanted]) => {
      const values = nodes.map(({ metadata }) => metadata.labels?.[label]);
      return values.includes(wanted)
        ? []
        : [{ label, wanted, others: [...new Set(values.filter((value) => value !== undefined))] }];
    });
    if (nodes.length === 0 || missing.some(({ label }) => BY_DESIGN.test(label))) continue;
    unplaced.push({
      entry,
      missing,
      because: verdicts.slice(0, SHOWN).map(({ because }) => because),
      nodes: nodes.length,
      isStated: desired === 0,
    });
  }
  return { unplaced, placed };
};

/** True when nothing but the driver's readiness keeps the pods away. */
export const waitsForDriver = ({ missing }: UnplacedDaemon): boolean => {
  const [first] = missing;
  return missing.length === 1 && first?.label === DRIVER_WAIT_LABEL && first.others.includes('true');
};
