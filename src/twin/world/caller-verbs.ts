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
import { apply } from './applies.ts';
import { bind } from './bindings.ts';
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
import { create, patch, update, type WriteCall } from './writes.ts';

/** What a caller asks for. */
export interface Asking {
  readonly verb: CallVerb;
  readonly kind: KubeResource;
  readonly key: Partial<ObjectKey>;
  readonly subresource?: string;
}

export interface Caller {
  /** For the write log and for faults that strike some callers only. */
  readonly name: string;
  /** Where it believes to be, for sentences. */
  readonly where: string;
  /** A refusal of its rights; undefined where it may. */
  readonly refusal: (asked: Asking) => Refused | undefined;
  /** Who stands in managedFields when the call does not say. Undefined: nobody is noted down. */
  readonly fieldManager?: string | undefined;
}

/** A fault that still has the server's own Status: the API over HTTPS repeats it word for word. */
interface SaidFault extends KubeFault {
  readonly said: ApiStatus;
}

/** Undefined where the server said nothing: the connection was lost, or a command never ended. */
export const saidBy = (fault: KubeFault): ApiStatus | undefined => (fault as Partial<SaidFault>).said;

export class CallerVerbs {
  readonly #parts: ServerParts;
  readonly #faults: WorldFaults;
  readonly #caller: Caller;

  constructor(parts: ServerParts, faults: WorldFaults, caller: Caller) {
    this.#parts = parts;
    this.#faults = faults;
    this.#caller = caller;
  }

  /** Who calls, as the write log and the faults know it. */
  get caller(): string {
    return this.#caller.name;
  }

  get(kind: KubeResource, key: ObjectKey): KubeResult<KubeObject> {
    return this.#call({ verb: 'get', kind, key }, (served) => get(this.#parts, served, key));
  }

  list(kind: KubeResource, options: ListOptions): KubeResult<Page> {
    const { namespace } = options;
    return this.#call({ verb: 'list', kind, key: namespace === undefined ? {} : { namespace } }, (served) =>
      list(this.#parts, served, options),
    );
  }

  create(kind: KubeResource, draft: KubeDraft, options: WriteOptions = {}): KubeResult<KubeObject> {
    const { namespace } = draft.metadata;
    return this.#write({ verb: 'create', kind, key: namespace === undefined ? {} : { namespace } }, options, (call) =>
      create(this.#parts, call, draft),
    );
  }

  update(kind: KubeResource, object: KubeObject, options: WriteOptions = {}): KubeResult<KubeObject> {
    return this.#write({ verb: 'update', kind, key: keyOf(object) }, options, (call) =>
      update(this.#parts, call, object),
    );
  }

  apply(kind: KubeResource, object: KubeObject, options: ApplyOptions): KubeResult<KubeObject> {
    return this.#write({ verb: 'apply', kind, key: keyOf(object) }, options, (call) =>
      apply(this.#parts, { ...call, force: options.force }, object),
    );
  }

  patch(kind: KubeResource, key: ObjectKey, change: Patch, options: WriteOptions = {}): KubeResult<KubeObject> {
    return this.#write({ verb: 'patch', kind, key }, options, (call) => patch(this.#parts, call, key, change));
  }

