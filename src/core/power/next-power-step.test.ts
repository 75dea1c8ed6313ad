import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PowerRequest, PowerState } from '../ports/bmc.ts';
import { nextPowerStep, type PowerReading } from './next-power-step.ts';
import { newPowerJournal, type PowerJournal } from './power-journal.ts';
import { DEFAULT_POWER, type PowerSettings } from './power-settings.ts';

const SETTINGS: PowerSettings = { ...DEFAULT_POWER, pollMs: 5_000 };
const journal = (more: Partial<PowerJournal> = {}): PowerJournal => ({ ...newPowerJournal(0, 'boot-1'), ...more });
const old = { ready: true, bootId: 'boot-1' };

// prettier-ignore
test.for<[string, Partial<PowerJournal>, Partial<PowerReading>, { phase: string; request?: PowerRequest; says: string }]>([
  ['begins gracefully', {}, { power: 'on', node: old }, { phase: 'shutting-down', request: 'graceful-off', says: 'shut down' }],
  ['cuts power when the shutdown takes too long', { phase: 'shutting-down', sinceMs: 0 }, { nowMs: 600_000, power: 'on' }, { phase: 'forcing-off', request: 'off', says: 'no shutdown within 600 s' }],
  ['powering-off is not off', { phase: 'forcing-off', asked: { request: 'off', atMs: 0, times: 1 } }, { nowMs: 10_000, power: 'powering-off' }, { phase: 'forcing-off', says: 'not read yet' }],
  ['one read of off proves nothing', { phase: 'forcing-off' }, { power: 'off' }, { phase: 'proving-off', says: '1 of 3' }],
  ['three reads in a row prove it', { phase: 'proving-off', offReads: 2 }, { power: 'off' }, { phase: 'held-off', says: 'proved by 3 reads' }],
  ['a contradiction begins anew', { phase: 'proving-off', offReads: 2 }, { power: 'on' }, { phase: 'forcing-off', request: 'off', says: 'power is cut' }],
  ['holds', { phase: 'held-off', offReads: 3 }, { nowMs: 59_000, power: 'off' }, { phase: 'held-off', says: 'another 1 s' }],
  ['and powers on', { phase: 'held-off', offReads: 3 }, { nowMs: 60_000, power: 'off' }, { phase: 'powering-on', request: 'on', says: 'held for 60 s' }],
  ['power that comes by itself is cut once', { phase: 'held-off', offReads: 3 }, { nowMs: 9_000, power: 'on' }, { phase: 'forcing-off', request: 'off', says: 'by itself' }],
  ['and the second time it has failed', { phase: 'held-off', offReads: 3, unwantedOn: 1 }, { nowMs: 9_000, power: 'on' }, { phase: 'failed', says: 'somebody else' }],
  ['on again without effect is asked again', { phase: 'powering-on', asked: { request: 'on', atMs: 0, times: 1 } }, { nowMs: 180_000, power: 'off' }, { phase: 'powering-on', request: 'on', says: 'again' }],
  ['and fails in the end', { phase: 'powering-on', asked: { request: 'on', atMs: 0, times: 3 } }, { nowMs: 180_000, power: 'off' }, { phase: 'failed', says: '3 times' }],
  ['the old boot id is no new boot', { phase: 'booting' }, { nowMs: 60_000, power: 'on', node: old }, { phase: 'booting', says: 'boots since' }],
  ['Ready with a new boot id is', { phase: 'booting' }, { nowMs: 60_000, power: 'on', node: { ready: true, bootId: 'boot-2' } }, { phase: 'returned', says: 'new boot id' }],
  ['a host that never comes back', { phase: 'booting' }, { nowMs: 2_700_000, power: 'on' }, { phase: 'failed', says: 'console' }],
  ['unknown freezes', { phase: 'forcing-off', asked: { request: 'off', atMs: 0, times: 1 } }, { nowMs: 999_999_999, power: 'unknown' }, { phase: 'forcing-off', says: 'nothing is done' }],
  ['and is an alarm after five', { phase: 'held-off', unanswered: 4 }, { nowMs: 1, power: 'unknown' }, { phase: 'held-off', says: 'is the BMC reachable' }],
])('%s', ([, given, reading, expected]) => {
  const step = nextPowerStep(journal(given), { nowMs: 0, power: 'on', ...reading }, SETTINGS);
  expect({ phase: step.journal.phase, request: step.request }).toEqual({ phase: expected.phase, request: expected.request });
  expect(step.because).toContain(expected.says);
});

/** A host and a BMC that may lie, lose answers and be slow; the machine is killed and resumed at any step. */
const host = fc.record({
  answers: fc.array(fc.constantFrom('true', 'true', 'true', 'lost', 'lie'), { minLength: 20, maxLength: 200 }),
  ignoresOff: fc.boolean(),
  shutsDown: fc.boolean(),
});

test('power is asked for only after off was read three times in a row and held, and off is never assumed', () => {
  let returned = 0;
  fc.assert(
    fc.property(host, fc.infiniteStream(fc.nat(20_000)), ({ answers, ignoresOff, shutsDown }, gaps) => {
      let state: PowerJournal = journal();
      let truth: PowerState = 'on';
      let bootId = 'boot-1';
      let now = 0;
      let offInARow = 0;
      let provedAt: number | undefined;
      for (const answer of answers) {
        now += 1000 + (gaps.next().value ?? 0);
        const told: PowerState = answer === 'lie' ? (truth === 'on' ? 'off' : 'on') : truth;
        const power = answer === 'lost' ? ('unknown' as const) : told;
        if (power === 'off') offInARow += 1;
        else if (power !== 'unknown') offInARow = 0;
        if (offInARow >= 3) provedAt ??= now;
        else provedAt = undefined;
        // A crash: what is left is the journal as it was written.
        state = JSON.parse(JSON.stringify(state)) as PowerJournal;
        const step = nextPowerStep(state, { nowMs: now, power, node: { ready: truth === 'on', bootId } }, SETTINGS);
        if (step.request === 'on' && state.phase === 'held-off')
          expect(provedAt !== undefined && now - provedAt >= SETTINGS.holdMs).toBe(true);
        if (step.request === 'off' && !ignoresOff) truth = 'off';
        if (step.request === 'graceful-off' && shutsDown) truth = 'off';
        if (step.request === 'on' && truth === 'off') {
          truth = 'on';
          bootId = `boot-${now}`;
        }
        state = step.journal;
        if (state.phase === 'returned') expect(bootId).not.toBe('boot-1');
      }
      if (state.phase === 'returned') returned += 1;
    }),
    { numRuns: 400 },
  );
  expect(returned).toBeGreaterThan(50);
});
