/**
 * `baremetal explain` on recordings of a real Ironic 39 and Neutron 29 in three states (examples/bare-metal, made by
 * test/real/neutron.test.ts), and the readers on what was recorded from Ironic 21 and Neutron 21.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { isMap } from '../src/core/model/dig.ts';
import type { Explanation } from '../src/core/smartnic/explain/explain-node.ts';
import { readBareMetal } from '../src/core/smartnic/readers/read-bare-metal.ts';
import type { CommandOutcome } from '../src/faces/cli/command.ts';
import command from '../src/faces/cli/commands/baremetal-explain.ts';
import { EXIT } from '../src/faces/cli/exit-code.ts';
import { plainPaint } from '../src/faces/cli/paint.ts';
import { fakeCommandContext } from '../src/testing/fake-command-context.ts';
import { hasShared, SHARED, WHERE_ABSENT } from './shared-folder.ts';

const EXAMPLES = path.join(import.meta.dirname, '../examples/bare-metal');

const run = async (
  folder: string,
  node: string,
  options: Readonly<Record<string, string | boolean>> = {},
): Promise<CommandOutcome> => {
  const loaded = await loadDump([folder]);
  if (!loaded.ok) throw new Error(loaded.fault.message);
  const outcome = await command.run(fakeCommandContext({ snapshot: loaded.value, readYaml }), [node], options);
  if (!outcome.ok) throw new Error(outcome.fault.message);
  return outcome.value;
};
const explain = async (state: string): Promise<Explanation> =>
  (await run(path.join(EXAMPLES, state), 'bm-1')).data as Explanation;

describe('recordings of a real Ironic and Neutron', () => {
  test('well: the port is proved wired and nothing stands against the node', async () => {
    const outcome = await run(path.join(EXAMPLES, 'well'), 'bm-1');
    expect(outcome.exit).toBe(EXIT.clean);
    expect(outcome.data).toMatchObject({
      findings: [],
      ports: [{ standing: { wired: 'proved' }, host: 'bf2-node1', bridgePort: 'pf1hpf' }],
    });
  });

  test('agent dead: that is what stands against it, and what is plugged is not called gone', async () => {
    const { findings, ports } = await explain('agent-dead');
    expect(findings.map(({ id }) => id)).toEqual(['agent-not-alive']);
    expect(ports[0]?.standing.wired).toBe('proved');
  });

  test('port left behind: the bridge still has it, with the way to take it out', async () => {
    const { findings } = await explain('port-left-behind');
    expect(findings.map(({ id, wayOut }) => [id, wayOut.includes('del-port br-int pf1hpf')])).toEqual([
      ['left-plugged', true],
    ]);
  });

  test('what a person reads: the answer first, and a screen at most', async () => {
    for (const state of ['well', 'agent-dead', 'port-left-behind']) {
      const outcome = await run(path.join(EXAMPLES, state), 'bm-1');
      const lines = outcome.text(plainPaint).split('\n');
      expect(lines.length).toBeLessThanOrEqual(50);
      expect(lines[0]).toContain('bm-1');
    }
  });

  test('the steps that a person reads', async () => {
    const outcome = await run(path.join(EXAMPLES, 'well'), 'bm-1', { flow: 'clean' });
    const text = outcome.text(plainPaint);
    expect(text.slice(text.indexOf('Steps of'), text.indexOf('\nnote'))).toMatchInlineSnapshot(`
      "Steps of clean (direct; the host is booted into setup once)
        clean.prepare
         1  wire the cleaning network
         2  make the next boot the ramdisk
         3  reboot the host
        clean.tear_down
         4  power the host off
         5  offer the ramdisk no longer
         6  | set the next boot to BIOS setup, once
         7  | power the host on
         8  | wait until the agent of bf2-node1 is gone or has restarted
         9  | cut the cleaning network
        10  | wait 4 s
        11  | give power back: off
        | = the host stands in its setup, where no operating system runs
      "
    `);
  });

  test('--as-ironic shows its gaps: an unbind without any proof', async () => {
    const ours = await run(path.join(EXAMPLES, 'well'), 'bm-1', { verbose: true });
    const theirs = await run(path.join(EXAMPLES, 'well'), 'bm-1', { verbose: true, asIronic: true });
    const proofs = (outcome: CommandOutcome): number =>
      (outcome.data as Explanation).steps
        .flatMap(({ ports }) => ports ?? [])
        .flatMap(({ actions }) => actions)
        .filter(({ role }) => role === 'proof').length;
    expect([proofs(ours), proofs(theirs)]).toEqual([2, 0]);
  });
});

test('a flow or deploy interface that is not known lists the known ones', async () => {
  const loaded = await loadDump([path.join(EXAMPLES, 'well')]);
  if (!loaded.ok) throw new Error(loaded.fault.message);
  const context = fakeCommandContext({ snapshot: loaded.value, readYaml });
  for (const [options, known] of [
    [{ flow: 'fly' }, 'tear-down'],
    [{ deployInterface: 'floppy' }, 'custom-agent'],
  ] as const) {
    const outcome = await command.run(context, ['bm-1'], options);
    expect(!outcome.ok && [outcome.fault.code.startsWith('usage'), outcome.fault.message]).toEqual([
      true,
      expect.stringContaining(known),
    ]);
  }
});

describe.skipIf(!hasShared)(`the shared recordings and incidents${WHERE_ABSENT}`, () => {
  const bodies = (file: string): readonly string[] =>
    readFileSync(path.join(SHARED, 'data/recordings', file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => {
        const pair = JSON.parse(line) as { readonly resp?: { readonly status: number; readonly body: string } };
        return pair.resp !== undefined && pair.resp.status < 300 ? [pair.resp.body] : [];
      });
  const facts = (file: string) =>
    readBareMetal(
      bodies(file).map((text, index) => ({ kind: 'host' as const, text, origin: { source: `${file}:${index + 1}` } })),
      () => [],
    );

  test('every node and port that Ironic 21.4.4 answered is read', () => {
    const texts = bodies('ironic-client-pairs.jsonl');
    const count = (key: string): number =>
      texts
        .map((text) => (text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined))
        .filter((body) => isMap(body) && key in body && 'uuid' in body).length;
    const { nodes, ports } = facts('ironic-client-pairs.jsonl');
    expect(nodes.length).toBeGreaterThanOrEqual(count('provision_state'));
    expect(ports.length).toBeGreaterThanOrEqual(count('is_smartnic'));
    expect(ports.some(({ isSmartNic }) => isSmartNic === null)).toBe(true);
  });

  test('agents and ports that Neutron 21.0.0 answered are read', () => {
    const { agents, neutronPorts } = facts('neutron-client-pairs.jsonl');
    expect(agents).toMatchObject([{ host: 'bf2-node1', smartNic: true, alive: true, startedAtMs: expect.any(Number) }]);
    expect(neutronPorts.map(({ vifType }) => vifType)).toContain('ovs');
  });

  const incident = path.join(SHARED, 'incidents/33-uefi-bmc-refuses-persistent-override/input');
  test.skipIf(!existsSync(incident))(
    'a BMC that refuses a permanent override is named, with the node that asks for it',
    async () => {
      const { findings, headline } = (await run(incident, 'bm-22')).data as Explanation;
      const forced = findings.find(({ id }) => id === 'persistent-boot-forced');
      expect(forced).toMatchObject({ level: 'problem', because: expect.stringContaining('Disabled, Once') });
      expect(headline).toContain('force_persistent_boot_device');
    },
  );
});
