/** The commands inventory, firmware show, firmware plan and sriov generate, as a user meets them. */
import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import { readYaml } from '../../../adapters/dump/read-yaml.ts';
import { dig } from '../../../core/model/dig.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext, type FakeInput } from '../../../testing/fake-command-context.ts';
import {
  DGX_RAILS,
  dgxDevices,
  dgxSettings,
  gpuNode,
  hostSnapshot,
  nodeState,
} from '../../../testing/host-snapshot.ts';
import type { Command, CommandOutcome, OptionValues } from '../command.ts';
import { plainPaint } from '../paint.ts';
import firmwarePlan from './firmware-plan.ts';
import firmwareShow from './firmware-show.ts';
import inventory from './inventory.ts';
import sriovGenerate from './sriov-generate.ts';

const seen = DGX_RAILS.map(([bus, , name]) => ({ pciAddress: `0000:${bus}:00.0`, name }));
const state = (name: string) => nodeState(name, seen, seen.map((one) => ({ ...one, numVfs: 8, linkType: 'IB' })), { 'desired-state': 'Reboot_Required', 'current-state': 'DrainComplete' }); // prettier-ignore
const objects = ['dgx030', 'dgx031'].flatMap((name) => [
  gpuNode(name, { 'nvidia.com/gpu.machine': 'DGXB200' }),
  state(name),
]);
const DGX = hostSnapshot(
  {
    'dgx030/devices.txt': dgxDevices(),
    'dgx031/devices.txt': dgxDevices(),
    'dgx030/mstconfig.txt': dgxSettings(16, 8),
    'dgx031/mstconfig.txt': dgxSettings(16, 8),
  },
  objects,
);

const run = async (
  command: Command,
  snapshot: Snapshot,
  args: readonly string[] = [],
  options: OptionValues = {},
  input: FakeInput = {},
) => {
  const context = fakeCommandContext({ snapshot, ...input });
  const defaults = Object.fromEntries(
    (command.options ?? []).flatMap(({ flags, default: value }) => {
      const name = /--([\w-]+)/.exec(flags)?.[1]?.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return value === undefined || name === undefined ? [] : [[name, value]];
    }),
  );
  const result = await command.run({ ...context, exampleSnapshot: context.snapshot }, args, {
    ...defaults,
    ...options,
  });
  return { result, warnings: context.warnings };
};

const outcomeOf = async (
  ...given: Parameters<typeof run>
): Promise<CommandOutcome & { readonly shown: string; readonly warnings: readonly string[] }> => {
  const { result, warnings } = await run(...given);
  if (!result.ok) throw new Error(result.fault.message);
  return { ...result.value, shown: result.value.text(plainPaint), warnings };
};

describe('inventory', () => {
  test('000-97 000-98 the table of the founding incident, alike nodes together', async () => {
    const { shown, exit } = await outcomeOf(inventory, DGX);
    expect(exit).toBe(0);
    expect(shown.split('\n')).toHaveLength(13);
    expect(shown).toContain('dgx030, dgx031: DGXB200, 11 adapters each, alike');
    expect(shown).toMatch(
      /^0000:18:00\.0 {5}mlx5_4 {7}ibp24s0 {13}28\.43\.2026 {3}configured, VFs not read, pending NUM_OF_VFS 16 -> 8$/m,
    );
    expect(shown).toMatch(/^0000:05:00\.0-3 {3}mlx5_0-3 .*excluded: internal mezzanine, internal use only$/m);
    expect(shown).toMatch(
      /^0000:29:00\.0-1 {3}mlx5_5-6 {5}ibp41s0f0, bond0 .*excluded: BlueField-3, has its own OS; 0000:29:00\.1 member of bond0$/m,
    );
  });

  test('000-99 another firmware version is marked and told', async () => {
    const odd = hostSnapshot(
      { 'dgx030/d.txt': dgxDevices(), 'dgx031/d.txt': dgxDevices({ ibp64s0: '28.42.1000' }) },
      objects,
    );
    const { shown } = await outcomeOf(inventory, odd);
    expect(shown).toContain('28.42.1000 *');
    expect(shown).toContain('* dgx031 0000:40:00.0 runs 28.42.1000; 17 other cards (MCX-OF-TEST) run 28.43.2026.');
  });

  test('json: each fact with its source, pending as true, false or null', async () => {
    const { data } = await outcomeOf(inventory, DGX);
    const card = dig(data, 'nodes', 0, 'adapters', 1);
    expect(card).toMatchObject({
      card: '0000:18:00',
      kind: 'connectx',
      functions: [{ status: 'configured', policies: ['policy-ibp24s0'] }],
    });
    expect(dig(card, 'settings', 0)).toMatchObject({
      name: 'NUM_OF_VFS',
      current: '16',
      next: '8',
      pending: true,
      origin: { source: 'dgx030/mstconfig.txt' },
    });
  });

  test('an empty input, and text that nobody knows', async () => {
    expect((await outcomeOf(inventory, hostSnapshot({}))).shown).toBe(
      'No node and no host output was found in the input.',
    );
    expect((await outcomeOf(inventory, hostSnapshot({ 'a/x.txt': 'hello' }))).shown).toContain(
      'a/x.txt:1: a line is not known: hello',
    );
  });
});

