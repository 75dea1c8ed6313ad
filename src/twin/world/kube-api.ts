/** The world as a KubeApi of one user: the port that everything outside the twin speaks. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { type KubeResource, PODS } from '../../core/model/kube-resource.ts';
import type { Signal } from '../../core/ports/clock.ts';
import type { KubeApi, ObjectKey, UserInfo, WatchEvent, WatchOptions } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { Access } from './access.ts';
import { type Asking, CallerVerbs } from './caller-verbs.ts';
import { containerOf, readLog, runCommand } from './containers.ts';
import { get } from './reads.ts';
import type { ServerParts } from './server-parts.ts';
import { internalError, serverTimeout } from './status.ts';
import { watch, WatchTroubles } from './watches.ts';
import type { ContainerHost } from './world.ts';
import { type CallVerb, isWatchFault, type WorldFaults } from './world-faults.ts';

export const VERSION = 'v1.36.3';

/** How long the server waits for a version that it does not have yet. */
const VERSION_WAIT_MS = 3_000;

const ACCESS_REVIEWS: KubeResource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
};

/** Who stands in managedFields for whoever does not say. */
const DEFAULT_MANAGER = 'nicwright';

/** Verbs of the port that RBAC knows by another name. */
const RIGHTS: Readonly<Partial<Record<CallVerb, string>>> = {
  apply: 'patch',
  evict: 'create',
  logs: 'get',
  exec: 'create',
};

export interface KubeApiParts extends ServerParts {
  readonly faults: WorldFaults;
  readonly access: Access;
  readonly containers: () => ContainerHost | undefined;
}

export const kubeApi = (parts: KubeApiParts, asUser: UserInfo): KubeApi => {
  const { access, clock, store, kinds } = parts;
  const where = 'twin';
  const user = asUser.groups.includes('system:unauthenticated') ? asUser : loggedIn(asUser);
  const verbs = new CallerVerbs(parts, parts.faults, {
    name: user.username,
    where,
    fieldManager: DEFAULT_MANAGER,
    refusal: ({ verb, kind, key: { namespace, name }, subresource }) =>
      access.refusal(user, kind, {
        verb: RIGHTS[verb] ?? verb,
        group: kind.group,
        resource: kind.plural,
        ...(subresource !== undefined && { subresource }),
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
      }),
  });

  /** Once the store has this version, or the answer that it does not get there. */
  const reached = async (asked: Asking, version: string | undefined, signal?: Signal): Promise<KubeResult<void>> => {
    const wanted = Number(version ?? 0);
    if (!(wanted > store.version)) return { ok: true, value: undefined };
    await clock.sleep(VERSION_WAIT_MS, signal);
    return wanted > store.version
      ? verbs.refused(serverTimeout(`Too large resource version: ${wanted}, current: ${store.version}`), asked)
      : { ok: true, value: undefined };
  };

  /** Slowness is the one fault that passes before anything is done. */
  const begin = async (verb: CallVerb, kind: KubeResource, signal?: Signal): Promise<void> => {
    if (signal?.aborted === true) throw reasonOf(signal);
    const slowness = parts.faults.slowness({ verb, plural: kind.plural, actor: user.username });
    if (slowness > 0) await clock.sleep(slowness, signal);
  };

  /** The pod, where this caller may use this subresource of it. */
  const podFor = (asked: Asking & { readonly key: ObjectKey }): KubeResult<KubeObject> => {
    const served = verbs.admitted(asked);
    if (!served.ok) return served;
    const found = get(parts, served.value, asked.key);
    return found.ok ? found : verbs.refused(found, asked);
  };

  return {
    where,
    version: async () => ({ ok: true, value: VERSION }),
    discover: async () => ({
      ok: true,
      value: kinds.all().map(({ rules: _rules, shortNames: _short, storageVersion: _stored, ...served }) => served),
    }),

    get: async (kind, key, options = {}) => {
      await begin('get', kind, options.signal);
      const there = await reached({ verb: 'get', kind, key }, options.resourceVersion, options.signal);
      return there.ok ? verbs.get(kind, key) : there;
    },
    list: async (kind, options = {}) => {
      await begin('list', kind, options.signal);
      const there = await reached({ verb: 'list', kind, key: {} }, options.resourceVersion, options.signal);
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

    canI: async (attributes) => ({ ok: true, value: access.verdict(user, attributes) }),
    can: async (who, attributes) => {
      const refusal = access.refusal(user, ACCESS_REVIEWS, {
        verb: 'create',
        group: ACCESS_REVIEWS.group,
        resource: ACCESS_REVIEWS.plural,
      });
      return refusal === undefined
        ? { ok: true, value: access.verdict(who, attributes) }
        : verbs.refused(refusal, { verb: 'create', kind: ACCESS_REVIEWS, key: {} });
    },
    whoAmI: async () => ({ ok: true, value: user }),

    logs: async (pod, options = {}) => {
      await begin('logs', PODS, options.signal);
      const asked: Asking & { readonly key: ObjectKey } = { verb: 'logs', kind: PODS, key: pod, subresource: 'log' };
      const found = podFor(asked);
      if (!found.ok) return found;
      const text = readLog(parts.containers(), found.value, options);
      return text.ok ? text : verbs.refused(text, asked);
    },
    exec: async (pod, command, options) => {
      await begin('exec', PODS, options.signal);
      const asked = { kind: PODS, key: pod, subresource: 'exec' };
      // A WebSocket begins as a GET; since 1.35 the server asks for create too.
      const opened = podFor({ ...asked, verb: 'get' });
      if (!opened.ok) return opened;
      const found = podFor({ ...asked, verb: 'exec' });
      if (!found.ok) return found;
      const container = containerOf(found.value, options.container);
      if (!container.ok) return verbs.refused(container, { ...asked, verb: 'exec' });
      const host = parts.containers();
      return host === undefined
        ? verbs.refused(internalError(`no kubelet answers for pod ${pod.name}`), { ...asked, verb: 'exec' })
        : runCommand(host, clock, { pod: found.value, container: container.value, command, options });
    },
  };
};

/** The group that everybody gets by logging in. */
export const loggedIn = (user: UserInfo): UserInfo => ({
  ...user,
  groups: [...new Set([...user.groups, 'system:authenticated'])],
});

async function* watchAs(
  parts: KubeApiParts,
  verbs: CallerVerbs,
  kind: KubeResource,
  options: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const { namespace } = options;
  const asked: Asking = { verb: 'watch', kind, key: namespace === undefined ? {} : { namespace } };
  if (options.signal?.aborted === true) throw reasonOf(options.signal);
  const fault = verbs.strike(asked);
  const instead = fault === undefined ? undefined : verbs.instead(fault, asked);
  if (instead !== undefined) {
    yield { type: 'FAILED', fault: instead };
    return;
  }
  const served = verbs.admitted(asked);
  if (!served.ok) {
    yield { type: 'FAILED', fault: served.fault };
    return;
  }
  const troubles = new WatchTroubles();
  if (isWatchFault(fault)) troubles.suffer(fault);
  const call = { verb: 'watch', plural: kind.plural, actor: verbs.caller } as const;
  const ends = parts.faults.watchBegins({ call, suffer: (one) => troubles.suffer(one) });
  try {
    yield* watch(parts, served.value, options, (status) => verbs.faultOf(status, asked), troubles);
  } finally {
    ends();
  }
}

const reasonOf = (signal: Signal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
