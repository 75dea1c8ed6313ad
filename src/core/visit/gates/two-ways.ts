/**
 * Two ways to one host have to tell the same of its cards before anything is done through either: an old tool, an image that
 * sees another card, or an address that leads elsewhere would show its error only when the node is out.
 */
import { differ } from '../../model/firmware-setting.ts';
import type { RolloutGroup } from '../../model/crd/rollout.ts';
import type { CardReading } from './firmware-gate.ts';

/** What the cards told by one way; `via` names it: `ssh root@10.0.0.30`. */
export interface WayReading {
  readonly via: string;
  readonly cards: readonly CardReading[];
}

export type TwoWays =
  | { readonly verdict: 'one-way' }
  | { readonly verdict: 'alike' | 'not-compared'; readonly because: string }
  | { readonly verdict: 'differ'; readonly because: string; readonly wayOut: string };

const COLUMNS = [
  ['current', 'current'],
  ['next', 'next boot'],
] as const;

interface Compared {
  readonly differs: boolean;
  readonly what: string;
  readonly values: readonly [string, string];
}

const settingOf = (reading: CardReading | undefined, name: string): Partial<Record<'current' | 'next', string>> =>
  reading?.settings.find((setting) => setting.name === name) ?? {};

/** Every value of a wanted setting that both tell. */
const comparedOf = (
  { pci, values }: RolloutGroup['cards'][number],
  one: WayReading,
  other: WayReading,
): readonly Compared[] => {
  const [mine, theirs] = [one, other].map(({ cards }) => cards.find((card) => card.pci === pci));
  return Object.keys(values).flatMap((name) =>
    COLUMNS.flatMap(([key, column]) => {
      const [first, second] = [settingOf(mine, name)[key], settingOf(theirs, name)[key]];
      const differs = differ(first, second);
      if (differs === undefined || first === undefined || second === undefined) return [];
      return [{ differs, what: `${column} of ${name} on ${pci}`, values: [first, second] as const }];
    }),
  );
};

export const compareWays = (cards: RolloutGroup['cards'], one: WayReading, other: WayReading): TwoWays => {
  let alike = 0;
  for (const card of cards)
    for (const { differs, what, values } of comparedOf(card, one, other)) {
      if (differs)
        return {
          verdict: 'differ',
          because: `two ways to its host answer differently: ${what} is ${values[0]} by ${one.via} and ${values[1]} by ${other.via}`,
          wayOut: `run mstconfig -d ${card.pci} -e query by both ways: one leads to another machine or has a tool that does not know the card. The visit goes on by itself once they tell the same`,
        };
      alike += 1;
    }
  if (alike > 0) return { verdict: 'alike', because: `its firmware reads the same by ${one.via} and by ${other.via}` };
  const problem = other.cards.find((card) => card.problem !== undefined)?.problem ?? 'no setting was told by both';
  return {
    verdict: 'not-compared',
    because: `the answers by ${one.via} were not compared with those by ${other.via}: ${problem}`,
  };
};
