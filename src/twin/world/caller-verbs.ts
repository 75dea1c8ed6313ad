/**
 * The verbs of the world for one caller, at once: the kind is looked up, the world's faults strike or not, and the answer
 * gets its sentence. The facades (kube-api.ts, actor-verbs.ts) differ in time and rights only.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { collectionWords, type KubeResource, objectWords, PODS } from '../../core/model/kube-resource.ts';
import { faultOfStatus, kubeFault } from '../../core/model/kube-status.ts';
import type {
  ApplyOptions,
  Deletion,
  DeleteOptions,
  EvictOptions,
  KubeDraft,
  ListOptions,
  ObjectKey,
  Page,
  Patch,
  WriteOptions,
} from '../../core/ports/kube-api.ts';
import type { KubeFault, KubeResult } from '../../core/ports/kube-fault.ts';
import { establish, withdraw } from './definitions.ts';
import { remove } from './deletes.ts';
import { evict } from './evictions.ts';
import type { ServedKind } from './kind-registry.ts';
import { get, list } from './reads.ts';
import type { ServerParts } from './server-parts.ts';
import {
  type Answer,
  type ApiStatus,
  internalError,
  kindAbsent,
  modified,
  type Refused,
  tooManyRequests,
} from './status.ts';
import type { CallVerb, WorldFault, WorldFaults } from './world-faults.ts';
import { apply, bind, create, patch, update } from './writes.ts';

export interface Caller {
  /** For the write log and for faults that strike some callers only. */
  readonly name: string;
  /** Where it believes to be, for sentences. */
  readonly where: string;
  /** A refusal of its rights; undefined where it may. */
  readonly refusal: (
    kind: KubeResource,
    verb: string,
    key: Partial<ObjectKey>,
    subresource?: string,
  ) => Refused | undefined;
  /** Who stands in managedFields when the call does not say. Undefined: nobody is noted down. */
  readonly fieldManager?: string | undefined;
}

export class CallerVerbs {
  readonly #parts: ServerParts;
  readonly #faults: WorldFaults;
  readonly #caller: Caller;

  constructor(parts: ServerParts, faults: WorldFaults, caller: Caller) {
    this.#parts = parts;
    this.#faults = faults;
    this.#caller = caller;
  }

  get(kind: KubeResource, key: ObjectKey): KubeResult<KubeObject> {
    return this.#call('get', kind, key, `get ${objectWords(kind, key)}`, (served) => get(this.#parts, served, key));
  }

  list(kind: KubeResource, options: ListOptions): KubeResult<Page> {
    const { namespace } = options;
    const key = namespace === undefined ? {} : { namespace };
    return this.#call('list', kind, key, `list ${collectionWords(kind, options)}`, (served) =>
      list(this.#parts, served, options),
    );
  }

