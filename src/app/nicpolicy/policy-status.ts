/** `policy status` as a use case: the running release, and a report of every NicClusterPolicy of the snapshot. */
import { policyReport, type PolicyReport } from '../../core/nicpolicy/policy-report.ts';
import { withoutValues, type ShownInstall } from '../../core/release/installed.ts';
import { findRelease } from '../../core/release/find-release.ts';
import { ok, type Result } from '../../core/result.ts';
import { objectsOf, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { installedRelease } from '../release/installed-release.ts';

export interface PolicyStatusAnswer {
  readonly installed?: ShownInstall;
  readonly policies: readonly PolicyReport[];
  /** True when the kind was listed and the list was empty: its absence is a fact. */
  readonly absent: boolean;
}

const KIND_KEY = 'NicClusterPolicy.mellanox.com';

/** `release`: where the user names it. */
export const policyStatus = (snapshot: Snapshot, release: string | undefined): Result<PolicyStatusAnswer> => {
  const named = release === undefined ? undefined : findRelease(release, true);
  if (named?.ok === false) return named;
  const installed = installedRelease(snapshot);
  const policies = objectsOf(snapshot, 'NicClusterPolicy').map(({ object }) =>
    policyReport(snapshot, object, named?.value ?? installed?.version, installed?.namespace),
  );
  return ok({
    ...(installed === undefined ? {} : { installed: withoutValues(installed) }),
    policies,
    absent: policies.length === 0 && snapshot.listed.has(KIND_KEY),
  });
};
