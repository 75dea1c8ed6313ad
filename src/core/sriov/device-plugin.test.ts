import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aPf } from '../../testing/sriov-objects.ts';
import type { NetDeviceSelectors, ResourceConfig } from './device-plugin-config.ts';
import { devicePools, failedSelectors, plannedVfs } from './device-plugin.ts';
import { readInterfaceStatus } from './network-node-state.ts';
import { CHART_NICS, supportedNics } from './supported-nics.ts';

const nics = supportedNics(CHART_NICS);
const pf = readInterfaceStatus(aPf());
const resource = (selectors: Partial<NetDeviceSelectors>, resourceName = 'r'): ResourceConfig => ({
  resourceName,
  selectors: { IsRdma: false, NeedVhostNet: false, ...selectors },
});
const [vf] = plannedVfs([{ pciAddress: pf.pciAddress, numVfs: 1 }], [pf]);
const vfio = plannedVfs(
  [{ pciAddress: pf.pciAddress, numVfs: 1, vfGroups: [{ vfRange: '0-0', deviceType: 'vfio-pci' }] }],
  [pf],
)[0];

describe('which selectors a VF fails', () => {
  // prettier-ignore
  test.for([
    [{}, []],
    [{ vendors: ['8086'] }, ['vendors']],
    [{ devices: ['101e'] }, []],
    [{ devices: ['1021'] }, ['devices']],
    [{ pfNames: ['ENS1F0NP0#0-3'] }, []],
    [{ pfNames: ['ens1f0np0#1-3'] }, ['pfNames']],
    [{ pfNames: ['ens1f0np0#1-3', 'ens1f0np0#0-0'] }, ['pfNames']],
    [{ pfNames: ['ens1f0np0#5,0-2'] }, []],
    [{ pfNames: ['ens1f0np0#0#1'] }, ['pfNames']],
    [{ rootDevices: ['0000:3b:00.0'] }, []],
    [{ rootDevices: ['0000:3b:00.1'] }, ['rootDevices']],
    [{ linkTypes: ['ether'] }, []],
    [{ linkTypes: ['infiniband'] }, ['linkTypes']],
    [{ IsRdma: true }, []],
    [{ vdpaType: 'vhost' }, ['vdpaType']],
  ] as const)('%j: %j', ([selectors, failed]) => {
    expect(vf === undefined ? [] : failedSelectors(vf, resource(selectors), nics)).toEqual(failed);
  });

  test('a VF for user space has no link type and no RDMA device that the plugin could see', () => {
    const failed =
      vfio === undefined ? [] : failedSelectors(vfio, resource({ linkTypes: ['ether'], IsRdma: true }), nics);
    expect(failed).toEqual(['linkTypes', 'isRdma']);
  });
});

test('a VF goes to the first resource of the list that takes it, and to one only', () => {
  const list = fc.array(fc.constantFrom('#0-3', '#2-5', '', '#9-9'), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(list, (ranges) => {
      const resources = ranges.map((range, index) => resource({ pfNames: [`ens1f0np0${range}`] }, `r${index}`));
      const vfs = plannedVfs([{ pciAddress: pf.pciAddress, numVfs: 8 }], [pf]);
      const pools = devicePools(resources, vfs, nics);
      const taken = [...pools.values()].flat();
      expect(new Set(taken).size).toBe(taken.length);
      for (const one of vfs) {
        const first = resources.find((candidate) => failedSelectors(one, candidate, nics).length === 0);
        expect(pools.get(first?.resourceName ?? '')?.includes(one) ?? false).toBe(first !== undefined);
      }
    }),
  );
});

test('a spec with billions of VFs, or for a PF that is not there, does not run away', () => {
  expect(
    plannedVfs(
      [
        { pciAddress: pf.pciAddress, numVfs: 9e15 },
        { pciAddress: 'none', numVfs: 8 },
      ],
      [pf],
    ),
  ).toHaveLength(1024);
});
