/** Power by a site's own command: the contract, with a script that keeps the power in a file, and what a command may do wrong. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { powerCommandsSchema, type PowerCommands } from '../../core/power/power-commands.ts';
import { bmcContract } from '../../testing/contracts/bmc.contract.ts';
import { commandBmc } from './command-bmc.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-power-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a site's cluster manager prints, as a program of three lines. */
const SCRIPT = `
const [file, verb, node] = process.argv.slice(2);
const fs = require('node:fs');
if (verb === 'status') console.log(node + ': ' + fs.readFileSync(file, 'utf8'));
else if (verb === 'serial') console.log('serial S-' + node + ' token ' + (process.env.SITE_TOKEN ?? 'none'));
else fs.writeFileSync(file, verb === 'on' ? 'ON' : 'OFF');
`;

const commands = (file: string, more: Partial<PowerCommands> = {}): PowerCommands => {
  const run = (verb: string): string[] => [process.execPath, path.join(folder, 'power.cjs'), file, verb, '{node}'];
  return powerCommandsSchema.parse({
    status: run('status'),
    on: run('on'),
    off: run('off'),
    gracefulOff: run('off'),
    acCycle: run('on'),
    identity: run('serial'),
    patterns: { on: 'ON$', off: 'OFF$', serial: 'serial (\\S+)' },
    timeoutSeconds: 20,
    ...more,
  });
};

const made = (name: string, state: string): string => {
  writeFileSync(path.join(folder, 'power.cjs'), SCRIPT);
  writeFileSync(path.join(folder, name), state);
  return path.join(folder, name);
};

bmcContract(
  'a command of the site',
  async () => ({
    bmc: commandBmc('dgx030', commands(made('contract', 'ON')), { SITE_TOKEN: 'site-secret' }),
    settle: (asked) => asked,
    pause: async () => {},
    expected: { serial: 'S-dgx030' },
    secrets: ['site-secret'],
  }),
  { 'does nothing for a wrong password, and does not repeat it': 'the command logs in by itself' },
);

describe('a command that does not do what it should', () => {
  test.each([
    ['prints nothing that is known', { on: 'UP$', off: 'DOWN$' }, /tells no power state \(dgx030: ON\)/],
    ['prints what reads as two states', { on: 'O', off: 'N' }, /it reads as on and off/],
  ])('%s', async (_, patterns, expected) => {
    const answer = await commandBmc('dgx030', commands(made('odd', 'ON'), { patterns })).power();
    expect(answer).toMatchObject({ ok: false, fault: { message: expect.stringMatching(expected) as string } });
  });

  test('is not there, ends badly, or never ends', async () => {
    const file = made('bad', 'ON');
    const status = async (command: string[], timeoutSeconds = 20) =>
      (await commandBmc('dgx030', commands(file, { status: command, timeoutSeconds })).power()) as {
        fault: { code: string; message: string };
      };
    expect((await status(['/no/such/cmsh'])).fault.code).toBe('program-missing');
    // Off on stdout, and an exit code that says that it is no answer.
    const lying = [process.execPath, '-e', 'console.log("OFF"); process.exitCode = 3'];
    expect((await status(lying)).fault.message).toContain('it is not taken for off');
    expect((await status([process.execPath, '-e', 'setInterval(() => {}, 1000)'], 0.3)).fault.code).toBe(
      'program-timeout',
    );
  });

  test('says no with an exit code of 0', async () => {
    const off = [process.execPath, '-e', 'console.log("Failed: node is locked")'];
    const bmc = commandBmc(
      'dgx030',
      commands(made('no', 'ON'), { off, patterns: { on: 'ON$', off: 'OFF$', refused: '^Failed' } }),
    );
    expect(await bmc.request('off')).toMatchObject({
      value: { answer: 'refused', because: 'the command for off says: Failed: node is locked' },
    });
  });
});

test('a name that is none of a node runs nothing', async () => {
  const file = made('name', 'ON');
  for (const name of ['a; reboot', '$(reboot)', 'a b', '../x', '-h', 'A'])
    expect(await commandBmc(name, commands(file)).request('off')).toMatchObject({ fault: { code: 'bmc-command' } });
  expect(readFileSync(file, 'utf8')).toBe('ON');
});

test('without a command for a request it is refused', async () => {
  const { gracefulOff: _, ...rest } = commands(made('few', 'ON'));
  expect(await commandBmc('dgx030', rest).request('graceful-off')).toMatchObject({
    value: { answer: 'refused', because: 'no command for graceful-off is configured for dgx030' },
  });
});
