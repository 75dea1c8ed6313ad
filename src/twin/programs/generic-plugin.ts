/**
 * The config daemon's generic plugin: VFs as the node state wants them. When a PF is configured anew and when that needs a
 * drain is core/sriov's decision; VFs are made on a host whose firmware allows them (reference: sriov.md 2.3).
 */
import type { Random } from '../../core/ports/random.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { drainNeeded, updateNeeded } from '../../core/sriov/needs-update.ts';
import type { InterfaceSpec, InterfaceStatus } from '../../core/sriov/network-node-state.ts';
import { inRange, parseRange } from '../../core/sriov/vf-range.ts';
import type { Vf } from '../hardware/adapter.ts';
import type { Host } from '../hardware/host.ts';
import { seconds } from '../latency.ts';
import type { Process } from '../actors/process.ts';

const MAKE_VFS = seconds(
  2,
  5,
  20,
  'upstream gives a write of sriov_numvfs 2 min; 8 VFs of a ConnectX-7 take some seconds',
);

/** What the operator applied to a PF; that the file is there says that the PF is the operator's. */
export const appliedFile = (pci: string): string => `/etc/sriov-operator/pci/${pci}`;

export const genericDrain = (
  host: Host,
  specs: readonly InterfaceSpec[],
  statuses: readonly InterfaceStatus[],
): string | undefined =>
  drainNeeded(specs, statuses, (pci) => {
    const stored = host.disk.get(appliedFile(pci));
    return stored === undefined ? undefined : { externallyManaged: stored.includes('"externallyManaged":true') };
  });

/** Why something would be done if the plugin were applied now. */
export const genericDrift = (
  specs: readonly InterfaceSpec[],
  statuses: readonly InterfaceStatus[],
): string | undefined => {
  for (const spec of specs) {
    const status = statuses.find(({ pciAddress }) => pciAddress === spec.pciAddress);
    const difference = status === undefined ? undefined : updateNeeded(spec, status);
    if (difference !== undefined) return `${spec.name ?? spec.pciAddress}: ${difference}`;
  }
  return undefined;
};

const hex = (random: Random): string =>
  Math.floor(random.next() * 65_536)
    .toString(16)
    .padStart(4, '0');

const vfsFor = (spec: InterfaceSpec, status: InterfaceStatus, random: Random): readonly Vf[] => {
  const groups = (spec.vfGroups ?? []).map((group) => ({ group, range: parseRange(group.vfRange) }));
  return Array.from({ length: spec.numVfs ?? 0 }, (_, index) => {
    const found = groups.find(({ range }) => range !== undefined && inRange(index, range))?.group;
    const deviceType = found?.deviceType ?? 'netdevice';
    return {
      driver: deviceType === 'netdevice' || deviceType === '' ? 'mlx5_core' : deviceType,
      // Without a file of GUIDs the operator gives each VF a random one.
      guid: status.linkType === 'IB' ? `0200:${hex(random)}:${hex(random)}:${hex(random)}` : '',
      mtu: found?.mtu ?? status.mtu,
    };
  });
};

export const genericApply = async (
  process: Process,
  specs: readonly InterfaceSpec[],
  statuses: readonly InterfaceStatus[],
  random: Random,
): Promise<Result<void>> => {
  const { host } = process;
  for (const status of statuses) {
    const spec = specs.find(({ pciAddress }) => pciAddress === status.pciAddress);
    const adapter = host.adapterOf(status.pciAddress);
    if (adapter === undefined) continue;
    if (spec === undefined) {
      if (!host.disk.delete(appliedFile(status.pciAddress)) || status.numVfs === 0) continue;
      adapter.setVfs(status.pciAddress, []);
    } else {
      if (updateNeeded(spec, status) === undefined) continue;
      const wanted = spec.numVfs ?? 0;
      if (wanted > adapter.totalVfs)
        return fail(
          'upstream-vfs',
          `cannot config SRIOV device: NumVfs (${wanted}) is larger than TotalVfs (${adapter.totalVfs})`,
        );
      await process.take(MAKE_VFS);
      adapter.setVfs(status.pciAddress, vfsFor(spec, status, random));
      host.disk.set(appliedFile(status.pciAddress), JSON.stringify(spec));
    }
  }
  return ok(undefined);
};
