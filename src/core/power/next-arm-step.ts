/**
 * Brings the Arm sides of a host's BlueFields down before its power goes: each is asked to shut down, and proved down by three
 * reads in a row. Journal and readings in; new journal, the cards to ask now, and the sentence out. The caller writes the
 * journal before it asks, and cuts no power until all are down.
 */
import type { ArmState } from '../ports/arm-side.ts';
import type { ArmJournal } from './arm-journal.ts';

export interface ArmSeen {
  readonly card: string;
  readonly state: ArmState;
  /** What was read, or why nothing was. */
  readonly said: string;
  /** Nothing is read until a person mends it: waiting does not help. */
  readonly isBroken?: boolean;
}

export interface ArmStep {
  readonly journal: readonly ArmJournal[];
  /** `stuck`: a person has to help. */
  readonly is: 'down' | 'under way' | 'stuck';
  /** Cards whose Arm side is to be asked to shut down now. */
  readonly ask: readonly string[];
  readonly because: string;
}

const MINUTE = 60_000;
const READS = 3;
/** A shutdown ends within 15 s, says NVIDIA; containers that are stopped on the way take longer, and the BMC sees it late. */
const DOWN_MS = 5 * MINUTE;
const ASKS = 2;
/** The longest time without an answer. */
export const SILENT_MS = 15 * MINUTE;

interface OneStep extends Pick<ArmStep, 'is' | 'because'> {
  readonly journal: ArmJournal;
  readonly asks?: true;
}

const minutes = (ms: number): string => `${Math.round(ms / MINUTE)} min`;

const isProved = ({ downReads }: ArmJournal): boolean => downReads >= READS;

const whenUnknown = (journal: ArmJournal, { card, said, isBroken }: ArmSeen, nowMs: number): OneStep => {
  // It was proved down, and starts by itself only with its host.
  if (isProved(journal)) return { journal, is: 'down', because: `the Arm side of ${card} was proved down` };
  const silentSinceMs = journal.silentSinceMs ?? nowMs;
  const waits = nowMs - silentSinceMs;
  const because = `whether the Arm side of the BlueField ${card} is down is not known: ${said}`;
  if (isBroken === true) return { journal, is: 'stuck', because };
  return {
    journal: { ...journal, downReads: 0, silentSinceMs },
    is: waits < SILENT_MS ? 'under way' : 'stuck',
    because: waits < SILENT_MS ? because : `${because}, for ${minutes(waits)}`,
  };
};

const whenUp = (journal: ArmJournal, { card, said }: ArmSeen, nowMs: number): OneStep => {
  const { asked } = journal;
  const isDue = asked === undefined || nowMs - asked.atMs >= DOWN_MS;
  const times = asked?.times ?? 0;
  const awake = { ...journal, downReads: 0 };
  if (!isDue)
    return {
      journal: awake,
      is: 'under way',
      because: `the Arm side of the BlueField ${card} was asked to shut down, and reads ${said}`,
    };
  if (times >= ASKS)
    return {
      journal: awake,
      is: 'stuck',
      because: `the Arm side of the BlueField ${card} was asked ${times} times to shut down and still reads ${said}`,
    };
  return {
    journal: { ...awake, asked: { atMs: nowMs, times: times + 1 } },
    is: 'under way',
    asks: true,
    because: `the Arm side of the BlueField ${card} is asked to shut down before power goes`,
  };
};

const one = (before: ArmJournal, seen: ArmSeen, nowMs: number, mayAsk: boolean): OneStep => {
  if (seen.state === 'unknown') return whenUnknown(before, seen, nowMs);
  const { silentSinceMs: _silent, ...journal } = before;
  if (seen.state === 'up') {
    const step = whenUp(journal, seen, nowMs);
    return step.asks !== true || mayAsk
      ? step
      : { journal: { ...journal, downReads: 0 }, is: 'under way', because: `the Arm side of ${seen.card} is up` };
  }
  const downReads = Math.min(READS, journal.downReads + 1);
  return {
    journal: { ...journal, downReads },
    is: downReads >= READS ? 'down' : 'under way',
    because: `the Arm side of the BlueField ${seen.card} was read as down ${downReads} of ${READS} times`,
  };
};

/** `seen` has one entry for each BlueField that counts; none: nothing has to go down. */
export const nextArmStep = (before: readonly ArmJournal[], seen: readonly ArmSeen[], nowMs: number): ArmStep => {
  const journalOf = (card: string): ArmJournal => before.find((arm) => arm.card === card) ?? { card, downReads: 0 };
  // Where one of them cannot be told no power is cut, so the others need not go down for it.
  const unknown = seen.filter(({ card, state }) => state === 'unknown' && !isProved(journalOf(card)));
  const steps = seen.map((arm) => one(journalOf(arm.card), arm, nowMs, unknown.length === 0));
  const worst =
    steps.find(({ is }) => is === 'stuck') ??
    steps.find(({ journal }) => unknown.some(({ card }) => card === journal.card)) ??
    steps.find(({ is }) => is === 'under way');
  return {
    journal: steps.map(({ journal }) => journal),
    is: worst?.is ?? 'down',
    ask: steps.flatMap(({ asks, journal }) => (asks === true ? [journal.card] : [])),
    because: worst?.because ?? 'the Arm sides of its BlueFields are proved down',
  };
};
