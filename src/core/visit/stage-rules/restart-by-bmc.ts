/**
 * A cold restart by the host's BMC: the power machine says what to ask for and when; here stand the guards around it (drained,
 * the right host, Arm sides down), and what comes of a BMC that tells nothing.
 */
import type { RolloutSpec } from '../../model/crd/rollout.ts';
import type { PowerState } from '../../ports/bmc.ts';
import { BMC_SILENT_MS, type BmcTrouble } from '../../power/bmc-trouble.ts';
import { nextArmStep } from '../../power/next-arm-step.ts';
import { nextPowerStep, type PowerStep } from '../../power/next-power-step.ts';
import { powerRefusals, type PowerRefusal } from '../../power/power-guards.ts';
import { newPowerJournal, type PowerJournal, type PowerPhase } from '../../power/power-journal.ts';
import { DEFAULT_POWER, type PowerSettings } from '../../power/power-settings.ts';
import { isDrained } from '../node-drain.ts';
import type { PowerFacts } from '../visit-facts.ts';
import { hold, moveTo, stay, type JournalChange, type Ruling } from '../visit-step.ts';
import { notDrained, withTried, type RestartFacts } from './restart-facts.ts';
import { minutes } from './stage-rule.ts';

const settingsOf = ({ power }: Pick<RolloutSpec, 'power'>, acCycle: boolean): PowerSettings => ({
  ...DEFAULT_POWER,
  acCycle,
  graceful: power.graceful,
  holdMs: power.holdSeconds * 1000,
  bootMs: power.bootSeconds * 1000,
});

/** How the host was last known to be: a BMC that tells nothing may leave it so for long. */
const HOST_IS: Readonly<Partial<Record<PowerPhase, string>>> = {
  'shutting-down': 'asked to shut down',
  'forcing-off': 'asked to go off',
  'proving-off': 'off',
  'held-off': 'off',
  'ac-cycling': 'off, and without AC power for a while',
  'powering-on': 'off, or on its way up',
  booting: 'powered on',
};

const goesOn = (node: string, phase: PowerPhase): string => {
  const last = HOST_IS[phase];
  if (last === undefined) return 'then nicwright resume';
  return `${node} was last read as ${last}: nicwright resume goes on with it, and powers it on again`;
};

const refusalsOf = ({ node, pods }: RestartFacts, { guards }: PowerFacts): readonly PowerRefusal[] =>
  powerRefusals({
    ...guards,
    node: node.name,
    drained: pods === undefined ? 'unknown' : isDrained(pods),
  });

/** Whose power is read and switched is proved anew each time: an address may be given to another machine at any time. */
const troubleOf = (facts: RestartFacts, power: PowerFacts): BmcTrouble | undefined => {
  if (power.trouble !== undefined) return power.trouble;
  const other = refusalsOf(facts, power).find(({ guard }) => guard === 'identity');
  return other === undefined ? undefined : { because: other.because, wayOut: other.wayOut, passes: false };
};

/** Waits for what passes, and holds what a person has to mend; a host that boots needs no BMC for it. */
const whenSilent = (
  { nowMs, node, journal, spec }: RestartFacts,
  { because, passes, wayOut }: BmcTrouble,
  { journal: power }: PowerStep,
): Ruling => {
  const { phase } = power;
  const silentSinceMs = journal.silentSinceMs ?? nowMs;
  const waited = nowMs - silentSinceMs;
  const help = `${wayOut}; ${goesOn(node.name, phase)}`;
  const change: JournalChange = { power, silentSinceMs };
  const boots = phase === 'booting' && nowMs - power.sinceMs < spec.power.bootSeconds * 1000;
  if (boots || (passes && waited < BMC_SILENT_MS))
    return {
      ...stay('restart', `the BMC tells nothing, and nothing is asked of it (${phase}): ${because}`, { change }),
      wayOut: help,
      recheckMs: 15_000,
    };
  const since = passes ? `the BMC has told nothing for ${minutes(waited)}; last: ` : '';
  return hold(`${since}${because}`, help, { change });
};

/** Power came by itself while it was held off: the proof of off is void, and so is that of the Arm sides. */
const interrupted = (before: PowerJournal, nowMs: number): PowerJournal =>
  before.phase === 'held-off'
    ? { ...before, phase: 'proving-off', sinceMs: nowMs, offReads: 0, unwantedOn: before.unwantedOn + 1 }
    : { ...before, offReads: 0 };

