/** The rights that a live reading lacks: found before it is tried, told at once, and kept as gaps. */
import type { KubeApi } from '../../core/ports/kube-api.ts';
import type { Gap } from '../../core/snapshot/snapshot.ts';
import type { LiveOptions } from './live-options.ts';

export interface MissingRight {
  /** `list pods -A`, `get pods/log -n network-operator`. */
  readonly right: string;
  readonly hides: string;
}

/** Something that is done to pods of the operators' namespaces. */
interface PodUse {
  readonly verbs: readonly string[];
  readonly subresource: string;
  /** What a gap calls it. */
  readonly what: string;
  readonly hides: string;
}

export const LOGS: PodUse = { verbs: ['get'], subresource: 'log', what: 'logs', hides: 'what the operators logged' };

/** An exec by WebSocket is a get, and since 1.35 the server asks for create as well. */
export const HOST_TOOLS: PodUse = {
  verbs: ['get', 'create'],
  subresource: 'exec',
  what: 'host tools',
  hides: 'what the hosts themselves say',
};

export interface PodAccess {
  /** Namespaces in which it may be done. */
  readonly allowed: readonly string[];
  readonly missing: readonly MissingRight[];
  readonly gaps: readonly Gap[];
}

export const NO_ACCESS: PodAccess = { allowed: [], missing: [], gaps: [] };

/** What cannot be asked counts as allowed: the try will tell. */
export const podAccess = async (
  api: KubeApi,
  namespaces: readonly string[],
  { verbs, subresource, what, hides }: PodUse,
  { signal }: LiveOptions,
): Promise<PodAccess> => {
  const call = signal === undefined ? {} : { signal };
  const may = async (namespace: string, verb: string): Promise<boolean> => {
    const verdict = await api.canI({ verb, group: '', resource: 'pods', subresource, namespace }, call);
    return !verdict.ok || verdict.value.allowed;
  };
  const answers = await Promise.all(
    namespaces.map(async (namespace) => {
      const each = await Promise.all(verbs.map((verb) => may(namespace, verb)));
      return { namespace, allowed: each.every(Boolean) };
    }),
  );
  const refused = answers.filter(({ allowed }) => !allowed).map(({ namespace }) => namespace);
  const right = `${verbs.join(' and ')} pods/${subresource}`;
  return {
    allowed: answers.filter(({ allowed }) => allowed).map(({ namespace }) => namespace),
    missing: refused.map((namespace) => ({ right: `${right} -n ${namespace}`, hides })),
    gaps: refused.map((namespace) => ({
      what: `${what} of ${namespace}`,
      because: `we lack the right to ${right} there`,
      settle: `kubectl auth can-i ${verbs.at(-1) ?? ''} pods --subresource=${subresource} -n ${namespace}`,
    })),
  };
};

/** One line for each thing that is hidden, however many rights it takes to see it. */
export const announceRights = (missing: readonly MissingRight[], { warn }: LiveOptions): void => {
  if (missing.length === 0) return;
  const lines = [...Map.groupBy(missing, ({ hides }) => hides)].map(
    ([hides, rights]) => `  ${rights.map(({ right }) => right).join(', ')}: hides ${hides}`,
  );
  warn?.(['Missing rights:', ...lines].join('\n'));
};
