/**
 * What an upgrade or an uninstall of the chart does to the NicClusterPolicy. Up to 24.7 the chart can render it, and Helm
 * then owns it; from 24.10 it never does, and a hook keeps the old one alive (reference page 2.6, 4.1).
 */
import { valueAt, type Values } from './values.ts';
import { compareVersions } from './version.ts';

const CHART_LOST_POLICY = '24.10.0';
const KEEP_SWITCH = '26.7.0-rc.1';

/** Whether the chart with these values renders a NicClusterPolicy. */
export const rendersPolicy = (release: string, parent: Values): boolean =>
  compareVersions(release, CHART_LOST_POLICY) < 0 && valueAt(parent, 'deployCR') === true;

export interface PolicyFate {
  readonly deleted: boolean;
  /** The annotation that the upgrade's hook sets. */
  readonly annotation?: string;
  readonly because: string;
}

/** `parent`: what the target's templates see. */
export const policyFate = (to: string, parent: Values, managedByHelm: boolean): PolicyFate => {
  if (!managedByHelm) return { deleted: false, because: 'Helm does not manage it, so an upgrade leaves it alone' };
  if (compareVersions(to, CHART_LOST_POLICY) < 0)
    return rendersPolicy(to, parent)
      ? { deleted: false, because: 'the chart still renders it; changes made to the object by hand are overwritten' }
      : { deleted: true, because: 'deployCR is off, so the chart no longer renders the object that Helm owns' };
  if (compareVersions(to, KEEP_SWITCH) >= 0 && valueAt(parent, 'keepNCP') === false)
    return {
      deleted: true,
      because: 'keepNCP is off, and Helm deletes what it owns and the new chart does not render',
    };
  return {
    deleted: false,
    annotation: 'helm.sh/resource-policy=keep',
    because: 'a pre-upgrade hook annotates it, so Helm leaves it behind; from then on you own the object',
  };
};
