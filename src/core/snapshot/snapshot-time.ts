/** When a dump was taken, as its own objects tell: ages and time limits in it count from then, not from now. */
import { digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { millisOf } from '../model/timestamp.ts';
import type { Snapshot } from './snapshot.ts';

const timesIn = (object: KubeObject): readonly (string | undefined)[] => [
  digText(object, 'metadata', 'creationTimestamp'),
  digText(object, 'metadata', 'deletionTimestamp'),
  digText(object, 'lastTimestamp'),
  digText(object, 'eventTime'),
  ...digList(object, 'status', 'conditions').flatMap((condition) => [
    digText(condition, 'lastHeartbeatTime'),
    digText(condition, 'lastTransitionTime'),
  ]),
  ...digList(object, 'status', 'containerStatuses').flatMap((container) => [
    digText(container, 'state', 'running', 'startedAt'),
    digText(container, 'state', 'terminated', 'finishedAt'),
  ]),
];

/** Milliseconds of the newest time that any object states; undefined when none does. The dump is not older than that. */
export const newestTime = ({ objects }: Pick<Snapshot, 'objects'>): number | undefined => {
  let newest: number | undefined;
  for (const { object } of objects)
    for (const text of timesIn(object)) {
      const ms = text === undefined ? undefined : millisOf(text);
      if (ms !== undefined && (newest === undefined || ms > newest)) newest = ms;
    }
  return newest;
};

/** Unix seconds to count ages from: the clock's for a live read, the dump's own newest time for a dump. */
export const snapshotSeconds = (snapshot: Snapshot, clockMs: number): number => {
  const live = snapshot.sources.some((source) => source.startsWith('live'));
  return Math.floor((live ? clockMs : (newestTime(snapshot) ?? clockMs)) / 1000);
};
