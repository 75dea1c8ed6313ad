/**
 * Lists that several visits need, each read in pages; what changes slowly and decides nothing by itself (budgets are enforced
 * by the server) is kept for a few seconds. A kind that the server does not know has no objects.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { Selection, ServedResource } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { RolloutPorts } from './rollout-ports.ts';

const PAGE = 500;
const KEEP_MS = 10_000;
const KEEP_SERVED_MS = 60_000;

export interface ClusterReads {
  readonly all: (
    kind: KubeResource,
    selection?: Selection,
    signal?: AbortSignal,
  ) => Promise<KubeResult<readonly KubeObject[]>>;
  /** At most 10 s old. */
  readonly recent: (kind: KubeResource, signal?: AbortSignal) => Promise<KubeResult<readonly KubeObject[]>>;
  /** A kind in the version that the server prefers; undefined where it is not served. What is served is at most 60 s old. */
  readonly served: (kind: ServedName, signal?: AbortSignal) => Promise<KubeResult<KubeResource | undefined>>;
}

export type ServedName = Pick<KubeResource, 'group' | 'plural'>;

export const clusterReads = ({ api, clock }: Pick<RolloutPorts, 'api' | 'clock'>): ClusterReads => {
  const kept = new Map<string, { readonly at: number; readonly items: readonly KubeObject[] }>();
  const all: ClusterReads['all'] = async (kind, selection = {}, signal) => {
    const items: KubeObject[] = [];
    let token: string | undefined;
    do {
      const page = await api.list(kind, {
        ...selection,
        limit: PAGE,
        ...(token !== undefined && { continue: token }),
        ...(signal !== undefined && { signal }),
      });
      if (!page.ok) return page.fault.code === 'kube-kind-absent' ? { ok: true, value: [] } : page;
      items.push(...page.value.items);
      token = page.value.continue;
    } while (token !== undefined);
    return { ok: true, value: items };
  };
  let discovered: { readonly at: number; readonly served: readonly ServedResource[] } | undefined;
  const discover = async (signal?: AbortSignal): Promise<KubeResult<readonly ServedResource[]>> => {
    if (discovered !== undefined && clock.now() - discovered.at < KEEP_SERVED_MS)
      return { ok: true, value: discovered.served };
    const read = await api.discover({ ...(signal !== undefined && { signal }) });
    if (read.ok) discovered = { at: clock.now(), served: read.value };
    return read;
  };
  return {
    served: async ({ group, plural }, signal) => {
      const read = await discover(signal);
      if (!read.ok) return read;
      const versions = read.value.filter((one) => one.group === group && one.plural === plural);
      return { ok: true, value: versions.find(({ preferred }) => preferred) ?? versions[0] };
    },
    all,
    recent: async (kind, signal) => {
      const key = `${kind.group}/${kind.plural}`;
      const found = kept.get(key);
      if (found !== undefined && clock.now() - found.at < KEEP_MS) return { ok: true, value: found.items };
      const read = await all(kind, {}, signal);
      if (read.ok) kept.set(key, { at: clock.now(), items: read.value });
      return read;
    },
  };
};
