/** One seed is one run: to the byte of its log, in one go or step by step, in this process or in another. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
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

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/nicwright.mjs');

/** What a user sees: the log as the command prints it, from a process of its own. */
const inOtherProcess = async (seed: number, minutes: number): Promise<string> => {
  const args = ['scenario', 'run', 'dgx-rough-night', '--log', '--seed', String(seed), '--until', `${minutes}m`];
  // Exit status 1 says that diagnose found something, which is no failure here.
  const ran = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { timeout: 60_000 }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  return ran.stdout.trimEnd();
};

test('the same seed gives the same log in two processes of their own', { timeout: 60_000 }, async () => {
  const [one, other] = await Promise.all([inOtherProcess(3, 40), inOtherProcess(3, 40)]);
  expect(one).toBe(await inOneGo(3, 40));
  expect(other).toBe(one);
});

test('looking changes nothing', async () => {
  const twin = begin(3);
  for (const minute of [5, 20, 40]) {
    await twin.runUntil(twin.start + minute * MINUTE_MS);
    twin.snapshot();
  }
  expect(twin.log.join('\n')).toBe(await inOneGo(3, 40));
});
