/**
 * The verbs of KubeApi as the actors of the twin use them: the same rules and the same answers, but at once, since
 * between a decision and its write no time passes inside one program. What the verbs mean stands in core/ports/kube-api.ts.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type {
  ApplyOptions,
  Deletion,
  DeleteOptions,
  EvictOptions,
  KubeDraft,
  ObjectKey,
  Patch,
  Selection,
  WriteOptions,
} from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';

type AtOnce<T> = Omit<T, 'signal'>;

export interface ActorApi {
  /** Stands in the write log. */
  readonly name: string;

  /** The stored object itself: frozen and shared, never a copy. Undefined when it is absent. */
  get(kind: KubeResource, key: ObjectKey): KubeObject | undefined;
  /** All in the order of the texts `namespace/name`. Selectors that cannot be read are a bug of the actor and throw. */
  list(kind: KubeResource, selection?: Selection): readonly KubeObject[];

  create(kind: KubeResource, draft: KubeDraft, options?: AtOnce<WriteOptions>): KubeResult<KubeObject>;
  update(kind: KubeResource, object: KubeObject, options?: AtOnce<WriteOptions>): KubeResult<KubeObject>;
  apply(kind: KubeResource, object: KubeObject, options: AtOnce<ApplyOptions>): KubeResult<KubeObject>;
  patch(kind: KubeResource, key: ObjectKey, patch: Patch, options?: AtOnce<WriteOptions>): KubeResult<KubeObject>;
  delete(kind: KubeResource, key: ObjectKey, options?: AtOnce<DeleteOptions>): KubeResult<Deletion>;
  /** The pods/binding subresource: what a scheduler writes. */
  bind(pod: Required<ObjectKey>, node: string): KubeResult<void>;
  evict(pod: Required<ObjectKey>, options?: AtOnce<EvictOptions>): KubeResult<void>;
}
