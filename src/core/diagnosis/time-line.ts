/**
 * When what happened, as far as objects and events say: of the objects that a report cites and of the nodes that it calls
 * affected. Logs are left out: their lines often have no year and no zone.
 */
import { digList, digNumber, digText } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { millisOf } from '../model/timestamp.ts';
import type { Facts } from './facts.ts';
import type { Report } from './report.ts';

export interface Moment {
  /** RFC 3339, as the object has it. */
  readonly at: string;
  readonly what: string;
}

const MOST = 30;

const moment = (at: string | undefined, what: string): readonly Moment[] =>
  at === undefined || millisOf(at) === undefined ? [] : [{ at, what }];

const conditions = (object: KubeObject, name: string): readonly Moment[] =>
  digList(object, 'status', 'conditions').flatMap((condition) => {
    const reason = digText(condition, 'reason');
    return moment(
      digText(condition, 'lastTransitionTime'),
      `${name}: ${digText(condition, 'type') ?? '?'} became ${digText(condition, 'status') ?? '?'}${reason === undefined ? '' : ` (${reason})`}`,
    );
  });

const ends = (object: KubeObject, name: string): readonly Moment[] =>
  (['initContainerStatuses', 'containerStatuses'] as const).flatMap((list) =>
    digList(object, 'status', list).flatMap((status) =>
      (['lastState', 'state'] as const).flatMap((state) =>
        moment(
          digText(status, state, 'terminated', 'finishedAt'),
          `${name}: ${digText(status, 'name') ?? '?'} ended with exit code ${digNumber(status, state, 'terminated', 'exitCode') ?? '?'}`,
        ),
      ),
    ),
  );

const ofObject = (object: KubeObject): readonly Moment[] => {
  const name = objectPath(object);
  return [
    ...moment(object.metadata.creationTimestamp, `${name} was created`),
    ...moment(object.metadata.deletionTimestamp, `${name} was to be deleted`),
    ...(object.kind === 'Pod' ? readyOnly(conditions(object, name)) : conditions(object, name)),
    ...ends(object, name),
  ];
};

/** Pods and nodes have conditions that tell nothing beside Ready. */
const readyOnly = (moments: readonly Moment[]): readonly Moment[] =>
  moments.filter(({ what }) => what.includes(': Ready '));

const ofNode = (object: KubeObject): readonly Moment[] => readyOnly(conditions(object, `node ${object.metadata.name}`));

const ofEvent = (event: KubeObject): readonly Moment[] => {
  const reason = digText(event, 'reason') ?? 'event';
  const count = digNumber(event, 'count') ?? digNumber(event, 'series', 'count') ?? 1;
  const about = `${digText(event, 'involvedObject', 'kind') ?? digText(event, 'regarding', 'kind') ?? '?'}/${digText(event, 'involvedObject', 'name') ?? digText(event, 'regarding', 'name') ?? '?'}`;
  const message = (digText(event, 'message') ?? digText(event, 'note') ?? '').replaceAll(/\s+/g, ' ').slice(0, 120);
  const at =
    digText(event, 'lastTimestamp') ?? digText(event, 'series', 'lastObservedTime') ?? digText(event, 'eventTime');
  return moment(at, `${about}: ${reason}${count > 1 ? `, ${count} times` : ''}: ${message}`);
};

/** The earliest first; of very many the latest 30. */
export const timeLine = (facts: Facts, report: Report): readonly Moment[] => {
  const cited = new Set(
    [...report.problems, ...report.symptoms].flatMap(({ evidence, consequences }) =>
      [...evidence, ...consequences.flatMap((one) => one.evidence)].flatMap(({ object }) => object ?? []),
    ),
  );
  const affected = new Set(report.nodes.filter(({ verdict }) => verdict === 'affected').map(({ node }) => node));
  const names = new Set([...cited].map((path) => path.split('/').at(-1) ?? path));
  const moments = facts.snapshot.objects.flatMap(({ object }): readonly Moment[] => {
    if (object.kind === 'Node') return affected.has(object.metadata.name) ? ofNode(object) : [];
    if (object.kind === 'Event') {
      const about = digText(object, 'involvedObject', 'name') ?? digText(object, 'regarding', 'name') ?? '';
      return names.has(about) || affected.has(about) || cited.has(objectPath(object)) ? ofEvent(object) : [];
    }
    return cited.has(objectPath(object)) ? ofObject(object) : [];
  });
  const unique = [...new Map(moments.map((one) => [`${one.at} ${one.what}`, one])).values()];
  return unique.toSorted((a, b) => (millisOf(a.at) ?? 0) - (millisOf(b.at) ?? 0)).slice(-MOST);
};
