/** The node's own connection runs over the adapter whose driver is replaced: the node is lost at every load of the driver. */
import { digList, digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { driverPods } from '../../driver-pods.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';
import { gpuNode, nodeState, pf } from '../world.ts';

const RULE = 'management-link-on-nic';

/** The last thing that the container says before the interfaces go down. */
const reloads = (facts: Facts, node: string): readonly Evidence[] => {
  const pods = driverPods(facts).filter(({ object }) => digText(object, 'spec', 'nodeName') === node);
  const isOnly = driverPods(facts).length <= 1;
  return facts
    .lines(`${RULE}/reload`)
    .filter(({ text }) => (facts.nodeOfText(text) ?? (isOnly ? node : undefined)) === node || pods.some(({ object }) => text.origin.source.includes(object.metadata.name)))
    .slice(-1)
    .map(({ origin, line }) => textEvidence(origin, line));
}; // prettier-ignore

const notReady = (entry: SnapshotObject | undefined): Evidence | undefined => {
  if (entry === undefined) return undefined;
  const at = digList(entry.object, 'status', 'conditions').findIndex((one) => digText(one, 'type') === 'Ready');
  const status = digText(digList(entry.object, 'status', 'conditions')[at], 'status');
  return at >= 0 && status !== 'True' ? fieldEvidence(entry, ['status', 'conditions', at, 'status']) : undefined;
}; // prettier-ignore

/** A function of an NVIDIA adapter that carries the default route, by itself or in a bond. */
const carrier = (facts: Facts, name: string) =>
  facts
    .node(name)
    ?.adapters.filter(({ kind }) => kind !== 'other-vendor')
    .flatMap(({ functions }) => functions)
    .find(({ defaultRoute }) => defaultRoute?.value === true);

/** Pasted `ip route` and `ethtool -i` of a host whose adapters nothing else tells. */
const pastedCarrier = (facts: Facts, name: string): Evidence | undefined => {
  const here = (rule: string) => facts.lines(`${RULE}/${rule}`).filter(({ text }) => (facts.nodeOfText(text) ?? name) === name);
  const routes = here('route');
  const drivers = here('driver');
  const [route] = routes.filter(({ groups, text }) => drivers.some((driver) => driver.text === text) && groups['dev'] !== undefined);
  return route === undefined ? undefined : textEvidence(route.origin, route.line);
}; // prettier-ignore

const check = (facts: Facts): readonly Statement[] =>
  facts.nodes.flatMap((name): readonly Statement[] => {
    const port = carrier(facts, name);
    const pasted = port === undefined ? pastedCarrier(facts, name) : undefined;
    const reload = reloads(facts, name);
    const lost = notReady(facts.object('Node', name));
    const label = port === undefined ? 'an NVIDIA adapter' : `${port.interface?.value ?? port.pci}${port.master === undefined ? '' : ` (in ${port.master.value})`}`;
    if (reload.length === 0) return [];
    if (port === undefined && pasted === undefined) {
      if (lost === undefined) return [];
      return [
        {
          says: 'unknown',
          scope: { node: name },
          lack: { what: `which interface of ${name} carries its default route, and with which driver`, why: 'whether the node was lost because its own connection runs over the adapter whose driver is replaced', settle: `ip route show default; ethtool -i DEV; cat /proc/net/bonding/*   # on ${name}, by its console` },
        },
      ];
    }
    if (lost === undefined) return [{ says: 'clear', scope: { node: name }, saw: 'nodes stayed ready while their driver was replaced' }];
    return [
      {
        says: 'finding',
        scope: { node: name },
        because: `${name} loses its own connection when the driver container reloads mlx5_core, since its default route runs over ${label}: the node goes NotReady, and again after each restart`,
        confidence: 'proven',
        sameAs: 'management',
        evidence: [...reload, lost, ...(port?.defaultRoute === undefined ? [] : [textEvidence(port.defaultRoute.origin, `default route over ${label}`)]), ...(pasted === undefined ? [] : [pasted])],
      },
    ];
  }); // prettier-ignore

const LOG = 'mofed-ubuntu24.04-84cb6b9485-ds-mpj9b.log';
const driver = aDriverPod('mofed-ubuntu24.04-84cb6b9485-ds-mpj9b');
const RELOAD =
  '[13-Feb-26_10:11:12] Restarting openibd\nUnloading HCA driver:                                      [  OK  ]\n';
const node = (status: string) => ({ ...gpuNode('a', {}), status: { conditions: [{ type: 'Ready', status }] } });
const ROUTE = '$ ip route\ndefault via 192.0.2.1 dev ibp24s0 proto dhcp\n';
const state = nodeState('a', { pfs: [pf()] });

export const managementLinkOnNic = defineRule({
  id: RULE,
  title: "The node's own connection runs over the adapter whose driver is replaced",
  severity: 'critical',
  role: 'cause',
  needs: [],
  lines: {
    reload: /openibd (?:re)?start|Restarting openibd|Unloading HCA driver|Loading HCA driver|force-restart/i,
    route: /^\s*default via \S+ dev (?<dev>\S+)/,
    driver: /^\s*driver:\s*mlx5_core/,
  },
  explain:
    'To replace the driver the container unloads mlx5_core, and every interface of every NVIDIA adapter goes down. Where one of them, or a bond of them, carries the default route, the node loses the API server and often its address; the kubelet stops reporting. After a restart the container does it again.',
  sources: ['diagnosis-ux.md 3.2 (9)', 'network-operator #1515, #2176, #2258'],
  check,
  remedy: (findings, facts) => [
    { text: 'Keep the driver container from this node until its connection is elsewhere: take the node out by nodeAffinity of the policy, or use the driver that is installed on it.', command: `${facts.cli} edit nicclusterpolicy nic-cluster-policy   # spec.nodeAffinity` },
    { text: 'Give the node a connection over another adapter, or install the driver on the host and drop spec.ofedDriver.' },
    { text: `Get the node back by its console or BMC: restart it with the driver pod kept away (${findings[0]?.scope.node ?? 'the node'}).`, risk: 'with the pod still wanted there it is lost again' },
  ],
  cases: [
    { name: 'lost after openibd', kind: 'broken', objects: [node('Unknown'), state, driver], texts: { [LOG]: RELOAD, 'a/host.txt': ROUTE }, says: 'default route runs over ibp24s0' },
    { name: 'the node stayed', kind: 'healthy', objects: [node('True'), state, driver], texts: { [LOG]: RELOAD, 'a/host.txt': ROUTE } },
    { name: 'lost, and the route is not known', kind: 'lacking', objects: [node('Unknown'), state, driver], texts: { [LOG]: RELOAD }, says: 'default route' },
    { name: 'lost, and the driver was not replaced', kind: 'look-alike', objects: [node('Unknown'), state, driver], texts: { [LOG]: 'Building mlnx-ofed-kernel-modules DEB...\n', 'a/host.txt': ROUTE } },
  ],
}); // prettier-ignore
