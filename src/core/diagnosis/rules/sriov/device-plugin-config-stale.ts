/** A device plugin that runs with an older configuration than its ConfigMap has: it reads it once, when it starts. */
import { digMap } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { pod } from '../world.ts';

const RULE = 'device-plugin-config-stale';
const NAMES = /\\?"resourceName\\?": ?\\?"(?<name>[\w.-]+)|ResourceName:(?<other>[\w.-]+)/g;

const namesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(NAMES)].map(({ groups }) => groups?.['name'] ?? groups?.['other'] ?? ''));

interface Config {
  readonly kind: 'sriov' | 'rdma';
  readonly entry: Parameters<typeof fieldEvidence>[0];
  readonly key: string;
  readonly names: ReadonlySet<string>;
}

const configsOf = (facts: Facts): readonly Config[] =>
  facts.objects('ConfigMap').flatMap((entry) =>
    Object.entries(digMap(entry.object, 'data')).flatMap(([key, text]): readonly Config[] => {
      if (typeof text !== 'string') return [];
      const kind = text.includes('"resourceList"') ? 'sriov' : text.includes('"configList"') ? 'rdma' : undefined;
      return kind === undefined ? [] : [{ kind, entry, key, names: namesIn(text) }];
    }),
  );

/** What each log shows as read last. A raw list may be spread over several lines, so all up to the next message count. */
const loaded = (facts: Facts): readonly { readonly kind: Config['kind']; readonly names: ReadonlySet<string>; readonly line: ReturnType<Facts['lines']>[number] }[] =>
  [...new Map(facts.lines(`${RULE}/read`).map((line) => [line.origin.source, line])).values()].map((line) => {
    const after = line.text.text.split('\n').slice(line.origin.line - (line.text.origin.line ?? 1));
    const end = after.findIndex((one, index) => index > 0 && /^[IWE]\d{4} |^\d{4}[/-]\d\d/.test(one));
    return { kind: /loaded config/.test(line.line) ? 'rdma' : 'sriov', names: namesIn(after.slice(0, end < 0 ? 200 : end).join('\n')), line };
  }); // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const configs = configsOf(facts);
  return loaded(facts).flatMap(({ kind, names, line }): readonly Statement[] => {
    const node = facts.nodeOfText(line.text);
    const own = configs.filter((config) => config.kind === kind);
    // One key for each node: that of the node; one key for all: that one.
    const [config] = own.filter(({ key }, _, all) => (key.endsWith('.json') ? all.length === 1 : key === node));
    if (config === undefined || names.size === 0) return [];
    const missing = [...config.names].filter((name) => !names.has(name));
    const gone = [...names].filter((name) => !config.names.has(name));
    const scope = node === undefined ? {} : { node };
    if (missing.length + gone.length === 0) return [{ says: 'clear', scope, saw: 'device plugins run with the configuration of their ConfigMap' }];
    const parts = [...(missing.length > 0 ? [`does not know ${missing.join(', ')}`] : []), ...(gone.length > 0 ? [`still has ${gone.join(', ')}`] : [])];
    return [
      {
        says: 'finding',
        scope,
        because: `The ${kind === 'rdma' ? 'RDMA shared ' : ''}device plugin${node === undefined ? '' : ` on ${node}`} ${parts.join(' and ')}: it read its configuration before ${objectPath(config.entry.object)} was changed, and does so only when it starts`,
        confidence: 'proven',
        sameAs: kind,
        evidence: [textEvidence(line.origin, line.line), fieldEvidence(config.entry, ['data', config.key])],
      },
    ];
  });
}; // prettier-ignore

const LOG = 'rdma-shared-dp-ds-x7k2p.log';
const plugin = pod('rdma-shared-dp-ds-x7k2p', { node: 'a' });
const config = (...names: readonly string[]) => anObject('v1', 'ConfigMap', 'rdma-devices', { data: { 'config.json': JSON.stringify({ configList: names.map((resourceName) => ({ resourceName })) }) } }); // prettier-ignore
const READ =
  '2024/05/17 09:54:41 loaded config: [{ResourceName:rdma_a ResourcePrefix: RdmaHcaMax:63 Devices:[] Selectors:{Vendors:[15b3]}}]\n2024/05/17 09:54:41 Discovering host devices\n';

export const devicePluginConfigStale = defineRule({
  id: RULE,
  title: 'A device plugin runs with an old configuration',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { read: /raw ResourceList: |loaded config: \[/ },
  explain:
    'Device plugins read their ConfigMap once. The SR-IOV operator restarts its plugin after a change; the network operator of releases before 25.10 changes the ConfigMap and leaves the pods alone, and so does a change by hand.',
  sources: ['reference network-operator.md 4.3', 'network-operator #1831, #2035', 'reference sriov.md F55'],
  check,
  remedy: (findings, facts) => [
    { text: 'Restart the plugin pods.', command: `${facts.cli} delete pod -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} -l app=${findings[0]?.sameAs === 'rdma' ? 'rdma-shared-dp' : 'sriov-device-plugin'}`, risk: 'pods that are starting may fail until it has registered again' },
  ],
  cases: [
    { name: 'a resource that came later', kind: 'broken', objects: [config('rdma_a', 'rdma_b'), plugin], texts: { [LOG]: READ }, says: 'does not know rdma_b' },
    { name: 'the same', kind: 'healthy', objects: [config('rdma_a'), plugin], texts: { [LOG]: READ } },
    { name: 'the configuration of another plugin', kind: 'look-alike', objects: [anObject('v1', 'ConfigMap', 'sriovdp-config', { data: { 'config.json': '{"resourceList":[{"resourceName":"x"}]}' } }), plugin], texts: { [LOG]: READ } },
  ],
}); // prettier-ignore
