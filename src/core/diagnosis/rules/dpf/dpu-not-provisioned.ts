/** A card does not come to Ready: it is in Error, a condition of it failed, or it stands in one phase far longer than that takes. */
import { digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { millisOf } from '../../../model/timestamp.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Candidate } from '../../candidates.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aDpu } from '../world-dpf.ts';
import { nodeNameOf, phaseOf } from './dpu-facts.ts';

const RULE = 'dpu-not-provisioned';

/** Minutes after which a phase has surely stopped: an installation may take half an hour (dpf.md 2.1), a restart less. */
const LONG_MINUTES = 90;

/** Phases in which a card rests or is meant to wait for a person. */
const RESTING = new Set(['Ready', 'Deleting', 'Node Effect', 'Node Effect Removal']);

/** Reasons of the helper that all controllers share, which say "not yet" and no more. */
const NOT_YET = /^(?:Pending|AwaitingDeletion|Initializing|(?:\w*In)?Progress(?:ing)?|Waiting\w*|NotReady|)$/;

interface Standing {
  readonly says: string;
  readonly evidence: readonly Evidence[];
}

const lastChange = ({ object }: SnapshotObject): number | undefined => {
  const times = [
    ...digList(object, 'status', 'conditions').map((condition) => digText(condition, 'lastTransitionTime')),
    object.metadata.creationTimestamp,
  ].flatMap((text) => (text === undefined ? [] : (millisOf(text) ?? [])));
  return times.length === 0 ? undefined : Math.max(...times);
};

const standingOf = (facts: Facts, dpu: SnapshotObject): Standing | undefined => {
  const phase = phaseOf(dpu);
  const conditions = digList(dpu.object, 'status', 'conditions');
  const at = conditions.findLastIndex(
    (condition) =>
      digText(condition, 'status') === 'False' &&
      !NOT_YET.test(digText(condition, 'reason') ?? '') &&
      digText(condition, 'reason') !== digText(condition, 'type'),
  );
  const failed: readonly Evidence[] =
    at < 0
      ? []
      : [
          fieldEvidence(dpu, ['status', 'conditions', at, 'reason']),
          fieldEvidence(dpu, ['status', 'conditions', at, 'message']),
        ];
  const failure =
    at < 0
      ? ''
      : `: ${digText(conditions[at], 'type') ?? '?'} failed with ${digText(conditions[at], 'reason') ?? '?'}${(digText(conditions[at], 'message') ?? '') === '' ? '' : ` (${(digText(conditions[at], 'message') ?? '').slice(0, 160)})`}`;
  const phaseEvidence = fieldEvidence(dpu, ['status', 'phase']);
  if (phase === 'Error') return { says: `is in Error${failure}`, evidence: [phaseEvidence, ...failed] };
  if (phase === undefined || RESTING.has(phase)) return undefined;
  if (at >= 0) return { says: `stands in ${phase}${failure}`, evidence: [phaseEvidence, ...failed] };
  const [now, since] = [facts.now, lastChange(dpu)];
  const minutes = now === undefined || since === undefined ? 0 : Math.round((now - since) / 60_000);
  return minutes > LONG_MINUTES
    ? { says: `has stood in ${phase} for ${minutes} minutes, and no condition says why`, evidence: [phaseEvidence] }
    : undefined;
};

const installLines = (facts: Facts, node: string | undefined): readonly Evidence[] =>
  facts
    .lines(`${RULE}/install`)
    .filter(({ text }) => node === undefined || facts.nodeOfText(text) === node || text.origin.source.includes(node))
    .slice(-2)
    .map(({ line, origin }) => textEvidence(origin, line));

const candidatesOf = (facts: Facts, dpu: SnapshotObject, phase: string): readonly Candidate[] => {
  const { name, namespace = 'NAMESPACE' } = dpu.object.metadata;
  const node = nodeNameOf(dpu) ?? 'HOST';
  const dmsLog = {
    fact: `the log of DMS for ${name}`,
    settle: `${facts.cli} logs -n ${namespace} ${name}-dms --all-containers --tail=200 || ${facts.cli} logs -n ${namespace} ${node}-dms --all-containers --tail=200`,
  };
  const console = {
    fact: `what the card in ${node} prints`,
    settle: `cat /dev/rshim0/misc; screen /dev/rshim0/console 115200   # on ${node}`,
  };
  const bfb = { fact: 'the BFBs and their phases', settle: `${facts.cli} get bfbs -n ${namespace} -o yaml` };
  if (phase === 'Pending')
    return [
      {
        cause: 'its BFB is not downloaded',
        rule: 'bfb-not-available',
        provedBy: 'a BFB that is not Ready',
        disprovedBy: 'the BFB is Ready',
        ...bfb,
      },
    ];
  return [
    {
      cause: 'no net device for the card on its host',
      rule: 'pf-netdevice-missing',
      provedBy: 'the grep for PCI_SLOT_NAME that fails',
      disprovedBy: 'the search found the device',
      ...dmsLog,
    },
    {
      cause: 'the volume with the images is away',
      rule: 'bfb-volume-gone',
      provedBy: 'an error at /bfb',
      disprovedBy: 'the image was opened',
      ...dmsLog,
    },
    {
      cause: 'certificates between controller and DMS',
      rule: 'client-secret-stale',
      provedBy: 'x509 or "client secret" in the condition or the log',
      disprovedBy: 'the transfer began',
      ...dmsLog,
    },
    {
      cause: 'the card rejects the image, or its system does not boot',
      rule: 'flavor-exceeds-memory',
      provedBy: 'an error or a panic on its console',
      disprovedBy: 'a login prompt on its console',
      ...console,
    },
  ];
};

