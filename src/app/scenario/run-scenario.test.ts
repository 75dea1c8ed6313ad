/** A scenario as the command runs it: to a time, with faults drawn by the seed. */
import { expect, test } from 'vitest';
import { runScenario } from './run-scenario.ts';

const run = async (options: Parameters<typeof runScenario>[0]) => {
  const ran = await runScenario(options);
  if (!ran.ok) throw new Error(ran.fault.message);
  return ran.value;
};

test('faults are drawn by the seed, and told by how often they struck', async () => {
  const options = { name: 'dgx-cold-restart-cured', seed: 3, minutes: 60, faults: 20 };
  const [one, other] = [await run(options), await run(options)];
  expect(one.faults.length).toBeGreaterThan(2);
  expect(other.log).toEqual(one.log);
  const told = one.log.filter((line) => line.includes(' fault ')).length;
  expect(one.faults.reduce((sum, { strikes }) => sum + strikes, 0)).toBe(told);
});

test('without them nothing goes wrong that the scenario does not say', async () => {
  const { faults, steps, minutes } = await run({ name: 'dgx-numvfs-16', seed: 1, minutes: 10 });
  expect(faults).toEqual([]);
  expect(steps.map(({ atMinutes }) => atMinutes)).toEqual([5]);
  expect(minutes).toBe(10);
});

test('an unknown scenario is answered with those that there are', async () => {
  const ran = await runScenario({ name: 'nope', seed: 1 });
  expect(ran).toMatchObject({ ok: false, fault: { code: 'usage' } });
  expect(!ran.ok && ran.fault.message).toContain('dgx-cold-restart');
});
