/**
 * The restart, by the rung that is due: a firmware reset by its tool, warm by the host itself, cold and AC by its BMC or by a
 * person's hand. Nothing is asked for unless the drain is proved at that moment; the power machine (core/power) says what to
 * ask a BMC for, and when.
 */
import { RUNG_NAMES } from '../../firmware/rung.ts';
import type { PowerJournal } from '../../power/power-journal.ts';
import type { FactName } from '../visit-facts.ts';
import type { VisitJournal } from '../visit-journal.ts';
import { hold, moveTo, stay, type Ruling } from '../visit-step.ts';
import { rungRefusal } from '../allowed-rung.ts';
import { restartByReset } from './restart-by-reset.ts';
import { notDrained, withTried, type RestartFacts } from './restart-facts.ts';
import { restartByBmc } from './restart-by-bmc.ts';
import { minutes, some } from './stage-rule.ts';

/** Phases in which power may be asked to go: then the drain has to be proved, even where power came back by itself. */
const MAY_CUT: readonly PowerJournal['phase'][] = [
  'on',
  'shutting-down',
  'forcing-off',
  'proving-off',
  'held-off',
  'ac-cycling',
];

export const restartNeeds = ({ rung, power, asked }: VisitJournal): readonly FactName[] => {
  if (rung === 'firmware-reset') return ['pods', 'firmware', 'reset'];
  if (power !== undefined && !MAY_CUT.includes(power.phase)) return ['power'];
  return asked === undefined ? ['pods', 'power'] : ['pods'];
};

const ASK_AGAIN_MS = 15 * 60_000;
const MOST_ASKS = 2;

/** A restart that nobody but the node itself reports on: another boot id, and Ready. */
const awaitBoot = (facts: RestartFacts, how: 'warm' | 'hand'): Ruling => {
  const { nowMs, node, group, journal, spec } = facts;
  const { asked } = journal;
  const begin = (times: number, because: string): Ruling =>
    notDrained(facts) ??
    stay('restart', because, {
      change: { tried: [...withTried(journal)], asked: { bootIdBefore: node.bootId, atMs: nowMs, times } },
      ...(how === 'warm' && { acts: [{ do: 'restart-host' }] }),
    });
  const arms =
    group.dpus.length === 0 || spec.allow.dpuPowerCut
      ? ''
      : `shut down the Arm side of ${some(group.dpus)} (on it: shutdown -h now), `;
  const handWords =
    journal.rung === 'ac'
      ? `${arms}shut ${node.name} down, take its AC power away for 5 min, switch it on`
      : `${arms}switch ${node.name} off, wait ${spec.power.holdSeconds} s, switch it on`;
  if (asked === undefined) return begin(1, how === 'warm' ? 'the host is restarted' : handWords);
  if (node.ready && node.bootId !== '' && node.bootId !== asked.bootIdBefore)
    // A person may have restarted it without taking power away: verify asks once more then.
    return moveTo('verify', 'it is Ready with a new boot id', how === 'warm' ? { change: { asked: undefined } } : {});
  if (how === 'hand')
    return stay(
      'restart',
      node.ready
        ? handWords
        : journal.rung === 'ac'
          ? 'it is down; switch it on once its AC power was away for 5 min'
          : `it is down; switch it on ${spec.power.holdSeconds} s after it was switched off`,
    );
  const waited = nowMs - asked.atMs;
  if (!node.ready || waited < ASK_AGAIN_MS) {
    const limit = spec.power.bootSeconds * 1000;
    return waited < limit
      ? stay('restart', `it restarts since ${minutes(waited)}`, { recheckMs: 10_000 })
      : hold(
          `it did not come back within ${minutes(limit)} of its restart`,
          'look at its console; then nicwright resume',
        );
  }
  if (asked.times < MOST_ASKS) return begin(asked.times + 1, 'it has not restarted, and is asked once more');
  return hold(
    `it was asked ${asked.times} times to restart, and its boot id is the same`,
    'restart it by hand; then nicwright resume',
  );
};

export const restart = (facts: RestartFacts): Ruling => {
  const { journal, node, power } = facts;
  const { rung } = journal;
  if (rung === 'none') return moveTo('verify', 'no restart is due');
  // What has begun is brought to its end: a host that is off has to come back.
  const refused =
    journal.power === undefined && journal.asked === undefined ? rungRefusal(facts.spec, facts.group, rung) : undefined;
  if (refused !== undefined) return hold(refused.because, refused.wayOut);
  if (rung === 'firmware-reset') return restartByReset(facts);
  if (rung === 'warm') return awaitBoot(facts, 'warm');
  const byBmc = rung === 'cold' || (rung === 'ac' && (power?.acCycle !== false || journal.power !== undefined));
  if (byBmc && power?.by === 'bmc') return restartByBmc(facts, power);
  // A BMC that offers no AC cycle leaves it to a person.
  const byHand = power?.by === 'person' || (rung === 'ac' && power?.by === 'bmc') || journal.asked !== undefined;
  if ((rung === 'cold' || rung === 'ac') && byHand) return awaitBoot(facts, 'hand');
  return hold(
    `a ${RUNG_NAMES[rung]} of ${node.name} is due, and nothing here can do it`,
    'plan with --power manual, or with another --rung',
  );
};
