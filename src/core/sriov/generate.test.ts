import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasShared, SHARED, WHERE_ABSENT } from '../../../test/shared-folder.ts';
import { readYaml } from '../../adapters/dump/read-yaml.ts';
import { DGX_RAILS, dgxDevices, dgxSettings, gpuNode, hostSnapshot, nodeState } from '../../testing/host-snapshot.ts';
import { buildInventory } from '../inventory/build-inventory.ts';
import { readIPPool } from '../ipam/ippool-spec.ts';
import { dig, digText } from '../model/dig.ts';
import { overlaps, parseSubnet } from '../model/ip.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { promisedResources, verifyResources } from './extended-resources.ts';
import { generatedYaml } from './generate-yaml.ts';
import { GENERATE_DEFAULTS, generateSriov, type Generated, type GenerateOptions } from './generate.ts';
import { interfacesFromAdapters } from './interfaces-from-adapters.ts';
import { policyProblems, readPolicy } from './network-node-policy.ts';
import { policyRenderer } from './render-policies.ts';

const DGX = hostSnapshot({ 'dgx030/d.txt': dgxDevices(), 'dgx031/d.txt': dgxDevices() }, [
  gpuNode('dgx030'),
  gpuNode('dgx031'),
]);

const generate = (snapshot: Snapshot, options: Partial<GenerateOptions> = {}): Generated => {
  const result = generateSriov(buildInventory(snapshot), { ...GENERATE_DEFAULTS, ...options });
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
};

const yamlOf = (snapshot: Snapshot, options: Partial<GenerateOptions> = {}): string =>
  generatedYaml(generate(snapshot, options), { ...GENERATE_DEFAULTS, ...options });

const leftOut = (generated: Generated): readonly unknown[] =>
  generated.leftOut.map(({ candidate, exclusions }) => [
    candidate.function.pci,
    exclusions[0]?.strength,
    exclusions[0]?.reason,
  ]);

