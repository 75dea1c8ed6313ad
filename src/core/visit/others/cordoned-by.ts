/** Who cordoned a node and when, as the object's managed fields tell; the last writer of spec.unschedulable. */
import { dig, digList, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';

export interface Cordoner {
  readonly by: string;
  readonly since?: string;
}

const UNKNOWN: Cordoner = { by: 'somebody' };

export const cordonedBy = (node: KubeObject): Cordoner | undefined => {
  if (dig(node, 'spec', 'unschedulable') !== true) return undefined;
  const entries = digList(node, 'metadata', 'managedFields').filter(
    (entry) => dig(entry, 'fieldsV1', 'f:spec', 'f:unschedulable') !== undefined,
  );
  const [last] = entries.toSorted((a, b) => ((digText(a, 'time') ?? '') < (digText(b, 'time') ?? '') ? 1 : -1));
  if (last === undefined) return UNKNOWN;
  const since = digText(last, 'time');
  return { by: digText(last, 'manager') ?? UNKNOWN.by, ...(since !== undefined && { since }) };
};
