/** The RDMA shared device plugin leaves a device out since one of its character devices does not exist: a module is not loaded. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { pod } from '../world.ts';

const RULE = 'rdma-module-missing';
const WORDS =
  /missing RDMA device spec for device (?<pci>[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7]), RDMA device \\?"(?<kind>\w+)\\?" not found/i;

/** Which module makes each character device under /dev/infiniband. */
const MODULES: Readonly<Record<string, string>> = { rdma_cm: 'rdma_ucm', uverbs: 'ib_uverbs', umad: 'ib_umad' };

const check = (facts: Facts): readonly Statement[] =>
  sayings(said(facts, `${RULE}/said`, WORDS), { over: () => false, clear: '' }, (one) => {
    const { kind = '' } = one.groups;
    const module = MODULES[kind];
    // issm is there for InfiniBand ports only, so its absence may be right: rdma-plugin-no-devices lists what it can be.
    if (module === undefined) return undefined;
    return {
      because: `The RDMA shared device plugin${one.node === undefined ? '' : ` on ${one.node}`} leaves out adapters since /dev/infiniband has no ${kind}: module ${module} is not loaded`,
      sameAs: kind,
      lacks: [{ what: `loaded modules${one.node === undefined ? '' : ` of ${one.node}`}`, why: 'not loaded, or loaded after the plugin looked', settle: `lsmod | grep -e ^${module} -e ^ib_ -e ^rdma; ls -l /dev/infiniband   # on ${one.node ?? 'the node'}` }],
    };
  }); // prettier-ignore

const plugin = pod('rdma-shared-dp-ds-x7k2p', { node: 'a' });
const LOG = 'rdma-shared-dp-ds-x7k2p.log';
const line = (kind: string) =>
  `2025/07/26 20:29:31 error creating new device: "missing RDMA device spec for device 0000:16:00.0, RDMA device \\"${kind}\\" not found"\n2025/07/26 20:29:31 exposing "0" devices\n`;

export const rdmaModuleMissing = defineRule({
  id: RULE,
  title: 'A kernel module of the RDMA stack is not loaded',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS, fine: /exposing \\?"(?<count>[1-9]\d*)\\?" devices/ },
  explain:
    'The plugin gives a pod the whole set of character devices of an adapter and leaves out an adapter of which one is missing. rdma_cm comes with module rdma_ucm, uverbs with ib_uverbs, umad with ib_umad; a distribution without them, or a driver that is being replaced while the plugin starts, lacks some.',
  sources: ['diagnosis-ux.md 3.3', 'k8s-rdma-shared-dev-plugin #23, #192'],
  check: (facts) => {
    const found = check(facts);
    return found.length > 0 || facts.lines(`${RULE}/fine`).length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'RDMA shared device plugins that offer devices' }];
  },
  remedy: (findings) => [
    { text: 'Load it, and have it loaded at every boot.', command: `modprobe ${MODULES[findings[0]?.sameAs ?? ''] ?? 'MODULE'}; echo ${MODULES[findings[0]?.sameAs ?? ''] ?? 'MODULE'} > /etc/modules-load.d/rdma.conf   # on ${findings[0]?.scope.node ?? 'the node'}` },
    { text: 'The plugin looks again by itself where it has a periodic interval; else restart its pod.' },
  ],
  cases: [
    { name: 'rdma_cm is missing', kind: 'broken', objects: [plugin], texts: { [LOG]: line('rdma_cm') }, says: 'module rdma_ucm is not loaded' },
    { name: 'devices are offered', kind: 'healthy', objects: [plugin], texts: { [LOG]: '2025/07/26 20:29:31 exposing "1000" devices\n' } },
    { name: 'issm, which an Ethernet port never has', kind: 'look-alike', objects: [plugin], texts: { [LOG]: line('issm') } },
  ],
}); // prettier-ignore