describe('the fleet of the founding incident', () => {
  const objects = readYaml(yamlOf(DGX));
  const ofKind = (kind: string): readonly unknown[] => objects.filter((object) => dig(object, 'kind') === kind);

  test('000-39 000-40 000-41 000-46 its eight policies, by name, with priority', () => {
    expect(ofKind('SriovNetworkNodePolicy').map((object) => dig(object, 'spec'))).toEqual(
      DGX_RAILS.map(([, , name]) => ({
        resourceName: `res${name}`,
        priority: 99,
        nodeSelector: { 'nvidia.com/gpu.present': 'true' },
        nicSelector: { vendor: '15b3', pfNames: [name] },
        numVfs: 8,
        deviceType: 'netdevice',
        isRdma: true,
        linkType: 'ib',
      })),
    );
    expect(ofKind('SriovNetworkNodePolicy').flatMap(policyProblems)).toEqual([]);
  });

  test('000-42 000-43 000-44 what is left out stands in the comments with reason and evidence', () => {
    const text = yamlOf(DGX);
    expect(text).toContain('#   0000:05:00.0-3 ibs14f0-3 on dgx030, dgx031: internal mezzanine, internal use only');
    expect(text).toContain(
      '#       4 functions at one address, InfiniBand adapter cards have one or two (dgx030/d.txt:1)',
    );
    expect(text).toContain(
      '#   0000:29:00.0-1 ibp41s0f0, bond0 on dgx030, dgx031: BlueField-3, has its own OS; 0000:29:00.1 member of bond0',
    );
    expect(text).toContain('#   0000:aa:00.0-1 ibp170s0f0, bond0');
    expect(text).not.toContain('--include');
  });

  test('000-90 eight pools as in the incident, without a gateway, and networks that draw from them', () => {
    const pools = ofKind('IPPool');
    expect(
      pools.map((pool) => [
        digText(pool, 'metadata', 'name'),
        digText(pool, 'spec', 'subnet'),
        dig(pool, 'spec', 'perNodeBlockSize'),
      ]),
    ).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((rail) => [`vf-pool-192-168-${String(rail)}`, `192.168.${String(rail)}.0/24`, 8]),
    );
    for (const pool of pools)
      expect(readIPPool(dig(pool, 'metadata', 'name'), dig(pool, 'spec'))).toMatchObject({
        ok: true,
        spec: { gateway: undefined },
      });
    expect(ofKind('SriovIBNetwork').map((net) => JSON.parse(digText(net, 'spec', 'ipam') ?? '') as unknown)).toEqual(
      pools.map((pool) => ({ type: 'nv-ipam', poolName: digText(pool, 'metadata', 'name') })),
    );
  });

  test('the same bytes whatever the order of the input', () => {
    const turned = hostSnapshot({ 'dgx031/d.txt': dgxDevices(), 'dgx030/d.txt': dgxDevices() }, [
      gpuNode('dgx031'),
      gpuNode('dgx030'),
    ]);
    expect(yamlOf(turned)).toBe(yamlOf(DGX));
  });

  test('000-47 inventory -> generate -> render -> the resources of the incident, eight each', () => {
    const render = policyRenderer(ofKind('SriovNetworkNodePolicy').map(readPolicy));
    const [node] = buildInventory(DGX).nodes;
    const rendered = render({ labels: node?.labels ?? {}, interfaces: interfacesFromAdapters(node?.adapters ?? []) });
    if (rendered.spec === 'kept' || !rendered.spec.ok) throw new Error('not rendered');
    const promised = promisedResources(rendered.spec.value, 'nvidia.com');
    expect(Object.fromEntries(promised)).toEqual(
      Object.fromEntries(DGX_RAILS.map(([, , name]) => [`nvidia.com/res${name}`, 8])),
    );
    expect(rendered.resourceList).toMatchObject({ ok: true, value: { length: 8 } });
  });

  test.skipIf(!hasShared)(`000-80 and the success listing of the incident verifies${WHERE_ABSENT}`, () => {
    const listing = readFileSync(path.join(SHARED, 'data/samples-cluster/host/node-allocatable.dgx031.txt'), 'utf8');
    const allocatable = Object.fromEntries(
      [...listing.matchAll(/^\s+(\S+):\s+(\S+)$/gm)].map(([, name = '', count = '']) => [name, count]),
    );
    const promised = new Map(
      generate(DGX).rails.map(({ policy }) => [`nvidia.com/${digText(policy, 'spec', 'resourceName') ?? ''}`, 8]),
    );
    expect(verifyResources(promised, allocatable)).toEqual({ ok: true, missing: [], short: [], surplus: [] });
  });

  test('000-48 a number of VFs that differs from the firmware is announced as a restart', () => {
    const texts = { 'dgx030/d.txt': dgxDevices(), 'dgx030/m.txt': dgxSettings(16, 16) };
    expect(generate(hostSnapshot(texts, [gpuNode('dgx030')])).warnings).toEqual([
      'NUM_OF_VFS is 16 on dgx030: for numVfs 8 the operator writes 8 and needs a restart of 1 node; numVfs 16 avoids it.',
    ]);
    expect(generate(hostSnapshot(texts, [gpuNode('dgx030')]), { numVfs: 16 }).warnings).toEqual([]);
  });

  test('from node states alone a name by slot is a sign only: left out, and asked', () => {
    const seen = [
      ...DGX_RAILS.map(([bus, , name]) => ({ pciAddress: `0000:${bus}:00.0`, name })),
      { pciAddress: '0000:05:00.0', name: 'ibs14f0' },
      { pciAddress: '0000:29:00.0', name: 'ibp41s0f0', deviceID: 'a2dc' },
    ];
    const snapshot = hostSnapshot({}, [gpuNode('a'), nodeState('a', seen)]);
    const generated = generate(snapshot);
    expect(generated.rails).toHaveLength(8);
    expect(leftOut(generated)).toEqual([
      ['0000:05:00.0', 'weak', 'perhaps internal'],
      ['0000:29:00.0', 'strong', 'BlueField-3, has its own OS'],
    ]);
    expect(yamlOf(snapshot)).toContain('# Left out (1 to be decided by you):');
    expect(yamlOf(snapshot)).toContain('--include 0000:05:00.0');
  });
});

