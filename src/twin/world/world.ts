/**
 * The twin's cluster: an in-memory Kubernetes API with the semantics of kube-apiserver 1.36 (docs/twin.md says what
 * differs). It stores, checks and tells; whoever acts on what is stored (kubelets, controllers, people) is an actor.
 *
 *     const clock = new VirtualClock(start);
 *     const world = createWorld({ clock, random });
 *     const kubelet = world.actor('kubelet');
 *     world.subscribe(PODS, ({ type, object, before }) => { ... kubelet.patch(...) ... });
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { KubeApi, UserInfo } from '../../core/ports/kube-api.ts';
import type { Random } from '../../core/ports/random.ts';
import { PRIVILEGED_GROUP } from '../../core/rbac/evaluate.ts';
import type { PolicyRule } from '../../core/rbac/policy.ts';
import { accessOf } from './access.ts';
import type { ActorApi } from './actor-api.ts';
import { actorVerbs } from './actor-verbs.ts';
import { bootstrap } from './bootstrap.ts';
import { collectGarbage } from './garbage-collector.ts';
import { kubeApi } from './kube-api.ts';
import { KindRegistry, type ServedKind } from './kind-registry.ts';
import { load } from './load.ts';
import { Store } from './store.ts';
import { WorldFaults } from './world-faults.ts';
import type { WriteEntry } from './write-log.ts';

export interface WorldOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** False: as an API server without its controllers. Finalizers of the collector then stay, and namespaces never end. */
  readonly garbageCollector?: boolean;
}

/** One stored write. Objects are frozen and shared. */
export type Change =
  | { readonly type: 'ADDED'; readonly object: KubeObject; readonly before?: undefined }
  | { readonly type: 'MODIFIED' | 'DELETED'; readonly object: KubeObject; readonly before: KubeObject };

/** What runs inside pods, as the kubelet actor knows it. Without one, logs and exec answer as when no kubelet can be reached. */
export interface ContainerHost {
  /** The whole log; undefined when this container has not run (or, for `previous`, not run before). */
  log(pod: KubeObject, container: string, previous: boolean): string | undefined;
  exec(pod: KubeObject, container: string, command: readonly string[]): ContainerAnswer;
}

export type ContainerAnswer =
  | { readonly stdout?: string; readonly stderr?: string; readonly exitCode: number }
  /** The command writes this and then never ends. */
  | { readonly hangsAfter: string };

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: WorldFaults;

  /** The API as this user sees it; without one, as an administrator of the group system:masters. */
  api(user?: UserInfo): KubeApi;
  /** The API at once and without RBAC, for actors. The name stands in the write log. */
  actor(name: string): ActorApi;
  /** Every RBAC rule that this user has in this namespace, those of cluster-wide bindings first. */
  rulesOf(user: UserInfo, namespace: string): readonly PolicyRule[];

  /**
   * Calls `listener` for every stored change of this kind, in order, before the write that made it returns to its
   * caller. What a listener writes is told after the present change has been told to all. The answer ends it.
   */
  subscribe(kind: KubeResource, listener: (change: Change) => void): () => void;

  /** Pods whose spec.nodeName is this, in no particular order; found without a walk over all pods. */
  podsOn(node: string): Iterable<KubeObject>;
  /** Objects of any kind with an ownerReference to this uid, found without a walk. */
  ownedBy(uid: string): Iterable<KubeObject>;
  /** Every object there is, by kind and in order of names. */
  objects(): Iterable<KubeObject>;
  /** Every kind that is served, with its short names and printer columns. */
  served(): readonly ServedKind[];

  /** Each write as it is stored, for those who print or count a run. */
  onWrite(listener: (entry: WriteEntry) => void): () => void;

  /** Stores objects of another cluster as they were read there (load.ts); answers those whose kind is not served. */
  load(objects: readonly KubeObject[]): readonly KubeObject[];

  /** Of the newest write. */
  resourceVersion(): string;
  /** From now on watches and continue tokens of before are too old (410). */
  forgetHistory(): void;
  hostContainers(host: ContainerHost): void;
}

export const createWorld = ({ clock, random, garbageCollector = true }: WorldOptions): World => {
  const store = new Store(clock);
  const kinds = new KindRegistry();
  const faults = new WorldFaults(random);
  const parts = { clock, random, store, kinds };
  const access = accessOf(store);
  let host: ContainerHost | undefined;
  if (garbageCollector) collectGarbage(parts);
  bootstrap(actorVerbs(parts, faults, 'kube-apiserver'));
  return {
    clock,
    random,
    faults,
    api: (user = ADMINISTRATOR) => kubeApi({ ...parts, faults, access, containers: () => host }, user),
    actor: (name) => actorVerbs(parts, faults, name),
    rulesOf: (user, namespace) => access.rules(user, namespace),
    subscribe: (kind, listener) => store.subscribe(kind, listener),
    podsOn: (node) => store.podsOn(node),
    ownedBy: (uid) => store.ownedBy(uid),
    objects: () => store.all(),
    served: () => kinds.all(),
    onWrite: (listener) => store.onWrite(listener),
    load: (objects) => load(parts, objects),
    resourceVersion: () => String(store.version),
    forgetHistory: () => store.forgetHistory(),
    hostContainers: (containers) => {
      host = containers;
    },
  };
};

const ADMINISTRATOR: UserInfo = { username: 'admin', groups: [PRIVILEGED_GROUP] };
