/** What `start` and `twin serve` say, and what they hand on to be served. */
import { expect, test } from 'vitest';
import { ok } from '../../../core/result.ts';
import { emptySnapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext, type FakeInput } from '../../../testing/fake-command-context.ts';
import type { Command, CommandContext, OptionValues, ServeTwinRequest } from '../command.ts';
import { plainPaint } from '../paint.ts';
import start from './start.ts';
import twinServe from './twin-serve.ts';

const DEFAULTS = { speed: '60x', scenario: 'dgx-cold-restart' };

const run = async (command: Command, options: OptionValues, input: FakeInput = {}) => {
  const requests: ServeTwinRequest[] = [];
  const context: CommandContext = {
    ...fakeCommandContext(input),
    serveTwin: async (request) => {
      requests.push(request);
      return ok({ url: 'https://127.0.0.1:1', kubeconfigFile: '/tmp/k', ended: Promise.resolve() });
    },
  };
  const outcome = await command.run(context, [], { ...DEFAULTS, ...options });
  return { outcome, requests, text: outcome.ok ? outcome.value.text(plainPaint) : outcome.fault.message };
};

test('start prints the diagnosis, then where the API listens and what to try', async () => {
  const { outcome, requests, text } = await run(start, {});
  expect(outcome).toMatchObject({ ok: true, value: { exit: 0 } });
  expect(text.indexOf('[cold-restart-pending]')).toBeGreaterThan(0);
  expect(text.indexOf('https://127.0.0.1:1')).toBeGreaterThan(text.indexOf('[cold-restart-pending]'));
  expect(text).toContain('60 times as fast as real time');
  expect(text).toContain('export KUBECONFIG=/tmp/k\n');
  expect(requests).toMatchObject([{ speed: 60, port: 0 }]);
});

test('start --once prints the diagnosis and serves nothing', async () => {
  const { outcome, requests, text } = await run(start, { once: true });
  expect(text).toContain('[cold-restart-pending]');
  expect(requests).toEqual([]);
  expect(outcome).not.toHaveProperty('value.goesOn');
});

test('another scenario, port, folder and speed are handed on', async () => {
  const { requests } = await run(twinServe, { scenario: 'dgx-reimage', port: '6443', dir: 'x', speed: 'max' });
  expect(requests).toMatchObject([{ speed: 'max', port: 6443, folder: 'x' }]);
});

test('files are served as they are, and what could not be read of them is told', async () => {
  const snapshot = { ...emptySnapshot, sources: ['dump'], gaps: [{ what: 'dump/a', because: 'the file is empty' }] };
  const { outcome, requests } = await run(twinServe, { from: ['dump'] }, { snapshot });
  expect(outcome).toMatchObject({ ok: true, value: { data: { of: 'dump', url: 'https://127.0.0.1:1' } } });
  expect(requests).toHaveLength(1);
});

// prettier-ignore
test.each([
  [{ speed: 'fast' }, '--speed takes real, max, or a number of times such as 60x, not fast.'],
  [{ port: 'x' }, '--port takes a number up to 65535, not x.'],
  [{ port: '70000' }, '--port takes a number up to 65535, not 70000.'],
  [{ scenario: 'none' }, 'there is no scenario none; there are'],
])('%j is refused with the way out', async (options, why) => {
  for (const command of [start, twinServe]) {
    const { outcome, requests, text } = await run(command, options);
    expect(outcome).toMatchObject({ ok: false, fault: { code: 'usage' } });
    expect(text).toContain(why);
    expect(requests).toEqual([]);
  }
});
