/** A drain that waits for pods which were evicted and do not go: the budget let them pass, and something holds them. */
import { deletingForSeconds, isTerminating, podName } from '../../../drain/pod-facts.ts';
import { digList } from '../../../model/dig.ts';
import { pastedRows } from '../../../snapshot/pasted-table.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { drainingNodes, isOver, nodeOfLine, podsToGo } from '../../draining-nodes.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import type { TellingLine } from '../../telling-lines.ts';
import { gpuNode, nodeState, pod } from '../world.ts';

/** kubectl's words: up to 1.2x `pod "a" terminating: ...`, later `pod "a" in namespace "b" to terminate: ...`. */
const WAITING =
  /error when waiting for pod "(?<pod>[^"]+)"(?: in namespace "(?<ns>[^"]+)")? (?:to terminate|terminating)/g;

const podsIn = (line: string): readonly string[] =>
  [...line.matchAll(WAITING)].map(({ groups }) => [groups?.['ns'], groups?.['pod']].filter(Boolean).join('/'));

/** Rows of pasted tables that show the pods as Terminating. */
const shownTerminating = (facts: Facts, pods: ReadonlySet<string>): readonly { pod: string; evidence: Evidence }[] =>
  facts.pasted().flatMap((output) =>
    pastedRows(output).flatMap(({ cells, text, number }) => {
      const name = cells['NAME'] ?? '';
      return cells['STATUS'] === 'Terminating' && pods.has(name)
        ? [
            {
              pod: [cells['NAMESPACE'], name].filter(Boolean).join('/'),
              evidence: textEvidence({ source: output.source, line: number }, text),
            },
          ]
        : [];
    }),
  );

const short = (pod: string): string => pod.split('/').at(-1) ?? pod;

const stateEvidence = (facts: Facts, node: string | undefined): readonly Evidence[] => {
  const state = node === undefined ? undefined : facts.object('SriovNetworkNodeState', node);
  return state === undefined || facts.node(node ?? '')?.nodeState?.lastSyncError === undefined
    ? []
    : [fieldEvidence(state, ['status', 'lastSyncError'])];
};

const finding = (node: string | undefined, pods: readonly string[], why: string, evidence: readonly Evidence[], facts: Facts): Finding => ({
  says: 'finding',
  scope: node === undefined ? {} : { node },
  because: `The drain of ${node ?? 'a node'} waits for ${pods.join(' and ')}, ${pods.length === 1 ? 'which was' : 'which were'} evicted and stay${pods.length === 1 ? 's' : ''} Terminating${why}; nothing is changed on the node before that`,
  confidence: 'proven',
  sameAs: node ?? '',
  evidence,
  lacks: pods.slice(0, 2).map((name) => {
    const [pod = '', namespace] = name.split('/').toReversed();
    return {
      what: `why ${short(name)} does not end`,
      why: 'a finalizer, a volume, or the kubelet may hold it',
      settle: `${facts.cli} get pod ${namespace === undefined ? '-A | grep' : `-n ${namespace}`} ${pod}${namespace === undefined ? '' : ' -o yaml'}; journalctl -u kubelet   # on ${node ?? 'the node'}`,
    };
  }),
}); // prettier-ignore

const fromLog = (facts: Facts): readonly Finding[] => {
  const lines = facts.lines('drain-waits-for-terminating-pods/waiting');
  const byNode = Map.groupBy(lines, (line: TellingLine) => nodeOfLine(facts, line));
  return [...byNode].flatMap(([node, all]) => {
    const last = all.at(-1);
    if (last === undefined || isOver(facts, node)) return [];
    const names = podsIn(last.line);
    const rows = shownTerminating(facts, new Set(names.map(short)));
    const pods = names.map((name) => rows.find((row) => short(row.pod) === short(name))?.pod ?? name);
    return [
      finding(
        node,
        pods,
        '',
        [textEvidence(last.origin, last.line), ...rows.map(({ evidence }) => evidence), ...stateEvidence(facts, node)],
        facts,
      ),
    ];
  });
};

/** A pod is late when its grace period is over by this much: the kubelet needs some seconds itself. */
const LATE_SECONDS = 60;

const late = (entry: SnapshotObject, nowMs: number): number | undefined => {
  const since = deletingForSeconds(entry.object, nowMs);
  // The deletion timestamp is when the grace period ends, not when it began.
  return since !== undefined && since > LATE_SECONDS ? since : undefined;
};

const holder = ({ object }: SnapshotObject): string => {
  const finalizers = digList(object, 'metadata', 'finalizers').filter((one) => typeof one === 'string');
  return finalizers.length > 0 ? `, held by finalizer ${finalizers.join(', ')}` : '';
};

const fromObjects = (facts: Facts): readonly Statement[] => {
  const nowMs = facts.now;
  if (nowMs === undefined) return [];
  return drainingNodes(facts).flatMap((draining): readonly Statement[] => {
    const going = podsToGo(facts, draining).filter(({ object }) => isTerminating(object));
    const stuck = going.filter((entry) => late(entry, nowMs) !== undefined);
    if (stuck.length === 0)
      return facts.podsOn(draining.node).length === 0
        ? []
        : [{ says: 'clear', scope: { node: draining.node }, saw: 'no pod of a node being drained hangs in Terminating' }];
    return [
      finding(
        draining.node,
        stuck.map(({ object }) => podName(object)),
        holder(stuck[0] as SnapshotObject),
        [...stuck.slice(0, 4).map((entry) => fieldEvidence(entry, ['metadata', 'deletionTimestamp'])), draining.evidence],
        facts,
      ),
    ];
  });
}; // prettier-ignore

const LOG = 'sriov-network-config-daemon-x7k2p.log';
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const LINE =
  'I0518 06:55:20.110235 daemon.go:917] Draining failed with: [error when waiting for pod "app-1" terminating: global timeout reached: 1m30s], retrying\n';
const draining = nodeState('a', { syncStatus: 'InProgress', desired: 'Drain_Required', current: 'Draining' });
const terminating = (deletionTimestamp: string) => {
  const app = pod('app-1', { namespace: 'jobs', node: 'a', requests: { 'nvidia.com/res': '1' } });
  return { ...app, metadata: { ...app.metadata, deletionTimestamp } };
};
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'jobs' },
  lastTimestamp: '2026-01-01T01:00:00Z',
};