describe('exclusions', () => {
  const one = (text: string, options: Partial<GenerateOptions> = {}): Generated =>
    generate(hostSnapshot({ 'a/x.txt': text }, [gpuNode('a')]), options);
  const CX7 = '0000:18:00.0 mlx5_4 (MT4129 - P) ConnectX-7 fw 28.1.1 port 1 (ACTIVE) ==> ibp24s0 (Up)\n';
  const BF3 = '0000:29:00.0 mlx5_5 (MT41692 - P) BlueField-3 fw 32.1.1 port 1 (ACTIVE) ==> ibp41s0f0 (Up)\n';

  test('--include takes a function in and says so above its policy', () => {
    const text = yamlOf(hostSnapshot({ 'a/x.txt': BF3 }, [gpuNode('a')]), { include: ['0000:29:00.0'] });
    expect(text).toContain('# Taken in by --include, although: BlueField-3, has its own OS.');
    expect(readYaml(text).map((object) => dig(object, 'kind'))).toEqual([
      'SriovNetworkNodePolicy',
      'SriovIBNetwork',
      'IPPool',
    ]);
  });

  test('--include of an address that nobody has is refused', () => {
    const result = generateSriov(buildInventory(DGX), { ...GENERATE_DEFAULTS, include: ['0000:99:00.0'] });
    expect(result).toMatchObject({ ok: false, fault: { code: 'usage-include' } });
  });

  test("the site's list, by part number, is a strong reason with its line", () => {
    const evidence = { because: "the site's list says so", origin: { source: 'site.yaml', line: 3 } };
    expect(leftOut(one(CX7, { site: [{ part: 'P', reason: 'storage rail', evidence }] }))).toEqual([
      ['0000:18:00.0', 'strong', 'storage rail'],
    ]);
  });

  test('the default route, and the other port of a card that carries it', () => {
    const two = CX7 + CX7.replace('18:00.0 mlx5_4', '18:00.1 mlx5_5').replace('ibp24s0', 'ibp24s0f1');
    expect(leftOut(one(`${two}\ndefault via 192.0.2.1 dev ibp24s0f1\n`))).toEqual([
      ['0000:18:00.0', 'weak', 'the other port of its card (0000:18:00.1) carries the default route'],
      ['0000:18:00.1', 'strong', 'carries the default route'],
    ]);
  });

  test('a BlueField that shows NIC mode is a question, not a fact', () => {
    const mode =
      '=== 0000:29:00.0 ===\nConfigurations: Default Current Next Boot\nINTERNAL_CPU_OFFLOAD_ENGINE DISABLED(1) DISABLED(1) DISABLED(1)\n';
    expect(leftOut(one(BF3 + mode))).toEqual([['0000:29:00.0', 'weak', 'BlueField-3 in NIC mode']]);
  });

  test('a name that is left out on one node is no rail on the other', () => {
    const snapshot = hostSnapshot({ 'a/x.txt': CX7, 'b/x.txt': `${CX7}\ndefault via 192.0.2.1 dev ibp24s0\n` }, [
      gpuNode('a'),
      gpuNode('b'),
    ]);
    expect(leftOut(generate(snapshot))).toEqual([
      ['0000:18:00.0', 'strong', 'carries the default route'],
      ['0000:18:00.0', 'weak', 'the same name is left out on b'],
    ]);
  });

  test('names by slot say nothing on a machine where all cards are named so', () => {
    const slots = [0, 1].map(
      (fn) =>
        `0000:3b:00.${String(fn)} mlx5_${String(fn)} (MT4125 - P) ConnectX-6 Dx fw 22.1.1 port 1 (ACTIVE) ==> ens1f${String(fn)}np${String(fn)} (Up)`,
    );
    expect(leftOut(one(slots.join('\n')))).toEqual([]);
  });

  test('a quad-port Ethernet card is no module of the machine', () => {
    const quad = [0, 1, 2, 3].map(
      (fn) =>
        `0000:3b:00.${String(fn)} mlx5_${String(fn)} (MT4129 - MCX713104AS) ConnectX-7 quad-port fw 28.1.1 port 1 (ACTIVE) ==> enp59s0f${String(fn)}np${String(fn)} (Up)`,
    );
    expect(leftOut(one(quad.join('\n')))).toEqual([]);
    expect(
      leftOut(
        one(
          quad
            .join('\n')
            .replaceAll('enp', 'ibp')
            .replaceAll(/np\d \(/g, ' ('),
        ),
      ),
    ).toHaveLength(4);
  });

  test('a card restricted by its owner', () => {
    expect(leftOut(one(`${CX7}\n# mlxprivhost -d 0000:18:00.0 q\nlevel : restricted\n`))).toEqual([
      ['0000:18:00.0', 'strong', 'the host may not configure it'],
    ]);
  });
});

describe('sizes', () => {
  // prettier-ignore
  test.each([
    [0, '192.168.1.0/24', '192.168.8.0/24', 31], [29, '192.168.1.0/24', '192.168.8.0/24', 31], [30, '192.168.2.0/23', '192.168.16.0/23', 63], [200, '192.168.8.0/21', '192.168.64.0/21', 255],
  ])('000-91 two nodes and %d more', (growth, first, last, blocks) => {
    const { rails, fleet } = generate(DGX, { growth });
    expect([digText(rails[0]?.pool, 'spec', 'subnet'), digText(rails.at(-1)?.pool, 'spec', 'subnet')]).toEqual([first, last]);
    expect(fleet).toEqual({ now: 2, planned: 2 + growth, blocks });
  });

  test('nodes that the selector takes count, though nothing is known of their cards', () => {
    const many = Array.from({ length: 40 }, (_, index) => gpuNode(`n${String(index)}`));
    expect(generate(hostSnapshot({ 'n1/d.txt': dgxDevices() }, many)).fleet).toEqual({
      now: 40,
      planned: 40,
      blocks: 63,
    });
  });

  test('a fleet that outgrows the range is refused with the way out', () => {
    const result = generateSriov(buildInventory(DGX), { ...GENERATE_DEFAULTS, growth: 5000 });
    expect(result).toMatchObject({ ok: false, fault: { message: expect.stringContaining('--pools-from') as string } });
    expect(generate(DGX, { growth: 5000, poolsFrom: '10.0.0.0/8' }).fleet.blocks).toBeGreaterThanOrEqual(5002);
  });

  test.each(['', 'fd00::/64', '10.0.0.0', '999.1.1.1/8', '10.0.0.0/99'])(
    '--pools-from %j is refused in one sentence',
    (poolsFrom) => {
      expect(generateSriov(buildInventory(DGX), { ...GENERATE_DEFAULTS, poolsFrom })).toMatchObject({ ok: false });
    },
  );

  test('a selector that a node of the rails does not meet is a warning that names the label', () => {
    const warnings = generate(DGX, { nodeSelector: { tier: 'gpu' } }).warnings;
    expect(warnings[0]).toBe(
      'The node selector tier=gpu does not select dgx030, dgx031: set the label there, or give another with --node-selector.',
    );
  });
});

test('names that Kubernetes would refuse are written so that it does not', () => {
  const text = yamlOf(
    hostSnapshot(
      { 'a/x.txt': '0002:01:00.0 mlx5_4 (MT4129 - P) ConnectX-7 fw 28.1.1 port 1 (ACTIVE) ==> enP2p1s0f0 (Up)\n' },
      [gpuNode('a')],
    ),
  );
  const [policy, network] = readYaml(text);
  expect(policy).toMatchObject({
    metadata: { name: 'policy-enp2p1s0f0' },
    spec: { resourceName: 'resenP2p1s0f0', linkType: 'eth', nicSelector: { pfNames: ['enP2p1s0f0'] } },
  });
  expect(network).toMatchObject({ kind: 'SriovNetwork' });
});

describe('properties', () => {
  const PORT = (name: string): string =>
    `0000:18:00.0 mlx5_4 (MT4129 - P) ConnectX-7 fw 28.1.1 port 1 (ACTIVE) ==> ${name} (Up)\n`;

  test('pools never overlap, hold the whole fleet, and lie inside the range, or are refused', () => {
    const inventory = buildInventory(DGX);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 127 }),
        fc.nat(20_000),
        fc.integer({ min: 8, max: 28 }),
        (numVfs, growth, prefix) => {
          const result = generateSriov(inventory, {
            ...GENERATE_DEFAULTS,
            numVfs,
            growth,
            poolsFrom: `10.0.0.0/${String(prefix)}`,
          });
          if (!result.ok) return result.fault.code === 'refused-pools-do-not-fit';
          const whole = parseSubnet(`10.0.0.0/${String(prefix)}`);
          const subnets = result.value.rails.map(({ pool }) => parseSubnet(digText(pool, 'spec', 'subnet') ?? ''));
          const disjoint = subnets.every((one, index) =>
            subnets.every(
              (other, at) => at <= index || (one !== undefined && other !== undefined && !overlaps(one, other)),
            ),
          );
          const inside = subnets.every(
            (one) => one !== undefined && whole !== undefined && one.start >= whole.start && one.end <= whole.end,
          );
          return disjoint && inside && result.value.fleet.blocks >= result.value.fleet.planned;
        },
      ),
    );
  });

  test('what is written reads back as the objects it was written from', () => {
    const names = fc.stringMatching(/^[a-z][A-Za-z0-9_.:#'"{}&*!|%@`-]{0,14}$/);
    fc.assert(
      fc.property(names, fc.stringMatching(/^[a-z]{1,8}$/), names, (name, key, value) => {
        const options = { ...GENERATE_DEFAULTS, nodeSelector: { [key]: value } };
        const generated = generateSriov(
          buildInventory(hostSnapshot({ 'a/x.txt': PORT(name) }, [gpuNode('a')])),
          options,
        );
        if (!generated.ok || generated.value.rails.length === 0) return;
        const [rail] = generated.value.rails;
        expect(readYaml(generatedYaml(generated.value, options))).toEqual([rail?.policy, rail?.network, rail?.pool]);
      }),
    );
  });
});
