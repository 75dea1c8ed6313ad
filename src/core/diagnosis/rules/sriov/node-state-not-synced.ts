/** A node whose SR-IOV configuration is not applied, with what its three state words mean together. */
import { syncSentence, type SyncVerdict } from '../../../sriov/sync-sentence.ts';
import { digTexts } from '../../../model/dig.ts';
import { daemonLogCommand } from '../../commands.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeState } from '../world.ts';

const DESIRED = 'sriovnetwork.openshift.io/desired-state';
const CURRENT = 'sriovnetwork.openshift.io/current-state';

/** Not a fault as such: work that may simply go on. */
const MAY_BE_WORK: ReadonlySet<SyncVerdict> = new Set(['working', 'draining', 'waits-for-drain']);

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const entry = facts.object('SriovNetworkNodeState', name);
  const state = facts.node(name)?.nodeState;
  if (entry === undefined || state === undefined) return [];
  const annotations = digTexts(entry.object, 'metadata', 'annotations');
  const { verdict, because } = syncSentence({
    interfaces: state.seen.length,
    ...(state.syncStatus === undefined ? {} : { syncStatus: state.syncStatus }),
    ...(state.lastSyncError === undefined ? {} : { lastSyncError: state.lastSyncError }),
    ...(annotations[DESIRED] === undefined ? {} : { desired: annotations[DESIRED] }),
    ...(annotations[CURRENT] === undefined ? {} : { current: annotations[CURRENT] }),
  });
  if (verdict === 'synced') return [{ says: 'clear', scope: { node: name }, saw: 'node states are in sync' }];
  return [
    {
      says: 'finding',
      scope: { node: name },
      severity: MAY_BE_WORK.has(verdict) ? 'warning' : 'error',
      because: `${name}: ${because}`,
      confidence: 'proven',
      sameAs: verdict,
      evidence: [
        fieldEvidence(entry, ['status', 'syncStatus']),
        ...(annotations[DESIRED] === undefined
          ? []
          : [fieldEvidence(entry, ['metadata', 'annotations', DESIRED], `desired-state: ${annotations[DESIRED]}`)]),
        ...(annotations[CURRENT] === undefined
          ? []
          : [fieldEvidence(entry, ['metadata', 'annotations', CURRENT], `current-state: ${annotations[CURRENT]}`)]),
      ],
      ...(verdict === 'plugin-error' && !facts.looked('daemonLog')
        ? {
            lacks: [
              {
                what: `the config daemon's log on ${name}`,
                why: 'only it says which plugin fails and why',
                settle: daemonLogCommand(facts, name),
              },
            ],
          }
        : {}),
    },
  ];
};

export const nodeStateNotSynced = defineRule({
  id: 'node-state-not-synced',
  title: 'The SR-IOV configuration of a node is not applied',
  severity: 'error',
  role: 'symptom',
  needs: ['nodeStates'],
  explain:
    'The config daemon writes the sync status, the desired and the current state are annotations that it and the drain controller exchange. ' +
    'InProgress keeps an old error while work goes on. InProgress with current state Idle is a loop of errors and not work: the daemon writes the reason to its log only.',
  sources: [
    'reference sriov.md 2.2, 2.6',
    'sriov-network-operator pkg/daemon/daemon.go, controllers/drain_controller.go',
  ],
  causedBy: [
    'firmware-change-pending',
    'kernel-arguments-not-effective',
    'stale-annotation',
    'kernel-lockdown',
    'nv-access-error',
    'no-mmio-space',
    'vfs-above-total',
    'link-type-mismatch',
    'dpu-mode-selected',
    'drain-blocked-by-budget',
    'drain-waits-for-terminating-pods',
    'drain-refused',
    'drain-slots-none',
  ],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  summarise: (findings) => {
    const [first] = findings;
    if (first === undefined || findings.length === 1) return first?.because ?? '';
    const names = findings.map(({ scope }) => scope.node ?? '');
    return `${findings.length} nodes (${names.slice(0, 4).join(', ')}${names.length > 4 ? ' and more' : ''}): ${first.because.replace(/^[^:]*: /, '')}`;
  },
  remedy: (findings, facts) => [
    {
      text: 'Read the config daemon on one of these nodes.',
      command: daemonLogCommand(facts, findings[0]?.scope.node ?? 'NODE'),
    },
  ],
  cases: [
    {
      name: 'drained and waiting for a restart',
      kind: 'broken',
      objects: [nodeState('a', { syncStatus: 'InProgress', desired: 'Reboot_Required', current: 'DrainComplete' })],
      says: 'wants a restart',
    },
    {
      name: 'an error loop (000-08)',
      kind: 'broken',
      objects: [nodeState('a', { syncStatus: 'InProgress' })],
      says: 'log',
    },
    {
      name: 'succeeded without any interface',
      kind: 'broken',
      objects: [nodeState('a', { pfs: [] })],
      says: 'not the same as healthy',
    },
    { name: 'in sync', kind: 'healthy', objects: [nodeState('a')] },
    { name: 'no node state was looked at', kind: 'lacking', objects: [], says: 'SR-IOV node states' },
    {
      name: 'a node that succeeded and kept an old error',
      kind: 'look-alike',
      objects: [nodeState('a', { lastSyncError: 'exit status 3' })],
    },
  ],
});
