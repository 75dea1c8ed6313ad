/** What a check of an upgrade is asked with: the two releases, the values, and what is known of the cluster. */
import type { Snapshot } from '../snapshot/snapshot.ts';
import { installValues, upgradeValues, type ChartValues, type ReuseFlag } from './upgrade-values.ts';
import { mergeValues, type Values } from './values.ts';

export interface UpgradeQuestion {
  /** In the table. */
  readonly from: string;
  readonly to: string;
  readonly flag: ReuseFlag;
  /** The user's values at the last install or upgrade (`helm get values`). */
  readonly stored: Values;
  /** The user's values for this upgrade. */
  readonly given: Values;
  readonly kubeVersion?: string;
  /** Absent when only releases are compared. */
  readonly cluster?: Snapshot;
}

/** What the user's own values are after the upgrade, without any defaults. */
export const ownValues = ({ flag, stored, given }: UpgradeQuestion): Values =>
  flag === '--reset-values' ? given : mergeValues(given, stored);

/** What the templates of the target see. */
export const valuesAfter = ({ from, to, flag, stored, given }: UpgradeQuestion): ChartValues =>
  upgradeValues({ from, to, flag, stored, given });

/** What the templates of the installed release see. */
export const valuesBefore = ({ from, stored }: UpgradeQuestion): ChartValues => installValues(from, stored);
