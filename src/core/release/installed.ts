/**
 * Which release of the network operator is installed, and where that is read: the Helm record, else the chart label or
 * the image tag of the running operator, else OpenShift's ClusterServiceVersion. Never a guess.
 */
import { digList, digText, digTexts } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { objectsOf, type Snapshot } from '../snapshot/snapshot.ts';
import { imageOf } from './judge-image.ts';
import type { Values } from './values.ts';
import { isVersion } from './version.ts';

export const CHART_NAME = 'network-operator';

/** One decoded record of Helm: a Secret or ConfigMap of type helm.sh/release.v1. */
export interface HelmRecord {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-upgrade`, ... */
  readonly status: string;
  readonly chart: string;
  readonly version: string;
  /** What the user gave. */
  readonly config: Values;
  /** `Secret/NAMESPACE/sh.helm.release.v1.NAME.vN`. */
  readonly source: string;
}

export interface Installed {
  readonly version: string;
  readonly namespace: string;
  /** `Secret/...` or `Deployment/...`, with what was read there. */
  readonly source: string;
  /** Helm's name of the release and the user's values, where a record could be read. */
  readonly release?: string;
  readonly values?: Values;
  /** The status of the newest record, where it is not `deployed`. */
  readonly unfinished?: string;
}

/** An install without the user's values: they may hold keys and passwords, which no report may show. */
export type ShownInstall = Omit<Installed, 'values'>;

export const withoutValues = ({ values: _values, ...install }: Installed): ShownInstall => install;

const fromRecords = (records: readonly HelmRecord[]): readonly Installed[] => {
  const ours = records.filter(({ chart }) => chart === CHART_NAME);
  const names = [...new Set(ours.map(({ namespace, name }) => `${namespace}/${name}`))];
  return names.flatMap((key) => {
    const revisions = ours
      .filter(({ namespace, name }) => `${namespace}/${name}` === key)
      .sort((a, b) => b.revision - a.revision);
    const newest = revisions[0];
    const running =
      revisions.find(({ status }) => status === 'deployed') ??
      revisions.find(({ status }) => status === 'superseded') ??
      newest;
    if (newest === undefined || running === undefined) return [];
    return [
      {
        version: running.version,
        namespace: running.namespace,
        source: `Helm record ${running.source}`,
        release: running.name,
        values: running.config,
        ...(newest.status === 'deployed' ? {} : { unfinished: newest.status }),
      },
    ];
  });
};

const CHART_LABEL = /^network-operator-(\d.*)$/;

/** The operator's own Deployment: by its image name, or by the label that the chart writes. */
const fromDeployment = (object: KubeObject): readonly Installed[] => {
  const images = digList(object, 'spec', 'template', 'spec', 'containers').map(
    (container) => digText(container, 'image') ?? '',
  );
  const operator = images.map(imageOf).find(({ image }) => image === CHART_NAME);
  if (operator === undefined) return [];
  const namespace = object.metadata.namespace ?? '';
  const label = CHART_LABEL.exec(digTexts(object, 'metadata', 'labels')['helm.sh/chart'] ?? '')?.[1];
  const version = label ?? operator.version.replace(/^v/, '');
  if (!isVersion(version)) return [];
  const what = label === undefined ? `image tag ${operator.version}` : `label helm.sh/chart`;
  return [{ version, namespace, source: `${what} of ${objectPath(object)}` }];
};

const CSV_NAME = /^nvidia-network-operator\.v(\d.*)$/;

const fromCsv = (object: KubeObject): readonly Installed[] => {
  const version = CSV_NAME.exec(object.metadata.name)?.[1];
  return version === undefined
    ? []
    : [{ version, namespace: object.metadata.namespace ?? '', source: `name of ${objectPath(object)}` }];
};

/** Every install in the input, the surest reading first; one per namespace. */
export const findInstalled = (cluster: Snapshot, records: readonly HelmRecord[]): readonly Installed[] => {
  const all = [
    ...fromRecords(records),
    ...objectsOf(cluster, 'Deployment').flatMap(({ object }) => fromDeployment(object)),
    ...objectsOf(cluster, 'ClusterServiceVersion').flatMap(({ object }) => fromCsv(object)),
  ];
  return all.filter((install, index) => all.findIndex(({ namespace }) => namespace === install.namespace) === index);
};
