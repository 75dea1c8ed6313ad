/**
 * The cards of a host by both ways that lead to it, where there are two. Whatever keeps the second one from telling is said, and
 * stops nothing: the first one tells.
 */
import { ok } from '../../core/result.ts';
import { compareWays, type TwoWays } from '../../core/visit/gates/two-ways.ts';
import { told, untold, type Told } from '../../core/visit/told.ts';
import type { Gathering } from './gathering.ts';
import { readCards } from './host-readings.ts';

export const gatherWays = async ({
  ports,
  base,
  signal,
}: Pick<Gathering, 'ports' | 'base' | 'signal'>): Promise<Told<TwoWays>> => {
  const { node, group } = base;
  const second = await ports.secondTools(node.name);
  if (second.ok && second.value === undefined) return told({ verdict: 'one-way' });
  const first = await ports.hostTools(node.name);
  if (!first.ok) return untold(`the host of ${node.name} cannot be asked: ${first.fault.message}`);
  const { via } = first.value;
  const alone = (because: string): Told<TwoWays> =>
    told({ verdict: 'not-compared', because: `the answers by ${via} were not compared: ${because}` });
  if (!second.ok) return alone(second.fault.message);
  const { value: tools } = second;
  if (tools === undefined) return told({ verdict: 'one-way' });
  const pcis = group.cards.map(({ pci }) => pci);
  const mine = await readCards(ports, node.name, pcis, signal);
  if (!mine.known) return mine;
  const theirs = await readCards({ hostTools: () => Promise.resolve(ok(tools)) }, node.name, pcis, signal);
  if (!theirs.known) return alone(theirs.because);
  return told(compareWays(group.cards, { via, cards: mine.value }, { via: tools.via, cards: theirs.value }));
};
