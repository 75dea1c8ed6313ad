/** One seed is one run: to the byte of its log, in one go or step by step, whatever happens in between outside the twin. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { scenarioNamed } from './scenarios/scenarios.ts';
import { createTwin, type Twin } from './twin.ts';

const MINUTE_MS = 60_000;

const begin = (seed: number): Twin => {
  const scenario = scenarioNamed('dgx-rough-night');
  if (scenario === undefined) throw new Error('the scenario is gone');
  return createTwin(scenario, seed);
};

const inOneGo = async (seed: number, minutes: number): Promise<string> => {
  const twin = begin(seed);
  await twin.runUntil(twin.start + minutes * MINUTE_MS);
  return twin.log.join('\n');
};

test('the same seed gives the same log at another speed, beside another twin', async () => {
  const whole = await inOneGo(3, 40);
  const slow = begin(3);
  const other = begin(4);
  for (let minute = 1; minute <= 40; minute += 1) {
    await slow.runUntil(slow.start + minute * MINUTE_MS);
    await other.runUntil(other.start + minute * MINUTE_MS);
    if (minute % 10 === 0) await pause(1);
  }
  expect(slow.log.join('\n')).toBe(whole);
  expect(other.log.join('\n')).not.toBe(whole);
  expect(slow.log.length).toBeGreaterThan(300);
});

test('looking changes nothing', async () => {
  const twin = begin(3);
  for (const minute of [5, 20, 40]) {
    await twin.runUntil(twin.start + minute * MINUTE_MS);
    twin.snapshot();
  }
  expect(twin.log.join('\n')).toBe(await inOneGo(3, 40));
});
