/**
 * What a snapshot says of RBAC: roles and bindings as an index, the types that its CRDs define, and what of it could not
 * be read. A "no" holds only as far as the input goes; a "yes" always, since rules only add.
 */
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Gap, Snapshot } from '../snapshot/snapshot.ts';
import { withDefaults } from './default-policy.ts';
import type { Policy } from './policy.ts';
import { PolicyIndex } from './policy-index.ts';
import { readPolicy } from './read-policy.ts';
import { ResourceTypes, typesOfCrds } from './resource-types.ts';

export interface RbacWorld {
  /** As read, without the defaults of every cluster. */
  readonly policy: Policy;
  /** With the defaults. */
  readonly index: PolicyIndex;
  readonly types: ResourceTypes;
  /** Roles, bindings and whole files that could not be read. */
  readonly gaps: readonly Gap[];
}

/** Gaps of a live reading name a kind, those of files the file. */
const mayHideRules = ({ what }: Gap, sources: readonly string[]): boolean =>
  what.includes('rbac.authorization.k8s.io') || sources.some((source) => what.startsWith(source));

export const rbacWorld = (snapshot: Snapshot): RbacWorld => {
  const policy = readPolicy(snapshot.objects);
  return {
    policy,
    index: new PolicyIndex(withDefaults(policy)),
    types: new ResourceTypes(typesOfCrds(snapshot.objects.map(({ object }) => object))),
    gaps: snapshot.gaps.filter((gap) => mayHideRules(gap, snapshot.sources)),
  };
};

/** For questions that mean nothing without any role: an input without RBAC objects is no cluster that denies everything. */
export const rbacWorldWithRules = (snapshot: Snapshot): Result<RbacWorld> => {
  const world = rbacWorld(snapshot);
  const { roles, bindings } = world.policy;
  if (roles.length + bindings.length > 0) return ok(world);
  const [gap] = world.gaps;
  return fail(
    'input-no-rbac',
    `${snapshot.sources.join(', ') || 'The input'} holds no Role, ClusterRole or binding, so nothing can be said of rights${gap === undefined ? '' : ` (${gap.what}: ${gap.because})`}. Give them: kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml --show-managed-fields`,
  );
};

/** `3 roles and 2 bindings`: how much an answer rests on. */
export const showExtent = ({ policy: { roles, bindings } }: RbacWorld): string =>
  `${roles.length} ${roles.length === 1 ? 'role' : 'roles'} and ${bindings.length} ${bindings.length === 1 ? 'binding' : 'bindings'}`;
