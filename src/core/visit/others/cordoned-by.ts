/** Who cordoned a node and when, as its managed fields tell; the last writer of spec.unschedulable. */
import { dig } from '../../model/dig.ts';
import { FIELD_MANAGER, fieldManagerOf } from '../../model/field-manager.ts';
import type { KubeObject } from '../../model/kube-object.ts';

export interface Cordoner {
  readonly by: string;
  readonly since?: string;
}

/** Where the object does not tell. */
const SOMEBODY = 'somebody';

const FIELD = ['f:spec', 'f:unschedulable'];

export const cordonedBy = (node: KubeObject): Cordoner | undefined => {
  if (dig(node, 'spec', 'unschedulable') !== true) return undefined;
  const { manager, time } = fieldManagerOf(node, FIELD) ?? { manager: SOMEBODY };
  return { by: manager, ...(time !== undefined && { since: time }) };
};

/** Whether another than we is named for it. */
export const isAnothers = ({ by }: Cordoner): boolean => by !== FIELD_MANAGER && by !== SOMEBODY;

/** `kubectl-cordon since 2026-05-01T10:02:00Z (managedFields)`. */
export const cordonWords = ({ by, since }: Cordoner): string =>
  since === undefined ? by : `${by} since ${since} (managedFields)`;
