/** Step patch-object: a merge patch of one object, and whether its fields are as they were to be. */
import { FIELD_MANAGER } from '../../controllers/rollout/carry-out.ts';
import { digTexts, isMap } from '../../core/model/dig.ts';
import { DAEMON_SETS, type KubeResource } from '../../core/model/kube-resource.ts';
import type { PlanAct, PlanProof } from '../../core/plan/plan.ts';
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
  const found = await work.ports.api.get(kindOf(target), keyOf(target), { signal: work.signal });
  if (!found.ok) return found;
  if (!holds(fields, found.value)) return ok(false);
  return daemonSets === undefined ? ok(true) : daemonSetsFollow(work, daemonSets);
};
