/**
 * One step of the power machine of one host: journal and reading in; new journal, at most one request, and the reason out.
 * The caller writes the journal before it makes the request. Whether power may be cut at all (drained, the right host,
 * nobody else's) is decided before this machine is started (power-guards.ts) and not here.
 */
import type { PowerRequest, PowerState } from '../ports/bmc.ts';
import type { PowerFailure, PowerJournal, PowerPhase } from './power-journal.ts';
import type { PowerSettings } from './power-settings.ts';

export interface PowerReading {
  readonly nowMs: number;
  /** `unknown`: no answer came. It freezes the machine and is never read as off. */
  readonly power: PowerState | 'unknown';
  /** As the cluster shows the node; absent when it has none. */
  readonly node?: { readonly ready: boolean; readonly bootId: string };
}

export interface PowerStep {
  readonly journal: PowerJournal;
  readonly request?: PowerRequest;
  readonly because: string;
  /** When to look again; absent at the end. */
  readonly recheckMs?: number;
}

type Known = PowerReading & { readonly power: PowerState };
type Rule = (journal: PowerJournal, reading: Known, settings: PowerSettings) => PowerStep;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const enter = (journal: PowerJournal, phase: PowerPhase, nowMs: number): PowerJournal => {
  const { asked: _asked, ...rest } = journal;
  return { ...rest, phase, sinceMs: nowMs, offReads: phase === 'held-off' ? rest.offReads : 0 };
};

const stay = (journal: PowerJournal, because: string, { pollMs }: PowerSettings): PowerStep => ({
  journal,
  because,
  recheckMs: pollMs,
});

const failed = (journal: PowerJournal, failure: PowerFailure, because: string, nowMs: number): PowerStep => ({
  journal: { ...enter(journal, 'failed', nowMs), failure },
  because,
});

const ask = (
  journal: PowerJournal,
  request: PowerRequest,
  nowMs: number,
  because: string,
  { pollMs }: PowerSettings,
): PowerStep => {
  const times = journal.asked?.request === request ? journal.asked.times + 1 : 1;
  return { journal: { ...journal, asked: { request, atMs: nowMs, times } }, request, because, recheckMs: pollMs };
};

/** Off was read: count it; enough in a row begin the hold. */
const countOff = (journal: PowerJournal, { nowMs }: Known, settings: PowerSettings): PowerStep => {
  const offReads = journal.offReads + 1;
  const base =
    journal.phase === 'proving-off' ? journal : { ...enter(journal, 'proving-off', nowMs), offReads: journal.offReads };
  if (offReads < settings.offReads)
    return stay({ ...base, offReads }, `off was read ${offReads} of ${settings.offReads} times`, settings);
  return stay(
    { ...enter(base, 'held-off', nowMs), offReads },
    `off is proved by ${offReads} reads; it is held for ${seconds(settings.holdMs)}`,
    settings,
  );
};

const cutPower: Rule = (journal, reading, settings) =>
  ask(enter(journal, 'forcing-off', reading.nowMs), 'off', reading.nowMs, 'power is cut', settings);

/** A request that shows no effect in time is made again, and after the last time it has failed. */
const repeat = (
  journal: PowerJournal,
  { nowMs }: Known,
  settings: PowerSettings,
  {
    request,
    withinMs,
    failure,
    what,
  }: { request: PowerRequest; withinMs: number; failure: PowerFailure; what: string },
): PowerStep => {
  const { asked } = journal;
  if (asked?.request !== request) return ask(journal, request, nowMs, `${what} is asked for`, settings);
  if (nowMs - asked.atMs < withinMs)
    return stay(journal, `${what} was asked for ${seconds(nowMs - asked.atMs)} ago and is not read yet`, settings);
  if (asked.times < settings.requests)
    return ask(journal, request, nowMs, `${what} is asked for again: ${seconds(withinMs)} without effect`, settings);
  return failed(
    journal,
    failure,
    `${what} was asked for ${asked.times} times and never read: look at the host and its BMC`,
    nowMs,
  );
};

const MOST_AC_REQUESTS = 2;

const bootedAnew = ({ bootIdBefore }: PowerJournal, { node }: Known): boolean =>
  node !== undefined && node.ready && node.bootId !== '' && node.bootId !== bootIdBefore;

