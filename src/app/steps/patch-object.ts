/** Step patch-object: a merge patch of one object, and whether its fields are as they were to be. */
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import { digMap, digTexts } from '../../core/model/dig.ts';
import { DAEMON_SETS, objectWords, type KubeResource } from '../../core/model/kube-resource.ts';
import { holds, standsAt } from '../../core/plan/merge-patch.ts';
import type { PlanAct, PlanProof, PlanTarget } from '../../core/plan/plan.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { StepWork } from './step-work.ts';

type PatchAct = Pick<Extract<PlanAct, { do: 'patch-object' }>, 'target' | 'patch' | 'from'>;

export const resourceOf = ({ apiVersion, kind, plural, namespace }: PlanTarget): KubeResource => {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural,
    kind,
    namespaced: namespace !== undefined,
  };
};

export const keyOf = ({ name, namespace }: PlanTarget) => ({ name, ...(namespace !== undefined && { namespace }) });

const TRIES = 5;

/** Without `from` the patch is sent as it is; with it, only while the object stands as the plan found it. */
export const patchObject = async (
  { ports: { api }, signal }: StepWork,
  { target, patch, from }: PatchAct,
): Promise<Result<void>> => {
  const [kind, key] = [resourceOf(target), keyOf(target)];
  for (let tries = 1; ; tries += 1) {
    const lock: Record<string, unknown> = {};
    if (from !== undefined) {
      const found = await api.get(kind, key, { signal });
      if (!found.ok) return found;
      if (holds(patch, found.value)) return ok(undefined);
      if (!standsAt(from, patch, found.value))
        return fail(
          'refused-changed',
          `${objectWords(kind, key)} is no longer as the plan found it, so nothing was changed there; look at it, and make a new plan.`,
        );
      lock['resourceVersion'] = found.value.metadata.resourceVersion;
    }
    const body = from === undefined ? patch : { ...patch, metadata: { ...digMap(patch, 'metadata'), ...lock } };
    const patched = await api.patch(kind, key, { type: 'merge', body }, { fieldManager: FIELD_MANAGER, signal });
    if (patched.ok) return ok(undefined);
    // Somebody wrote in between: looked at anew, it may be as it was in all that matters here.
    if (from === undefined || patched.fault.code !== 'kube-conflict' || tries === TRIES) return patched;
  }
};

type FieldsProof = Extract<PlanProof, { is: 'object-has' }>;

/** Whether DaemonSets select by the label as they should. */
const daemonSetsFollow = async (
  { ports: { api }, signal }: StepWork,
  { label, value }: NonNullable<FieldsProof['daemonSets']>,
): Promise<Result<boolean>> => {
  const page = await api.list(DAEMON_SETS, { signal });
  if (!page.ok) return page;
  const selecting = page.value.items.flatMap(
    (set) => digTexts(set, 'spec', 'template', 'spec', 'nodeSelector')[label] ?? [],
  );
  return ok(value === null ? selecting.length === 0 : selecting.includes(value));
};

export const hasFields = async (
  work: StepWork,
  { target, fields, daemonSets }: FieldsProof,
): Promise<Result<boolean>> => {
  const found = await work.ports.api.get(resourceOf(target), keyOf(target), { signal: work.signal });
  if (!found.ok) return found.fault.code === 'kube-not-found' ? ok(false) : found;
  if (!holds(fields, found.value)) return ok(false);
  return daemonSets === undefined ? ok(true) : daemonSetsFollow(work, daemonSets);
};
