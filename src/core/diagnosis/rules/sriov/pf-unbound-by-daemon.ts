/** The config daemon of one release takes the driver from the physical function where it should take it from a VF. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { nodeState, pf, pod } from '../world.ts';

const RULE = 'pf-unbound-by-daemon';
const WORDS =
  /[Uu]nbind\w*\(\): unbind device driver for device\s+\{[^}]*"device": "(?<pci>[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7])"/;

/** The function is one of the ports that policies configure, and no VF. */
const isPf = (facts: Facts, node: string | undefined, pci: string): boolean =>
  facts.nodes
    .filter((name) => node === undefined || name === node)
    .some((name) => {
      const state = facts.node(name)?.nodeState;
      return state?.wanted.some((wanted) => wanted.pci === pci) === true || state?.seen.some((seen) => seen.pci === pci) === true;
    }); // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const all = said(facts, `${RULE}/said`, WORDS);
  const found = sayings(all, { over: () => false, clear: '' }, (one) => {
    const { pci = '' } = one.groups;
    if (!isPf(facts, one.node, pci)) return undefined;
    return {
      because: `${one.node ?? 'A node'}: the config daemon unbound ${pci} from its driver, which is the port itself and no VF: its net device is gone, and its VFs with it`,
      scope: { ...(one.node === undefined ? {} : { node: one.node }), pci },
      sameAs: 'unbound',
    };
  });
  return found.length > 0 || all.length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'config daemons unbind VFs only' }];
}; // prettier-ignore

const LOG = 'sriov-network-config-daemon-x7k2p.log';
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const line = (pci: string) =>
  `2024-10-25T07:32:37.001173398Z\tLEVEL(-2)\tkernel/kernel.go:116\tUnbindDriverByBusAndDevice(): unbind device driver for device\t{"bus": "pci", "device": "${pci}"}\n`;

export const pfUnboundByDaemon = defineRule({
  id: RULE,
  title: 'The config daemon unbound a port from its driver',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'After it has made InfiniBand VFs the daemon unbinds and binds each, so that its GUID counts. Release 1.4.0 of the SR-IOV operator does that to the port by mistake: net device and RDMA device of the port vanish, and no VF is usable.',
  sources: ['sriov-network-operator #784, #786, #797'],
  affects: 'SR-IOV operator v1.4.0',
  check,
  remedy: (findings) => [
    { text: 'Move to a release after 1.4.0 (or back to 1.3.0).' },
    { text: 'Bind the port again; a restart of the node does the same.', command: `echo ${findings[0]?.scope.pci ?? 'PCI'} > /sys/bus/pci/drivers/mlx5_core/bind   # on ${findings[0]?.scope.node ?? 'the node'}` },
  ],
  cases: [
    { name: 'the port is named', kind: 'broken', objects: [nodeState('a', { syncStatus: 'InProgress', pfs: [pf({ seen: 0 })] }), daemon], texts: { [LOG]: line('0000:18:00.0') }, says: 'no VF' },
    { name: 'a VF is named', kind: 'healthy', objects: [nodeState('a'), daemon], texts: { [LOG]: line('0000:18:00.3') } },
    { name: 'the daemon binds a port', kind: 'look-alike', objects: [nodeState('a'), daemon], texts: { [LOG]: 'sriov/sriov.go:468\tBindDefaultDriver(): bind device to default driver\t{"device": "0000:18:00.0"}\n' } },
  ],
}); // prettier-ignore
