/**
 * What every --from and every live read yields: objects, texts and gaps, each with where it came from.
 * How it was read is left to adapters; what it means is left to inventory and diagnosis.
 */
import type { Path } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

/** Where something was read: a file (with a line where one is known), or a live source such as `live: context dgx`. */
export interface Origin {
  /** A path as the user gave it, `ARCHIVE!MEMBER` for a member of an archive, or `live: ...`. */
  readonly source: string;
  /** 1-based. */
  readonly line?: number;
}

export interface SnapshotObject {
  readonly object: KubeObject;
  readonly origin: Origin;
  /** The line of a field inside the object, found when it is asked for; undefined where the source has no lines. */
  readonly lineOf?: (path: Path) => number | undefined;
}

/** Text that is no object: a command's output on a host, or a container's log. */
export interface SnapshotText {
  readonly kind: 'host' | 'log';
  /** The node it speaks of, where the file's name, its folder or a heading says so. */
  readonly node?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  /** A log of the container's run before the present one. */
  readonly previous?: boolean;
  readonly text: string;
  readonly origin: Origin;
}

/** Something that was not looked at, or could not be. It is never read as healthy. */
export interface Gap {
  /** What is missing, for example `firmware settings of dgx031`. */
  readonly what: string;
  /** Why, in one sentence. */
  readonly because: string;
  /** The command that would settle it. */
  readonly settle?: string;
  readonly node?: string;
}

export interface Snapshot {
  readonly objects: readonly SnapshotObject[];
  readonly texts: readonly SnapshotText[];
  readonly gaps: readonly Gap[];
  /**
   * Kinds that were listed, even where the list was empty: absence in these is a fact. `Kind.group` is the whole cluster,
   * `NAMESPACE/Kind.group` one namespace.
   */
  readonly listed: ReadonlySet<string>;
  /** Where it was read, one entry a source, for the heading of a report. */
  readonly sources: readonly string[];
  /** The dumps that were found in files, for `inspect`; absent for a live read. */
  readonly dumps?: readonly SnapshotDump[];
}

/** One dump among the files of an input. */
export interface SnapshotDump {
  readonly root: string;
  readonly layout: string;
  readonly name: string;
  readonly files: number;
  /** RFC 3339, as the dump itself tells. */
  readonly takenAt?: string;
  /** What its collector never writes, and the command that gets it. */
  readonly lacks: readonly { readonly what: string; readonly settle: string; readonly shownBy?: readonly string[] }[];
}

export const emptySnapshot: Snapshot = { objects: [], texts: [], gaps: [], listed: new Set(), sources: [] };

/** `Pod`, or `SriovNetworkNodeState.sriovnetwork.openshift.io` for kinds outside the core group. */
export const kindKey = (kind: string, apiVersion: string): string => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? kind : `${kind}.${apiVersion.slice(0, slash)}`;
};

/** All objects of one kind (`Pod`, `SriovNetworkNodeState`), of whatever API version. */
export const objectsOf = (snapshot: Snapshot, kind: string): readonly SnapshotObject[] =>
  snapshot.objects.filter(({ object }) => object.kind === kind);
