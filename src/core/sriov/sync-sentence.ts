/**
 * What a node's three words mean together: sync status, desired state and current state (reference: sriov.md 2.2, 2.6).
 * One sentence for every combination; an unknown word is shown, never read as fine.
 */

export interface SyncWords {
  readonly syncStatus?: string;
  readonly lastSyncError?: string;
  /** Annotation sriovnetwork.openshift.io/desired-state. */
  readonly desired?: string;
  /** Annotation sriovnetwork.openshift.io/current-state. */
  readonly current?: string;
  /** How many interfaces the status lists. */
  readonly interfaces: number;
}

export type SyncVerdict =
  | 'synced'
  | 'nothing-to-sync'
  | 'waits-for-reboot'
  | 'waits-for-drain'
  | 'draining'
  | 'plugin-error'
  | 'working'
  | 'failed'
  | 'not-started';

export interface SyncSentence {
  readonly verdict: SyncVerdict;
  readonly because: string;
}

const errorOf = ({ lastSyncError }: SyncWords): string =>
  lastSyncError === undefined || lastSyncError === '' ? '' : ` Its last error: ${lastSyncError}`;

/** InProgress by desired and current state; the daemon keeps an old error while it works. */
const inProgress = (words: SyncWords): SyncSentence => {
  const { desired, current } = words;
  const error = errorOf(words);
  if (desired === 'Reboot_Required') {
    if (current === 'DrainComplete')
      return {
        verdict: 'waits-for-reboot',
        because: `the node is drained, and the config daemon wants a restart that does not bring what it waits for.${error}`,
      };
    if (current === 'Draining')
      return { verdict: 'draining', because: `the node is being drained for a restart.${error}` };
    return {
      verdict: 'waits-for-drain',
      because: `the config daemon wants a restart, and the drain has not begun: another node of the pool may hold the slot.${error}`,
    };
  }
  if (desired === 'Drain_Required') {
    if (current === 'DrainComplete')
      return {
        verdict: 'working',
        because: `the node is drained, and the config daemon is applying the change.${error}`,
      };
    if (current === 'Draining') return { verdict: 'draining', because: `the node is being drained.${error}` };
    return { verdict: 'waits-for-drain', because: `the config daemon wants a drain that has not begun.${error}` };
  }
  if (current === 'Idle' || current === undefined)
    return {
      verdict: 'plugin-error',
      because: `the config daemon is in progress and neither drains nor restarts: a plugin's error repeats, and the reason stands only in the daemon's log.${error}`,
    };
  return {
    verdict: 'working',
    because: `the config daemon is in progress (desired ${desired ?? 'unknown'}, current ${current}).${error}`,
  };
};

/** One verdict and one sentence for the three words of a node. */
export const syncSentence = (words: SyncWords): SyncSentence => {
  const { syncStatus, desired, current, interfaces } = words;
  if (syncStatus === undefined || syncStatus === '')
    return {
      verdict: 'not-started',
      because: 'the node state has no sync status: no config daemon has written one yet.',
    };
  if (syncStatus === 'Succeeded') {
    if (desired !== undefined && desired !== 'Idle')
      return {
        verdict: 'working',
        because: `the sync succeeded, and the node still asks for ${desired} (current ${current ?? 'unknown'}): the annotation is stale, or a new change has begun.`,
      };
    if (interfaces === 0)
      return {
        verdict: 'nothing-to-sync',
        because:
          'the sync succeeded with no interface at all: no supported adapter was found, which is not the same as healthy.',
      };
    return { verdict: 'synced', because: 'the node state is in sync.' };
  }
  if (syncStatus === 'Failed') return { verdict: 'failed', because: `the sync failed.${errorOf(words)}` };
  if (syncStatus === 'InProgress') return inProgress(words);
  return {
    verdict: 'not-started',
    because: `the sync status is ${syncStatus}, a word that is not known.${errorOf(words)}`,
  };
};
