/** Step label-nodes: one label on many nodes, set or taken off. A node that is gone by now needs none. */
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { ok, type Result } from '../../core/result.ts';
import type { StepWork } from './step-work.ts';

export interface NodeLabel {
  readonly label: string;
  readonly value: string | null;
  readonly nodes: readonly string[];
}

export const labelNodes = async (
  { ports: { api }, signal }: StepWork,
  { label, value, nodes }: NodeLabel,
): Promise<Result<void>> => {
  for (const name of nodes) {
    const body = { metadata: { labels: { [label]: value } } };
    const patched = await api.patch(NODES, { name }, { type: 'merge', body }, { fieldManager: FIELD_MANAGER, signal });
    if (!patched.ok && patched.fault.code !== 'kube-not-found') return patched;
  }
  return ok(undefined);
};

export const areNodesLabelled = async (
  { ports: { api }, signal }: StepWork,
  { label, value, nodes }: NodeLabel,
): Promise<Result<boolean>> => {
  for (const name of nodes) {
    const found = await api.get(NODES, { name }, { signal });
    if (!found.ok && found.fault.code !== 'kube-not-found') return found;
    if (found.ok && (found.value.metadata.labels?.[label] ?? null) !== value) return ok(false);
  }
  return ok(true);
};
