/**
 * What the operator deletes when a component leaves the policy, when a state stops rendering an object, and when no node
 * of a pool tolerates the driver; and what it then leaves behind (reference page 1.10; pkg/state/state_skel.go).
 */
import { untolerated, type Taint, type Toleration } from '../model/taint.ts';
import { compareVersions } from '../release/version.ts';
import {
  CLUSTER_POLICY_OWNER,
  componentOfState,
  COMPONENTS,
  OWNER_LABEL,
  OWNER_LABEL_SINCE,
  STATE_LABEL,
  type Component,
} from './components.ts';
import { stripsOwner } from './startup-migration.ts';

export interface ManagedObject {
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The kinds over which the operator searches; an object of another kind stays for ever. */
const SEARCHED = new Set([
  'ServiceAccount', 'ConfigMap', 'DaemonSet', 'Deployment', 'Service', 'CustomResourceDefinition', 'ClusterRole',
  'ClusterRoleBinding', 'Role', 'RoleBinding', 'ValidatingWebhookConfiguration', 'NetworkAttachmentDefinition', 'CronJob',
  'Issuer', 'Certificate', 'PersistentVolumeClaim',
]); // prettier-ignore

/** The labels by which a release finds the objects of a state. */
export const searchLabels = (component: Component, release: string): Readonly<Record<string, string>> => ({
  [STATE_LABEL]: component.state,
  ...(component.perNode === true && compareVersions(release, OWNER_LABEL_SINCE) >= 0
    ? { [OWNER_LABEL]: CLUSTER_POLICY_OWNER }
    : {}),
});

const isFound = (object: ManagedObject, labels: Readonly<Record<string, string>>): boolean =>
  SEARCHED.has(object.kind) && Object.entries(labels).every(([key, value]) => object.labels[key] === value);

export interface Removal {
  readonly deleted: readonly ManagedObject[];
  /** What should go and is not found, because it lacks a label or is of a kind that is not searched. */
  readonly orphans: readonly ManagedObject[];
  /** The state's values in the order in which they show. */
  readonly states: readonly ('notReady' | 'ignore')[];
  /** Kinds (`IPPool.nv-ipam.nvidia.com`) of which every object of the cluster goes with its CRD. */
  readonly destroys: readonly string[];
  readonly because: string;
}

const crdOfKind = (kind: string): RegExp => {
  const [, ...group] = kind.split('.');
  return new RegExp(`^[a-z]+\\.${group.join('\\.')}$`);
};

/** What happens to `objects`, all of one component, when its section leaves the policy. */
export const removeComponent = (component: Component, release: string, objects: readonly ManagedObject[]): Removal => {
  const labels = searchLabels(component, release);
  const deleted = objects.filter((object) => isFound(object, labels));
  const crds = deleted.filter(({ kind }) => kind === 'CustomResourceDefinition').map(({ name }) => name);
  const destroys = component.destroys.filter((kind) =>
    crds.some((name) => crdOfKind(kind).test(name) && sameKind(name, kind)),
  );
  return {
    deleted,
    orphans: objects.filter((object) => !deleted.includes(object)),
    states: deleted.length > 0 ? ['notReady', 'ignore'] : ['ignore'],
    destroys,
    because:
      destroys.length === 0
        ? `every object with ${Object.entries(labels)
            .map(([key, value]) => `${key}=${value}`)
            .join(' and ')} goes`
        : `${crds.join(' and ')} goes, and with it every ${destroys.map((kind) => kind.split('.')[0]).join(' and every ')} of the cluster`,
  };
};

/** `ippools.nv-ipam.nvidia.com` is the CRD of `IPPool.nv-ipam.nvidia.com`: the plural begins with the kind. */
const sameKind = (crd: string, kind: string): boolean =>
  crd.startsWith((kind.split('.')[0] ?? '').toLowerCase().replace(/y$/, ''));

/** Objects of a state that it no longer renders are deleted; the state is notReady while any is found. */
export const removeStale = (
  labelled: readonly string[],
  desired: readonly string[],
): { readonly deleted: readonly string[]; readonly wait: boolean } => {
  const deleted = labelled.filter((name) => !desired.includes(name));
  return { deleted, wait: deleted.length > 0 };
};

/** Tolerations that the driver DaemonSet has without the policy naming them (state_ofed.go). */
const DRIVER_TOLERATIONS: readonly Toleration[] = [
  { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' },
];

const TAINT_FILTER_SINCE = '25.7.0';

/**
 * The taints that keep a node out of every driver pool; from 25.7 on, a pool without nodes loses its DaemonSet, and its
 * drivers are unloaded. Soft taints (PreferNoSchedule) count as well.
 */
export const driverBlockingTaints = (
  release: string,
  taints: readonly Taint[],
  policyTolerations: readonly Toleration[],
): readonly Taint[] =>
  compareVersions(release, TAINT_FILTER_SINCE) < 0
    ? []
    : untolerated(taints, [...policyTolerations, ...DRIVER_TOLERATIONS]);

const nameMatches = (pattern: string, name: string): boolean => {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === name;
  return name.startsWith(pattern.slice(0, star)) && name.endsWith(pattern.slice(star + 1));
};

/** The component that an object belongs to: by its state label, else by kind and name. */
export const componentOfObject = (object: ManagedObject): Component | undefined => {
  const state = object.labels[STATE_LABEL];
  if (state !== undefined) return componentOfState(state);
  return COMPONENTS.find(({ objects }) =>
    objects.some(({ kind, name }) => kind === object.kind && nameMatches(name, object.name)),
  );
};

/** Objects whose owner an upgrade strips: they run on, and nobody manages them (whereabouts, 25.10). */
export const unmanagedAfterUpgrade = (to: string, objects: readonly ManagedObject[]): readonly ManagedObject[] =>
  objects.filter((object) =>
    stripsOwner(to, { ...object.labels, [STATE_LABEL]: componentOfObject(object)?.state ?? '' }),
  );

export interface Drift {
  readonly updated: boolean;
  readonly because: string;
}

/**
 * Whether the operator writes over a live object. It compares its revision annotation only, so a change by hand stays;
 * on a driver DaemonSet it also makes a new revision, and with autoUpgrade on that upgrades every node.
 */
export const driftVerdict = (sameRevision: boolean, isDriver: boolean): Drift => ({
  updated: !sameRevision,
  because: !sameRevision
    ? 'the revision annotation differs from what the policy wants, so the object is written anew'
    : isDriver
      ? 'the revision annotation still matches, so the edit stays; the upgrade controller sees a new controller revision and starts an upgrade (network-operator#1084)'
      : 'the revision annotation still matches, so the edit stays',
});
