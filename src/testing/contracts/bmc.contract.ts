/**
 * The one contract suite of Bmc: run against the twin's BMC, Redfish and IPMI emulators, a site's command, and whatever
 * comes. A host must be on when a test begins; time passes by the bench's own clock.
 *
 *     bmcContract('ipmi_sim', async () => bench, { 'title of a test': 'why it has no meaning here' });
 *
 * What has no meaning for an implementation is named with its reason in the title of its suite.
 */
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { AbleBmc } from '../../core/ports/bmc-abilities.ts';
import type { Bmc, BmcIdentity, PowerRequest, PowerState } from '../../core/ports/bmc.ts';
import type { Result } from '../../core/result.ts';

export interface BmcBench {
  readonly bmc: Bmc & Partial<AbleBmc>;
  /** Resolves an answer of the BMC; a virtual clock has to be moved for it. */
  readonly settle: <T>(asked: Promise<T>) => Promise<T>;
  /** Lets some of the host's time pass between two reads. */
  readonly pause: () => Promise<void>;
  /** Waits until an operating system hears of a graceful shutdown. */
  readonly booted?: () => Promise<void>;
  readonly expected: BmcIdentity;
  /** Same host, with a password that is wrong; absent where there is none. */
  readonly intruder?: Bmc;
  /** What must not be found in any answer. */
  readonly secrets: readonly string[];
  readonly stop?: () => Promise<void>;
}

/** More reads than any emulator here needs. */
const READS = 60;

const good = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code}: ${result.fault.message}`);
  return result.value;
};

export const bmcContract = (
  name: string,
  make: () => Promise<BmcBench>,
  without: Readonly<Record<string, string>> = {},
): void => {
  const left = Object.entries(without).map(([title, why]) => `; not "${title}", since ${why}`);
  describe(`${name} keeps the Bmc contract${left.join('')}`, () => {
    let bench: BmcBench;
    beforeEach(async () => {
      bench ??= await make();
      await until('on');
    }, 120_000);
    afterAll(() => bench?.stop?.());

    const it = (title: string, body: () => Promise<void>): void => {
      if (!(title in without)) test(title, { timeout: 120_000 }, body);
    };
    const power = async (): Promise<PowerState> => good(await bench.settle(bench.bmc.power()));
    const ask = async (wanted: PowerRequest) => good(await bench.settle(bench.bmc.request(wanted)));

    const untilRead = async (wanted: 'on' | 'off'): Promise<void> => {
      const reads = new Set<PowerState>();
      for (let read = 0; read < READS; read += 1) {
        const state = await power();
        if (state === wanted) return;
        reads.add(state);
        await bench.pause();
      }
      throw new Error(`${wanted} was never read, only ${[...reads].join(', ')}`);
    };
    const until = async (wanted: 'on' | 'off'): Promise<void> => {
      if ((await power()) === wanted) return;
      await ask(wanted);
      await untilRead(wanted);
    };

    it('says where it is, without a secret', async () => {
      await power();
      expect(bench.bmc.where).not.toBe('');
      for (const secret of bench.secrets) expect(bench.bmc.where).not.toContain(secret);
    });

    it('says whose host it is', async () => {
      expect(good(await bench.settle(bench.bmc.identity()))).toMatchObject(bench.expected);
    });

    it('cuts the power: accepted, and off is read some time later', async () => {
      expect(await ask('off')).toEqual({ answer: 'accepted' });
      await untilRead('off');
      await until('on');
    });

    it('refuses a state that the host is in, and says so', async () => {
      expect(await ask('on')).toMatchObject({ answer: 'refused', because: expect.stringContaining('on') as string });
      await until('off');
      expect(await ask('off')).toMatchObject({ answer: 'refused', because: expect.stringContaining('off') as string });
    });

    it('asks the operating system to shut down', async () => {
      await bench.booted?.();
      expect(await ask('graceful-off')).toEqual({ answer: 'accepted' });
      await untilRead('off');
    });

    it('takes AC power away only where it says that it can', async () => {
      const able = bench.bmc.abilities === undefined ? undefined : good(await bench.settle(bench.bmc.abilities()));
      if (able?.acCycle !== true) {
        expect(await ask('ac-cycle')).toMatchObject({ answer: 'refused' });
        expect(await power()).toBe('on');
        return;
      }
      await until('off');
      expect(await ask('ac-cycle')).toEqual({ answer: 'accepted' });
      // It may lose its own power: no answer is no failure here, and the host comes back by itself or is asked to.
      for (let read = 0; read < READS; read += 1) {
        const state = await bench.settle(bench.bmc.power());
        if (state.ok && state.value === 'on') return;
        await bench.pause();
        if (state.ok && state.value === 'off' && read > READS / 2) await bench.settle(bench.bmc.request('on'));
      }
      throw new Error('the host was never on again after an AC cycle');
    });

    it('does nothing for a wrong password, and does not repeat it', async () => {
      if (bench.intruder === undefined)
        throw new Error('the bench has no intruder; leave this test out with its reason');
      for (const answer of [
        await bench.settle(bench.intruder.power()),
        await bench.settle(bench.intruder.request('off')),
        await bench.settle(bench.intruder.identity()),
      ]) {
        expect(answer).toMatchObject({ ok: false, fault: { code: 'bmc-credentials' } });
        for (const secret of bench.secrets) expect(JSON.stringify(answer)).not.toContain(secret);
      }
      expect(await power()).toBe('on');
    });
  });
};
