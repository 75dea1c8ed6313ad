/** All objects of one kind for one reading: in pages, begun anew when the list grows too old, tried again when it may help. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CallOptions, KubeApi, Selection } from '../../core/ports/kube-api.ts';
import type { KubeFault } from '../../core/ports/kube-fault.ts';

export interface Listing {
  /** What was read before `fault`: it is still of use. */
  readonly items: readonly KubeObject[];
  readonly fault?: KubeFault;
}

const PAGE = 500;
const TRIES = 3;
const PAUSE_MS = 1_000;

export const listAll = async (
  api: KubeApi,
  clock: Clock,
  kind: KubeResource,
  selection: Selection & CallOptions = {},
): Promise<Listing> => {
  const found = new Map<string, KubeObject>();
  let next: string | undefined;
  for (let tries = 1; ;) {
    const page = await api.list(kind, { ...selection, limit: PAGE, ...(next !== undefined && { continue: next }) });
    if (page.ok) {
      for (const item of page.value.items) found.set(`${item.metadata.namespace ?? ''}/${item.metadata.name}`, item);
      next = page.value.continue;
      if (next === undefined) return { items: [...found.values()] };
      continue;
    }
    const { fault } = page;
    if (fault.next !== 'retry' || tries === TRIES) return { items: [...found.values()], fault };
    tries += 1;
    if (fault.code === 'kube-gone') {
      next = undefined;
      found.clear();
    } else await clock.sleep(fault.retryAfterMs ?? PAUSE_MS, selection.signal);
  }
};
