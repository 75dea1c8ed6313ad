/** The device plugin's configuration asks for devices that no VF here is: the pool can only be empty. */
import { dig, digList, digMap, digText, isMap } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { CHART_NICS, supportedNics } from '../../../sriov/supported-nics.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { nodeState, pf, pod } from '../world.ts';

const RULE = 'device-plugin-selector-wrong';
const EMPTY = /no devices in device pool, skipping creating resource server for (?<resource>[\w./-]+)/;

/** Kernel drivers that VFs are bound to. Words of the operator's deviceType are none of them. */
const DEVICE_TYPES = new Set(['netdevice', 'vfio-pci-device', 'accelerator', 'netdev']);

interface Resource {
  readonly source: SnapshotObject;
  readonly key: string;
  readonly name: string;
  readonly selectors: Readonly<Record<string, unknown>>;
}

/** Pools in ConfigMaps of the plugin: one key for all nodes, or one for each. `selectors` is a map, or a list of maps. */
const resourcesOf = (facts: Facts): readonly Resource[] =>
  facts.objects('ConfigMap').flatMap((source) =>
    Object.entries(digMap(source.object, 'data')).flatMap(([key, text]): readonly Resource[] => {
      if (typeof text !== 'string' || !text.includes('resourceList')) return [];
      let config: unknown;
      try {
        config = JSON.parse(text);
      } catch {
        return [];
      }
      return digList(config, 'resourceList').flatMap((one) => {
        const name = digText(one, 'resourceName');
        const found = dig(one, 'selectors');
        return name === undefined ? [] : (Array.isArray(found) ? found : [found]).filter(isMap).map((selectors) => ({ source, key, name, selectors }));
      });
    }),
  ); // prettier-ignore

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const pool = (name: string): string => name.split('/').at(-1) ?? name;

/** What is wrong with a selector whatever the node, and what no PF of the nodes is. */
const problemOf = (facts: Facts, { selectors }: Resource): string | undefined => {
  const types = textsOf(selectors['drivers']).filter((driver) => DEVICE_TYPES.has(driver.toLowerCase()));
  if (types.length > 0) return `drivers names ${types.join(', ')}, which is a device type and no kernel driver`;
  const nics = supportedNics(CHART_NICS);
  const devices = textsOf(selectors['devices']).map((id) => id.toLowerCase());
  const pfOnly = devices.filter((id) => nics.vfDeviceOf(id) !== undefined && !CHART_NICS.some(({ vf }) => vf === id));
  if (pfOnly.length > 0 && pfOnly.length === devices.length) {
    const meant = [...new Set(pfOnly.map((id) => nics.vfDeviceOf(id)))].join(', ');
    return `devices names ${pfOnly.join(', ')}, the id of the PF; its VFs have ${meant}`;
  }
  const seen = facts.nodes.flatMap((node) => facts.node(node)?.nodeState?.seen ?? []);
  const names = textsOf(selectors['pfNames']).map((entry) => entry.split('#')[0] ?? '');
  const known = new Set(seen.flatMap(({ name, altNames }) => [name ?? '', ...altNames]));
  if (names.length > 0 && seen.length > 0 && names.every((name) => !known.has(name)))
    return `pfNames names ${names.join(', ')}, and the nodes have ${[...known].filter((name) => name !== '').slice(0, 6).join(', ')}`;
  const vfs = new Set(seen.flatMap((one) => one.vfs.flatMap(({ deviceId }) => deviceId ?? [])));
  if (devices.length > 0 && vfs.size > 0 && devices.every((id) => !vfs.has(id)))
    return `devices names ${devices.join(', ')}, and the VFs have ${[...vfs].join(', ')}`;
  return undefined;
}; // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const empty = facts.lines(`${RULE}/empty`);
  const resources = resourcesOf(facts);
  const found = resources.flatMap((resource): readonly Statement[] => {
    const lines = empty.filter(({ groups }) => pool(groups['resource'] ?? '') === pool(resource.name));
    const problem = problemOf(facts, resource);
    // A selector that fits nothing here is a fault only where its pool is empty: the ConfigMap may serve other nodes.
    if (problem === undefined || lines.length === 0) return [];
    return [
      {
        says: 'finding',
        scope: {},
        because: `The pool ${resource.name} in ${objectPath(resource.source.object)} can hold no device: ${problem}`,
        confidence: 'proven',
        sameAs: resource.name,
        evidence: [fieldEvidence(resource.source, ['data', resource.key], `${resource.name}: ${JSON.stringify(resource.selectors).slice(0, 400)}`), ...lines.slice(-2).map(({ origin, line }) => textEvidence(origin, line))],
      },
    ];
  });
  return found.length > 0 || resources.length === 0 || empty.length > 0 ? found : [{ says: 'clear', scope: {}, saw: 'no pool of the device plugin configuration is reported empty' }];
}; // prettier-ignore

