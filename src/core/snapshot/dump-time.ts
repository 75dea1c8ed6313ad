/** When each dump was taken, by what its collector wrote down, else by the newest time that its objects state. */
import { millisOf, timestamp } from '../model/timestamp.ts';
import { placeIn, type Dump } from './layout.ts';
import { newestTime } from './snapshot-time.ts';
import type { SnapshotObject, SnapshotText } from './snapshot.ts';

const STATED = /(?:^|\/)(?:timestamp|collected\.timestamp|collection-info\.txt)$/;

/** `2026-03-02 09:15:44 UTC`, Go's `2023-11-02 06:12:08.1 +0000 UTC m=+1`, RFC 3339. */
const timeIn = (text: string): string | undefined => {
  const groups =
    /(?<day>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d:\d\d)(?:\.\d+)?(?: ?(?<zone>Z|[+-]\d\d:?\d\d|UTC))?/.exec(
      text,
    )?.groups;
  if (groups === undefined) return undefined;
  const { day = '', time = '', zone = 'UTC' } = groups;
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = millisOf(`${day}T${time}${offset}`);
  return ms === undefined ? undefined : timestamp(ms);
};

/** `sysinfo-snapshot-v3.7.9.9-host-20260302-091544`, `support-bundle-2026-03-02T09_15_44`. */
const timeInName = (root: string): string | undefined => {
  const plain =
    /(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?!.*\d{8}-\d{6})/.exec(root) ??
    /(\d{4})-(\d\d)-(\d\d)T(\d\d)_(\d\d)_(\d\d)/.exec(root) ??
    [];
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = plain;
  return timeIn(`${year}-${month}-${day} ${hour}:${minute}:${second}`);
};

export const dumpTimes = (
  dumps: readonly Dump[],
  texts: readonly SnapshotText[],
  objects: readonly SnapshotObject[],
): ReadonlyMap<Dump, string> => {
  const times = new Map<Dump, string>();
  const stated = texts.filter(({ origin }) => STATED.test(origin.source.replaceAll('!', '/')));
  for (const { text, origin } of stated) {
    const placed = placeIn(dumps, origin.source);
    const time = timeIn(text);
    if (placed !== undefined && time !== undefined && !times.has(placed.dump)) times.set(placed.dump, time);
  }
  const unknown = dumps.filter((dump) => !times.has(dump));
  for (const dump of unknown) {
    const named = timeInName(dump.root);
    if (named !== undefined) times.set(dump, named);
  }
  const own = Map.groupBy(
    unknown.every((dump) => times.has(dump)) ? [] : objects,
    ({ origin }) => placeIn(dumps, origin.source)?.dump,
  );
  for (const dump of unknown) {
    const newest = newestTime({ objects: own.get(dump) ?? [] });
    if (!times.has(dump) && newest !== undefined) times.set(dump, timestamp(newest));
  }
  return times;
};
