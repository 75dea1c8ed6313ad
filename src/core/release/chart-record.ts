/**
 * The shapes of the facts about chart releases in data/, which scripts/release-data.ts writes from the charts
 * themselves. Each release is kept as what changed since the one before; chart-facts.ts puts them together again.
 */
import type { Condition } from './template-reads.ts';

/** `''` is the network-operator chart itself, everything else one of its sub-charts. */
export type ChartName = string;

export interface Dependency {
  readonly name: ChartName;
  readonly version: string;
  /** Path of the value that switches it on; a path that does not exist counts as on. */
  readonly condition: string;
}

export interface ChartRecord {
  readonly release: string;
  readonly appVersion: string;
  readonly kubeVersion: string;
  readonly dependencies: readonly Dependency[];
  /** appVersion of each sub-chart that states one: the tag of its images where the values name none. */
  readonly subchartAppVersions: Readonly<Record<ChartName, string>>;
}

export interface ValueChange {
  readonly release: string;
  readonly chart: ChartName;
  /** Default values by JSON pointer: scalars, lists and empty maps. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly drop: readonly string[];
}

/** `[file below templates/, line, path, condition]`, in the order of rendering. */
export type ReadRow = readonly [file: string, line: number, path: string, when?: Condition];

export interface TemplateChange {
  readonly release: string;
  readonly chart: ChartName;
  readonly reads: readonly ReadRow[];
  /** Paths that templates use although the values do not list them, or below which any key is used. */
  readonly open: readonly string[];
}

export interface ImageChange {
  readonly release: string;
  /** Component of the release file, for example `nvIpam`: repository, image, version. */
  readonly set: Readonly<Record<string, readonly [repository: string, image: string, version: string]>>;
  readonly drop: readonly string[];
}

export interface CrdRecord {
  /** `''` chart, a sub-chart's name, or `operator` for those that the running operator installs. */
  readonly owners: readonly string[];
  readonly kind: string;
  readonly scope: 'Cluster' | 'Namespaced';
  /** `v1alpha1*` is stored, `v1alpha1!` is not served. */
  readonly versions: readonly string[];
}

export interface CrdChange {
  readonly release: string;
  readonly set: Readonly<Record<string, CrdRecord>>;
  readonly drop: readonly string[];
  /** Fields by CRD that the release before had and this one prunes from stored objects. */
  readonly pruned: Readonly<Record<string, readonly string[]>>;
  /** Fields by CRD that became required inside something that existed before. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  /** Every field of the policies (NicClusterPolicy, NicNodePolicy) that is new: their schema, as far as names go. */
  readonly policyFields: Readonly<Record<string, readonly string[]>>;
}
