/**
 * The BMC of a host of the twin: on, off and graceful off and no cycle, as that of a DGX; a request is accepted long before
 * anything is done; powering off lasts, and a host that powers off takes no other request (reference:
 * ipam-maintenance-power.md 4.3 and 4.6). Its answers can be made to be lost (BmcFaults), and it can be of another
 * personality (bmc-personality.ts).
 */
import type { AbleBmc } from '../../core/ports/bmc-abilities.ts';
import type { Bmc, PowerAnswer, PowerRequest, PowerState } from '../../core/ports/bmc.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { drawMs, type Latency } from '../latency.ts';
import { PERSONALITIES, type BmcPersonality } from './bmc-personality.ts';
import type { Host } from './host.ts';
import { seededRandom } from '../seeded-random.ts';
import { uuidFrom } from './uuid.ts';

export type BmcFault =
  /** Nothing is done, and no answer comes. */
  | 'unreachable'
  /** What was asked is done, and the answer is lost. */
  | 'answer-lost'
  /** The request is accepted, and nothing is done. */
  | 'ignored'
  /** The power is read as off where it is not, and as on where it is off. */
  | 'misread'
  /** It restarts, or is overloaded: 503, and nothing is done. */
  | 'busy'
  /** Somebody changed its password. */
  | 'login-refused'
  /** Its certificate is another than the one that is trusted. */
  | 'untrusted'
  /** Its address belongs to another machine. */
  | 'other-host';

export interface BmcFaultRule {
  readonly fault: BmcFault;
  /** Of each call; absent: 1. */
  readonly probability?: number;
  /** The rule ends after so many; absent: never. */
  readonly times?: number;
}

type BmcCall = 'power' | 'request' | 'identity';

/** The one call that a fault is about, where it is not about all. */
const STRIKES_ONLY: Readonly<Partial<Record<BmcFault, BmcCall>>> = {
  ignored: 'request',
  misread: 'power',
  'other-host': 'identity',
};

/** Faults after which nothing was done, and the caller is told why; worded as the Redfish adapter words them. */
const REFUSALS: Readonly<Partial<Record<BmcFault, (where: string) => Result<never>>>> = {
  unreachable: (where) => lost(where),
  busy: (where) => fail('bmc-busy', `${where} answers 503; the BMC is busy or restarting: try again later.`, 'retry'),
  'login-refused': (where) => fail('bmc-credentials', `${where} refuses user name or password; correct them.`),
  untrusted: (where) =>
    fail('bmc-certificate', `The certificate of ${where} has changed; find out why before the new one is trusted.`),
};

const lost = (where: string): Result<never> =>
  fail('bmc-unreachable', `${where} gave no answer; read the power state before anything is asked again.`, 'retry');

export class BmcFaults {
  readonly #random: Random;
  readonly #rules: { readonly rule: BmcFaultRule; left: number }[] = [];
  readonly #onStrike: (fault: BmcFault) => void;

  constructor(random: Random, onStrike: (fault: BmcFault) => void = () => {}) {
    this.#random = random;
    this.#onStrike = onStrike;
  }

  /** From now on; the answer takes the rule back. */
  add(rule: BmcFaultRule): () => void {
    const entry = { rule, left: rule.times ?? Infinity };
    this.#rules.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  strike(call: BmcCall): BmcFault | undefined {
    for (const entry of this.#rules) {
      const { fault, probability = 1 } = entry.rule;
      if (entry.left <= 0 || (STRIKES_ONLY[fault] ?? call) !== call) continue;
      if (probability < 1 && this.#random.next() >= probability) continue;
      entry.left -= 1;
      this.#onStrike(fault);
      return fault;
    }
    return undefined;
  }
}

const refused = (because: string): PowerAnswer => ({ answer: 'refused', because });

const MAIN_REQUESTS: readonly PowerRequest[] = ['on', 'off', 'graceful-off'];

const misread = (power: PowerState): PowerState => (power === 'off' ? 'on' : 'off');

const carryOut = (host: Host, request: PowerRequest, { acCycle }: BmcPersonality): PowerAnswer => {
  const { power } = host;
  const accepted: PowerAnswer = { answer: 'accepted' };
  switch (request) {
    case 'on':
      return host.powerOn() ? accepted : refused(`the host is ${power}`);
    case 'off':
      return host.cutPower() ? accepted : refused(`the host is ${power}`);
    case 'graceful-off':
      if (power !== 'on') return refused(`the host is ${power}`);
      // The button is pressed whether or not an operating system is there to hear of it.
      host.shutDown();
      return accepted;
    case 'ac-cycle':
      if (!acCycle) return refused('this BMC offers no AC cycle');
      return host.acCycle() ? accepted : refused(`the host is ${power}`);
  }
};

/** What gives an answer after a while, unless a fault strikes it first. */
export const faultyAnswers =
  ({ where, clock, random, faults, latency }: FaultyLine) =>
  async <T>(
    call: BmcCall,
    work: (fault: BmcFault | undefined) => T,
    signal: Parameters<Clock['sleep']>[1],
  ): Promise<Result<T>> => {
    const fault = faults.strike(call);
    await clock.sleep(drawMs(latency, random), signal);
    const refusal = fault === undefined ? undefined : REFUSALS[fault];
    if (refusal !== undefined) return refusal(where);
    const value = work(fault);
    return fault === 'answer-lost' ? lost(where) : ok(value);
  };

export interface FaultyLine {
  readonly where: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: BmcFaults;
  readonly latency: Latency;
}

/** The machine beside it: another one, and always the same. It takes no chance from anybody else's stream. */
const seededBy = (host: Host): Random => seededRandom(1, `beside ${host.uuid}`);

export const twinBmc = (host: Host, clock: Clock, random: Random, faults: BmcFaults): Bmc & AbleBmc => {
  const personality = PERSONALITIES[host.spec.bmc ?? 'dgx'];
  const own = { serial: host.serial, uuid: host.uuid };
  const other = { serial: `${host.serial}B`, uuid: uuidFrom(seededBy(host)) };
  const machine = personality.ownHost ? own : other;
  const where = `https://${host.name}-bmc/redfish/v1/Systems/DGX`;
  const line = faultyAnswers({ where, clock, random, faults, latency: personality.answer });
  const answer: typeof line = (call, work, signal) =>
    host.bmcAnswers ? line(call, work, signal) : Promise.resolve(lost(where));
  return {
    where,
    abilities: (options) =>
      answer('identity', () => ({ requests: MAIN_REQUESTS, acCycle: personality.acCycle }), options?.signal),
    power: (options) =>
      answer('power', (fault) => (fault === 'misread' ? misread(host.power) : host.power), options?.signal),
    request: (request, options) =>
      answer(
        'request',
        (fault) =>
          fault === 'ignored' || !personality.carriesOut
            ? { answer: 'accepted' }
            : carryOut(host, request, personality),
        options?.signal,
      ),
    identity: (options) =>
      answer(
        'identity',
        (fault) => ({
          manufacturer: host.spec.platform.manufacturer,
          model: host.spec.platform.product,
          ...(fault === 'other-host' ? other : machine),
        }),
        options?.signal,
      ),
  };
};
