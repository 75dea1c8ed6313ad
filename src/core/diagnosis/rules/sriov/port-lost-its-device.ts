/** A port of a card has neither net device nor RDMA device while its neighbours have both: it was there, and something took it. */
import { candidatesBy, type Candidate } from '../../candidates.ts';
import type { MstDevice } from '../../../inventory/readers/host-reading.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeState, pf } from '../world.ts';

const RULE = 'port-lost-its-device';

const candidates = (node: string, pci: string): readonly Candidate[] =>
  candidatesBy({ fact: `the driver of ${pci} on ${node}, and what the kernel says of it`, settle: `ls -l /sys/bus/pci/devices/${pci}/driver; dmesg | grep -e ${pci} -e mlx5_core   # on ${node}` }, [
    ['the config daemon took the driver from the port', 'no driver bound, and the daemon log unbinds this address', 'a driver is bound', 'pf-unbound-by-daemon'],
    ['the driver failed to start the port', 'dmesg has an error of mlx5_core for it', 'dmesg has none'],
    ['the driver is being replaced', 'a driver pod loads it now', 'no driver pod, or a ready one'],
    ['the firmware hangs', 'dmesg tells of health or time-outs', 'mstflint answers'],
  ]); // prettier-ignore

const isBare = ({ rdma, interface: port }: MstDevice): boolean => rdma === undefined && port === undefined;

const check = (facts: Facts): readonly Statement[] => {
  const readings = [...facts.nodes.map((name) => ({ name, readings: facts.node(name)?.readings ?? [] })), { name: undefined, readings: facts.inventory.unattributed }];
  return readings.flatMap(({ name, readings: own }): readonly Statement[] => {
    // Listings from before and after have no order that could be trusted: one that shows it bare is enough.
    const listings = own.filter((reading) => reading.kind === 'mst-devices');
    const devices = (listings.find((one) => one.devices.some(isBare)) ?? listings[0])?.devices ?? [];
    const bare = devices.filter(isBare);
    const whole = devices.filter(({ rdma, interface: port }) => rdma !== undefined && port !== undefined);
    const scope = name === undefined ? {} : { node: name };
    if (whole.length === 0) return [];
    if (bare.length === 0) return [{ says: 'clear', scope, saw: 'ports have a net device and an RDMA device' }];
    return bare.map((device): Statement => ({
      says: 'finding',
      scope: { ...scope, pci: device.pci },
      because: `${name ?? 'A node'}: ${device.pci} (${device.deviceType}) has neither a net device nor an RDMA device, and ${whole.length} of its neighbours have both`,
      confidence: 'proven',
      sameAs: 'bare',
      evidence: [textEvidence(device.origin, `${device.deviceType} ${device.mst} ${device.pci}: no RDMA, no NET`)],
      candidates: candidates(name ?? 'the node', device.pci),
    }));
  });
}; // prettier-ignore

const table = (second: string) => `MST modules:
------------
    MST PCI module is not loaded
    MST PCI configuration module loaded
PCI devices:
------------
DEVICE_TYPE             MST                           PCI       RDMA            NET                       NUMA
ConnectX7(rev:0)        /dev/mst/mt4129_pciconf1      54:00.0   mlx5_1          net-ibp84s0               0
ConnectX7(rev:0)        /dev/mst/mt4129_pciconf0      18:00.0   ${second}
`;

export const portLostItsDevice = defineRule({
  id: RULE,
  title: 'A port lost its net device',
  severity: 'error',
  role: 'symptom',
  needs: [],
  explain:
    'A port whose driver is bound and works has a net device (InfiniBand ports with IPoIB) and an RDMA device. Without both the config daemon no longer lists it, and rebuilds the node state without it.',
  sources: ['diagnosis-ux.md 3.3', 'reference sriov.md F65', 'sriov-network-operator #786'],
  causedBy: ['pf-unbound-by-daemon', 'management-link-on-nic'],
  check,
  remedy: () => [{ text: 'Settle first which of the candidates it is.' }],
  cases: [
    { name: 'one of two', kind: 'broken', objects: [nodeState('a', { pfs: [pf()] })], texts: { 'a/mst.txt': `$ mst status -v\n${table('                                          1')}` }, says: '0000:18:00.0' },
    { name: 'both have them', kind: 'healthy', objects: [nodeState('a')], texts: { 'a/mst.txt': `$ mst status -v\n${table('mlx5_0          net-ibp24s0               0')}` } },
    { name: 'no port has them: the driver is not loaded', kind: 'look-alike', objects: [nodeState('a')], texts: { 'a/mst.txt': '$ mst status -v\nPCI devices:\n------------\nDEVICE_TYPE             MST                           PCI       RDMA            NET                       NUMA\nConnectX7(rev:0)        /dev/mst/mt4129_pciconf0      18:00.0                                             0\n' } },
  ],
}); // prettier-ignore
