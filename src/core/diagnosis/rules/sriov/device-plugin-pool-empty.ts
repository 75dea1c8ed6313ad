/** The device plugin found no device for a resource when it started, so the resource was never registered. */
import { distinct } from '../../distinct.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { someNames } from '../../some-names.ts';
import { pod } from '../world.ts';

const RULE = 'device-plugin-pool-empty';

const check = (facts: Facts): readonly Statement[] => {
  const empty = facts.lines(`${RULE}/empty`);
  const filled = facts.lines(`${RULE}/registered`);
  // A plugin that started again may have found what it lacked: the last word of each log counts.
  const last = new Map(
    [...empty, ...filled]
      .toSorted((a, b) => a.origin.line - b.origin.line)
      .map((line) => [`${line.origin.source}\n${line.groups['resource'] ?? ''}`, line]),
  );
  return [...last.values()].map((line): Statement => {
    const node = facts.nodeOfText(line.text);
    const resource = line.groups['resource'] ?? '';
    const scope = node === undefined ? {} : { node };
    if (!empty.includes(line))
      return { says: 'clear', scope, saw: 'device plugins registered the pools that they log' };
    return {
      says: 'finding',
      scope: { ...scope, resource },
      because: `The device plugin${node === undefined ? '' : ` on ${node}`} found no device for ${resource}, and offers no resource of that name`,
      confidence: 'proven',
      evidence: [textEvidence(line.origin, line.line)],
    };
  });
};

const LOG = 'sriov-device-plugin-x7k2p.log';
const plugin = pod('sriov-device-plugin-x7k2p', { node: 'a' });
const EMPTY = 'I1 manager.go:138] no devices in device pool, skipping creating resource server for res\n';

export const devicePluginPoolEmpty = defineRule({
  id: RULE,
  title: 'A pool of the device plugin is empty',
  severity: 'error',
  role: 'symptom',
  needs: [],
  lines: {
    empty: /no devices in device pool, skipping creating resource server for (?<resource>[\w./-]+)/,
    registered: /(?:starting|resource server started for|New resource server is created for|initializing) \W?(?<resource>[\w.-]+)\W? (?:device plugin endpoint|ResourcePool)/i,
  },
  explain:
    'A pool is filled once, when the plugin starts, with the VFs that every kind of selector takes. It stays empty where the VFs are not there yet, have another driver or link type, or where the selectors name the PF in place of its VFs.',
  sources: ['reference sriov.md F50', 'sriov-network-device-plugin #260, #340, #601'],
  causedBy: ['sriov-disabled-in-firmware', 'no-mmio-space', 'vfs-missing', 'cold-restart-pending', 'device-plugin-selector-wrong'],
  check,
  summarise: (findings) => {
    const [first] = findings;
    const nodes = distinct(findings.map(({ scope }) => scope.node));
    const resources = distinct(findings.map(({ scope }) => scope.resource));
    if (first === undefined || resources.length <= 1) return first?.because ?? '';
    const more = resources.length > 2 ? ` and ${resources.length - 2} more` : '';
    return `The device plugin${nodes.length === 0 ? '' : ` on ${someNames(nodes)}`} found no device for ${resources.length} resources (${resources.slice(0, 2).join(', ')}${more}), and offers none of them`;
  },
  remedy: (findings, facts) => [
    {
      text: 'See whether the VFs exist, with which driver and link type; a pool is only filled when the plugin starts.',
      command: `for d in /sys/class/net/*/device/sriov_numvfs; do echo $d $(cat $d); done   # on ${findings[0]?.scope.node ?? 'the node'}`,
    },
    {
      text: 'Compare the selectors with them; once they agree, let the plugin look again.',
      command: `${facts.cli} delete pod -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} -l app=sriov-device-plugin --field-selector spec.nodeName=${findings[0]?.scope.node ?? 'NODE'}`,
      risk: 'pods that are starting on the node may fail until the plugin has registered again',
    },
  ],
  cases: [
    { name: 'nothing for two resources', kind: 'broken', objects: [plugin], texts: { [LOG]: EMPTY + EMPTY.replace('res\n', 'other\n') }, says: 'no device for' },
    { name: 'nothing for a resource', kind: 'broken', objects: [plugin], texts: { [LOG]: EMPTY }, says: 'no device for res' },
    { name: 'found at the next start', kind: 'healthy', objects: [plugin], texts: { [LOG]: `${EMPTY}I1 server.go:1] starting res device plugin endpoint at: nvidia.com_res.sock\n` } },
    { name: 'a plugin that says nothing of pools', kind: 'look-alike', objects: [plugin], texts: { [LOG]: 'I1 main.go:74] All servers started.\n' } },
  ],
}); // prettier-ignore
