/** The RDMA shared device plugin offers nothing for a resource: several things can be behind it. */
import { candidatesBy, type Candidate } from '../../candidates.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { pod } from '../world.ts';

const RULE = 'rdma-plugin-no-devices';
const WORDS =
  /exposing \\?"0\\?" devices|no Rdma Devices were found for resource (?<resource>[\w.-]+)|no devices in device pool, creating empty resource server for (?<pool>[\w.-]+)/;

const candidates = (node: string): readonly Candidate[] => [
  ...candidatesBy({ fact: `modules and RDMA devices of ${node}`, settle: `rdma link; ls -l /dev/infiniband; lsmod | grep -e ^ib_ -e ^rdma   # on ${node}` }, [
    ['a module is not loaded (ib_umad, rdma_ucm, ib_uverbs)', 'the module is missing in lsmod', 'its character device is there', 'rdma-module-missing'],
    ['the port is Ethernet, and the plugin wants issm', 'link_layer Ethernet, and the log misses issm', 'link_layer InfiniBand'],
    ['the driver was being replaced when the plugin looked', 'the devices are there now', 'they are not'],
  ]),
  ...candidatesBy({ fact: `adapters of ${node}`, settle: `lspci -nn -d 15b3:; ls -l /sys/class/net   # on ${node}` }, [
    ['the selectors fit no adapter', 'vendor, device id, driver or name differ', 'an adapter has all of them'],
  ]),
]; // prettier-ignore

const check = (facts: Facts): readonly Statement[] =>
  sayings(said(facts, `${RULE}/said`, WORDS), { over: () => false, clear: '' }, (one) => ({
    because: `The RDMA shared device plugin${one.node === undefined ? '' : ` on ${one.node}`} offers no device${one.groups['resource'] === undefined ? '' : ` for ${one.groups['resource']}`}`,
    sameAs: 'none',
    candidates: candidates(one.node ?? 'the node'),
  }));

const plugin = pod('rdma-shared-dp-ds-x7k2p', { node: 'a' });
const LOG = 'rdma-shared-dp-ds-x7k2p.log';

export const rdmaPluginNoDevices = defineRule({
  id: RULE,
  title: 'The RDMA shared device plugin offers no device',
  severity: 'error',
  role: 'symptom',
  needs: [],
  lines: { said: WORDS, fine: /exposing \\?"[1-9]\d*\\?" devices/ },
  explain: 'The plugin offers rdmaHcaMax times the set of adapters that its selectors take. With none it still registers the resource, with 0.',
  sources: ['diagnosis-ux.md 3.3', 'k8s-rdma-shared-dev-plugin #44, #98, #103, #159'],
  causedBy: ['rdma-module-missing', 'rdma-plugin-config-invalid'],
  check: (facts) => {
    const found = check(facts);
    return found.length > 0 || facts.lines(`${RULE}/fine`).length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'RDMA shared device plugins that offer devices' }];
  },
  remedy: () => [{ text: 'Settle which of the candidates it is, in the order given.' }],
  cases: [
    { name: 'nothing is offered', kind: 'broken', objects: [plugin], texts: { [LOG]: '2025/07/26 20:29:31 exposing "0" devices\n' }, says: 'offers no device' },
    { name: 'devices are offered', kind: 'healthy', objects: [plugin], texts: { [LOG]: '2025/07/26 20:29:31 exposing "1000" devices\n' } },
    { name: 'another plugin', kind: 'look-alike', objects: [], texts: { 'gpu.log': 'exposing 0 metrics\n' } },
  ],
}); // prettier-ignore