  create(kind: KubeResource, draft: KubeDraft, options: WriteOptions = {}): KubeResult<KubeObject> {
    const key = draft.metadata;
    return this.#call(
      'create',
      kind,
      { ...(key.namespace !== undefined && { namespace: key.namespace }) },
      `create ${objectWords(kind, key)}`,
      (served) => this.#defined(served, create(this.#parts, this.#write(served, options), draft), options),
    );
  }

  update(kind: KubeResource, object: KubeObject, options: WriteOptions = {}): KubeResult<KubeObject> {
    const key = keyOf(object);
    return this.#call(
      'update',
      kind,
      key,
      `update ${objectWords(kind, key)}`,
      (served) => this.#defined(served, update(this.#parts, this.#write(served, options), object), options),
      options.subresource,
    );
  }

  apply(kind: KubeResource, object: KubeObject, options: ApplyOptions): KubeResult<KubeObject> {
    const key = keyOf(object);
    return this.#call(
      'apply',
      kind,
      key,
      `apply ${objectWords(kind, key)}`,
      (served) => {
        const call = { ...this.#write(served, options), force: options.force };
        return this.#defined(served, apply(this.#parts, call, object), options);
      },
      options.subresource,
    );
  }

  patch(kind: KubeResource, key: ObjectKey, change: Patch, options: WriteOptions = {}): KubeResult<KubeObject> {
    return this.#call(
      'patch',
      kind,
      key,
      `patch ${objectWords(kind, key)}`,
      (served) => this.#defined(served, patch(this.#parts, this.#write(served, options), key, change), options),
      options.subresource,
    );
  }

  delete(kind: KubeResource, key: ObjectKey, options: DeleteOptions = {}): KubeResult<Deletion> {
    return this.#call('delete', kind, key, `delete ${objectWords(kind, key)}`, (served) => {
      const { kinds } = this.#parts;
      const answer = remove(this.#parts, { kind: served, actor: this.#caller.name, verb: 'delete', options }, key);
      if (answer.ok && answer.value.gone && options.dryRun !== true && answer.value.object !== undefined)
        withdraw(this.#parts, kinds, served, answer.value.object);
      return answer;
    });
  }

  evict(key: Required<ObjectKey>, options: EvictOptions = {}): KubeResult<void> {
    return this.#call(
      'evict',
      PODS,
      key,
      `evict ${objectWords(PODS, key)}`,
      (served) => evict(this.#parts, served, this.#caller.name, key, options),
      'eviction',
    );
  }

  bind(key: Required<ObjectKey>, node: string): KubeResult<void> {
    return this.#call(
      'create',
      PODS,
      key,
      `bind ${objectWords(PODS, key)}`,
      (served) => bind(this.#parts, served, this.#caller.name, key, node),
      'binding',
    );
  }

  /** The kind as it is served, if this caller may do this with it; no fault strikes here. */
  admitted(
    kind: KubeResource,
    verb: string,
    key: Partial<ObjectKey>,
    what: string,
    subresource?: string,
  ): KubeResult<ServedKind> {
    // The server looks at rights before it looks whether there is such a kind.
    const refused = this.#caller.refusal(kind, verb, key, subresource);
    if (refused !== undefined) return this.#refused(refused, what);
    const served = this.#parts.kinds.find(kind);
    return served === undefined ? this.#refused(kindAbsent(), what) : { ok: true, value: served };
  }

  stored(kind: ServedKind, key: ObjectKey, what: string): KubeResult<KubeObject> {
    const answer = get(this.#parts, kind, key);
    return answer.ok ? answer : this.#refused(answer, what);
  }

  faultOf(status: ApiStatus, what: string): KubeFault {
    return faultOfStatus({ what, where: this.#caller.where }, status);
  }

  /** The fault that strikes this call, if any. */
  strike(verb: CallVerb, kind: KubeResource, name?: string): WorldFault | undefined {
    return this.#faults.strike({ verb, plural: kind.plural, name, actor: this.#caller.name });
  }

  #call<T>(
    verb: CallVerb,
    kind: KubeResource,
    key: Partial<ObjectKey>,
    what: string,
    work: (served: ServedKind) => Answer<T>,
    subresource?: string,
  ): KubeResult<T> {
    addressed(kind, key, verb);
    const fault = this.strike(verb, kind, key.name);
    const instead = fault === undefined ? undefined : this.instead<T>(fault, kind, key.name ?? '', what);
    if (instead !== undefined) return instead;
    const served = this.admitted(kind, RIGHTS[verb] ?? verb, key, what, subresource);
    if (!served.ok) return served;
    const answer = work(served.value);
    if (fault?.kind === 'answer-lost') return this.#lost(what);
    return answer.ok ? answer : this.#refused(answer, what);
  }

  /** What is answered in place of the work. */
  instead<T>(fault: WorldFault, kind: KubeResource, name: string, what: string): KubeResult<T> | undefined {
    switch (fault.kind) {
      case 'conflict':
        return this.#refused(modified(kind, name), what);
      case 'throttled':
        return this.#refused(
          tooManyRequests('too many requests, please try again later', {
            retryAfterSeconds: fault.retryAfterMs / 1000,
          }),
          what,
        );
      case 'server-error':
        return this.#refused(internalError('etcdserver: request timed out'), what);
      case 'unreachable':
        return this.#lost(what);
      default:
        return undefined;
    }
  }

  #lost<T>(what: string): KubeResult<T> {
    const { where } = this.#caller;
    return {
      ok: false,
      fault: kubeFault('kube-unreachable', `${where} gives no answer to "${what}": the connection was cut; ask again.`),
    };
  }

  #refused<T>(refused: Refused, what: string): KubeResult<T> {
    return { ok: false, fault: this.faultOf(refused.status, what) };
  }

  #write(kind: ServedKind, { dryRun, fieldManager, subresource }: WriteOptions): Parameters<typeof create>[1] {
    const manager = fieldManager ?? this.#caller.fieldManager;
    return {
      kind,
      actor: this.#caller.name,
      options: {
        ...(dryRun !== undefined && { dryRun }),
        ...(manager !== undefined && { fieldManager: manager }),
        ...(subresource !== undefined && { subresource }),
      },
    };
  }

  /** A definition that was written is served from now on. */
  #defined(kind: ServedKind, answer: Answer<KubeObject>, { dryRun, subresource }: WriteOptions): Answer<KubeObject> {
    if (answer.ok && dryRun !== true && subresource === undefined) establish(this.#parts, kind, answer.value);
    return answer;
  }
}

/** Verbs of the port that RBAC knows by another name. */
const RIGHTS: Readonly<Partial<Record<CallVerb, string>>> = { apply: 'patch', evict: 'create' };

const keyOf = ({ metadata: { name, namespace } }: KubeObject): ObjectKey => ({
  name,
  ...(namespace !== undefined && { namespace }),
});

/** As the adapter: an empty name would address the whole collection, and a missing namespace another path. */
const addressed = (kind: KubeResource, { name, namespace }: Partial<ObjectKey>, verb: CallVerb): void => {
  if (verb === 'list' || verb === 'create') return;
  if (name === undefined || name === '') throw new Error(`an object of kind ${kind.kind} was addressed without a name`);
  if (kind.namespaced !== (namespace !== undefined && namespace !== ''))
    throw new Error(`${kind.kind} ${name} must ${kind.namespaced ? '' : 'not '}be addressed with a namespace`);
};