export const drainWaitsForTerminatingPods = defineRule({
  id: 'drain-waits-for-terminating-pods',
  title: 'A drain waits for pods that do not terminate',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { waiting: /error when waiting for pod "[^"]+"(?: in namespace "[^"]+")? (?:to terminate|terminating)/ },
  explain:
    'An eviction was accepted, and the pod is still there when the time of the drain is over. A disruption budget is not the reason: it would have refused the eviction. ' +
    'The SR-IOV operator gives a drain 90 s a try and begins again for ever; the node stays cordoned meanwhile.',
  sources: ['reference sriov.md 2.6, F40', 'sriov-network-operator #306', 'kubectl pkg/drain'],
  check: (facts) => {
    const logged = fromLog(facts);
    const known = new Set(logged.map(({ scope }) => scope.node));
    return [...logged, ...fromObjects(facts).filter(({ scope }) => !known.has(scope.node))];
  },
  remedy: (findings) => [
    { text: `Find out what holds them (finalizer, volume, kubelet of ${findings[0]?.scope.node ?? 'the node'}) and clear that; the drain is tried again by itself and the node is given back.` },
    { text: 'Force the deletion only when their processes are known to have ended.', risk: 'a pod that still runs is then started a second time elsewhere, on the same data' },
    { text: 'Unsafe: disableDrain to get past it; it changes adapters under running pods, and the node stays cordoned.' },
  ],
  cases: [
    { name: 'the daemon says for which pods it waits', kind: 'broken', objects: [daemon], texts: { [LOG]: LINE }, says: 'app-1' },
    { name: 'a pod is overdue on a node that is being drained', kind: 'broken', objects: [draining, terminating('2026-01-01T00:00:00Z'), event], says: 'jobs/app-1' },
    { name: 'a pod that has just been evicted', kind: 'healthy', objects: [draining, terminating('2026-01-01T01:00:30Z'), event] },
    { name: 'the drain of that log is over', kind: 'look-alike', objects: [daemon, nodeState('a')], texts: { [LOG]: LINE } },
    { name: 'a terminating pod on a node that nobody drains', kind: 'look-alike', objects: [gpuNode('a', {}), terminating('2026-01-01T00:00:00Z'), event] },
    { name: 'a refusal by a budget', kind: 'look-alike', objects: [daemon], texts: { [LOG]: 'error when evicting pods/"app-1" -n "jobs" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\n' } },
  ],
}); // prettier-ignore
