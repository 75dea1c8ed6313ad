/** Step install-definitions: our CRD and our namespace, created where they are absent and brought up to date where they differ. */
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { SYSTEM_NAMESPACE } from '../../core/model/system-namespace.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES } from '../../core/model/kube-resource.ts';
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import { ok, type Result } from '../../core/result.ts';
import type { StepWork } from './step-work.ts';

export const installDefinitions = async ({ ports: { api }, signal }: StepWork): Promise<Result<void>> => {
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  const defined = await api.apply(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition(), options);
  if (!defined.ok) return defined;
  const namespace = await api.apply(
    NAMESPACES,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } },
    options,
  );
  return namespace.ok ? ok(undefined) : namespace;
};

export const areDefinitionsServed = async ({ ports: { api }, signal }: StepWork): Promise<Result<boolean>> => {
  const listed = await api.list(ROLLOUTS, { limit: 1, signal });
  if (!listed.ok) return listed.fault.code === 'kube-kind-absent' ? ok(false) : listed;
  const namespace = await api.get(NAMESPACES, { name: SYSTEM_NAMESPACE }, { signal });
  if (namespace.ok) return ok(true);
  return namespace.fault.code === 'kube-not-found' ? ok(false) : namespace;
};
