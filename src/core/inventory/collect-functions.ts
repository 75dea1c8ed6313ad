/**
 * Joins node state and readings of one node to physical functions, by PCI address; names of interfaces and RDMA devices lead
 * to it. Host text is fresher than the node state and wins; within the text, the later output wins.
 */
import type { PhysicalFunction, VirtualFunction } from '../model/adapter.ts';
import type { Fact } from '../model/fact.ts';
import { byPciAddress } from '../model/pci-address.ts';
import type { Origin } from '../snapshot/snapshot.ts';
import { isVirtualFunctionName } from './interface-name.ts';
import type { NicDevice } from './nic-device.ts';
import type { NodeState, SeenInterface } from './node-state.ts';
import { deviceIdOfChip, isVirtualFunctionId, modelKey, NVIDIA_DEVICES } from './nvidia-devices.ts';
import { VENDOR_NVIDIA } from '../sriov/supported-nics.ts';
import type { HostReading, NetLink, PciDevice, RdmaDevice } from './readers/host-reading.ts';
import type { ResolveDevice } from './resolve-device.ts';

type Draft = { -readonly [K in keyof Omit<PhysicalFunction, 'vfs' | 'altNames'>]: PhysicalFunction[K] } & {
  altNames: readonly string[];
  vfs: readonly VirtualFunction[];
};

const fact = <T>(value: T, origin: Origin): Fact<T> => ({ value, origin });

const NVIDIA_PCI_NAME = /Mellanox|ConnectX|BlueField/i;
const NETWORK_CLASS = /ethernet|infiniband|network|^02\d\d$/i;

const isVirtualRow = ({ part, description, chip, netdev, pci }: RdmaDevice): boolean => {
  const deviceId = chip === undefined ? undefined : deviceIdOfChip(chip);
  if (deviceId !== undefined && isVirtualFunctionId(deviceId)) return true;
  if (pci === undefined) return isVirtualFunctionName(netdev);
  return part === undefined && description === '' && chip !== undefined;
};