describe('firmware show', () => {
  test('000-54 one node: three columns per card, and the source', async () => {
    const { shown } = await outcomeOf(firmwareShow, DGX, ['dgx030'], { setting: ['NUM_OF_VFS'] });
    expect(shown).toContain('dgx030, settings of 8 of 11 adapters read');
    expect(shown).toMatch(/^0000:dc:00\.0 {3}NUM_OF_VFS {3}16 {8}16 {8}8 {11}pending {3}dgx030\/mstconfig\.txt:54$/m);
    expect(shown).not.toContain('dgx031');
  });

  test('a fleet that is alike is shown by value', async () => {
    const { shown } = await outcomeOf(firmwareShow, DGX);
    expect(shown).toContain('Pending on 16 cards');
    expect(shown).toMatch(/^NUM_OF_VFS {5}16 {8}16 {8}8 {11}pending {3}8 of dgx030, 8 of dgx031 /m);
  });

  test('without any output the three ways are named, and an unknown node is refused with those there are', async () => {
    const bare = hostSnapshot({}, objects);
    expect((await outcomeOf(firmwareShow, bare, ['dgx030'])).shown).toContain(
      'give mstconfig -e q output as a file (--from), read the live cluster, or run mstconfig in the config daemon pod',
    );
    expect((await run(firmwareShow, bare, ['dgx999'])).result).toMatchObject({
      ok: false,
      fault: { message: 'The input has no node dgx999; it has dgx030, dgx031.' },
    });
  });

  test('000-96 which kind the last reset was, where the tool told it', async () => {
    const texts = {
      'dgx030/m.txt': dgxSettings(16, 8),
      'dgx030/r.txt': '# mstfwreset -d 0000:18:00.0 q\nReset-reason:      Cold reset\n',
    };
    const told = await outcomeOf(firmwareShow, hostSnapshot(texts, objects), ['dgx030']);
    expect(told.shown).toMatch(/^last reset: .*cold \(1 card\)/m);
    expect(told.shown).toMatch(/^last reset: .*unknown \(7 cards\)/m);
    expect((await outcomeOf(firmwareShow, DGX, ['dgx030'])).shown).not.toContain('last reset');
  });

  test('000-82 after the restart nothing is pending', async () => {
    const { shown } = await outcomeOf(firmwareShow, hostSnapshot({ 'dgx030/m.txt': dgxSettings(8, 8) }, objects));
    expect(shown).toContain('Nothing is pending in what was read.');
  });
});

describe('firmware plan', () => {
  test('the rung first, then why, what was seen, and what the operator does', async () => {
    const { shown, exit } = await outcomeOf(firmwarePlan, DGX, ['dgx030']);
    expect(exit).toBe(1);
    const lines = shown.split('\n');
    expect(lines[0]).toBe('dgx030: cold restart');
    expect(lines[1]).toMatch(/^ {2}8 cards need a cold restart: the host restarted since the value was written/);
    expect(shown).toContain('keep its daemon off the node until the value is active');
    expect(shown).toMatch(/^8 cards {3}NUM_OF_VFS 16 -> 8, staged {3}- {10}cold restart {3}asks for a restart$/m);
    expect(lines.length).toBeLessThan(12);
  });

  test('what is to be written stands there as a command', async () => {
    const { shown } = await outcomeOf(firmwarePlan, hostSnapshot({ 'dgx030/m.txt': dgxSettings(16, 16) }, objects), [
      'dgx030',
    ]);
    expect(shown).toContain('    mstconfig -d 0000:18:00.0 -y set NUM_OF_VFS=8');
  });

  test('a node that only the file name and the user know', async () => {
    const { shown } = await outcomeOf(firmwarePlan, hostSnapshot({ 'host/dgx030.txt': dgxSettings(16, 8) }), [
      'dgx030',
    ]);
    expect(shown).toMatch(/^dgx030: warm restart/);
  });

  test('what was not read is no answer, and the same gap on many cards is one line', async () => {
    const { shown } = await outcomeOf(firmwarePlan, hostSnapshot({}, objects));
    expect(shown).toContain('dgx030: cannot be told');
    expect(shown).toMatch(
      /^ {2}firmware settings of 0000:18:00, 0000:40:00, 0000:4f:00 and 5 more on dgx030, dgx031: .*; ask with: mstconfig -d PCI -e q$/m,
    );
  });

  test('nothing to do is exit 0', async () => {
    expect(
      (await outcomeOf(firmwarePlan, hostSnapshot({ 'dgx030/m.txt': dgxSettings(8, 8) }, objects), ['dgx030'])).exit,
    ).toBe(0);
  });
});