const config = (selectors: Readonly<Record<string, unknown>>) =>
  anObject('v1', 'ConfigMap', 'sriovdp-config', {
    data: { 'config.json': JSON.stringify({ resourceList: [{ resourceName: 'res', selectors }] }) },
  });
const plugin = pod('sriov-device-plugin-x7k2p', { node: 'a' });
const texts = {
  'sriov-device-plugin-x7k2p.log':
    'I1 manager.go:138] no devices in device pool, skipping creating resource server for res\n',
};

export const devicePluginSelectorWrong = defineRule({
  id: RULE,
  title: 'A pool of the device plugin selects what no VF is',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { empty: EMPTY },
  explain:
    'Within one kind of selector any entry will do, across kinds all must agree. drivers are kernel drivers (mlx5_core, vfio-pci) and no device types; devices are ids of VFs, which differ from those of their PFs; pfNames change with the kernel and udev (ens7f0 becomes ens7f0np0).',
  sources: ['reference sriov.md 1.7, F25, F50', 'diagnosis-ux.md 3.1', 'sriov-network-device-plugin #260, #340, #420, #572'],
  check,
  remedy: (_, facts) => [
    { text: 'Correct the selector. Where the SR-IOV operator writes this ConfigMap, correct the policy instead: it writes the ConfigMap back.', command: `${facts.cli} get configmap -A | grep -i -e sriovdp -e device-plugin-config` },
    { text: 'Then let the plugin read it again: it does so only when it starts.', command: `${facts.cli} delete pod -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} -l app=sriov-device-plugin`, risk: 'pods that are starting may fail until it has registered again' },
  ],
  cases: [
    { name: 'a device type where a driver belongs', kind: 'broken', objects: [config({ vendors: ['15b3'], drivers: ['netdevice'] }), plugin], texts, says: 'no kernel driver' },
    { name: 'the id of the PF', kind: 'broken', objects: [config({ devices: ['1021'] }), plugin], texts, says: '101e' },
    { name: 'a PF that was renamed', kind: 'broken', objects: [config({ pfNames: ['ens7f0#0-3'] }), plugin, nodeState('a', { pfs: [pf({ name: 'ens7f0np0' })] })], texts, says: 'ens7f0np0' },
    { name: 'no pool is empty', kind: 'healthy', objects: [config({ devices: ['101e'] }), plugin], texts: { 'sriov-device-plugin-x7k2p.log': 'I1 main.go:74] All servers started.\n' } },
    { name: 'an empty pool with a selector that fits', kind: 'look-alike', objects: [config({ vendors: ['15b3'], devices: ['101e'], drivers: ['mlx5_core'] }), plugin, nodeState('a', { pfs: [pf({ seen: 0 })] })], texts },
    { name: 'the pool is not empty', kind: 'look-alike', objects: [config({ pfNames: ['ens1f0'] }), nodeState('a')] },
  ],
}); // prettier-ignore
