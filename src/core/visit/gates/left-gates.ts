/** What a node left with, by the journal of the visit that has it in hand: compared with what the input shows of it now. */
import type { InventoryNode } from '../../inventory/build-inventory.ts';
import { objectsOf, type Snapshot } from '../../snapshot/snapshot.ts';
import { readJournal, VISIT_KEY } from '../visit-journal.ts';
import { ACCEPTED_LOSS, withAcceptedLoss } from './accepted-loss.ts';
import { unknown, type Gate } from './gate.ts';
import { linkGates } from './link-gates.ts';
import { leftWithGates } from './node-gates.ts';
import { countsOf, linksOf } from './node-readings.ts';

/** Only a visit that is on remembers what its node left with. */
export const leftOf = (snapshot: Snapshot, node: InventoryNode): readonly Gate[] => {
  const object = objectsOf(snapshot, 'Node').find(({ object: one }) => one.metadata.name === node.name)?.object;
  const text = object?.metadata.annotations?.[VISIT_KEY];
  if (text === undefined) return [];
  const journal = readJournal(text);
  if (!journal.ok) return [unknown('left-with', node.name, journal.fault.message)];
  const { left } = journal.value;
  // A visit that still waits at its gate has taken nothing away.
  if (left === undefined) return [];
  const isOfferRead = Object.keys(node.allocatable).length > 0;
  const gates = [
    ...(isOfferRead ? [] : [unknown('left-with', node.name, 'the input does not show what the node offers')]),
    ...leftWithGates(isOfferRead ? left : { ...left, resources: {} }, node.allocatable, countsOf(node)),
    ...linkGates(left, left.functions, linksOf(node)),
  ];
  return withAcceptedLoss(gates, object?.metadata.annotations?.[ACCEPTED_LOSS]);
};