describe('sriov generate', () => {
  const bare = hostSnapshot({ 'dgx030/d.txt': dgxDevices(), 'dgx031/d.txt': dgxDevices() }, [
    gpuNode('dgx030'),
    gpuNode('dgx031'),
  ]);

  test('prints YAML that can be applied; warnings go to stderr', async () => {
    const { shown, warnings } = await outcomeOf(sriovGenerate, DGX);
    expect(
      readYaml(shown)
        .map((object) => dig(object, 'kind'))
        .filter((kind) => kind === 'SriovNetworkNodePolicy'),
    ).toHaveLength(8);
    expect(warnings).toEqual([expect.stringContaining('numVfs 16 avoids it')]);
  });

  test('options reach the objects', async () => {
    const { data } = await outcomeOf(sriovGenerate, bare, [], {
      numVfs: '16',
      nodeSelector: 'tier=gpu',
      operatorNamespace: 'nvidia-network-operator',
      growth: '3',
    });
    expect(dig(data, 'policies', 0)).toMatchObject({
      metadata: { namespace: 'nvidia-network-operator' },
      spec: { numVfs: 16, nodeSelector: { tier: 'gpu' } },
    });
    expect(dig(data, 'fleet')).toEqual({ now: 2, planned: 5, blocks: 15 });
  });

  test("the site's own list", async () => {
    const file = readPositioned('exclude:\n- part: MCX-OF-TEST\n  reason: storage\n', 'site.yaml');
    const documents = { 'site.yaml': file.ok ? file.value : [] };
    const { result } = await run(sriovGenerate, bare, [], { exclusions: 'site.yaml' }, { documents });
    expect(result).toMatchObject({ ok: false, fault: { code: 'refused-no-rail' } });
  });

  // prettier-ignore
  test.each<[OptionValues, string]>([
    [{ numVfs: 'many' }, '--num-vfs many: give a whole number from 0 to 127.'],
    [{ numVfs: '128' }, '--num-vfs 128'], [{ numVfs: '0' }, 'makes no VFs'], [{ growth: '-1' }, '--growth -1'], [{ growth: '1e9' }, '--growth 1e9'],
    [{ nodeSelector: 'gpu' }, 'write labels as KEY=VALUE'], [{ include: ['ibp24s0'] }, '--include ibp24s0 is no PCI address'],
    [{ include: ['0000:77:00.0'] }, 'no node of the input has a card'], [{ poolsFrom: '192.168.0.0' }, '--pools-from 192.168.0.0 is no IPv4 subnet'],
    [{ poolsFrom: '192.168.0.0/24' }, 'do not fit into 192.168.0.0/24'],
  ])('%j is refused in one sentence', async (options, message) => {
    const { result } = await run(sriovGenerate, bare, [], options);
    expect(result).toMatchObject({ ok: false, fault: { message: expect.stringContaining(message) as string } });
  });

  test.each([
    'exclude: 5',
    'exclude: [{reason: x}]',
    'exclude: [{part: x}]',
    'exclude: [{pci: nonsense, reason: x}]',
    '- part: x',
  ])('a broken list of the site (%s) is refused with file and line', async (text) => {
    const file = readPositioned(text, 'site.yaml');
    const { result } = await run(
      sriovGenerate,
      bare,
      [],
      { exclusions: 'site.yaml' },
      { documents: { 'site.yaml': file.ok ? file.value : [] } },
    );
    expect(result).toMatchObject({ ok: false, fault: { message: expect.stringMatching(/^site\.yaml:1: /) as string } });
  });
});
