/** What is refused is said where a person looks: on the node and in the Rollout, while the visit waits and when it is held. */
import { expect, test } from 'vitest';
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { fail, ok } from '../../core/result.ts';
import { readJournal, VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';
import type { Twin } from '../../twin/twin.ts';
import { changeRollout } from '../apply/rollouts.ts';
import { carryOn } from './carry-on.ts';
import { STAGED, stagedTwin, submitStaged } from './staged-twin.ts';
import { twinApi, twinPorts } from './twin-ports.ts';

const MINUTE = 60_000;
const PCI = STAGED.one;

const begin = async (rung: 'warm' | 'cold', wanted = '8'): Promise<Twin> => {
  const twin = await stagedTwin();
  await submitStaged(twin, { rung, wanted });
  return twin;
};

const journalOf = async (twin: Twin): Promise<VisitJournal> => {
  const node = await twinApi(twin).get(NODES, { name: 'a' });
  const read = readJournal((node.ok ? node.value.metadata.annotations?.[VISIT_KEY] : undefined) ?? '');
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
};

const heldOf = async (twin: Twin): Promise<unknown> => {
  const found = await twinApi(twin).get(ROLLOUTS, { name: 'one' });
  return found.ok ? (found.value['status'] as { held?: unknown }).held : found.fault;
};

/** Hosts that answer each change with these words and an exit code of 1. */
const refusingHost = (twin: Twin, words: string): RolloutPorts => ({
  ...twinPorts(twin),
  hostChanges: () =>
    Promise.resolve(
      ok({
        via: 'a host that refuses',
        change: (change) =>
          Promise.resolve(
            ok({ command: change.do === 'restart' ? ['systemctl', 'reboot'] : [], output: words, exitCode: 1 }),
          ),
      }),
    ),
});

test('a host that refuses to restart: its words stand on the node at once, and in what holds the visit', async () => {
  const twin = await begin('warm');
  const inhibited = 'Operation inhibited by "backup" (PID 4711), reason is "a backup runs".';
  await carryOn(twin, 4 * MINUTE, refusingHost(twin, inhibited));
  const waiting = await journalOf(twin);
  expect(waiting.stage).toBe('restart');
  expect(waiting.because).toContain(`last answer: "systemctl reboot" on a ended with 1: ${inhibited}`);
  await carryOn(twin, 40 * MINUTE, refusingHost(twin, inhibited));
  const held = await journalOf(twin);
  expect(held.stage).toBe('held');
  expect(held.held?.because).toMatch(/^it was asked 2 times to restart, and its boot id is the same; last answer: /);
  expect(held.held?.because).toContain(inhibited);
  expect(held.refused).toBeUndefined();
  expect(await heldOf(twin)).toMatchObject([{ message: expect.stringContaining(inhibited) }]);
  // The backup has ended, and a person says so: no old word is left.
  await changeRollout(twinApi(twin), 'one', 'resume', twin.clock.now() + MINUTE);
  await carryOn(twin, 40 * MINUTE);
  expect(twin.hosts.get('a')?.adapterOf(PCI)?.current('NUM_OF_VFS')).toBe('8');
});

test('firmware that is not written, in the words of the tool', async () => {
  const twin = await begin('warm', '16');
  await carryOn(twin, 10 * MINUTE, refusingHost(twin, '-E- Failed to write: operation not permitted'));
  expect(await journalOf(twin)).toMatchObject({
    stage: 'tasks',
    because: expect.stringContaining('-E- Failed to write: operation not permitted'),
  });
});

test('a BMC that refuses to switch off, and one that does later', async () => {
  const twin = await begin('cold');
  let refuses = true;
  const bmc = twin.bmc('a');
  const ports: RolloutPorts = {
    ...twinPorts(twin),
    bmc: () =>
      Promise.resolve(
        ok({
          ...bmc,
          where: bmc.where,
          identity: (options) => bmc.identity(options),
          power: (options) => bmc.power(options),
          request: (request, options) =>
            refuses && request !== 'on'
              ? Promise.resolve(ok({ answer: 'refused' as const, because: 'a firmware update is under way' }))
              : bmc.request(request, options),
        }),
      ),
  };
  await carryOn(twin, 4 * MINUTE, ports);
  const waiting = await journalOf(twin);
  expect(waiting.stage).toBe('restart');
  expect(waiting.because).toMatch(/last answer: the BMC of a refuses \S+: a firmware update is under way$/);
  refuses = false;
  let journal = waiting;
  for (let tries = 0; tries < 180 && journal.power?.phase !== 'held-off'; tries += 1) {
    await carryOn(twin, MINUTE / 6, ports);
    journal = await journalOf(twin);
  }
  expect(journal.power?.phase).toBe('held-off');
  expect(journal.because).not.toContain('firmware update');
});

test('where nothing leads to the host the words of the way are kept', async () => {
  const twin = await begin('warm');
  const ports: RolloutPorts = {
    ...twinPorts(twin),
    hostChanges: () => Promise.resolve(fail('host-ssh-denied', 'ssh root@10.3.0.1 does not take our key.', 'wait')),
  };
  await carryOn(twin, 4 * MINUTE, ports);
  expect((await journalOf(twin)).because).toContain('last answer: ssh root@10.3.0.1 does not take our key.');
});
