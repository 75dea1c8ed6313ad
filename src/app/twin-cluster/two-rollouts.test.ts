/** Two rollouts that want one node, and rollouts that a person ends while a visit of theirs is held. */
import { expect, test } from 'vitest';
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { ROLLOUTS, rolloutStatus, type RolloutStatus } from '../../core/model/crd/rollout.ts';
import { dig } from '../../core/model/dig.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { fail } from '../../core/result.ts';
import { readJournal, VISIT_KEY } from '../../core/visit/visit-journal.ts';
import type { Twin } from '../../twin/twin.ts';
import { changeRollout } from '../apply/rollouts.ts';
import { carryOn } from './carry-on.ts';
import { STAGED, stagedTwin, submitStaged } from './staged-twin.ts';
import { twinApi, twinPorts } from './twin-ports.ts';

const MINUTE = 60_000;
const statusOf = async (twin: Twin, name: string): Promise<RolloutStatus> => {
  const found = await twinApi(twin).get(ROLLOUTS, { name });
  if (!found.ok) throw new Error(found.fault.message);
  return rolloutStatus.parse(found.value['status']);
};

const isComplete = ({ conditions }: RolloutStatus): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

const nodeOf = async (twin: Twin) => {
  const node = await twinApi(twin).get(NODES, { name: 'a' });
  if (!node.ok) throw new Error(node.fault.message);
  const text = node.value.metadata.annotations?.[VISIT_KEY];
  const journal = text === undefined ? undefined : readJournal(text);
  return {
    visit: journal?.ok === true ? journal.value : undefined,
    isCordoned: dig(node.value, 'spec', 'unschedulable') === true,
  };
};

/** Nothing leads to the hosts, so that no firmware is written. */
const noWay = (twin: Twin): RolloutPorts => ({
  ...twinPorts(twin),
  hostChanges: () => Promise.resolve(fail('host-ssh-denied', 'ssh root@10.3.0.1 does not take our key.', 'wait')),
});

test('the second waits for the first, says for whom, is not complete meanwhile, and then has its turn', async () => {
  const twin = await stagedTwin();
  await submitStaged(twin, { name: 'first' });
  await carryOn(twin, 2 * MINUTE);
  await submitStaged(twin, { name: 'second', pci: STAGED.other });
  await carryOn(twin, 3 * MINUTE);
  const waiting = await statusOf(twin, 'second');
  expect(isComplete(waiting)).toBe(false);
  expect(waiting).toMatchObject({ returned: 0, waiting: 1, visiting: [] });
  expect(waiting.blocked).toMatchObject([
    {
      node: 'a',
      message: expect.stringMatching(/^Rollout\/first has it in hand, in stage \w+ -> nicwright status first/),
    },
  ]);
  await carryOn(twin, 180 * MINUTE);
  for (const name of ['first', 'second']) {
    const status = await statusOf(twin, name);
    expect([name, status.returned, isComplete(status)]).toEqual([name, 1, true]);
  }
  // Both changes are active, whichever restart did it.
  for (const pci of [STAGED.one, STAGED.other])
    expect(twin.hosts.get('a')?.adapterOf(pci)?.current('NUM_OF_VFS')).toBe('8');
});

test('aborted while a visit is held before its restart: it turns back by itself', async () => {
  const twin = await stagedTwin();
  await submitStaged(twin, { name: 'first', wanted: '16' });
  await carryOn(twin, 20 * MINUTE, noWay(twin));
  const held = await nodeOf(twin);
  expect(held).toMatchObject({ isCordoned: true, visit: { stage: 'held', held: { from: 'tasks' } } });
  await changeRollout(twinApi(twin), 'first', 'abort', twin.clock.now());
  await carryOn(twin, 10 * MINUTE);
  expect(await nodeOf(twin)).toEqual({ visit: undefined, isCordoned: false });
  expect(await statusOf(twin, 'first')).toMatchObject({ abandoned: 1, held: [] });
});

test('held after its restart it is neither forgotten by an abort nor by a deletion, and resume brings it to its end', async () => {
  const twin = await stagedTwin();
  const api = twinApi(twin);
  await submitStaged(twin, { name: 'first' });
  twin.play([{ fault: 'host-link-narrow', node: 'a', atSeconds: 0, forSeconds: 3600 }]);
  await carryOn(twin, 120 * MINUTE);
  expect((await nodeOf(twin)).visit).toMatchObject({ stage: 'held', held: { from: 'prove' } });
  await changeRollout(api, 'first', 'abort', twin.clock.now());
  await api.delete(ROLLOUTS, { name: 'first' });
  await carryOn(twin, 10 * MINUTE);
  expect((await nodeOf(twin)).visit).toMatchObject({ stage: 'held' });
  // The cure; the person's word then counts, aborted or not.
  twin.act({ do: 'restart', node: 'a' });
  await twin.runUntil(twin.clock.now() + 60 * MINUTE);
  expect(await changeRollout(api, 'first', 'resume', twin.clock.now())).toMatchObject({ ok: true });
  await carryOn(twin, 60 * MINUTE);
  expect(await nodeOf(twin)).toEqual({ visit: undefined, isCordoned: false });
  expect(await api.get(ROLLOUTS, { name: 'first' })).toMatchObject({ ok: false, fault: { code: 'kube-not-found' } });
});
