/**
 * The restart, by the rung that is due: warm by the host itself, cold by its BMC or by a person's hand. Nothing is asked for
 * unless the drain is proved at that moment; the power machine (core/power) says what to ask a BMC for, and when.
 */
import { RUNG_NAMES, type Rung } from '../../firmware/rung.ts';
import { nextPowerStep } from '../../power/next-power-step.ts';
import { newPowerJournal, type PowerJournal } from '../../power/power-journal.ts';
import { powerRefusals } from '../../power/power-guards.ts';
import { DEFAULT_POWER, type PowerSettings } from '../../power/power-settings.ts';
import type { RolloutSpec } from '../../model/crd/rollout.ts';
import { isDrained, podRefName, type NodeDrain } from '../node-drain.ts';
import type { FactName, PowerFacts, VisitBase } from '../visit-facts.ts';
import type { VisitJournal } from '../visit-journal.ts';
import { hold, moveTo, stay, type Ruling } from '../visit-step.ts';
import { rungRefusal } from '../allowed-rung.ts';
import { minutes, some } from './stage-rule.ts';

/** Phases in which power may be asked to go: then the drain has to be proved, even where power came back by itself. */
const MAY_CUT: readonly PowerJournal['phase'][] = ['on', 'shutting-down', 'forcing-off', 'proving-off', 'held-off'];

export const restartNeeds = ({ power, asked }: VisitJournal): readonly FactName[] => {
  if (power !== undefined && !MAY_CUT.includes(power.phase)) return ['power'];
  return asked === undefined ? ['pods', 'power'] : ['pods'];
};

interface RestartFacts extends VisitBase {
  readonly pods?: NodeDrain;
  readonly power?: PowerFacts;
}

const settingsOf = ({ power }: Pick<RolloutSpec, 'power'>): PowerSettings => ({
  ...DEFAULT_POWER,
  graceful: power.graceful,
  holdMs: power.holdSeconds * 1000,
  bootMs: power.bootSeconds * 1000,
});

const withTried = ({ tried = [], rung }: VisitJournal): readonly Rung[] =>
  tried.includes(rung) ? tried : [...tried, rung];

/** Why nothing that ends the host's work may be asked for now. */
const notDrained = ({ node, pods }: RestartFacts): Ruling | undefined => {
  if (node.schedulable)
    return hold(
      `somebody uncordoned ${node.name} before its restart`,
      'find out who and why; nicwright resume goes on with cordoning it again',
    );
  if (pods === undefined || isDrained(pods)) return undefined;
  const left = [...pods.refused.map(({ pod }) => pod), ...pods.going.map(({ ref }) => podRefName(ref))];
  return hold(
    `${some(left)} came to ${node.name} after its drain`,
    `see who put it there; nicwright resume drains ${node.name} again`,
  );
};

const ASK_AGAIN_MS = 15 * 60_000;
const MOST_ASKS = 2;

/** A restart that nobody but the node itself reports on: another boot id, and Ready. */
const awaitBoot = (facts: RestartFacts, how: 'warm' | 'hand'): Ruling => {
  const { nowMs, node, journal, spec } = facts;
  const { asked } = journal;
  const begin = (times: number, because: string): Ruling =>
    notDrained(facts) ??
    stay('restart', because, {
      change: { tried: [...withTried(journal)], asked: { bootIdBefore: node.bootId, atMs: nowMs, times } },
      ...(how === 'warm' && { acts: [{ do: 'restart-host' }] }),
    });
  const handWords = `switch ${node.name} off, wait ${spec.power.holdSeconds} s, switch it on`;
  if (asked === undefined) return begin(1, how === 'warm' ? 'the host is restarted' : handWords);
  if (node.ready && node.bootId !== '' && node.bootId !== asked.bootIdBefore)
    // A person may have restarted it without taking power away: verify asks once more then.
    return moveTo('verify', 'it is Ready with a new boot id', how === 'warm' ? { change: { asked: undefined } } : {});
  if (how === 'hand')
    return stay(
      'restart',
      node.ready ? handWords : `it is down; switch it on ${spec.power.holdSeconds} s after it was switched off`,
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

const byBmc = (facts: RestartFacts, { state = 'unknown', guards }: PowerFacts): Ruling => {
  const { nowMs, node, journal, spec } = facts;
  const before = journal.power ?? newPowerJournal(nowMs, node.bootId);
  const step = nextPowerStep(
    before,
    { nowMs, power: state, node: { ready: node.ready, bootId: node.bootId } },
    settingsOf(spec),
  );
  const endsWork = step.request === 'off' || step.request === 'graceful-off';
  if (endsWork) {
    const stopped = notDrained(facts);
    if (stopped !== undefined) return stopped;
    const [refusal] = powerRefusals({
      ...guards,
      node: node.name,
      drained: facts.pods === undefined ? 'unknown' : isDrained(facts.pods),
      cutDpuPower: spec.allow.dpuPowerCut,
    });
    if (refusal !== undefined)
      return refusal.guard === 'reachable'
        ? stay('restart', refusal.because, { recheckMs: 15_000 })
        : hold(refusal.because, refusal.wayOut);
  }
  if (step.request === 'off' && before.phase === 'shutting-down' && !spec.power.force)
    return hold(
      `it did not shut down within ${minutes(DEFAULT_POWER.gracefulMs)}, and the plan does not allow to cut its power`,
      'shut it down by hand, or plan without --no-force-off',
    );
  const { phase } = step.journal;
  if (phase === 'failed')
    return hold(step.because, `nicwright power check ${node.name}; then nicwright resume`, {
      change: { power: step.journal },
    });
  if (phase === 'returned') return moveTo('verify', step.because, { change: { power: undefined } });
  return stay('restart', step.because, {
    change: { power: step.journal, tried: [...withTried(journal)] },
    ...(step.request !== undefined && { acts: [{ do: 'power', request: step.request }] }),
    // Off is read often, since it has to be proved; a boot takes minutes.
    recheckMs: phase === 'booting' ? 15_000 : (step.recheckMs ?? 5_000),
  });
};

export const restart = (facts: RestartFacts): Ruling => {
  const { journal, node, power } = facts;
  const { rung } = journal;
  if (rung === 'none') return moveTo('verify', 'no restart is due');
  // What has begun is brought to its end: a host that is off has to come back.
  const refused =
    journal.power === undefined && journal.asked === undefined ? rungRefusal(facts.spec, facts.group, rung) : undefined;
  if (refused !== undefined) return hold(refused.because, refused.wayOut);
  if (rung === 'warm') return awaitBoot(facts, 'warm');
  if (rung === 'cold' && power?.by === 'bmc') return byBmc(facts, power);
  if ((rung === 'cold' || rung === 'ac') && (power?.by === 'person' || journal.asked !== undefined))
    return awaitBoot(facts, 'hand');
  return hold(
    `a ${RUNG_NAMES[rung]} of ${node.name} is due, and nothing here can do it`,
    'plan with --power manual, or with another --rung',
  );
};
