/** A Rollout object as its controller takes it: the spec checked and filled with defaults, or one sentence on what is wrong. */
import {
  ROLLOUTS,
  rolloutSpec,
  rolloutStatus,
  type RolloutGroup,
  type RolloutSpec,
  type RolloutStatus,
} from '../../core/model/crd/rollout.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface ReadRollout {
  readonly object: KubeObject;
  readonly name: string;
  readonly uid: string;
  readonly spec: RolloutSpec;
  readonly status: Partial<RolloutStatus>;
}

/** Keeps a Rollout until no visit of it is in hand any more; deleting it means to abort. */
export const FINALIZER = 'nicwright.dev/visits';

export const isDeleted = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

export const readRollout = (object: KubeObject): Result<ReadRollout> => {
  const spec = rolloutSpec.safeParse(object['spec']);
  const { name, uid = '' } = object.metadata;
  if (!spec.success) {
    const [issue] = spec.error.issues;
    return fail(
      'held-invalid-rollout',
      `${ROLLOUTS.kind}/${name} cannot be carried out: spec.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}.`,
    );
  }
  const status = rolloutStatus.safeParse(object['status'] ?? {});
  return ok({
    object,
    name,
    uid,
    spec: isDeleted(object) ? { ...spec.data, aborted: true } : spec.data,
    status: status.success ? status.data : {},
  });
};

export const groupOf = ({ groups }: RolloutSpec, node: string): RolloutGroup | undefined =>
  groups.find(({ nodes }) => nodes.includes(node));
