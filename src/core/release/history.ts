/**
 * What the charts themselves do not tell about each release: the day of its tag, and whether a driver pod's template
 * differs from the release before although the ofedDriver section stays as it is. A template that differs makes the
 * driver upgrade begin on every node when autoUpgrade is on (reference page network-operator.md 1.8, 2.1).
 */
import { compareVersions } from './version.ts';

export interface ReleaseHistory {
  readonly release: string;
  readonly tagged: string;
  /** What changed in the driver pods' template since the release before; absent when nothing did. */
  readonly driverTemplate?: string;
}

// prettier-ignore
export const HISTORY: readonly ReleaseHistory[] = [
  { release: '24.7.0', tagged: '2024-08-29' },
  { release: '24.10.1', tagged: '2025-01-27' },
  { release: '25.1.0', tagged: '2025-02-26', driverTemplate: 'init container v0.0.2 became v0.0.3' },
  { release: '25.4.0', tagged: '2025-05-21' },
  { release: '25.7.0', tagged: '2025-08-19', driverTemplate: 'the init container moved to nvcr.io with the tag of the release' },
  { release: '25.10.0', tagged: '2025-11-30', driverTemplate: 'init container tag, startup and liveness delays' },
  { release: '26.1.0', tagged: '2026-02-22', driverTemplate: 'init container tag' },
  { release: '26.1.1', tagged: '2026-04-17', driverTemplate: 'init container tag' },
  { release: '26.1.2', tagged: '2026-08-11', driverTemplate: 'init container tag' },
  { release: '26.4.0', tagged: '2026-06-04', driverTemplate: 'init container tag, ds-owner label, env, mounts, startup threshold' },
  { release: '26.4.1', tagged: '2026-07-24', driverTemplate: 'init container tag' },
  { release: '26.7.0-rc.2', tagged: '2026-08-17', driverTemplate: 'init container tag' },
];

/** The changes of the driver pods' template between two releases; empty when a hop reloads no driver. */
export const driverTemplateChanges = (from: string, to: string): readonly ReleaseHistory[] =>
  HISTORY.filter(
    ({ release, driverTemplate }) =>
      driverTemplate !== undefined && compareVersions(release, from) > 0 && compareVersions(release, to) <= 0,
  );
