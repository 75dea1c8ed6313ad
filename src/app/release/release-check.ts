/** `release check` as a use case: finds the installed release, puts the question, and has core/release answer it. */
import { digText, isMap } from '../../core/model/dig.ts';
import { RELEASES } from '../../core/release/chart-facts.ts';
import { checkUpgrade, type UpgradeReport } from '../../core/release/check-upgrade.ts';
import { findInstalled, withoutValues, type Installed, type ShownInstall } from '../../core/release/installed.ts';
import { findRelease } from '../../core/release/find-release.ts';
import type { ReuseFlag } from '../../core/release/upgrade-values.ts';
import type { Values } from '../../core/release/values.ts';
import { compareVersions } from '../../core/release/version.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { objectsOf, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { helmRecords } from './helm-records.ts';

export interface ReleaseCheckInput {
  readonly to: string;
  readonly devel: boolean;
  readonly flag: ReuseFlag;
  /** The release that the user names; without it the snapshot must show one. */
  readonly fromRelease?: string;
  readonly snapshot?: Snapshot;
  /** Values of this upgrade, where a file was given. */
  readonly given?: Values;
  readonly kubeVersion?: string;
}

export interface ReleaseCheck {
  /** What is installed; undefined where the input does not show it. */
  readonly installed?: ShownInstall;
  readonly otherInstalls: readonly ShownInstall[];
  /** Undefined while the installed release is unknown. */
  readonly report?: UpgradeReport;
  /** Why there is no report. */
  readonly because?: string;
  readonly wayOut?: string;
  /** Where the user's own values come from. */
  readonly valuesFrom: string;
}

/** The newest kubelet: the API server is at least as new. */
const kubeletVersion = (snapshot: Snapshot | undefined): string | undefined =>
  snapshot === undefined
    ? undefined
    : objectsOf(snapshot, 'Node')
        .map(({ object }) => digText(object, 'status', 'nodeInfo', 'kubeletVersion'))
        .filter((version) => version !== undefined)
        .sort(compareVersions)
        .at(-1);

const named = (fromRelease: string): Result<readonly Installed[]> => {
  // A pre-release may well be installed; --devel is about going to one.
  const found = findRelease(fromRelease, true);
  return found.ok ? ok([{ version: found.value, namespace: '', source: '--from-release' }]) : found;
};

const installsOf = (input: ReleaseCheckInput): Result<readonly Installed[]> => {
  if (input.fromRelease !== undefined) return named(input.fromRelease);
  if (input.snapshot === undefined) return ok([]);
  const { records } = helmRecords(input.snapshot);
  return ok(findInstalled(input.snapshot, records));
};

const valuesOf = (input: ReleaseCheckInput, installed: Installed | undefined): { stored: Values; from: string } => {
  if (isMap(installed?.values)) return { stored: installed.values, from: 'that record' };
  // With a reuse flag and no record, the file given is taken for what was installed with.
  if (input.given !== undefined) return { stored: input.given, from: 'the file given' };
  return { stored: {}, from: 'nowhere: none are known, so plain defaults are assumed' };
};

export const releaseCheck = (input: ReleaseCheckInput): Result<ReleaseCheck> => {
  const to = findRelease(input.to, input.devel);
  if (!to.ok) return to;
  const installs = installsOf(input);
  if (!installs.ok) return installs;
  const [installed, ...otherInstalls] = installs.value;
  const { stored, from } = valuesOf(input, installed);
  const told = { otherInstalls: otherInstalls.map(withoutValues), valuesFrom: from };
  if (installed === undefined)
    return ok({
      ...told,
      because:
        'the input shows no Helm record, no operator Deployment and no ClusterServiceVersion of the network operator',
      wayOut:
        'add kubectl get secret -A -l owner=helm -o yaml and the Deployments to the input, or say --from-release VERSION',
    });
  if (!RELEASES.includes(installed.version))
    return ok({
      ...told,
      installed: withoutValues(installed),
      because: `${installed.version} is not in the table (${RELEASES[0] ?? ''} to ${RELEASES.at(-1) ?? ''}), so its chart is not known`,
      wayOut: 'say --from-release with the nearest release in the table, and take the answer for what it is',
    });
  if (compareVersions(to.value, installed.version) < 0)
    return fail(
      'usage-release',
      `${to.value} is older than the installed ${installed.version}; this checks upgrades only.`,
    );
  const kubeVersion = input.kubeVersion ?? kubeletVersion(input.snapshot);
  const report = checkUpgrade({
    from: installed.version,
    to: to.value,
    flag:
      input.given === undefined && input.flag === '--reset-values' && isMap(installed.values)
        ? '--reset-then-reuse-values'
        : input.flag,
    stored,
    given: input.given ?? {},
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    ...(input.snapshot === undefined ? {} : { cluster: input.snapshot }),
  });
  return ok({ ...told, installed: withoutValues(installed), report });
};
