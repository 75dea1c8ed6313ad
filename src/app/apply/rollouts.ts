/** Rollouts of a cluster as status, pause, resume and abort see and change them; the state is in the cluster. */
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import {
  ROLLOUTS,
  rolloutSpec,
  rolloutStatus,
  type RolloutSpec,
  type RolloutStatus,
} from '../../core/model/crd/rollout.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { readJournal, VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';

export interface RolloutShown {
  readonly name: string;
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus;
  /** Journals of the nodes that are visited or held. */
  readonly visits: readonly { readonly node: string; readonly journal: VisitJournal }[];
}

const read = (object: KubeObject): Result<{ readonly spec: RolloutSpec; readonly status: RolloutStatus }> => {
  const spec = rolloutSpec.safeParse(object['spec']);
  const status = rolloutStatus.safeParse(object['status'] ?? {});
  // Deleting it means to abort; it is there until its visits are over.
  const isDeleted = object.metadata.deletionTimestamp !== undefined;
  return spec.success && status.success
    ? ok({ spec: isDeleted ? { ...spec.data, aborted: true } : spec.data, status: status.data })
    : fail(
        'input-rollout',
        `Rollout/${object.metadata.name} cannot be read: ${spec.error?.issues[0]?.message ?? status.error?.issues[0]?.message ?? ''}.`,
      );
};

const absent = (message: string): Result<never> =>
  fail('input-no-rollout', `${message} nicwright install --crds adds it; nicwright apply does so, too.`);

const journalsOf = async (api: KubeApi, uid: string): Promise<Result<RolloutShown['visits']>> => {
  const nodes = await api.list(NODES);
  if (!nodes.ok) return nodes;
  return ok(
    nodes.value.items.flatMap((node) => {
      const text = node.metadata.annotations?.[VISIT_KEY];
      const journal = text === undefined ? undefined : readJournal(text);
      return journal?.ok === true && journal.value.uid === uid
        ? [{ node: node.metadata.name, journal: journal.value }]
        : [];
    }),
  );
};

/** The one of this name, else all, newest first. */
export const showRollouts = async (api: KubeApi, name?: string): Promise<Result<readonly RolloutShown[]>> => {
  const page = await api.list(ROLLOUTS);
  if (!page.ok) return page.fault.code === 'kube-kind-absent' ? absent(page.fault.message) : page;
  const chosen = page.value.items
    .filter(({ metadata }) => name === undefined || metadata.name === name)
    .toSorted((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1));
  if (name !== undefined && chosen.length === 0)
    return fail(
      'usage-rollout',
      `There is no Rollout ${name}; there ${page.value.items.length === 0 ? 'is none at all' : `are ${page.value.items.map(({ metadata }) => metadata.name).join(', ')}`}.`,
    );
  const shown: RolloutShown[] = [];
  for (const object of chosen) {
    const parts = read(object);
    if (!parts.ok) return parts;
    const visits = await journalsOf(api, object.metadata.uid ?? '');
    if (!visits.ok) return visits;
    shown.push({ name: object.metadata.name, ...parts.value, visits: visits.value });
  }
  return ok(shown);
};

export type RolloutWish = 'pause' | 'resume' | 'abort';

/** Resuming also lets held visits try again; an abort is final. */
const CHANGES: Readonly<Record<RolloutWish, (nowMs: number) => Readonly<Record<string, unknown>>>> = {
  pause: () => ({ paused: true }),
  // One second on: a hold of this very second is meant, too.
  resume: (nowMs) => ({ paused: null, retryHeldBefore: timestamp(nowMs + 1_000) }),
  abort: () => ({ aborted: true }),
};

export const changeRollout = async (
  api: KubeApi,
  name: string,
  wish: RolloutWish,
  nowMs: number,
): Promise<Result<RolloutShown>> => {
  const before = await showRollouts(api, name);
  if (!before.ok) return before;
  const [rollout] = before.value;
  // What was held after its restart has to come to its end all the same.
  const goesOn = wish === 'resume' && rollout?.visits.some(({ journal }) => journal.stage === 'held') === true;
  if (rollout?.spec.aborted === true && wish !== 'abort' && !goesOn)
    return fail(
      'refused-aborted',
      `Rollout/${name} is aborted, and that is final; make a new plan for the nodes that are left.`,
    );
  const patched = await api.patch(
    ROLLOUTS,
    { name },
    { type: 'merge', body: { spec: CHANGES[wish](nowMs) } },
    { fieldManager: FIELD_MANAGER },
  );
  if (!patched.ok) return patched;
  const after = await showRollouts(api, name);
  if (!after.ok) return after;
  const [shown] = after.value;
  return shown === undefined ? fail('input-no-rollout', `Rollout/${name} is gone.`) : ok(shown);
};