const judge = (facts: Facts, dpu: SnapshotObject): readonly Statement[] => {
  const node = nodeNameOf(dpu);
  const scope = { object: objectPath(dpu.object), ...(node === undefined ? {} : { node }) };
  const phase = phaseOf(dpu);
  if (phase === 'Ready') return [{ says: 'clear', scope, saw: 'cards are Ready' }];
  const standing = standingOf(facts, dpu);
  if (standing === undefined) return [];
  return [
    {
      says: 'finding',
      scope,
      because: `${dpu.object.metadata.name}${node === undefined ? '' : ` in ${node}`} ${standing.says}`,
      confidence: 'proven',
      sameAs: phase ?? '',
      evidence: [...standing.evidence, ...installLines(facts, node)],
      candidates: candidatesOf(facts, dpu, phase ?? ''),
    },
  ];
};

const failed = aDpu('c', {
  node: 'h1',
  phase: 'Error',
  conditions: [
    { type: 'OSInstalled', status: 'False', reason: 'InstallationFailed', message: 'reboot failure: INTEGRITY_FAIL' },
  ],
});
const AT = '2026-01-01T00:00:00Z';

export const dpuNotProvisioned = defineRule({
  id: RULE,
  title: 'A card is not provisioned',
  severity: 'error',
  role: 'symptom',
  needs: [],
  lines: { install: /INTEGRITY_FAIL|os install: .*(?:fail|cannot)|activateOp.*fail|(?:RebootStatusOperation|verifyOp).*(?:fail|timed out)|Installation (?:error|failed)/i },
  explain:
    'A DPU object goes through phases; their names and order differ by release. In Error it is not tried again by 24.10 and 25.1: once the cause is gone, the DPU object has to be deleted, and is made again. A phase that lasts for hours without a condition is stuck too, most often in Pending (image), DMS Deployment (pod) or OS Installing.',
  sources: ['reference dpf.md 1.1, 1.2, 2.1, 7.1', 'NVIDIA/doca-platform #29, #35, #40'],
  causedBy: [
    'bmc-update-running',
    'pf-netdevice-missing', 'flavor-exceeds-memory', 'bfb-not-available', 'bfb-volume-gone', 'client-secret-stale', 'rshim-held-by-host', 'scc-denied', 'access-denied',
    'dms-role-lacks-need', 'token-as-kubeconfig', 'api-server-not-reached', 'card-not-found', 'server-secret-not-ready', 'webhook-not-reached', 'definition-missing', 'oob-bridge-missing',
    'dpu-cluster-unavailable', 'host-restart-awaited', 'reboot-script-failed', 'flavor-lacks-resources', 'kubectl-not-available', 'reboot-method-wrong', 'init-container-crashing',
  ],
  check: (facts) => {
    const told = facts.objects('DPU').flatMap((dpu) => judge(facts, dpu));
    if (told.length > 0) return told;
    const without = facts.objects('DPU').filter((dpu) => phaseOf(dpu) === undefined);
    return without.map((dpu) => ({
      says: 'unknown',
      scope: { object: objectPath(dpu.object) },
      lack: { what: `the phase of ${objectPath(dpu.object)}`, why: 'without a status it cannot be told how far the card is', settle: `${facts.cli} get dpu -n ${dpu.object.metadata.namespace ?? 'NAMESPACE'} ${dpu.object.metadata.name} -o yaml` },
    }));
  },
  summarise: (findings) => {
    const [first] = findings;
    return first === undefined || findings.length === 1 ? (first?.because ?? '') : `${findings.length} cards: ${first.because}`;
  },
  remedy: (findings, facts) => [
    {
      text: 'Read the log of DMS and the conditions before anything is deleted.',
      command: findings.slice(0, 3).map(({ scope }) => { const [, namespace = 'NAMESPACE', name = 'DPU'] = (scope.object ?? '').split('/'); return `${facts.cli} describe dpu -n ${namespace} ${name}`; }).join('\n'),
    },
    { text: 'Once the cause is gone a card in Error has to be started anew: delete its DPU object.', risk: 'the card is installed anew, and its host restarts' },
  ],
  cases: [
    { name: 'the installation failed', kind: 'broken', objects: [failed], says: 'INTEGRITY_FAIL' },
    { name: 'two hours in one phase', kind: 'broken', objects: [aDpu('c', { node: 'h1', phase: 'OS Installing', conditions: [{ type: 'DMSRunning', status: 'True', reason: 'DMSRunning', lastTransitionTime: AT }] }), { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'x' }, lastTimestamp: '2026-01-01T02:00:00Z' }], says: '120 minutes' },
    { name: 'ready', kind: 'healthy', objects: [aDpu('c')] },
    { name: 'no status', kind: 'lacking', objects: [{ apiVersion: 'provisioning.dpu.nvidia.com/v1alpha1', kind: 'DPU', metadata: { name: 'c', namespace: 'x' } }], says: 'the phase of' },
    { name: 'an installation that runs', kind: 'look-alike', objects: [aDpu('c', { phase: 'OS Installing', conditions: [{ type: 'DMSRunning', status: 'True', reason: 'DMSRunning', lastTransitionTime: AT }] })] },
    { name: 'a phase of a later release', kind: 'look-alike', objects: [aDpu('c', { phase: 'Perform ARM Force Restart' })] },
    { name: 'conditions that say not yet', kind: 'look-alike', objects: [aDpu('c', { phase: 'Initialize Interface', conditions: [{ type: 'InterfaceInitialized', status: 'False', reason: 'Pending' }] })] },
  ],
}); // prettier-ignore
