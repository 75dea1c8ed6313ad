import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aPf, aPolicy } from '../../testing/sriov-objects.ts';
import { devicePluginConfigText } from './device-plugin-config.ts';
import { goJson } from './go-json.ts';
import { readPolicy } from './network-node-policy.ts';
import type { SriovNetworkNodePolicy } from './network-node-policy.ts';
import { readInterfaceStatus, readInterfaceStatuses } from './network-node-state.ts';
import { policyRenderer } from './render-policies.ts';
import type { RenderNode, RenderedNode } from './render-policies.ts';
import { CHART_NICS, supportedNics } from './supported-nics.ts';

const renderOne = (policies: readonly SriovNetworkNodePolicy[], node: RenderNode): RenderedNode =>
  policyRenderer(policies)(node);

const NAMES = ['ens1f0np0', 'ens1f1np1', 'ibp24s0'];
const ALT_NAMES = ['ens1f0', 'sriov1', 'ibp24s0'];
const ADDRESSES = ['0000:3b:00.0', '0000:3b:00.1', '0000:18:00.0'];
const RANGES = ['', '#0-3', '#0-3', '#4-7', '#4-7', '#2-5', '#7-4', '#'];
const BROKEN_RANGES = ['#a-b', '#3'];

const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

const pfName = fc
  .tuple(
    fc.constantFrom('ens1f0np0', 'ens1f0np0', 'ens1f1np1', ...ALT_NAMES, 'none'),
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...RANGES) },
      { weight: 1, arbitrary: fc.constantFrom(...BROKEN_RANGES) },
    ),
  )
  .map((parts) => parts.join(''));

/** Two of these share a PF without touching each other, so that their groups are merged. */
const halfOfOnePf = fc.constantFrom('#0-3', '#4-7').map((range) => ({ pfNames: [`ens1f0np0${range}`] }));

const anySelector = fc.record({
  vendor: optional(fc.constantFrom('15b3', '15b3', '8086')),
  deviceID: fc.constantFrom(undefined, undefined, '1021', 'a2dc', '1234'),
  pfNames: optional(fc.array(pfName, { minLength: 1, maxLength: 3 })),
  rootDevices: optional(fc.array(fc.constantFrom(...ADDRESSES), { minLength: 1, maxLength: 2 })),
  netFilter: fc.constantFrom(undefined, undefined, undefined, 'openstack/NetworkID:x'),
});

const spec = fc.record({
  resourceName: fc.constantFrom('ra', 'rb', 'rc'),
  nodeSelector: fc.constantFrom({}, { a: '1' }, { a: '2' }),
  priority: fc.constantFrom(0, 10, 10, 99),
  mtu: optional(fc.constantFrom(1500, 9000)),
  numVfs: fc.constantFrom(0, 4, 8, 16),
  nicSelector: fc.oneof(halfOfOnePf, anySelector),
  deviceType: fc.constantFrom('netdevice', 'vfio-pci'),
  isRdma: optional(fc.boolean()),
  linkType: optional(fc.constantFrom('eth', 'IB')),
  eSwitchMode: optional(fc.constantFrom('legacy', 'switchdev')),
  excludeTopology: optional(fc.boolean()),
});

const policies = fc
  .array(spec, { minLength: 1, maxLength: 6 })
  .map((specs) => specs.map((one, index) => readPolicy({ metadata: { name: `p${index}` }, spec: one })));

const node: fc.Arbitrary<RenderNode> = fc
  .array(fc.record({ deviceID: fc.constantFrom('1021', 'a2dc'), linkType: fc.constantFrom('ETH', 'IB') }), {
    maxLength: 3,
  })
  .map((pfs) => ({
    labels: { a: '1' },
    interfaces: pfs.map((pf, index) =>
      readInterfaceStatus({
        ...pf,
        name: NAMES[index],
        altNames: [ALT_NAMES[index]],
        pciAddress: ADDRESSES[index],
        vendor: '15b3',
      }),
    ),
  }));

/** A rendering without the policies it was made by: what the operator would write. */
const written = ({ spec: state, resourceList }: RenderedNode): string =>
  goJson([state, resourceList.ok ? devicePluginConfigText(resourceList.value) : resourceList]);