export class FunctionDrafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #resolve: ResolveDevice;

  constructor(resolve: ResolveDevice) {
    this.#resolve = resolve;
  }

  /** All functions, in the order of their addresses. */
  list(): readonly PhysicalFunction[] {
    return [...this.#drafts.values()].toSorted((a, b) => byPciAddress(a.pci, b.pci));
  }

  touch(pci: string): Draft {
    const known = this.#drafts.get(pci);
    if (known !== undefined) return known;
    const draft: Draft = { pci, altNames: [], vfs: [] };
    this.#drafts.set(pci, draft);
    return draft;
  }

  get(pci: string): Draft | undefined {
    return this.#drafts.get(pci);
  }

  addNodeState(state: NodeState): void {
    for (const seen of state.seen) this.#addSeen(seen);
  }

  addNicDevice(device: NicDevice): void {
    for (const port of device.ports) {
      const draft = this.touch(port.pci);
      draft.vendor ??= fact(VENDOR_NVIDIA, device.origin);
      if (device.deviceId !== undefined) draft.deviceId ??= fact(device.deviceId, device.origin);
      if (port.interface !== undefined) draft.interface ??= fact(port.interface, device.origin);
      if (port.rdma !== undefined) draft.rdma ??= fact(port.rdma, device.origin);
    }
  }

  #addSeen(seen: SeenInterface): void {
    const { origin } = seen;
    const draft = this.touch(seen.pci);
    if (seen.name !== undefined) draft.interface = fact(seen.name, origin);
    draft.altNames = seen.altNames;
    if (seen.vendor !== undefined) draft.vendor = fact(seen.vendor, origin);
    if (seen.deviceId !== undefined) draft.deviceId = fact(seen.deviceId, origin);
    if (seen.linkType !== undefined) draft.linkType = fact(seen.linkType, origin);
    if (seen.mtu !== undefined) draft.mtu = fact(seen.mtu, origin);
    if (seen.driver !== undefined) draft.driver = fact(seen.driver, origin);
    if (seen.numVfs !== undefined) draft.numVfs = fact(seen.numVfs, origin);
    if (seen.totalVfs !== undefined) draft.totalVfs = fact(seen.totalVfs, origin);
    draft.vfs = seen.vfs.map(({ index, pci, name, deviceId, driver }) => ({
      index,
      ...(pci !== undefined && { pci }),
      ...(name !== undefined && { interface: name }),
      ...(deviceId !== undefined && { deviceId }),
      ...(driver !== undefined && { driver }),
      origin,
    }));
  }

  /** Outputs that name functions themselves; to be called before addNamed, which only adds to functions already known. */
  addReading(reading: HostReading): void {
    if (reading.kind === 'rdma-devices') for (const row of reading.rows) this.#addRdma(row);
    if (reading.kind === 'pci-devices') for (const row of reading.rows) this.#addPci(row);
    if (reading.kind === 'mst-devices')
      for (const row of reading.devices) {
        const draft = this.touch(row.pci);
        if (row.rdma !== undefined) draft.rdma = fact(row.rdma, row.origin);
        if (row.interface !== undefined) draft.interface = fact(row.interface, row.origin);
        this.#addModel(draft, row.deviceType, row.origin);
      }
    if (reading.kind === 'driver-info' && reading.pci !== undefined) {
      const draft = this.touch(reading.pci);
      draft.driver = fact(reading.driver, reading.origin);
      if (reading.context.device !== undefined) draft.interface = fact(reading.context.device, reading.origin);
    }
  }

  addNamed(reading: HostReading): void {
    if (reading.kind === 'links') for (const link of reading.links) this.#addLink(link);
    if (reading.kind === 'vf-count') {
      const name = reading.pci ?? reading.interface ?? reading.rdma;
      const pci = name === undefined ? undefined : this.#resolve(name);
      if (pci === undefined || reading.count === 'absent') return;
      const draft = this.touch(pci);
      if (reading.file === 'sriov_numvfs') draft.numVfs = fact(reading.count, reading.origin);
      else draft.totalVfs = fact(reading.count, reading.origin);
      if (reading.interface !== undefined) draft.interface ??= fact(reading.interface, reading.origin);
    }
    if (reading.kind === 'bond')
      for (const member of reading.members) {
        const draft = this.#byInterface(member);
        if (draft !== undefined) draft.master = fact(reading.bond ?? 'a bond', reading.origin);
      }
    if (reading.kind === 'infiniband-ports')
      for (const port of reading.ports) {
        const pci = this.#resolve(port.rdma);
        const draft = pci === undefined ? undefined : this.get(pci);
        if (draft !== undefined && port.linkLayer !== undefined)
          draft.linkType = fact(/infiniband/i.test(port.linkLayer) ? 'IB' : 'ETH', port.origin);
      }
  }

  /** To be called last: bonds are known by then. */
  addDefaultRoutes(reading: HostReading): void {
    if (reading.kind !== 'default-routes') return;
    for (const draft of this.#drafts.values()) {
      const carries = [draft.interface?.value, draft.master?.value].some(
        (name) => name !== undefined && reading.interfaces.includes(name),
      );
      draft.defaultRoute = fact(carries, reading.origin);
    }
  }

  /** `ip addr` gives the addresses of bonds too: they are those of every member. */
  addAddresses(reading: HostReading): void {
    if (reading.kind !== 'links') return;
    for (const { interface: name, addresses, origin } of reading.links) {
      if (name === undefined || addresses.length === 0) continue;
      for (const draft of this.#drafts.values())
        if (draft.interface?.value === name || draft.master?.value === name) draft.addresses = fact(addresses, origin);
    }
  }

  #byInterface(name: string): Draft | undefined {
    const pci = this.#resolve(name);
    return (
      (pci === undefined ? undefined : this.get(pci)) ??
      [...this.#drafts.values()].find((one) => one.interface?.value === name || one.altNames.includes(name))
    );
  }

  #addRdma(row: RdmaDevice): void {
    if (isVirtualRow(row)) return;
    const pci = row.pci ?? this.#resolve(row.rdma) ?? this.#resolve(row.netdev);
    if (pci === undefined) return;
    const draft = this.touch(pci);
    draft.rdma = fact(row.rdma, row.origin);
    draft.linkUp = fact(row.link === 'Up', row.origin);
    // A function in a bond is shown with the bond's name in place of its own.
    if (row.netdev.startsWith('bond')) draft.master = fact(row.netdev, row.origin);
    else draft.interface = fact(row.netdev, row.origin);
    if (row.netdev.startsWith('ib')) draft.linkType ??= fact('IB', row.origin);
    else if (/^e(?:n|th)/.test(row.netdev)) draft.linkType ??= fact('ETH', row.origin);
    const deviceId = row.chip === undefined ? undefined : deviceIdOfChip(row.chip);
    if (deviceId === undefined) return;
    draft.vendor = fact(VENDOR_NVIDIA, row.origin);
    draft.deviceId = fact(deviceId, row.origin);
  }

  #addPci(row: PciDevice): void {
    const isNvidia = row.vendorId === VENDOR_NVIDIA || NVIDIA_PCI_NAME.test(row.name);
    if (!isNvidia || !NETWORK_CLASS.test(row.class)) return;
    if (row.virtual || (row.deviceId !== undefined && isVirtualFunctionId(row.deviceId))) return;
    const draft = this.touch(row.pci);
    draft.vendor ??= fact(VENDOR_NVIDIA, row.origin);
    if (/infiniband/i.test(row.class)) draft.linkType ??= fact('IB', row.origin);
    else if (/ethernet/i.test(row.class)) draft.linkType ??= fact('ETH', row.origin);
    if (row.deviceId !== undefined) draft.deviceId = fact(row.deviceId, row.origin);
    else if (row.model !== undefined) this.#addModel(draft, row.model, row.origin);
  }

  #addModel(draft: Draft, model: string, origin: Origin): void {
    const device = NVIDIA_DEVICES.find((one) => modelKey(one.model) === modelKey(model));
    if (device === undefined) return;
    draft.vendor ??= fact(VENDOR_NVIDIA, origin);
    draft.deviceId ??= fact(device.pf, origin);
  }

  #addLink(link: NetLink): void {
    if (link.interface === undefined) return;
    const draft = this.#byInterface(link.interface);
    if (draft === undefined) return;
    draft.interface ??= fact(link.interface, link.origin);
    if (link.altNames.length > 0) draft.altNames = [...new Set([...draft.altNames, ...link.altNames])];
    if (link.mtu !== undefined) draft.mtu = fact(link.mtu, link.origin);
    if (link.linkType !== undefined) draft.linkType = fact(link.linkType, link.origin);
    if (link.master !== undefined) draft.master = fact(link.master, link.origin);
    if (link.vfs.length > 0) draft.numVfs ??= fact(link.vfs.length, link.origin);
  }
}
