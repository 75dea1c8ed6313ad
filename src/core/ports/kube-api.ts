/**
 * The Kubernetes API as everything in this project sees it. The prose here is the contract: testing/contracts/
 * kube-api.contract.ts checks it on a real kube-apiserver and on the twin, and where the two differ the twin is wrong.
 *
 * - Expected failures are values (KubeFault). Only bugs throw, and an aborted call rejects with `signal.reason`.
 * - Nothing is tried twice here. Whoever calls knows whether a repetition is safe.
 * - Objects come and go as the API has them; every object carries apiVersion and kind, in lists too.
 */
import type { KubeMetadata, KubeObject } from '../model/kube-object.ts';
import type { KubeResource } from '../model/kube-resource.ts';
import type { Signal } from './clock.ts';
import type { KubeFault, KubeResult } from './kube-fault.ts';

export interface ObjectKey {
  readonly name: string;
  /** Must stand for namespaced kinds, and must not for others. */
  readonly namespace?: string;
}

export interface CallOptions {
  readonly signal?: Signal;
}

export interface GetOptions extends CallOptions {
  /**
   * Absent: the newest state, agreed with the store. '0': whatever the server has at hand, which may be a moment old
   * but is answered in 1 ms, where the newest state right after a write may take 100 ms. A version: no older than this;
   * one that the server does not have even after 3 s is kube-server-error (reason Timeout).
   */
  readonly resourceVersion?: string;
}

export interface Selection {
  /** Absent on a namespaced kind: all namespaces. */
  readonly namespace?: string;
  /** `app=web,tier in (a,b),!canary`. */
  readonly labelSelector?: string;
  /** `metadata.name=x`, and `spec.nodeName=x` on pods; other fields differ by kind and are refused as kube-invalid. */
  readonly fieldSelector?: string;
}

export interface ListOptions extends CallOptions, Selection {
  /** At most this many objects a page; absent: all in one. */
  readonly limit?: number;
  /** From the page before. A token that is too old fails with kube-gone: begin again. */
  readonly continue?: string;
  /** As for get. With `match: 'Exact'` the list at just this version. Not together with `continue`. */
  readonly resourceVersion?: string;
  readonly match?: 'NotOlderThan' | 'Exact';
}

export interface Page {
  readonly items: readonly KubeObject[];
  /** The version of the whole list; the same on every page of it. A watch from here misses nothing. */
  readonly resourceVersion: string;
  /** Present when more pages follow. */
  readonly continue?: string;
  /** How many more there are, where the server counts them (it does not with selectors). */
  readonly remaining?: number;
}

export interface WatchOptions extends CallOptions, Selection {
  /** Events after this version. Absent together with `initialEvents`: everything from now on the server's terms. */
  readonly resourceVersion?: string;
  /**
   * Begin with an ADDED for every object there is, then a BOOKMARK with `initialEventsEnd`, then go on: a list and
   * a watch in one, without the list in memory on either side. `resourceVersion` is then a floor ('' or absent: newest).
   */
  readonly initialEvents?: boolean;
  /** The server ends the watch after this many seconds; absent: the server's own choice (5 to 10 minutes and more). */
  readonly timeoutSeconds?: number;
  /** Leave metadata.managedFields out: half of a pod. Objects read so must not be written back by update. */
  readonly omitManagedFields?: boolean;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  /**
   * All up to `resourceVersion` was sent: resume from here. Always asked for; comes about once a minute and before the
   * end of `timeoutSeconds`, if anything of the kind has happened during the watch, in the selection or outside it.
   */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  /** The last event. kube-gone: list again. Others: what their `next` says. */
  | { readonly type: 'FAILED'; readonly fault: KubeFault };

export interface WriteOptions extends CallOptions {
  /** Everything is checked and answered as for a write, and nothing is stored. */
  readonly dryRun?: boolean;
  /** Who writes, for managedFields. Required on apply, wise everywhere. */
  readonly fieldManager?: string;
  /** Write the status (and only it) or, on some kinds, another subresource. */
  readonly subresource?: 'status' | 'scale';
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take fields over that others own. Without it such a write fails with kube-conflict, one cause per owner and field. */
  readonly force?: boolean;
}

export type Patch =
  /** RFC 6902; a failing `test` is kube-invalid. */
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  /** RFC 7386: null removes, lists are replaced. */
  | { readonly type: 'merge'; readonly body: Readonly<Record<string, unknown>> }
  /** Lists are merged by their keys. Built-in kinds only; custom resources answer kube-invalid (415). */
  | { readonly type: 'strategic'; readonly body: Readonly<Record<string, unknown>> };

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly value?: unknown;
  readonly from?: string;
}

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface DeleteOptions extends CallOptions {
  /** Not met: kube-conflict, and nothing is deleted. */
  readonly preconditions?: Preconditions;
  /** Absent: the kind's own default, Background for all but a few. */
  readonly propagation?: 'Orphan' | 'Background' | 'Foreground';
  readonly graceSeconds?: number;
  readonly dryRun?: boolean;
}

