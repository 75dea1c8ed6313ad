/** Steps create-object and delete-object: an object that carries the mark of its plan, made once and taken away only by that mark. */
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import { digText } from '../../core/model/dig.ts';
import { objectWords } from '../../core/model/kube-resource.ts';
import { MADE_BY_KEY, type PlanAct, type PlanTarget } from '../../core/plan/plan.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { keyOf, resourceOf } from './patch-object.ts';
import type { StepWork } from './step-work.ts';

type CreateAct = Extract<PlanAct, { do: 'create-object' }>;
type DeleteAct = Extract<PlanAct, { do: 'delete-object' }>;

const markOf = (object: unknown): string | undefined => digText(object, 'metadata', 'annotations', MADE_BY_KEY);

export const createObject = async (
  { ports: { api }, signal }: StepWork,
  { target, object }: CreateAct,
): Promise<Result<void>> => {
  const [kind, key] = [resourceOf(target), keyOf(target)];
  const draft: KubeDraft = {
    ...object,
    apiVersion: target.apiVersion,
    kind: target.kind,
    metadata: { ...Object(object['metadata']), ...key },
  };
  const made = await api.create(kind, draft, { fieldManager: FIELD_MANAGER, signal });
  if (made.ok) return ok(undefined);
  if (made.fault.code !== 'kube-already-exists') return made;
  const found = await api.get(kind, key, { signal });
  if (!found.ok) return found;
  return markOf(found.value) === markOf(object)
    ? ok(undefined)
    : fail(
        'refused-changed',
        `${objectWords(kind, key)} is there already and was not made by this plan, so it was left alone; look at it, and make a new plan.`,
      );
};

export const deleteObject = async (
  { ports: { api }, signal }: StepWork,
  { target, madeBy }: DeleteAct,
): Promise<Result<void>> => {
  const [kind, key] = [resourceOf(target), keyOf(target)];
  const found = await api.get(kind, key, { signal });
  if (!found.ok) return found.fault.code === 'kube-not-found' ? ok(undefined) : found;
  if (markOf(found.value) !== madeBy)
    return fail(
      'refused-changed',
      `${objectWords(kind, key)} does not carry the mark of this plan (${MADE_BY_KEY}: ${madeBy}), so it was left alone; delete it by hand if nobody needs it.`,
    );
  const { uid } = found.value.metadata;
  const gone = await api.delete(kind, key, { signal, ...(uid !== undefined && { preconditions: { uid } }) });
  return gone.ok || gone.fault.code === 'kube-not-found' ? ok(undefined) : gone;
};

export const isAbsent = async ({ ports: { api }, signal }: StepWork, target: PlanTarget): Promise<Result<boolean>> => {
  const found = await api.get(resourceOf(target), keyOf(target), { signal });
  if (found.ok) return ok(false);
  return found.fault.code === 'kube-not-found' ? ok(true) : found;
};