const RULES: Readonly<Record<Exclude<PowerPhase, 'failed' | 'returned'>, Rule>> = {
  on: (journal, reading, settings) => {
    if (reading.power === 'off') return countOff(journal, reading, settings);
    if (!settings.graceful) return cutPower(journal, reading, settings);
    return ask(
      enter(journal, 'shutting-down', reading.nowMs),
      'graceful-off',
      reading.nowMs,
      'the operating system is asked to shut down',
      settings,
    );
  },
  'shutting-down': (journal, reading, settings) => {
    if (reading.power === 'off') return countOff(journal, reading, settings);
    const waited = reading.nowMs - journal.sinceMs;
    if (waited < settings.gracefulMs)
      return stay(journal, `the operating system is shutting down since ${seconds(waited)}`, settings);
    return {
      ...cutPower(journal, reading, settings),
      because: `no shutdown within ${seconds(settings.gracefulMs)}: power is cut`,
    };
  },
  'forcing-off': (journal, reading, settings) => {
    if (reading.power === 'off') return countOff(journal, reading, settings);
    return repeat({ ...journal, offReads: 0 }, reading, settings, {
      request: 'off',
      withinMs: settings.offMs,
      failure: 'off-failed',
      what: 'off',
    });
  },
  'proving-off': (journal, reading, settings) => {
    if (reading.power === 'off') return countOff(journal, reading, settings);
    // Reads that contradict each other prove nothing: begin anew.
    if (reading.power === 'powering-off')
      return stay({ ...journal, offReads: 0 }, 'the BMC says powering off: not off yet', settings);
    return cutPower({ ...journal, offReads: 0 }, reading, settings);
  },
  'held-off': (journal, reading, settings) => {
    const { nowMs, power } = reading;
    if (power !== 'off') {
      if (journal.unwantedOn > 0)
        return failed(
          journal,
          'off-not-kept',
          'power came on by itself a second time while it was held off: somebody else switches this host',
          nowMs,
        );
      return {
        ...cutPower({ ...journal, unwantedOn: 1, offReads: 0 }, reading, settings),
        because: 'power came on by itself while it was held off: it is cut once more',
      };
    }
    const left = settings.holdMs - (nowMs - journal.sinceMs);
    if (left > 0)
      return { journal, because: `off, held for another ${seconds(left)}`, recheckMs: Math.min(settings.pollMs, left) };
    if (settings.acCycle)
      return ask(
        enter(journal, 'ac-cycling', nowMs),
        'ac-cycle',
        nowMs,
        'AC power is taken away for a while',
        settings,
      );
    return ask(
      enter(journal, 'powering-on', nowMs),
      'on',
      nowMs,
      `off was held for ${seconds(settings.holdMs)}: power on`,
      settings,
    );
  },
  'ac-cycling': (journal, reading, settings) => {
    const { nowMs, power } = reading;
    if (power === 'on' || power === 'powering-on')
      return stay(enter(journal, 'booting', nowMs), 'power is on after the AC cycle; the host boots', settings);
    const { asked } = journal;
    const waited = nowMs - (asked?.atMs ?? journal.sinceMs);
    const isBack = journal.bmcWentAway === true;
    if (!isBack && waited < settings.acMs)
      return stay(journal, `an AC cycle was asked for ${seconds(waited)} ago, and shows no effect yet`, settings);
    if (!isBack && (asked?.times ?? 1) < MOST_AC_REQUESTS)
      return ask(
        journal,
        'ac-cycle',
        nowMs,
        `the AC cycle is asked for again: ${seconds(waited)} without effect`,
        settings,
      );
    return ask(
      { ...enter(journal, 'powering-on', nowMs), ...(!isBack && { acUnproved: true as const }) },
      'on',
      nowMs,
      isBack ? 'the BMC is back after the AC cycle: power on' : 'the AC cycle shows no effect: power on',
      settings,
    );
  },
  'powering-on': (journal, reading, settings) => {
    if (reading.power === 'on' || reading.power === 'powering-on')
      return stay(enter(journal, 'booting', reading.nowMs), 'power is on; the host boots', settings);
    return repeat(journal, reading, settings, {
      request: 'on',
      withinMs: settings.onMs,
      failure: 'on-failed',
      what: 'on',
    });
  },
  booting: (journal, reading, settings) => {
    const waited = reading.nowMs - journal.sinceMs;
    if (bootedAnew(journal, reading))
      return { journal: enter(journal, 'returned', reading.nowMs), because: 'the node is Ready with a new boot id' };
    if (waited >= settings.bootMs)
      return failed(
        journal,
        'boot-timeout',
        `the node is not Ready with a new boot id ${seconds(settings.bootMs)} after power on: look at its console`,
        reading.nowMs,
      );
    if (reading.power === 'off')
      return stay(
        enter(journal, 'powering-on', reading.nowMs),
        'power is off again: it is asked for once more',
        settings,
      );
    return stay(journal, `the host boots since ${seconds(waited)}`, settings);
  },
};

/** Never throws; a machine that has returned or failed stays as it is. */
export const nextPowerStep = (journal: PowerJournal, reading: PowerReading, settings: PowerSettings): PowerStep => {
  const { phase } = journal;
  if (phase === 'returned') return { journal, because: 'the host is back' };
  if (phase === 'failed')
    return { journal, because: `the cold restart failed (${journal.failure ?? 'unknown'}): a person has to look` };
  if (reading.power === 'unknown') {
    const unanswered = journal.unanswered + 1;
    const alarm =
      unanswered >= settings.alarmAfter ? `; ${unanswered} reads in a row had no answer: is the BMC reachable?` : '';
    // A node that is back with a new boot id needs no BMC to say that power is on.
    if (phase === 'booting' && bootedAnew(journal, { ...reading, power: 'on' }))
      return { journal: enter(journal, 'returned', reading.nowMs), because: 'the node is Ready with a new boot id' };
    return stay(
      { ...journal, unanswered, ...(phase === 'ac-cycling' && { bmcWentAway: true as const }) },
      `the power state is unknown, so nothing is done (${phase})${alarm}`,
      settings,
    );
  }
  return RULES[phase]({ ...journal, unanswered: 0 }, { ...reading, power: reading.power }, settings);
};