  delete(kind: KubeResource, key: ObjectKey, options: DeleteOptions = {}): KubeResult<Deletion> {
    return this.#call({ verb: 'delete', kind, key }, (served) => {
      const call = { kind: served, actor: this.#caller.name, verb: 'delete', options } as const;
      const answer = remove(this.#parts, call, key);
      if (answer.ok && answer.value.gone && options.dryRun !== true && answer.value.object !== undefined)
        withdraw(this.#parts, served, answer.value.object);
      return answer;
    });
  }

  evict(key: Required<ObjectKey>, options: EvictOptions = {}): KubeResult<void> {
    return this.#call({ verb: 'evict', kind: PODS, key, subresource: 'eviction' }, (served) =>
      evict(this.#parts, { kind: served, actor: this.#caller.name, key, options }),
    );
  }

  bind(key: Required<ObjectKey>, node: string): KubeResult<void> {
    return this.#call({ verb: 'create', kind: PODS, key, subresource: 'binding' }, (served) =>
      bind(this.#parts, { kind: served, actor: this.#caller.name, key, node }),
    );
  }

  /** The kind as it is served, if this caller may do this with it; no fault strikes here. */
  admitted(asked: Asking): KubeResult<ServedKind> {
    // The server looks at rights before it looks whether there is such a kind.
    const refused = this.#caller.refusal(asked);
    if (refused !== undefined) return this.refused(refused, asked);
    const served = this.#parts.kinds.find(asked.kind);
    return served === undefined ? this.refused(kindAbsent(), asked) : { ok: true, value: served };
  }

  refused<T>(refused: Refused, asked: Asking): KubeResult<T> {
    return { ok: false, fault: this.faultOf(refused.status, asked) };
  }

  faultOf(status: ApiStatus, asked: Asking): SaidFault {
    return { ...faultOfStatus({ what: wordsOf(asked), where: this.#caller.where }, status), said: status };
  }

  /** The fault that strikes this call, if any. */
  strike({ verb, kind, key }: Asking): WorldFault | undefined {
    return this.#faults.strike({ verb, plural: kind.plural, name: key.name, actor: this.#caller.name });
  }

  /** What is answered in place of the work. */
  instead(fault: WorldFault, asked: Asking): KubeFault | undefined {
    const { kind, key } = asked;
    switch (fault.kind) {
      case 'conflict':
        return this.faultOf(modified(kind, key.name ?? '').status, asked);
      case 'throttled': {
        const details = { retryAfterSeconds: fault.retryAfterMs / 1000 };
        return this.faultOf(tooManyRequests('too many requests, please try again later', details).status, asked);
      }
      case 'server-error':
        return this.faultOf(internalError('etcdserver: request timed out').status, asked);
      case 'unreachable':
        return this.#lost(asked);
      case 'answer-lost':
      case 'slow':
      case 'watch-dropped':
      case 'watch-gone':
      case 'watch-late':
        return undefined;
    }
  }

  #call<T>(asked: Asking, work: (served: ServedKind) => Answer<T>): KubeResult<T> {
    addressed(asked);
    const fault = this.strike(asked);
    const instead = fault === undefined ? undefined : this.instead(fault, asked);
    if (instead !== undefined) return { ok: false, fault: instead };
    const served = this.admitted(asked);
    if (!served.ok) return served;
    const answer = work(served.value);
    if (fault?.kind === 'answer-lost') return { ok: false, fault: this.#lost(asked) };
    return answer.ok ? answer : this.refused(answer, asked);
  }

  #write(
    asked: Asking,
    { dryRun, fieldManager = this.#caller.fieldManager, subresource }: WriteOptions,
    work: (call: WriteCall) => Answer<KubeObject>,
  ): KubeResult<KubeObject> {
    const options = { dryRun, fieldManager, subresource };
    return this.#call(subresource === undefined ? asked : { ...asked, subresource }, (served) => {
      const answer = work({ kind: served, actor: this.#caller.name, options });
      // A definition that was written is served from now on.
      if (answer.ok && dryRun !== true && subresource === undefined) establish(this.#parts, served, answer.value);
      return answer;
    });
  }

  #lost(asked: Asking): KubeFault {
    const { where } = this.#caller;
    return kubeFault(
      'kube-unreachable',
      `${where} gives no answer to "${wordsOf(asked)}": the connection was cut; ask again.`,
    );
  }
}

const wordsOf = ({ verb, kind, key }: Asking): string =>
  `${WORDS[verb] ?? verb} ${verb === 'list' || verb === 'watch' ? collectionWords(kind, key) : objectWords(kind, key)}`;

const WORDS: Readonly<Partial<Record<CallVerb, string>>> = { logs: 'read the log of', exec: 'run a command in' };

const keyOf = ({ metadata: { name, namespace } }: KubeObject): ObjectKey => ({
  name,
  ...(namespace !== undefined && { namespace }),
});

/** As the adapter: an empty name would address the whole collection, and a missing namespace another path. */
const addressed = ({ verb, kind, key: { name, namespace } }: Asking): void => {
  if (verb === 'list' || verb === 'create') return;
  if (name === undefined || name === '') throw new Error(`an object of kind ${kind.kind} was addressed without a name`);
  if (kind.namespaced !== (namespace !== undefined && namespace !== ''))
    throw new Error(`${kind.kind} ${name} must ${kind.namespaced ? '' : 'not '}be addressed with a namespace`);
};
