/** A Rollout object as its controller takes it: the spec checked and filled with defaults, or one sentence on what is wrong. */
import {
  ROLLOUTS,
  rolloutSpec,
  rolloutStatus,
  type RolloutGroup,
  type RolloutSpec,
  type RolloutStatus,
} from '../../core/model/crd/rollout.ts';
import { isMap } from '../../core/model/dig.ts';
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

/** Every step of every visit reads its rollout, whose spec may name thousands of nodes: what is the same value is read once. */
const SPECS = new WeakMap<object, ReturnType<typeof rolloutSpec.safeParse>>();
const STATUSES = new WeakMap<object, Partial<RolloutStatus>>();

const specOf = ({ spec }: KubeObject): ReturnType<typeof rolloutSpec.safeParse> => {
  const known = isMap(spec) ? SPECS.get(spec) : undefined;
  if (known !== undefined) return known;
  const read = rolloutSpec.safeParse(spec);
  if (Object.isFrozen(spec) && isMap(spec)) SPECS.set(spec, read);
  return read;
};

const statusOf = ({ status }: KubeObject): Partial<RolloutStatus> => {
  const known = isMap(status) ? STATUSES.get(status) : undefined;
  if (known !== undefined) return known;
  const read = rolloutStatus.safeParse(status ?? {});
  const found = read.success ? read.data : {};
  if (Object.isFrozen(status) && isMap(status)) STATUSES.set(status, found);
  return found;
};

export const readRollout = (object: KubeObject): Result<ReadRollout> => {
  const spec = specOf(object);
  const { name, uid = '' } = object.metadata;
  if (!spec.success) {
    const [issue] = spec.error.issues;
    return fail(
      'held-invalid-rollout',
      `${ROLLOUTS.kind}/${name} cannot be carried out: spec.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}.`,
    );
  }
  return ok({
    object,
    name,
    uid,
    spec: isDeleted(object) ? { ...spec.data, aborted: true } : spec.data,
    status: statusOf(object),
  });
};

const GROUPS = new WeakMap<readonly RolloutGroup[], ReadonlyMap<string, RolloutGroup>>();

/** The first that names the node. */
export const groupOf = ({ groups }: RolloutSpec, node: string): RolloutGroup | undefined => {
  let byNode = GROUPS.get(groups);
  if (byNode === undefined) {
    byNode = new Map(groups.toReversed().flatMap((group) => group.nodes.map((name) => [name, group] as const)));
    GROUPS.set(groups, byNode);
  }
  return byNode.get(node);
};
