/** A second way to a host that tells something else keeps the visit at its gate, and nothing is touched. */
import { expect, test } from 'vitest';
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { dig, digList, digText } from '../../core/model/dig.ts';
import { EVENTS, NODES } from '../../core/model/kube-resource.ts';
import type { HostTools } from '../../core/ports/host-tools.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { VISIT_KEY } from '../../core/visit/visit-journal.ts';
import type { Twin } from '../../twin/twin.ts';
import { carryOn } from './carry-on.ts';
import { STAGED, stagedTwin, submitStaged } from './staged-twin.ts';
import { twinApi, twinPorts } from './twin-ports.ts';

const MINUTE = 60_000;
const PCI = STAGED.one;

const begin = async (): Promise<Twin> => {
  const twin = await stagedTwin();
  await submitStaged(twin);
  return twin;
};

const withSecond = (twin: Twin, second: () => Result<HostTools>): RolloutPorts => ({
  ...twinPorts(twin),
  secondTools: () => Promise.resolve(second()),
});

/** The host's own answers, with some text of them changed. */
const telling = (twin: Twin, change: (output: string) => string): HostTools => {
  const tools = twin.hostTools('a');
  return {
    via: 'exec in Pod/network-operator/daemon',
    ask: async (question, options) => {
      const answer = await tools.ask(question, options);
      return answer.ok ? ok({ ...answer.value, output: change(answer.value.output) }) : answer;
    },
  };
};

const stateOf = async (twin: Twin) => {
  const node = await twinApi(twin).get(NODES, { name: 'a' });
  const rollout = await twinApi(twin).get(ROLLOUTS, { name: 'one' });
  if (!node.ok) throw new Error(node.fault.message);
  if (!rollout.ok) throw new Error(rollout.fault.message);
  return {
    isTouched:
      dig(node.value, 'spec', 'unschedulable') === true || VISIT_KEY in (node.value.metadata.annotations ?? {}),
    blocked: digList(rollout.value, 'status', 'blocked'),
  };
};

const saidOf = async (twin: Twin): Promise<string> => {
  const events = await twinApi(twin).list(EVENTS);
  return events.ok ? events.value.items.map((event) => String(event['message'])).join('\n') : events.fault.message;
};

test('it waits at the gate while they differ, and goes on once they do not', async () => {
  const twin = await begin();
  const old = (output: string): string => output.replace(/(NUM_OF_VFS\s+\S+\s+)\S+(\s+)8/, '$18$28');
  await carryOn(
    twin,
    10 * MINUTE,
    withSecond(twin, () => ok(telling(twin, old))),
  );
  const { isTouched, blocked } = await stateOf(twin);
  expect(isTouched).toBe(false);
  const [message] = blocked.map((flight) => digText(flight, 'message'));
  expect(message).toMatch(
    /two ways to its host answer differently: current of NUM_OF_VFS on 0000:18:00\.0 is 16 by .+ and 8 by exec in Pod/,
  );
  expect(message).toContain('mstconfig -d 0000:18:00.0 -e query');
  await carryOn(
    twin,
    60 * MINUTE,
    withSecond(twin, () => ok(telling(twin, (output) => output))),
  );
  expect(twin.hosts.get('a')?.adapterOf(PCI)?.current('NUM_OF_VFS')).toBe('8');
  expect(await saidOf(twin)).toMatch(/its firmware reads the same by .+ and by exec in Pod/);
});

test('a second way that gives no answer stops nothing, and is said', async () => {
  const twin = await begin();
  const second = () => fail('kube-forbidden', 'you may not run commands in pods here.');
  await carryOn(twin, 60 * MINUTE, withSecond(twin, second));
  expect(twin.hosts.get('a')?.adapterOf(PCI)?.current('NUM_OF_VFS')).toBe('8');
  expect(await saidOf(twin)).toMatch(/the answers by .+ were not compared: you may not run commands in pods here\./);
});
