/** The world as a KubeApi of one user: the port that everything outside the twin speaks. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { type KubeResource, objectWords, PODS, collectionWords } from '../../core/model/kube-resource.ts';
import type { Signal } from '../../core/ports/clock.ts';
import type { AccessAttributes, KubeApi, UserInfo, WatchEvent, WatchOptions } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { Access } from './access.ts';
import { CallerVerbs } from './caller-verbs.ts';
import { containerOf, readLog, runCommand } from './containers.ts';
import type { ServedKind } from './kind-registry.ts';
import type { ServerParts } from './server-parts.ts';
import { type Answer, internalError, serverTimeout } from './status.ts';
import { watch } from './watches.ts';
import type { ContainerHost } from './world.ts';
import type { CallVerb, WorldFaults } from './world-faults.ts';

export const VERSION = 'v1.36.3';

/** How long the server waits for a version that it does not have yet. */
const VERSION_WAIT_MS = 3_000;

const REVIEWS = (plural: string, kind: string): KubeResource => ({
  group: 'authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});
const ACCESS_REVIEWS = REVIEWS('subjectaccessreviews', 'SubjectAccessReview');

/** Who stands in managedFields for whoever does not say. */
const DEFAULT_MANAGER = 'nicwright';

export interface KubeApiParts extends ServerParts {
  readonly faults: WorldFaults;
  readonly access: Access;
  readonly containers: () => ContainerHost | undefined;
}

export const kubeApi = (parts: KubeApiParts, asUser: UserInfo): KubeApi => {
  const { access, clock, store, kinds } = parts;
  const where = 'twin';
  const user = { ...asUser, groups: [...new Set([...asUser.groups, 'system:authenticated'])] };
  const verbs = new CallerVerbs(parts, parts.faults, {
    name: user.username,
    where,
    fieldManager: DEFAULT_MANAGER,
    refusal: (kind, verb, { namespace, name }, subresource) =>
      access.refusal(user, kind, {
        verb,
        group: kind.group,
        resource: kind.plural,
        ...(subresource !== undefined && { subresource }),
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
      }),
  });

  const fail = <T>(answer: Extract<Answer<unknown>, { readonly ok: false }>, what: string): KubeResult<T> => ({
    ok: false,
    fault: verbs.faultOf(answer.status, what),
  });

  /** Once the store has this version, or the answer that it does not get there. */
  const reached = async (version: string | undefined, what: string, signal?: Signal): Promise<KubeResult<void>> => {
    const wanted = Number(version ?? 0);
    if (!(wanted > store.version)) return { ok: true, value: undefined };
    await clock.sleep(VERSION_WAIT_MS, signal);
    return wanted > store.version
      ? fail(serverTimeout(`Too large resource version: ${wanted}, current: ${store.version}`), what)
      : { ok: true, value: undefined };
  };

  /** Slowness is the one fault that passes before anything is done. */
  const begin = async (verb: CallVerb, kind: KubeResource, signal?: Signal): Promise<void> => {
    if (signal?.aborted === true) throw reasonOf(signal);
    const slowness = parts.faults.slowness({ verb, plural: kind.plural, actor: user.username });
    if (slowness > 0) await clock.sleep(slowness, signal);
  };

  const podFor = (
    pod: { readonly namespace: string; readonly name: string },
    verb: string,
    what: string,
    subresource: string,
  ): KubeResult<{ readonly served: ServedKind; readonly object: KubeObject }> => {
    const served = verbs.admitted(PODS, verb, pod, what, subresource);
    if (!served.ok) return served;
    const object = verbs.stored(served.value, pod, what);
    return object.ok ? { ok: true, value: { served: served.value, object: object.value } } : object;
  };

  const verdictFor = (who: UserInfo, attributes: AccessAttributes) => access.verdict(who, attributes);

  return {
    where,
    version: async () => ({ ok: true, value: VERSION }),
    discover: async () => ({
      ok: true,
      value: kinds.all().map(({ rules: _rules, shortNames: _short, storageVersion: _stored, ...served }) => served),
    }),

    get: async (kind, key, options = {}) => {
      await begin('get', kind, options.signal);
      const there = await reached(options.resourceVersion, `get ${objectWords(kind, key)}`, options.signal);
      return there.ok ? verbs.get(kind, key) : there;
    },
    list: async (kind, options = {}) => {
      await begin('list', kind, options.signal);
      const there = await reached(options.resourceVersion, `list ${collectionWords(kind, options)}`, options.signal);
      return there.ok ? verbs.list(kind, options) : there;
    },
    watch: (kind, options = {}) => watchAs(parts, verbs, kind, options),

    create: async (kind, draft, options) => {
      await begin('create', kind, options?.signal);
      return verbs.create(kind, draft, options);
    },
    update: async (kind, object, options) => {
      await begin('update', kind, options?.signal);
      return verbs.update(kind, object, options);
    },
    apply: async (kind, object, options) => {
      await begin('apply', kind, options.signal);
      return verbs.apply(kind, object, options);
    },
    patch: async (kind, key, change, options) => {
      await begin('patch', kind, options?.signal);
      return verbs.patch(kind, key, change, options);
    },
    delete: async (kind, key, options) => {
      await begin('delete', kind, options?.signal);
      return verbs.delete(kind, key, options);
    },
    evict: async (pod, options) => {
      await begin('evict', PODS, options?.signal);
      return verbs.evict(pod, options);
    },

    canI: async (attributes) => ({ ok: true, value: verdictFor(user, attributes) }),
    can: async (who, attributes) => {
      const refusal = access.refusal(user, ACCESS_REVIEWS, {
        verb: 'create',
        group: ACCESS_REVIEWS.group,
        resource: ACCESS_REVIEWS.plural,
      });
      return refusal === undefined
        ? { ok: true, value: verdictFor(who, attributes) }
        : fail(refusal, `ask whether ${who.username} may`);
    },
    whoAmI: async () => ({ ok: true, value: user }),

    logs: async (pod, options = {}) => {
      await begin('logs', PODS, options.signal);
      const what = `read the log of ${objectWords(PODS, pod)}`;
      const found = podFor(pod, 'get', what, 'log');
      if (!found.ok) return found;
      const text = readLog(parts.containers(), found.value.object, options);
      return text.ok ? text : fail(text, what);
    },
    exec: async (pod, command, options) => {
      await begin('exec', PODS, options.signal);
      const what = `run ${command.join(' ')} in ${objectWords(PODS, pod)}`;
      const found = podFor(pod, 'create', what, 'exec');
      if (!found.ok) return found;
      const container = containerOf(found.value.object, options.container);
      if (!container.ok) return fail(container, what);
      const host = parts.containers();
      return host === undefined
        ? fail(internalError(`no kubelet answers for pod ${pod.name}`), what)
        : runCommand(host, clock, found.value.object, container.value, command, options);
    },
  };
};

async function* watchAs(
  parts: KubeApiParts,
  verbs: CallerVerbs,
  kind: KubeResource,
  options: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const what = `watch ${collectionWords(kind, options)}`;
  if (options.signal?.aborted === true) throw reasonOf(options.signal);
  const fault = verbs.strike('watch', kind);
  const instead = fault === undefined ? undefined : verbs.instead(fault, kind, '', what);
  if (instead !== undefined && !instead.ok) {
    yield { type: 'FAILED', fault: instead.fault };
    return;
  }
  const { namespace } = options;
  const served = verbs.admitted(kind, 'watch', namespace === undefined ? {} : { namespace }, what);
  if (!served.ok) {
    yield { type: 'FAILED', fault: served.fault };
    return;
  }
  yield* watch(parts, served.value, options, (status) => verbs.faultOf(status, what), {
    endAfterEvents: fault?.kind === 'watch-dropped' ? fault.afterEvents : undefined,
    goneAfterEvents: fault?.kind === 'watch-gone' ? fault.afterEvents : undefined,
    lateMs: fault?.kind === 'watch-late' ? fault.ms : undefined,
  });
}

const reasonOf = (signal: Signal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
