/**
 * A firmware reset (mstfwreset level 3) of every card on which something waits: the lowest rung that activates settings, on a
 * host that runs on. VFs go first, a driver that a pod brought is left to that pod, and a BlueField in DPU mode is never
 * reset from its host (reference: sriov.md 3.2, ipam-maintenance-power.md 4.9).
 */
import { cardOf } from '../../model/pci-address.ts';
import { climb } from '../climb.ts';
import { settingStates } from '../gates/firmware-gate.ts';
import type { ResetFacts } from '../visit-facts.ts';
import { hold, moveTo, stay, type Ruling } from '../visit-step.ts';
import { notDrained, withTried, type RestartFacts } from './restart-facts.ts';
import { minutes, some } from './stage-rule.ts';

/** An answer that has not come by then was lost, or the process that waited for it is gone. */
const LOST_ANSWER_MS = 6 * 60_000;
const UNREAD_MS = 15 * 60_000;
const MOST_ASKS = 2;

/** Why these cards are not reset from here. */
const refusal = (
  pending: readonly string[],
  dpus: readonly string[],
  { cards, users }: ResetFacts,
): string | undefined => {
  const dpu = pending.find((pci) => dpus.includes(cardOf(pci)));
  if (dpu !== undefined) return `${dpu} is a BlueField in DPU mode, whose firmware is not reset from its host`;
  for (const pci of pending) {
    const card = cards.find((one) => one.pci === pci);
    if (card?.level3 !== true)
      return card?.level3 === false
        ? `mstfwreset says that ${pci} does not support level 3`
        : `whether ${pci} supports a reset is not told: ${card?.said ?? 'it was not asked'}`;
  }
  return users.length === 0 ? undefined : `${some(users)} would lose VFs, and stays through a drain`;
};

const begin = (facts: RestartFacts, pending: readonly string[], reset: ResetFacts): Ruling => {
  const { nowMs, node, journal, group } = facts;
  const stopped = notDrained(facts);
  if (stopped !== undefined) return stopped;
  const tried = withTried(journal);
  const refused = refusal(pending, group.dpus, reset);
  if (refused !== undefined) return climb(facts, tried, `no firmware reset of ${node.name}: ${refused}`);
  const withVfs = reset.cards.filter(({ pci }) => pending.includes(pci)).flatMap((card) => card.withVfs);
  const skipDriver = reset.driverPod !== undefined;
  const driver = skipDriver ? `; the driver is left to ${reset.driverPod}` : '';
  return stay('restart', `the firmware of ${some(pending)} is reset${driver}`, {
    change: {
      tried: [...tried],
      asked: { bootIdBefore: node.bootId, atMs: nowMs, times: (journal.asked?.times ?? 0) + 1 },
    },
    acts: [
      ...withVfs.map((pci) => ({ do: 'clear-vfs' as const, pci })),
      ...pending.map((pci) => ({ do: 'reset-firmware' as const, pci, level: 3 as const, skipDriver })),
    ],
  });
};

export const restartByReset = (facts: RestartFacts): Ruling => {
  const { nowMs, node, journal, group, firmware = [], reset } = facts;
  const { asked } = journal;
  if (asked?.answer?.done === false)
    return climb(facts, withTried(journal), `the firmware reset of ${node.name} was refused: ${asked.answer.said}`);
  const states = settingStates(group.cards, firmware);
  const unread = states.find(({ state }) => state === 'unknown');
  if (unread !== undefined) {
    const problem = firmware.find(({ pci }) => pci === unread.pci)?.problem ?? 'the tool gave no answer';
    const waited = nowMs - (asked?.atMs ?? journal.sinceMs);
    const words = `the firmware of ${unread.pci} does not tell ${unread.name}: ${problem}`;
    return waited < UNREAD_MS
      ? stay('restart', words, { recheckMs: 10_000 })
      : hold(`${words}, since ${minutes(waited)}`, 'look at the card (dmesg, lspci); then nicwright resume');
  }
  const pending = [...new Set(states.filter(({ state }) => state !== 'active').map(({ pci }) => pci))];
  if (pending.length === 0 || asked?.answer?.done === true)
    return moveTo('verify', 'the firmware was reset', { change: { asked: undefined } });
  if (asked !== undefined) {
    if (nowMs - asked.atMs < LOST_ANSWER_MS)
      return stay('restart', 'a firmware reset was asked for, and what came of it is not known yet');
    if (asked.times >= MOST_ASKS)
      return moveTo('verify', 'a firmware reset was asked for twice without an answer', {
        change: { asked: undefined },
      });
  }
  if (reset === undefined) return stay('restart', 'what a firmware reset would meet was not read');
  return begin(facts, pending, reset);
};
