/** The running release of the network operator and its namespace, as a snapshot shows them. */
import { findInstalled, type Installed } from '../../core/release/installed.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { helmRecords } from './helm-records.ts';

/** The surest reading; undefined where the snapshot shows no install. */
export const installedRelease = (snapshot: Snapshot): Installed | undefined => {
  const { records } = helmRecords(snapshot);
  return findInstalled(snapshot, records)[0];
};
