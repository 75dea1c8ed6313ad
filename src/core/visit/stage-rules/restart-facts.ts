/** What every kind of restart is decided from, and what holds for all: nothing ends the host's work before its drain is proved. */
import type { Rung } from '../../firmware/rung.ts';
import { isDrained, podRefName } from '../node-drain.ts';
import type { GatheredFacts, VisitBase } from '../visit-facts.ts';
import type { VisitJournal } from '../visit-journal.ts';
import { hold, type Ruling } from '../visit-step.ts';
import { some } from './stage-rule.ts';

/** Those that the rung at hand needs (restartNeeds). */
export type RestartFacts = VisitBase & Partial<Pick<GatheredFacts, 'pods' | 'power' | 'firmware' | 'reset'>>;

export const withTried = ({ tried = [], rung }: VisitJournal): readonly Rung[] =>
  tried.includes(rung) ? tried : [...tried, rung];

/** Why nothing that ends the host's work may be asked for now. */
export const notDrained = ({ node, pods }: RestartFacts): Ruling | undefined => {
  if (node.schedulable)
    return hold(
      `somebody uncordoned ${node.name} before its restart`,
      'find out who and why; nicwright resume goes on with cordoning it again',
    );
  if (pods === undefined)
    return hold(`whether ${node.name} is drained was not read`, 'nicwright resume reads its pods again');
  if (isDrained(pods)) return undefined;
  const left = [...pods.refused.map(({ pod }) => pod), ...pods.going.map(({ ref }) => podRefName(ref))];
  return hold(
    `${some(left)} came to ${node.name} after its drain`,
    `see who put it there; nicwright resume drains ${node.name} again`,
  );
};
