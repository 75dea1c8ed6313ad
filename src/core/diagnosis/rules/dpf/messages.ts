/**
 * What the cluster itself wrote about its objects: events, conditions, and what containers left when they ended. Read once,
 * so that rules can look for refusals by the words that the API server and the controllers use.
 */
import { digList, digText, type Path } from '../../../model/dig.ts';
import { millisOf } from '../../../model/timestamp.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import type { Facts } from '../../facts.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Evidence } from '../../finding.ts';

export interface Message {
  readonly text: string;
  readonly evidence: Evidence;
  /** What it is about. */
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly reason?: string;
  /** When an event was last seen, in milliseconds. */
  readonly atMs?: number;
}

/** Nodes and pods have many conditions, and none that these rules read. */
const NO_CONDITIONS = new Set(['Node', 'Pod', 'Event', 'CustomResourceDefinition']);

const message = (
  entry: SnapshotObject,
  field: Path,
  text: string,
  about: Pick<Message, 'kind' | 'namespace' | 'name' | 'reason' | 'atMs'>,
): Message => ({ text, evidence: fieldEvidence(entry, field, text.slice(0, 2000)), ...about });

const ofEvent = (entry: SnapshotObject): readonly Message[] => {
  const { object } = entry;
  const field = digText(object, 'message') === undefined ? 'note' : 'message';
  const text = digText(object, field);
  if (text === undefined || digText(object, 'type') === 'Normal') return [];
  const regarding = digText(object, 'involvedObject', 'name') === undefined ? 'regarding' : 'involvedObject';
  const namespace = digText(object, regarding, 'namespace') ?? object.metadata.namespace;
  const reason = digText(object, 'reason');
  const seen =
    digText(object, 'lastTimestamp') ?? digText(object, 'series', 'lastObservedTime') ?? digText(object, 'eventTime');
  const atMs = seen === undefined ? undefined : millisOf(seen);
  return [
    message(entry, [field], text, {
      ...(atMs === undefined ? {} : { atMs }),
      kind: digText(object, regarding, 'kind') ?? 'Event',
      name: digText(object, regarding, 'name') ?? object.metadata.name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(reason === undefined ? {} : { reason }),
    }),
  ];
};

const own = ({ object }: SnapshotObject): Pick<Message, 'kind' | 'namespace' | 'name'> => ({
  kind: object.kind,
  name: object.metadata.name,
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
});

const ofConditions = (entry: SnapshotObject): readonly Message[] =>
  digList(entry.object, 'status', 'conditions').flatMap((condition, index) => {
    const text = digText(condition, 'message');
    if (text === undefined || text === '') return [];
    const reason = digText(condition, 'reason');
    return [
      message(entry, ['status', 'conditions', index, 'message'], text, {
        ...own(entry),
        ...(reason === undefined ? {} : { reason }),
      }),
    ];
  });

const ofContainers = (entry: SnapshotObject): readonly Message[] =>
  ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
    digList(entry.object, 'status', list).flatMap((status, index) =>
      [
        ['state', 'waiting', 'message'],
        ['state', 'terminated', 'message'],
        ['lastState', 'terminated', 'message'],
      ].flatMap((path) => {
        const text = digText(status, ...path);
        return text === undefined || text === ''
          ? []
          : [message(entry, ['status', list, index, ...path], text, own(entry))];
      }),
    ),
  );

const known = new WeakMap<Facts, readonly Message[]>();

export const messagesOf = (facts: Facts): readonly Message[] => {
  const before = known.get(facts);
  if (before !== undefined) return before;
  const found = facts.snapshot.objects.flatMap((entry) => {
    const { kind } = entry.object;
    if (kind === 'Event') return ofEvent(entry);
    if (kind === 'Pod') return ofContainers(entry);
    return NO_CONDITIONS.has(kind) ? [] : ofConditions(entry);
  });
  known.set(facts, found);
  return found;
};