describe('for any policies and node', () => {
  test('the order of the policies in the list does not matter', () => {
    const counts = { rendered: 0, merged: 0, refused: 0, kept: 0, empty: 0 };
    fc.assert(
      fc.property(policies, node, fc.infiniteStream(fc.nat()), (list, one, order) => {
        const shuffled = list
          .map((policy) => ({ policy, at: order.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ policy }) => policy);
        const rendered = renderOne(list, one);
        const state = rendered.spec;
        if (state === 'kept') counts.kept += 1;
        else if (!state.ok) counts.refused += 1;
        else if (state.value.interfaces === undefined) counts.empty += 1;
        else counts[state.value.interfaces.some(({ vfGroups = [] }) => vfGroups.length > 1) ? 'merged' : 'rendered'] += 1;
        // A fault names the policy that upstream meets first, which is the same one too.
        expect(written(renderOne(shuffled, one))).toBe(written(rendered));
      }),
      { numRuns: 1000 },
    );
    for (const [kind, count] of Object.entries(counts)) expect(`${kind} ${count > 0}`).toBe(`${kind} true`);
  });

  test('rendering again gives the same, and changes neither policies nor node', () => {
    fc.assert(
      fc.property(policies, node, (list, one) => {
        const before = JSON.stringify([list, one]);
        const render = policyRenderer(list);
        const first = written(render(one));
        expect(written(render(one))).toBe(first);
        expect(JSON.stringify([list, one])).toBe(before);
      }),
    );
  });

  test('every PF gets at least the VFs of its strongest policy, and no PF stands twice', () => {
    fc.assert(
      fc.property(policies, node, (list, one) => {
        const { spec: state, policies: applied } = renderOne(list, one);
        if (state === 'kept' || !state.ok) return;
        const specs = state.value.interfaces ?? [];
        expect(new Set(specs.map(({ pciAddress }) => pciAddress)).size).toBe(specs.length);
        for (const { pciAddress, numVfs = 0, vfGroups = [] } of specs) {
          const iface = one.interfaces.find((candidate) => candidate.pciAddress === pciAddress);
          const last = applied.findLast(
            ({ policy, selectsInterface }) => policy.spec.numVfs > 0 && iface !== undefined && selectsInterface(iface),
          );
          expect(numVfs).toBeGreaterThanOrEqual(last?.policy.spec.numVfs ?? Infinity);
          expect(vfGroups[0]?.policyName).toBe(last?.policy.name);
          expect(new Set(vfGroups.map(({ resourceName }) => resourceName)).size).toBe(vfGroups.length);
        }
      }),
    );
  });

  test('objects of any shape are read and rendered without an exception', () => {
    const keys = fc.constantFrom('resourceName', 'nodeSelector', 'numVfs', 'nicSelector', 'pfNames', 'priority', 'bridge', 'ovs', 'spec');
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(fc.anything(), fc.dictionary(keys, tie('value'), { maxKeys: 4 }), fc.array(tie('value'), { maxLength: 3 })),
    })).value;
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 3 }), anything, (objects, state) => {
        const render = policyRenderer(
          objects.map((object, index) => ({ ...readPolicy({ spec: object }), name: `p${index}` })),
          { softwareBridges: true },
        );
        const interfaces = readInterfaceStatuses({ status: { interfaces: [state, aPf()] } });
        expect(written(render({ labels: {}, interfaces }))).toBeTypeOf('string');
      }),
      { numRuns: 500 },
    );
  });
}); // prettier-ignore

const interfaces = [
  readInterfaceStatus(aPf()),
  readInterfaceStatus(aPf({ name: 'ens1f1np1', altNames: [], pciAddress: '0000:3b:00.1' })),
];

describe('byte for byte', () => {
  test('the empty structs of the spec and the stray field of the device plugin are written, and <, >, & escaped', () => {
    const policy = readPolicy(aPolicy('p', { nicSelector: { pfNames: ['ens1f0#0-3'], vendor: '<&>' }, numVfs: 4 }));
    const { resourceList } = renderOne([policy], { labels: {}, interfaces });
    expect(resourceList.ok && devicePluginConfigText(resourceList.value)).toBe(
      '{"resourceList":[{"resourceName":"p","selectors":{"vendors":["\\u003c\\u0026\\u003e"],"pfNames":["ens1f0np0#0-3"],"linkTypes":["ether"],"IsRdma":false,"NeedVhostNet":false},"SelectorObj":null}]}',
    );
    const { spec: state } = renderOne([], { labels: {}, interfaces, rdmaMode: 'exclusive' });
    expect(state !== 'kept' && state.ok && goJson(state.value)).toBe(
      '{"bridges":{},"system":{"rdmaMode":"exclusive"}}',
    );
  });
});

describe('what the pages leave to the code', () => {
  test('a bridge is written with its mtu, and taken away by a later policy of the PF without one', () => {
    const bridge = {
      ovs: {
        bridge: { datapathType: 'netdev', externalIDs: { b: '2', a: '1' } },
        uplink: { interface: { type: 'dpdk' } },
      },
    };
    const a = readPolicy(aPolicy('a', { eSwitchMode: 'switchdev', mtu: 9000, bridge }));
    const b = readPolicy(aPolicy('b', { eSwitchMode: 'switchdev' }));
    const render = (list: readonly SriovNetworkNodePolicy[]) => {
      const { spec: state } = policyRenderer(list, { softwareBridges: true })({ labels: {}, interfaces });
      return state !== 'kept' && state.ok ? goJson(state.value.bridges) : state;
    };
    expect(render([a])).toBe(
      '{"ovs":[{"name":"br-0000_3b_00.0","bridge":{"datapathType":"netdev","externalIDs":{"a":"1","b":"2"}},"uplinks":[{"pciAddress":"0000:3b:00.0","name":"ens1f0np0","interface":{"type":"dpdk","mtuRequest":9000}}]}]}',
    );
    expect(render([a, b])).toBe('{}');
    expect(render([readPolicy(aPolicy('a', { bridge }))])).toMatchObject({ ok: false });
  });

  test('a netFilter on a node that has not reported is a fault of the device plugin configuration only', () => {
    const policy = readPolicy(aPolicy('p', { nicSelector: { netFilter: 'openstack/NetworkID:x' } }));
    const rendered = renderOne([policy], { labels: {}, interfaces: [] });
    expect(rendered.spec).toBe('kept');
    expect(rendered.resourceList).toMatchObject({ ok: false });
  });

  test('the list of models decides the id of the VFs; an unknown model gives no devices selector', () => {
    const policy = readPolicy(aPolicy('p', { nicSelector: { deviceID: '1021' } }));
    const devices = (nics: Parameters<typeof supportedNics>[0]) => {
      const { resourceList } = policyRenderer([policy], { nics: supportedNics(nics) })({ labels: {}, interfaces });
      return resourceList.ok ? resourceList.value[0]?.selectors.devices : undefined;
    };
    expect(devices(CHART_NICS)).toEqual(['101e']);
    expect(devices([])).toBeUndefined();
  });
});
