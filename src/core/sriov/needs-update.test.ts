import { describe, expect, test } from 'vitest';
import { drainNeeded, updateNeeded } from './needs-update.ts';
import { readInterfaceSpec, readInterfaceStatus } from './network-node-state.ts';

const group = { vfRange: '0-3', deviceType: 'netdevice' };
const vf = { vfID: 0, driver: 'mlx5_core' };
const spec = (fields: object) => readInterfaceSpec({ pciAddress: 'x', numVfs: 4, vfGroups: [group], ...fields });
const status = (fields: object) =>
  readInterfaceStatus({ name: 'pf', pciAddress: 'x', numVfs: 4, mtu: 1500, linkType: 'ETH', Vfs: [vf], ...fields });

describe('what the generic plugin sees on a PF', () => {
  // prettier-ignore
  test.for([
    ['nothing', {}, {}, undefined],
    ['a larger mtu', { mtu: 9000 }, {}, 'mtu 1500, wanted 9000'],
    ['another mode', { eSwitchMode: 'switchdev' }, {}, 'eSwitch mode legacy, wanted switchdev'],
    ['legacy by name', { eSwitchMode: 'legacy' }, {}, undefined],
    ['another number', { numVfs: 8 }, {}, '4 VFs, wanted 8'],
    ['a PF that is down', {}, { linkAdminState: 'down' }, 'the PF is down'],
    ['a VF without a driver', {}, { Vfs: [{ vfID: 1 }] }, 'VF 1 has no driver'],
    ['a VF of no group', {}, { Vfs: [{ vfID: 4 }] }, undefined],
    ['a userspace driver', {}, { Vfs: [{ vfID: 0, driver: 'vfio-pci' }] }, 'a kernel driver is wanted'],
    ['the wrong userspace driver', { vfGroups: [{ ...group, deviceType: 'vfio-pci' }] }, {}, 'wanted vfio-pci'],
    ['another VF mtu', { vfGroups: [{ ...group, mtu: 9000 }] }, { Vfs: [{ ...vf, mtu: 1500 }] }, 'VF 0 has mtu 1500'],
    ['a VF mtu that nobody read', { vfGroups: [{ ...group, mtu: 9000 }] }, {}, undefined],
    ['an unset GUID on Ethernet with RDMA', { vfGroups: [{ ...group, isRdma: true }] }, { Vfs: [{ ...vf, guid: '0000:0000:0000:0000' }] }, 'no node GUID'],
    ['an unset GUID on Ethernet without RDMA', {}, { Vfs: [{ ...vf, guid: '0000:0000:0000:0000' }] }, undefined],
    ['an externally managed PF', { externallyManaged: true }, {}, 'externally managed'],
    ['a vdpa type', { vfGroups: [{ ...group, vdpaType: 'vhost' }] }, {}, 'vdpa type none, wanted vhost'],
  ] as const)('%s', ([, wanted, seen, why]) => {
    const difference = updateNeeded(spec(wanted), status(seen));
    if (why === undefined) expect(difference).toBeUndefined();
    else expect(difference).toContain(why);
  });
});

describe('when it asks for a drain', () => {
  const stored = (externallyManaged: boolean) => () => ({ externallyManaged });
  test('for a PF with VFs that differs', () => {
    expect(drainNeeded([spec({ numVfs: 8 })], [status({})], () => undefined)).toBe('pf: 4 VFs, wanted 8');
  });
  test('not for a PF without VFs', () => {
    expect(drainNeeded([spec({ numVfs: 8 })], [status({ numVfs: 0 })], () => undefined)).toBeUndefined();
  });
  test('for a PF that lost its policy, when the operator had made its VFs', () => {
    expect(drainNeeded([], [status({})], stored(false))).toContain('its 4 VFs are taken away');
    expect(drainNeeded([], [status({})], stored(true))).toBeUndefined();
    expect(drainNeeded([], [status({})], () => undefined)).toBeUndefined();
  });
});