export interface Deletion {
  /** False: the object is marked with deletionTimestamp and waits for its finalizers or its grace period. */
  readonly gone: boolean;
  /** The object as marked; absent when it is gone and the server did not say what it was. */
  readonly object?: KubeObject;
}

export type EvictOptions = Omit<DeleteOptions, 'propagation'>;

/** Of a resource, or of a path outside the resources (`/metrics`). */
export type AccessAttributes =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    }
  | { readonly verb: string; readonly path: string };

export interface AccessVerdict {
  readonly allowed: boolean;
  /** Denied explicitly, rather than allowed by nobody. */
  readonly denied: boolean;
  /** The authorizer's own words, often empty. */
  readonly reason: string;
}

export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

export interface LogOptions extends CallOptions {
  /** May be absent for a pod of one container; else kube-invalid. */
  readonly container?: string;
  /** Of the container's run before the present one. There is none: kube-invalid. */
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly limitBytes?: number;
  readonly timestamps?: boolean;
}

export interface ExecOptions extends CallOptions {
  readonly container?: string;
  /** Then the fault is kube-exec-timeout. */
  readonly timeoutMs: number;
  /** Of stdout and stderr each; what is over it is dropped and `truncated` set. */
  readonly maxBytes: number;
}

export interface ExecOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** A command that ends with other than 0 is no fault. */
  readonly exitCode: number;
  readonly truncated: boolean;
}

export interface ServedResource extends KubeResource {
  /** `get`, `list`, `watch`, `create`, ... */
  readonly verbs: readonly string[];
  /** `status`, `scale`, `log`, `eviction`, ... */
  readonly subresources: readonly string[];
  /** True for the version of its group that the server prefers. */
  readonly preferred: boolean;
}

export interface KubeApi {
  /** Where this is, for people: `context dgx (https://10.0.0.1:6443)`, `twin`. Holds no secret. */
  readonly where: string;

  /** The server's version, `v1.36.3`. Needs no right beyond being known to the server. */
  version(options?: CallOptions): Promise<KubeResult<string>>;
  /** Every kind that is served, in every version. A group whose own server is away is left out. */
  discover(options?: CallOptions): Promise<KubeResult<readonly ServedResource[]>>;

  get(kind: KubeResource, key: ObjectKey, options?: GetOptions): Promise<KubeResult<KubeObject>>;
  /** Objects of one kind in the order of the texts `namespace/name` (so `a-b/x` comes before `a/x`), one page a call. */
  list(kind: KubeResource, options?: ListOptions): Promise<KubeResult<Page>>;
  /**
   * Events in order until the server ends the watch (the iteration then ends, which is no fault), FAILED comes, or
   * the caller leaves the loop. An aborted signal makes the iteration throw `signal.reason`. A loop that is left, or
   * aborted, leaves no connection behind.
   */
  watch(kind: KubeResource, options?: WatchOptions): AsyncIterable<WatchEvent>;

  /** With metadata.generateName in place of a name, the server chooses one. */
  create(kind: KubeResource, object: KubeDraft, options?: WriteOptions): Promise<KubeResult<KubeObject>>;
  /** Replaces the whole object. With metadata.resourceVersion, only if that is still the newest (else kube-conflict). */
  update(kind: KubeResource, object: KubeObject, options?: WriteOptions): Promise<KubeResult<KubeObject>>;
  /** Server-side apply: creates what is not there, else sets the fields given and removes those given last time and no more. */
  apply(kind: KubeResource, object: KubeObject, options: ApplyOptions): Promise<KubeResult<KubeObject>>;
  patch(kind: KubeResource, key: ObjectKey, patch: Patch, options?: WriteOptions): Promise<KubeResult<KubeObject>>;
  delete(kind: KubeResource, key: ObjectKey, options?: DeleteOptions): Promise<KubeResult<Deletion>>;
  /**
   * Asks for a pod's eviction. Accepted is not gone: the pod still ends within its grace period.
   * kube-budget: a PodDisruptionBudget allows none now (`retryAfterMs` where the server names it; cause DisruptionBudget).
   * kube-throttled: the server itself is busy. kube-server-error: among others, two budgets select the pod (500).
   * kube-not-found: there is no such pod any more.
   */
  evict(pod: Required<ObjectKey>, options?: EvictOptions): Promise<KubeResult<void>>;

  /** May the identity of this connection do it? */
  canI(attributes: AccessAttributes, options?: CallOptions): Promise<KubeResult<AccessVerdict>>;
  /** May another do it? Asking needs a right of its own. */
  can(who: UserInfo, attributes: AccessAttributes, options?: CallOptions): Promise<KubeResult<AccessVerdict>>;
  whoAmI(options?: CallOptions): Promise<KubeResult<UserInfo>>;

  logs(pod: Required<ObjectKey>, options?: LogOptions): Promise<KubeResult<string>>;
  /** Runs a command in a container that is there, without stdin or a terminal. Needs get and create of pods/exec. */
  exec(pod: Required<ObjectKey>, command: readonly string[], options: ExecOptions): Promise<KubeResult<ExecOutput>>;
}

/** An object to be created: the server may choose its name. */
export interface KubeDraft {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<KubeMetadata> & { readonly generateName?: string };
  readonly [key: string]: unknown;
}
