/** A node whose SR-IOV configuration is not applied, with what its three state words mean together. */
import { syncSentence, type SyncVerdict } from '../../../sriov/sync-sentence.ts';
import { digTexts } from '../../../model/dig.ts';
import { candidatesBy, type Candidate } from '../../candidates.ts';
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

/** One word has many causes: what each is proved and disproved by, the fact that decides most of them first (diagnosis-ux.md 3.3). */
const candidatesOf = (facts: Facts, name: string, verdict: SyncVerdict): readonly Candidate[] => {
  const log = { fact: `the config daemon's log on ${name}`, settle: daemonLogCommand(facts, name) };
  if (verdict === 'waits-for-reboot')
    return [
      ...candidatesBy({ fact: `firmware settings of the adapters on ${name}`, settle: `mstconfig -d PCI -e q   # on ${name}, for each adapter` }, [
        ['the firmware did not read the new value at the restart', 'current differs from next boot', 'current is equal to next boot', 'cold-restart-pending'],
        ['nobody has restarted the node yet', 'current differs from next boot, and the boot id is the one of the time of the write', 'the boot id has changed since', 'firmware-change-pending'],
      ]),
      ...candidatesBy({ fact: `the kernel command line of ${name}`, settle: `cat /proc/cmdline   # on ${name}` }, [
        ['a kernel argument does not become effective', 'the log asks for it, and /proc/cmdline lacks it', '/proc/cmdline has it', 'kernel-arguments-not-effective'],
      ]),
      ...candidatesBy(log, [['the annotation is left over', 'the daemon is in sync and asks for nothing', 'the log asks for a restart now', 'stale-annotation']]),
    ];
  if (verdict === 'draining' || verdict === 'waits-for-drain')
    return [
      ...candidatesBy({ fact: `pods and budgets on ${name}`, settle: `${facts.cli} get pods -A -o yaml --field-selector spec.nodeName=${name}; ${facts.cli} get pdb -A -o yaml` }, [
        ['a disruption budget forbids the eviction', 'disruptionsAllowed 0 of a budget of a pod there', 'each budget allows one', 'drain-blocked-by-budget'],
        ['pods hang in Terminating', 'a deletionTimestamp older than the grace period', 'no pod is being deleted', 'drain-waits-for-terminating-pods'],
        ['a pod has no controller, or local data', 'a pod without owner or with emptyDir, and no consent', 'none', 'drain-refused'],
      ]),
      ...candidatesBy({ fact: 'which nodes hold the slots of the pool', settle: `${facts.cli} get sriovnetworknodestates,sriovnetworkpoolconfigs -A -o yaml` }, [
        ['another node holds the only slot', 'another node of the pool is Draining or DrainComplete', 'none is', 'drain-slots-none'],
      ]),
    ];
  if (verdict === 'nothing-to-sync')
    return candidatesBy({ fact: `adapters of ${name}, with ids and drivers`, settle: `lspci -nnk | grep -A3 -i -e ethernet -e infiniband   # on ${name}; ${facts.cli} get configmap -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} supported-nic-ids -o yaml` }, [
      ['the machine has no adapter that the operator supports', 'vendor and device id are in no line of supported-nic-ids', 'they are in one'],
      ['the machine is virtual, and has VFs that were handed to it', 'the functions are VFs (Virtual Function)', 'they are physical functions'],
      ['the ports have no driver or no net device', 'lspci shows no "Kernel driver in use"', 'mlx5_core is in use', 'port-lost-its-device'],
    ]);
  if (verdict === 'plugin-error' || verdict === 'failed')
    return candidatesBy(log, [
      ['the firmware tool cannot reach a card', '"-E-" or an NV register error of mstconfig', 'mstconfig prints settings', 'nv-access-error'],
      ['the kernel is locked down', '"when in lockdown mode"', 'lockdown is [none]', 'kernel-lockdown'],
      ['the link type of the policy is wrong', '"operation not supported" on an InfiniBand port', 'the policy says linkType: ib', 'link-type-mismatch'],
      ['there is no room for the VFs', '"cannot allocate memory" at sriov_numvfs', 'sriov_numvfs can be written by hand', 'no-mmio-space'],
      ['a DPU is selected', '"is in DPU mode"', 'the policy names its ports', 'dpu-mode-selected'],
    ]);
  return [];
}; // prettier-ignore

/** An error with words of its own is the answer, or its rule's; an exit status or a time-out is none. */
const saysNothing = (error = ''): boolean => /^\s*$|^exit status \d+$|timed out waiting/.test(error);

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
        ...(state.lastSyncError === undefined || state.lastSyncError === ''
          ? []
          : [fieldEvidence(entry, ['status', 'lastSyncError'])]),
        ...(annotations[DESIRED] === undefined
          ? []
          : [fieldEvidence(entry, ['metadata', 'annotations', DESIRED], `desired-state: ${annotations[DESIRED]}`)]),
        ...(annotations[CURRENT] === undefined
          ? []
          : [fieldEvidence(entry, ['metadata', 'annotations', CURRENT], `current-state: ${annotations[CURRENT]}`)]),
      ],
      candidates: saysNothing(state.lastSyncError) ? candidatesOf(facts, name, verdict) : [],
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
    'switchdev-refused',
    'port-lost-its-device',
    'adapter-not-supported',
    'pf-unbound-by-daemon',
    'disable-drain-leaves-cordon',
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
