/**
 * Whether an evicted pod is gone, and when a drain gives up on it or on itself (pkg/drain/drain.go, waitForDelete, at
 * dee3483; reference page section 5.3).
 */
import type { DrainOptions } from './drain-options.ts';

/** How often kubectl's drain looks whether a pod is gone (pkg/drain/default.go, waitForDelete's poll). */
export const POLL_SECONDS = 1;

/** The pod as it is now; undefined when the API has none of this name. */
export interface CurrentPod {
  readonly uid: string;
  /** Undefined when it is not marked for deletion. */
  readonly deletingForSeconds?: number | undefined;
}

export interface WaitVerdict {
  readonly gone: true | false | 'given-up';
  readonly because: string;
}

export const isPodGone = (
  evictedUid: string,
  current: CurrentPod | undefined,
  { skipWaitForDelete, timeout }: Pick<DrainOptions, 'skipWaitForDelete' | 'timeout'>,
  elapsedSeconds: number,
): WaitVerdict => {
  if (current === undefined) return { gone: true, because: 'the API has no such pod any more' };
  if (current.uid !== evictedUid) return { gone: true, because: 'another pod bears its name now (other UID)' };
  const deleting = current.deletingForSeconds;
  if (skipWaitForDelete > 0 && deleting !== undefined && Math.floor(deleting) > skipWaitForDelete)
    return {
      gone: 'given-up',
      because: `it has been terminating for ${Math.floor(deleting)} s, longer than the ${skipWaitForDelete} s that the drain waits`,
    };
  if (timeout > 0 && elapsedSeconds >= timeout)
    return { gone: 'given-up', because: `the ${timeout} s of the whole drain are over` };
  const left =
    timeout > 0 ? `, ${Math.ceil(timeout - elapsedSeconds)} s of ${timeout} s left` : ', without a time limit';
  const state = deleting === undefined ? 'it is not terminating yet' : `terminating for ${Math.floor(deleting)} s`;
  return { gone: false, because: `${state}${left}` };
};

/** How one pod of a drain stands. */
export interface PodProgress {
  /** `namespace/name`. */
  readonly pod: string;
  readonly state: 'asking' | 'going' | 'gone' | 'given-up' | 'failed';
  readonly because: string;
}

export interface DrainVerdict {
  /** `proved`: every pod is gone. `incomplete`: the drain is over and pods are left. */
  readonly verdict: 'proved' | 'going-on' | 'incomplete';
  /** Pods that are still there. */
  readonly left: readonly PodProgress[];
  readonly because: string;
}

const list = (pods: readonly PodProgress[]): string => pods.map(({ pod, because }) => `${pod} (${because})`).join(', ');

/** A drain is proved only by every pod being gone; one that is given up on is left, not gone. */
export const judgeDrain = (pods: readonly PodProgress[], elapsedSeconds: number, timeout: number): DrainVerdict => {
  const left = pods.filter(({ state }) => state !== 'gone');
  if (left.length === 0) return { verdict: 'proved', left, because: `all ${pods.length} pods are gone` };
  const isOver = timeout > 0 && elapsedSeconds >= timeout;
  const open = left.filter(({ state }) => state === 'asking' || state === 'going');
  if (open.length > 0 && !isOver)
    return {
      verdict: 'going-on',
      left,
      because: `${open.length} of ${pods.length} pods are still to go: ${list(open)}`,
    };
  return {
    verdict: 'incomplete',
    left,
    because: `${isOver ? `the ${timeout} s are over; ` : ''}left behind: ${list(left)}`,
  };
};