/** Arm sides of BlueFields go down before the power of their host; undefined: they are down, or the plan cuts it all the same. */
const armsFirst = (facts: RestartFacts, { arms = [] }: PowerFacts, before: PowerJournal): Ruling | undefined => {
  const { nowMs, node, group, journal, spec } = facts;
  if (spec.allow.dpuPowerCut || group.dpus.length === 0) return undefined;
  const seen = group.dpus.map(
    (card) => arms.find((arm) => arm.card === card) ?? { card, state: 'unknown' as const, said: 'it was not read' },
  );
  // Where off was read, the Arm sides start anew with the power that came back.
  const step = nextArmStep(before.offReads > 0 ? [] : (journal.arms ?? []), seen, nowMs);
  if (step.is === 'down') return undefined;
  const change: JournalChange = { arms: [...step.journal], power: interrupted(before, nowMs) };
  if (step.is === 'stuck')
    return hold(
      step.because,
      `shut it down by hand (on it: shutdown -h now), or see to it that its BMC tells (nicwright power check ${node.name}); then nicwright resume. A plan with --cut-dpu-power does not ask. An Arm side that is down starts again with the power of its host`,
      { change },
    );
  return stay('restart', step.because, {
    change,
    acts: step.ask.map((card) => ({ do: 'shut-down-arm' as const, card })),
  });
};

/** Why the host's work must not be ended now. */
const mayNotCut = (facts: RestartFacts, power: PowerFacts, before: PowerJournal): Ruling | undefined => {
  const stopped = notDrained(facts);
  if (stopped !== undefined) return stopped;
  const [refusal] = refusalsOf(facts, power);
  if (refusal !== undefined) return hold(refusal.because, refusal.wayOut);
  return armsFirst(facts, power, before);
};

export const restartByBmc = (facts: RestartFacts, power: PowerFacts): Ruling => {
  const { nowMs, node, journal, spec } = facts;
  const before = journal.power ?? newPowerJournal(nowMs, node.bootId);
  const trouble = troubleOf(facts, power);
  const state: PowerState | 'unknown' = trouble === undefined ? (power.state ?? 'unknown') : 'unknown';
  const step = nextPowerStep(
    before,
    { nowMs, power: state, node: { ready: node.ready, bootId: node.bootId } },
    settingsOf(spec, journal.rung === 'ac'),
  );
  const { phase } = step.journal;
  if (phase === 'returned' && step.journal.acUnproved === true)
    return hold(
      `${node.name} was powered off and on, and nothing shows that its AC power was away: its BMC stayed and its host too`,
      `nicwright power check ${node.name}; then nicwright resume tries again, or plan with --power manual`,
      { change: { power: undefined, arms: undefined, silentSinceMs: undefined } },
    );
  if (phase === 'returned')
    return moveTo('verify', step.because, { change: { power: undefined, arms: undefined, silentSinceMs: undefined } });
  if (trouble !== undefined) return whenSilent(facts, trouble, step);
  if (step.request === 'off' || step.request === 'graceful-off') {
    const stopped = mayNotCut(facts, power, before);
    if (stopped !== undefined) return stopped;
  }
  if (step.request === 'ac-cycle') {
    // Arm sides were proved down before the power of their host went.
    const [refusal] = refusalsOf(facts, power);
    const stopped = notDrained(facts) ?? (refusal === undefined ? undefined : hold(refusal.because, refusal.wayOut));
    if (stopped !== undefined) return stopped;
  }
  if (step.request === 'off' && before.phase === 'shutting-down' && !spec.power.force)
    return hold(
      `it did not shut down within ${minutes(DEFAULT_POWER.gracefulMs)}, and the plan does not allow to cut its power`,
      'shut it down by hand, or plan without --no-force-off',
    );
  if (phase === 'failed')
    return hold(step.because, `nicwright power check ${node.name}; then nicwright resume`, {
      change: { power: step.journal },
    });
  return stay('restart', step.because, {
    change: { power: step.journal, silentSinceMs: undefined, tried: [...withTried(journal)] },
    ...(step.request !== undefined && { acts: [{ do: 'power', request: step.request }] }),
    // Off is read often, since it has to be proved; a boot takes minutes.
    recheckMs: phase === 'booting' ? 15_000 : (step.recheckMs ?? 5_000),
  });
};
