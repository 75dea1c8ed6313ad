/** Step patch-object: a merge patch of one object, and whether its fields are as they were to be. */
import { FIELD_MANAGER } from '../../controllers/rollout/carry-out.ts';
import { isMap } from '../../core/model/dig.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { PlanAct } from '../../core/plan/plan.ts';
import { ok, type Result } from '../../core/result.ts';
import type { StepWork } from './step-work.ts';

type Target = Extract<PlanAct, { do: 'patch-object' }>['target'];
type Fields = Readonly<Record<string, unknown>>;

const kindOf = ({ apiVersion, kind, plural, namespace }: Target): KubeResource => {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural,
    kind,
    namespaced: namespace !== undefined,
  };
};

const keyOf = ({ name, namespace }: Target) => ({ name, ...(namespace !== undefined && { namespace }) });

export const patchObject = async (
  { ports: { api }, signal }: StepWork,
  target: Target,
  patch: Fields,
): Promise<Result<void>> => {
  const patched = await api.patch(
    kindOf(target),
    keyOf(target),
    { type: 'merge', body: patch },
    { fieldManager: FIELD_MANAGER, signal },
  );
  return patched.ok ? ok(undefined) : patched;
};

const holds = (wanted: unknown, found: unknown): boolean => {
  if (wanted === null) return found === undefined || found === null;
  if (isMap(wanted))
    return Object.entries(wanted).every(([key, value]) => holds(value, isMap(found) ? found[key] : undefined));
  return JSON.stringify(wanted) === JSON.stringify(found);
};

export const hasFields = async (
  { ports: { api }, signal }: StepWork,
  target: Target,
  fields: Fields,
): Promise<Result<boolean>> => {
  const found = await api.get(kindOf(target), keyOf(target), { signal });
  return found.ok ? ok(holds(fields, found.value)) : found;
};
