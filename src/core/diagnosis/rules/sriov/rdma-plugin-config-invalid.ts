/** The configuration of the RDMA shared device plugin selects nothing, so the plugin ends. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { pod } from '../world.ts';

const RULE = 'rdma-plugin-config-invalid';
const WORDS =
  /configuration missmatch\. (?<why>[^\n]{0,120})|error: "?(?<bad>invalid (?:resource name|rdmaHcaMax|device|config)[^\n"]{0,120}|unmarshal[^\n"]{0,120})/i;

const isPlugin = (source: string, text: string): boolean =>
  /rdma-shared|rdma-device/.test(source) || /RdmaHcaMax|RDMA Shared Device Plugin/.test(text.slice(0, 65_536));

const check = (facts: Facts): readonly Statement[] => {
  const lines = facts.lines(`${RULE}/said`).filter(({ text }) => isPlugin(text.origin.source, text.text));
  const sources = new Set(lines.map(({ origin }) => `${origin.source}:${origin.line}`));
  const own = said(facts, `${RULE}/said`, WORDS).filter(({ evidence: { origin } }) => sources.has(`${origin.source}:${origin.line ?? 0}`));
  const found = sayings(own, { over: () => false, clear: '' }, (one) => ({
    because: `The RDMA shared device plugin${one.node === undefined ? '' : ` on ${one.node}`} refuses its configuration: ${(one.groups['why'] ?? one.groups['bad'] ?? '').trim().replace('fields exits', 'is given')}`,
    sameAs: 'config',
  }));
  return found.length > 0 || facts.lines(`${RULE}/loaded`).length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'RDMA shared device plugins that read their configuration' }];
}; // prettier-ignore

const plugin = pod('rdma-shared-dp-ds-x7k2p', { node: 'a' });
const LOG = 'rdma-shared-dp-ds-x7k2p.log';
const LOADED =
  '2024/05/17 09:54:41 loaded config: [{ResourceName:a ResourcePrefix: RdmaHcaMax:63 Devices:[] Selectors:{Vendors:[15b3] DeviceIDs:[] Drivers:[] IfNames:[] LinkTypes:[]}}]\n';

export const rdmaPluginConfigInvalid = defineRule({
  id: RULE,
  title: 'The RDMA shared device plugin refuses its configuration',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS, loaded: /loaded config: \[/ },
  explain:
    'Each resource of the plugin needs selectors with at least one entry, or a list of devices. The configuration stands as text in rdmaSharedDevicePlugin.config of the NicClusterPolicy, where nothing checks it; keys that the plugin does not know are passed over, so that selectors can end up empty.',
  sources: ['reference network-operator.md 1.2', 'k8s-rdma-shared-dev-plugin pkg/resources'],
  check,
  remedy: (_, facts) => [{ text: 'Give the resource selectors (vendors, deviceIDs, drivers, ifNames or linkTypes) in rdmaSharedDevicePlugin.config.', command: `${facts.cli} get nicclusterpolicy nic-cluster-policy -o jsonpath='{.spec.rdmaSharedDevicePlugin.config}'` }],
  cases: [
    { name: 'empty selectors', kind: 'broken', objects: [plugin], texts: { [LOG]: 'Selectors:{Vendors:[] DeviceIDs:[] Drivers:[] IfNames:[] LinkTypes:[]}\nerror: configuration missmatch. neither "selectors" nor "devices" fields exits\n' }, says: 'refuses its configuration' },
    { name: 'read', kind: 'healthy', objects: [plugin], texts: { [LOG]: LOADED } },
    { name: 'another program that says the same', kind: 'look-alike', objects: [], texts: { 'web-1.log': 'error: configuration missmatch. port\n' } },
  ],
}); // prettier-ignore
