/** BMCs are opened once, looked up again when it is time, and closed. */
import { expect, test } from 'vitest';
import type { Bmc, PowerState } from '../../core/ports/bmc.ts';
import type { OpenBmc } from '../../core/ports/open-bmc.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { bmcPool } from './bmc-pool.ts';

const MAP = {
  a: { address: 'https://a', username: 'u', password: 'p' },
  b: { address: 'ipmi://b', username: 'u', password: 'p' },
};

const bench = (power: () => Result<PowerState> = () => ok('on')) => {
  let now = 0;
  const events: string[] = [];
  const openBmc: OpenBmc = (node) => {
    events.push(`open ${node}`);
    const bmc: Bmc = {
      where: node,
      power: () => Promise.resolve(power()),
      request: () => Promise.resolve(ok({ answer: 'accepted' })),
      identity: () => Promise.resolve(ok({})),
    };
    return Promise.resolve(ok({ bmc, close: () => Promise.resolve(void events.push(`close ${node}`)) }));
  };
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const pool = bmcPool({ file: { path: 'f', map: MAP } }, openBmc, clock);
  return { pool, events, pass: (ms: number) => void (now += ms) };
};

test('one session a node, renewed after a while, closed at the end', async () => {
  const { pool, events, pass } = bench();
  await pool.bmc('a', 'bmc');
  await pool.bmc('a', 'redfish');
  await pool.bmc('b', 'ipmi');
  expect(events).toEqual(['open a', 'open b']);
  pass(11 * 60_000);
  await pool.bmc('a', 'bmc');
  expect(events).toEqual(['open a', 'open b', 'close a', 'open a']);
  await pool.close();
  expect(events.slice(4).toSorted()).toEqual(['close a', 'close b']);
});

test('a refused account is looked up again a minute later', async () => {
  const { pool, events, pass } = bench(() => fail('bmc-credentials', 'no'));
  const found = await pool.bmc('a', 'bmc');
  if (found.ok) await found.value.power();
  pass(30_000);
  await pool.bmc('a', 'bmc');
  expect(events).toEqual(['open a']);
  pass(40_000);
  await pool.bmc('a', 'bmc');
  expect(events).toEqual(['open a', 'close a', 'open a']);
});

test('another kind than the plan names, and a node that nobody knows', async () => {
  const { pool } = bench();
  expect(await pool.bmc('b', 'redfish')).toMatchObject({
    fault: {
      message: 'The plan switches the power of b by redfish, and its BMC is known by ipmi; plan with --power bmc.',
    },
  });
  expect(await pool.bmc('c', 'bmc')).toMatchObject({ fault: { code: 'bmc-unknown' } });
});
