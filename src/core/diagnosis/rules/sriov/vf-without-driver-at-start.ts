/** The device plugin passed over a VF that had no driver at the moment when it looked; its pool is short until it looks again. */
import { defineRule } from '../../rule.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { said, sayings } from '../../said.ts';
import { gpuNode, nodeState, pf, pod } from '../world.ts';

const RULE = 'vf-without-driver-at-start';
const WORDS =
  /GetDevices\(\): error creating new device: \\?"error getting driver info for device (?<pci>[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7]) readlink/i;

/** Bound to a driver now, by the node state. */
const boundNow = (facts: Facts, node: string, pci: string): boolean | undefined => {
  const vf = facts
    .node(node)
    ?.nodeState?.seen.flatMap(({ vfs }) => vfs)
    .find((one) => one.pci === pci);
  return vf === undefined ? undefined : vf.driver !== undefined;
};

/** The promise of the policies is kept, so the plugin looked again. */
const isKept = (facts: Facts, node: string): boolean => {
  const promised = facts.promised(node);
  const allocatable = facts.node(node)?.allocatable ?? {};
  return promised !== undefined && promised.size > 0 && [...promised].every(([resource, count]) => Number(allocatable[resource] ?? 0) >= count);
}; // prettier-ignore

const check = (facts: Facts): readonly Statement[] =>
  sayings(
    said(facts, `${RULE}/said`, WORDS),
    { over: ({ node }) => node !== undefined && isKept(facts, node), clear: 'nodes offer every promised VF since' },
    (one) => {
      const { pci = '?' } = one.groups;
      const bound = boundNow(facts, one.node ?? '', pci);
      return {
        because: `The device plugin${one.node === undefined ? '' : ` on ${one.node}`} left out VF ${pci}, which had no driver when it started${bound === true ? ' and has one now' : ''}: its resource is short by it until the plugin starts again`,
        confidence: bound === true ? 'proven' : 'likely',
        sameAs: bound === false ? 'unbound' : 'race',
        lacks:
          bound === undefined
            ? [{ what: `the driver of ${pci}${one.node === undefined ? '' : ` on ${one.node}`} now`, why: 'bound: the plugin only has to look again; not bound: the VF itself is at fault', settle: `ls -l /sys/bus/pci/devices/${pci}/driver   # on ${one.node ?? 'the node'}` }]
            : [],
      };
    },
  ); // prettier-ignore

const LOG = 'sriov-device-plugin-x7k2p.log';
const plugin = pod('sriov-device-plugin-x7k2p', { node: 'a' });
const LINE =
  'E0218 18:39:40.073892       1 netDeviceProvider.go:50] netdevice GetDevices(): error creating new device: "error getting driver info for device 0000:18:00.1 readlink /sys/bus/pci/devices/0000:18:00.1/driver: no such file or directory"\n';
const res = 'nvidia.com/resibp24s0';

export const vfWithoutDriverAtStart = defineRule({
  id: RULE,
  title: 'The device plugin started before every VF had its driver',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'The config daemon makes VFs, binds them to their driver and restarts the device plugin. The plugin reads each VF once, at its start: one that has no driver at that moment is left out of every pool, and the node offers one device less than it has, until the plugin starts again.',
  sources: ['diagnosis-ux.md 3.3', 'sriov-network-operator #1046', 'reference sriov.md F55'],
  check,
  remedy: (findings, facts) => [
    { text: 'Let the plugin look again.', command: `${facts.cli} delete pod -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} -l app=sriov-device-plugin --field-selector spec.nodeName=${findings[0]?.scope.node ?? 'NODE'}`, risk: 'pods that are starting on the node may fail until it has registered again' },
    { text: 'If the VF has no driver now either, bind it.', command: `echo PCI > /sys/bus/pci/drivers/mlx5_core/bind   # on ${findings[0]?.scope.node ?? 'the node'}` },
  ],
  cases: [
    { name: 'one VF fewer than promised', kind: 'broken', objects: [plugin, nodeState('a', { pfs: [pf()] }), gpuNode('a', { [res]: '7' })], texts: { [LOG]: LINE }, says: 'has one now' },
    { name: 'all are offered since', kind: 'healthy', objects: [plugin, nodeState('a', { pfs: [pf()] }), gpuNode('a', { [res]: '8' })], texts: { [LOG]: LINE } },
    { name: 'devices of another vendor', kind: 'look-alike', objects: [plugin], texts: { [LOG]: 'I1 netDeviceProvider.go:67] netdevice AddTargetDevices(): device found: 0000:ea:00.0\t02\tMellanox Technolo...\n' } },
  ],
}); // prettier-ignore
