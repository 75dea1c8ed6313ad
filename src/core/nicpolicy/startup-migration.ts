/**
 * What an operator changes once when it starts: driver DaemonSets of the old form, driver pods without ds-owner, and
 * whereabouts objects (pkg/migrate; reference page 1.10). Facts in, one sentence and the changed fields out.
 */
import { DRIVER_POD_LABEL, OFED_KEYS } from '../driver/driver-keys.ts';
import { compareVersions } from '../release/version.ts';
import { CLUSTER_POLICY_OWNER, OWNER_LABEL, OWNER_LABEL_SINCE, STATE_LABEL } from './components.ts';

export const FORMAT_LABEL = 'mofed-ds-format-version';
/** Annotation, exactly `true`, on the nodes of a deleted driver DaemonSet. */
export const UPGRADE_REQUESTED = OFED_KEYS.requested;

export interface MigrationFacts {
  readonly release: string;
  readonly policyHasDriver: boolean;
  /** Labels of a driver DaemonSet that is there. */
  readonly daemonSetLabels?: readonly string[];
  readonly podLabels?: Readonly<Record<string, string>>;
}

export interface Migration {
  /** The DaemonSet goes and leaves its pods as orphans; their nodes are marked for an upgrade. */
  readonly deletesDaemonSet: boolean;
  /** Labels of a driver pod afterwards, where they change. */
  readonly podLabels?: Readonly<Record<string, string>>;
}

export const startupMigration = ({
  release,
  policyHasDriver,
  daemonSetLabels,
  podLabels,
}: MigrationFacts): Migration => {
  if (!policyHasDriver) return { deletesDaemonSet: false };
  const deletesDaemonSet = daemonSetLabels !== undefined && !daemonSetLabels.includes(FORMAT_LABEL);
  const lacksOwner = podLabels !== undefined && DRIVER_POD_LABEL in podLabels && !(OWNER_LABEL in podLabels);
  if (!lacksOwner || compareVersions(release, OWNER_LABEL_SINCE) < 0) return { deletesDaemonSet };
  return { deletesDaemonSet, podLabels: { ...podLabels, [OWNER_LABEL]: CLUSTER_POLICY_OWNER } };
};

const WHEREABOUTS_GONE = '25.10.0';

/** From 25.10 on whereabouts objects lose their owner, so that running pods keep their addresses; nobody manages them. */
export const stripsOwner = (release: string, labels: Readonly<Record<string, string>>): boolean =>
  compareVersions(release, WHEREABOUTS_GONE) >= 0 && labels[STATE_LABEL] === 'state-whereabouts-cni';
