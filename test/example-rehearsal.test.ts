/** The example that ships with the project is planned and rehearsed from its files alone, as a new user would. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-example-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const nicwright = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['bin/nicwright.mjs', ...args, '--from', 'examples/dgx-incident'], {
    cwd: ROOT,
    encoding: 'utf8',
  });

test('whichever node the operator has drained first, the rehearsal ends well', () => {
  const options = ['--power', 'bmc', '--force', '--delete-emptydir-data', '-o', 'yaml'];
  const plan = nicwright('plan', 'activate-firmware', ...options);
  expect([plan.status, plan.stderr]).toEqual([0, '']);
  const file = path.join(scratch, 'plan.yaml');
  writeFileSync(file, plan.stdout);
  // With seeds 1 and 4 it is the node that is not the canary: it filled the budget, and waited for the canary for ever.
  for (const seed of ['1', '2', '4']) {
    const { status, stdout } = nicwright('rehearse', file, '--seed', seed);
    expect([status, stdout.split('\n')[1]]).toEqual([
      0,
      expect.stringMatching(/^It ends well after .*: every step was carried out and proved\.$/),
    ]);
  }
});
