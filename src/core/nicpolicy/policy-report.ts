/**
 * The state of a NicClusterPolicy as a person needs it: one row per component with upstream's word, what really runs, and
 * what the word leaves out (Deployments, stale rows, leftovers). Reading the cluster is left to the snapshot.
 */
import { dig, digList, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { releaseImages } from '../release/chart-facts.ts';
import { imageText } from '../release/judge-image.ts';
import { compareVersions } from '../release/version.ts';
import { kindKey, objectsOf, type Gap, type Snapshot } from '../snapshot/snapshot.ts';
import { componentOfObject } from './component-removal.ts';
import { componentsOf, POLICY_NAME, STATE_LABEL, whyNotInRelease, type Component } from './components.ts';
import { workloadHealth, type WorkloadHealth } from './workload-health.ts';

export interface WorkloadRow extends WorkloadHealth {
  /** `DaemonSet/nv-ipam-node`. */
  readonly object: string;
}

export interface ComponentRow {
  readonly state: string;
  /** Field below spec; undefined for a state that no release has. */
  readonly field?: string;
  /** Upstream's word; undefined when the status has no row of this state. */
  readonly word?: string;
  readonly message?: string;
  readonly inSpec: boolean;
  readonly workloads: readonly WorkloadRow[];
  /** True, false, or undefined when the input cannot tell. */
  readonly healthy?: boolean;
  /** What the word leaves out, or why the row is there at all. */
  readonly remarks: readonly string[];
  /** Images of the component in the running release. */
  readonly images: readonly string[];
}

export interface PolicyReport {
  readonly name: string;
  readonly state?: string;
  readonly reason?: string;
  readonly release?: string;
  readonly rows: readonly ComponentRow[];
  /** `Ready=False ComponentError`, from 26.7 on. */
  readonly conditions: readonly string[];
  readonly remarks: readonly string[];
  /** True when upstream says ready, and nothing speaks against it; undefined when the input cannot tell. */
  readonly ready?: boolean;
  readonly gaps: readonly Gap[];
}

const WORKLOADS = [
  { kind: 'DaemonSet', key: kindKey('DaemonSet', 'apps/v1') },
  { kind: 'Deployment', key: kindKey('Deployment', 'apps/v1') },
];

const labelsOf = (object: KubeObject): Readonly<Record<string, string>> => digTexts(object, 'metadata', 'labels');

/** Workloads in the input that belong to a component: by their state label, else by name in the operator's namespace. */
const workloadsOf = (snapshot: Snapshot, component: Component, namespace: string | undefined): readonly KubeObject[] =>
  WORKLOADS.flatMap(({ kind }) => objectsOf(snapshot, kind).map(({ object }) => object)).filter((object) => {
    const labels = labelsOf(object);
    if (STATE_LABEL in labels) return labels[STATE_LABEL] === component.state;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
    return componentOfObject({ kind: object.kind, name: object.metadata.name, labels })?.state === component.state;
  });

const wanted = ({ objects }: Component): readonly string[] =>
  objects
    .filter(({ kind, name }) => (kind === 'DaemonSet' || kind === 'Deployment') && !name.includes('*'))
    .map(({ kind, name }) => `${kind}/${name}`);

const isListed = (snapshot: Snapshot, key: string, kind: string): boolean =>
  snapshot.listed.has(key) || objectsOf(snapshot, kind).length > 0;

interface Facts {
  readonly snapshot: Snapshot;
  readonly policy: KubeObject;
  readonly release: string | undefined;
  readonly namespace: string | undefined;
}

const statusRows = (policy: KubeObject): ReadonlyMap<string, { word: string; message: string }> =>
  new Map(
    digList(policy, 'status', 'appliedStates').map((row) => [
      digText(row, 'name') ?? '',
      { word: digText(row, 'state') ?? '', message: digText(row, 'message') ?? '' },
    ]),
  );

const hasSection = (policy: KubeObject, field: string): boolean =>
  dig(policy, 'spec', ...field.split('.')) !== undefined;

const remarksOf = (
  row: { word: string | undefined; inSpec: boolean },
  workloads: readonly WorkloadRow[],
  missing: readonly string[],
): readonly string[] => {
  const broken = workloads.filter(({ healthy }) => !healthy);
  const names = workloads.map(({ object }) => object).join(', ');
  if (row.word === undefined && row.inSpec) return ['in the spec, and the operator has not reported on it yet'];
  if (row.word === 'ignore' && row.inSpec)
    return ['in the spec, and the status still says ignore: it is older than the spec'];
  if (!row.inSpec && workloads.length > 0) return [`not in the spec, and leftovers are there: ${names}`];
  if (row.word === 'ignore') return ['not in the spec'];
  if (!row.inSpec) return [`not in the spec, and the status still says ${row.word ?? ''}: it is older than the spec`];
  if (row.word !== 'ready') return missing.map((object) => `${object} is missing`);
  return [
    ...broken.map(({ object, because }) =>
      object.startsWith('Deployment/')
        ? `says ready, but ${object} has ${because}: upstream never looks at Deployments`
        : `says ready, but ${object}: ${because}; the word is older than that`,
    ),
    ...missing.map((object) => `says ready, but ${object} is not there`),
  ];
};

const componentRow = (facts: Facts, component: Component): ComponentRow | undefined => {
  const { snapshot, policy, release, namespace } = facts;
  const status = statusRows(policy).get(component.state);
  const inSpec = hasSection(policy, component.field);
  const objects = workloadsOf(snapshot, component, namespace);
  if (status === undefined && !inSpec && objects.length === 0) return undefined;
  const workloads = objects.flatMap((object) => {
    const health = workloadHealth(object);
    return health === undefined ? [] : [{ object: `${object.kind}/${object.metadata.name}`, ...health }];
  });
  const known = WORKLOADS.every(({ kind, key }) => isListed(snapshot, key, kind));
  const there = new Set(workloads.map(({ object }) => object));
  const missing = inSpec && known && release !== undefined ? wanted(component).filter((name) => !there.has(name)) : [];
  const images = release === undefined ? undefined : releaseImages(release);
  const healthy = !inSpec
    ? workloads.length === 0
    : known
      ? missing.length === 0 && workloads.every((row) => row.healthy)
      : undefined;
  return {
    state: component.state,
    field: component.field,
    ...(status === undefined ? {} : { word: status.word }),
    ...(status === undefined || status.message === '' ? {} : { message: status.message }),
    inSpec,
    workloads,
    ...(healthy === undefined ? {} : { healthy }),
    remarks: remarksOf({ word: status?.word, inSpec }, workloads, missing),
    images: component.images.flatMap(({ component: name }) => {
      const image = images?.get(name);
      return image === undefined ? [] : [imageText(image)];
    }),
  };
};

/** Rows of states that the release does not have: upstream never deletes them, and nobody manages what still runs. */
const staleRows = ({ snapshot, policy, release }: Facts): readonly ComponentRow[] =>
  [...statusRows(policy)].flatMap(([state, { word }]) => {
    const why = release === undefined ? undefined : whyNotInRelease(state, release);
    if (why === undefined) return [];
    const orphans = WORKLOADS.flatMap(({ kind }) => objectsOf(snapshot, kind))
      .map(({ object }) => object)
      .filter((object) => labelsOf(object)[STATE_LABEL] === state)
      .map((object) => `${object.kind}/${object.metadata.name}`);
    const remarks = [
      `not of this release: ${why}`,
      ...(orphans.length === 0 ? [] : [`still there, and nobody manages it: ${orphans.join(', ')}`]),
    ];
    return [{ state, word, inSpec: false, workloads: [], remarks, images: [] }];
  });

const OLDEST_TABLE = '24.7.0';

/** The release to read the table at: the running one, or the nearest where it is older than the table. */
const tableRelease = (release: string): string => (compareVersions(release, OLDEST_TABLE) < 0 ? OLDEST_TABLE : release);

const gapsOf = ({ snapshot, namespace, release }: Facts): readonly Gap[] => [
  ...WORKLOADS.filter(({ kind, key }) => !isListed(snapshot, key, kind)).map(({ kind }) => ({
    what: `${kind}s of the operator`,
    because: 'the input lists none, so what really runs is not known',
    settle: `kubectl get ${kind.toLowerCase()} -n ${namespace ?? 'NAMESPACE'} -o yaml`,
  })),
  ...(release === undefined
    ? [
        {
          what: 'the release of the operator',
          because:
            'no Helm record, Deployment or ClusterServiceVersion shows it, so rows of other releases cannot be told apart',
          settle: 'kubectl get deployment -A -l app.kubernetes.io/name=network-operator -o yaml',
        },
      ]
    : []),
];

/** `release`: of the running operator, where it is known. `namespace`: where the operator keeps its objects. */
export const policyReport = (
  snapshot: Snapshot,
  policy: KubeObject,
  release: string | undefined,
  namespace: string | undefined,
): PolicyReport => {
  const { name } = policy.metadata;
  const facts: Facts = { snapshot, policy, release, namespace };
  const state = digText(policy, 'status', 'state');
  const reason = digText(policy, 'status', 'reason');
  const told = {
    name,
    ...(state === undefined ? {} : { state }),
    ...(reason === undefined || reason === '' ? {} : { reason }),
    ...(release === undefined ? {} : { release }),
  };
  if (name !== POLICY_NAME)
    return {
      ...told,
      rows: [],
      conditions: [],
      remarks: [`the operator only looks at the policy named ${POLICY_NAME}; this one does nothing`],
      ready: false,
      gaps: [],
    };
  const components = componentsOf(release === undefined ? OLDEST_TABLE : tableRelease(release));
  const rows = [...components.flatMap((component) => componentRow(facts, component) ?? []), ...staleRows(facts)];
  const speaksAgainst = rows.some(({ healthy }) => healthy === false);
  const isOpen = rows.some(({ inSpec, healthy }) => inSpec && healthy === undefined);
  return {
    ...told,
    rows,
    conditions: digList(policy, 'status', 'conditions').map(
      (condition) =>
        `${digText(condition, 'type') ?? ''}=${digText(condition, 'status') ?? ''} ${digText(condition, 'reason') ?? ''}`,
    ),
    remarks:
      digText(policy, 'metadata', 'namespace') === undefined
        ? []
        : ['a namespace on this object means nothing: it is cluster-scoped'],
    ...(state !== 'ready' || speaksAgainst ? { ready: false } : isOpen ? {} : { ready: true }),
    gaps: gapsOf(facts),
  };
};
