/**
 * Whether the firmware runs what is wanted. Where it does not, the next rung of the ladder is taken if the plan allows it; a
 * restart that did not help is not tried again.
 */
import { highest, isAbove, RUNG_NAMES } from '../../firmware/rung.ts';
import { allowedRung } from '../allowed-rung.ts';
import { climb } from '../climb.ts';
import { settingStates, type CardReading } from '../gates/firmware-gate.ts';
import type { VisitBase } from '../visit-facts.ts';
import { hold, moveTo, stay, type Ruling } from '../visit-step.ts';
import { some, type StageRule } from './stage-rule.ts';

const MOST_HANDS = 3;

/** By hand nobody proves that power was away: settings that are still pending say that it was not, or not long enough. */
const askHandAgain = ({ journal, node, nowMs, spec }: VisitBase, what: string): Ruling | undefined => {
  const { asked } = journal;
  if (asked === undefined || asked.times >= MOST_HANDS) return undefined;
  return moveTo(
    'restart',
    `${node.name} restarted and ${what} is not active: power was not away, or less than ${spec.power.holdSeconds} s`,
    {
      change: { asked: { bootIdBefore: node.bootId, atMs: nowMs, times: asked.times + 1 } },
    },
  );
};

/** The BIOS gives a card room for its VFs when the host starts, so a count that was activated without a start asks for one. */
const ROOM_SETTINGS: readonly string[] = ['NUM_OF_VFS', 'SRIOV_EN'];

const needsEnumeration = ({ journal, spec, group }: VisitBase): boolean =>
  highest(journal.tried ?? []) === 'firmware-reset' &&
  isAbove(allowedRung(spec, group), 'firmware-reset') &&
  group.cards.some(({ values }) => Object.keys(values).some((name) => ROOM_SETTINGS.includes(name)));

export const verify: StageRule<'firmware'> = (facts) => {
  const { group, firmware } = facts;
  const states = settingStates(group.cards, firmware);
  const unread = states.find(({ state }) => state === 'unknown');
  if (unread !== undefined) return stay('verify', unreadWords(unread, firmware));
  const moved = states.find(({ state }) => state === 'to-write' || state === 'will-be-lost');
  if (moved !== undefined)
    return hold(
      `${moved.name} of ${moved.pci} is to be ${moved.wanted}, and next boot is ${moved.next} now: something wrote it during the visit`,
      'find out what wrote it, then nicwright resume',
    );
  const pending = states.filter(({ state }) => state === 'staged');
  if (pending.length > 0) {
    const what = some(
      pending.map(({ pci, name, current, wanted }) => `${name} of ${pci} (${current}, wanted ${wanted})`),
    );
    const tried = facts.journal.tried ?? [];
    return (
      askHandAgain(facts, what) ??
      climb(facts, tried, `${what} is not active after a ${RUNG_NAMES[highest(tried)]} of ${facts.node.name}`)
    );
  }
  if (needsEnumeration(facts))
    return moveTo(
      'restart',
      'the firmware runs what is wanted, and the host has to give it room for its VFs: a warm restart is next',
      {
        change: { rung: 'warm', asked: undefined },
      },
    );
  const cards = new Set(states.map(({ pci }) => pci)).size;
  return moveTo(
    'release',
    `current and next boot are what is wanted on ${cards === 1 ? 'the card' : `all ${cards} cards`}`,
  );
};

const unreadWords = (
  { pci, name }: { readonly pci: string; readonly name: string },
  firmware: readonly CardReading[],
): string =>
  `${name} of ${pci} is not read: ${firmware.find((one) => one.pci === pci)?.problem ?? 'the tool gave no answer'}`;
