/** The journey, stage by stage: facts in, stage and acts and sentence out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rolloutSpec } from '../model/crd/rollout.ts';
import { needsOf, nextVisitStep } from './next-visit-step.ts';
import type { NodeDrain, PodGoing } from './node-drain.ts';
import { STAGE_KINDS, STAGES } from './stages.ts';
import { told, untold } from './told.ts';
import type { GatheredFacts, VisitFacts } from './visit-facts.ts';
import { readJournal, showJournal, type VisitJournal } from './visit-journal.ts';

const MINUTE = 60_000;
const CARD = '0000:18:00.0';
const UUID = '4c4c4544-0038-3110-8044-b7c04f573832';

const spec = (more: Readonly<Record<string, unknown>> = {}) =>
  rolloutSpec.parse({
    reason: 'a test',
    groups: [{ nodes: ['a'], rung: 'cold', cards: [{ pci: CARD, values: { NUM_OF_VFS: '8' } }], dpus: ['0000:29:00'] }],
    allow: { rung: 'cold', dpuPowerCut: true },
    power: { adapter: 'bmc' },
    ...more,
  });

const pod = (more: Partial<PodGoing> = {}): PodGoing => ({
  ref: { namespace: 'ml', name: 'x', uid: '1' },
  wave: 1,
  isTerminating: false,
  budget: { allows: true, because: 'no budget covers it' },
  ...more,
});

const EMPTY: NodeDrain = { going: [], refused: [], jobs: [] };

const card = (current: string, next: string) => [{ pci: CARD, settings: [{ name: 'NUM_OF_VFS', current, next }] }];

const KNOWN: GatheredFacts = {
  others: { atWork: [], toQuiet: [], stillThere: [] },
  marks: {},
  pods: EMPTY,
  power: {
    by: 'bmc',
    state: 'on',
    guards: { bmc: { identity: { uuid: UUID } }, expected: { uuid: UUID }, weRunOn: 'outside' },
  },
  ways: { verdict: 'one-way' },
  firmware: card('16', '8'),
  reset: { cards: [{ pci: CARD, level3: true, said: '', withVfs: [CARD] }], users: [] },
  offer: { gates: [], canary: 'none' },
  belongings: { resources: { 'nvidia.com/gpu': '8' }, functions: [CARD] },
};

interface Given {
  readonly stage: VisitJournal['stage'];
  readonly journal?: Partial<VisitJournal>;
  readonly node?: Partial<VisitFacts['node']>;
  readonly known?: Partial<GatheredFacts>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly nowMs?: number;
}

const factsOf = ({ stage, journal, node, known, spec: more, nowMs = 0 }: Given): VisitFacts => {
  const all = { ...KNOWN, ...known };
  const whole = spec(more);
  const [group] = whole.groups;
  if (group === undefined) throw new Error('no group');
  return {
    nowMs,
    node: {
      name: 'a',
      ready: true,
      bootId: 'boot-1',
      schedulable: false,
      isControlPlane: false,
      labels: {},
      annotations: {},
      allocatable: {},
      ...node,
    },
    spec: whole,
    group,
    journal: { rollout: 'r', uid: 'u', stage, sinceMs: 0, beganMs: 0, because: '', rung: 'cold', ...journal },
    told: {
      others: told(all.others),
      marks: told(all.marks),
      pods: told(all.pods),
      power: told(all.power),
      ways: told(all.ways),
      firmware: told(all.firmware),
      reset: told(all.reset),
      offer: told(all.offer),
      belongings: told(all.belongings),
    },
  };
};

const cordon = { by: 'kubectl', since: '2026-01-01T00:00:00Z' };
const sriov = { who: 'the SR-IOV operator', because: 'DrainComplete', wayOut: '', stance: 'takes-part' } as const;
const late = { who: 'SelfNodeRemediation', because: 'n/a', wayOut: 'wait', stance: 'wait' } as const;
const kueue = { who: 'Kueue', because: 'Workload ml/job runs on a', wayOut: '', stance: 'affected' } as const;
const mark = { id: 'sriov-daemon', kind: 'label', key: 'nicwright.dev/sriov-config-daemon', value: 'away' } as const;

// prettier-ignore
const ROWS: readonly [string, Given, { to: string; says: string; acts?: readonly string[] }][] = [
  ['gate passes', { stage: 'gate', node: { schedulable: true } }, { to: 'quiet', says: 'no pod has to go' }],
  ['gate waits for another drainer', { stage: 'gate', node: { schedulable: true }, known: { others: { ...KNOWN.others, atWork: [{ who: 'kured', because: 'lock', wayOut: 'x', stance: 'wait' }] } } }, { to: 'gate', says: 'kured is at work' }],
  ['gate names whose cordon it is, and since when', { stage: 'gate', node: { cordon } }, { to: 'gate', says: 'cordoned by kubectl since 2026-01-01T00:00:00Z (managedFields)' }],
  ['a person may be passed by flag', { stage: 'gate', node: { cordon }, spec: { allow: { rung: 'cold', dpuPowerCut: true, cordoned: true } } }, { to: 'quiet', says: 'nobody is at work' }],
  ['the loop of the SR-IOV operator is what the visit cures', { stage: 'gate', node: { cordon }, known: { others: { ...KNOWN.others, atWork: [sriov] } } }, { to: 'quiet', says: 'nobody' }],
  ['a pod that refuses blocks before anything is touched', { stage: 'gate', node: { schedulable: true }, known: { pods: { ...EMPTY, refused: [{ pod: 'ml/x', because: 'no controller', wayOut: '--force' }] } } }, { to: 'gate', says: 'ml/x must not go' }],
  ['a budget that never allows blocks', { stage: 'gate', node: { schedulable: true }, known: { pods: { ...EMPTY, going: [pod({ budget: { allows: false, blocks: 'never', budgets: [], because: 'maxUnavailable 0', wayOut: 'ask' } })] } } }, { to: 'gate', says: 'never be let go' }],
  ['another host behind the BMC blocks', { stage: 'gate', node: { schedulable: true }, known: { power: { by: 'bmc', guards: { ...KNOWN.power.guards, bmc: { identity: { uuid: UUID.replace('4c', '5d') } } } } } }, { to: 'gate', says: 'another machine' }],
  ['an Arm side that cannot be told blocks', { stage: 'gate', node: { schedulable: true }, spec: { allow: { rung: 'cold' } }, known: { power: { ...KNOWN.power, arms: [{ card: 'c', state: 'unknown', said: 'silence' }] } } }, { to: 'gate', says: 'Arm side of the BlueField c is down cannot be told: silence' }],
  ['one that is up does not: the visit shuts it down', { stage: 'gate', node: { schedulable: true }, spec: { allow: { rung: 'cold' } }, known: { power: { ...KNOWN.power, arms: [{ card: 'c', state: 'up', said: 'OsIsRunning' }] } } }, { to: 'quiet', says: 'no pod has to go' }],
  ['a control-plane node blocks', { stage: 'gate', node: { schedulable: true, isControlPlane: true } }, { to: 'gate', says: 'control-plane' }],
  ['a job of Kueue is told, and blocks nothing', { stage: 'gate', node: { schedulable: true }, known: { others: { ...KNOWN.others, atWork: [kueue] }, pods: { ...EMPTY, going: [pod()] } } }, { to: 'quiet', says: 'ml/x will go; Workload ml/job' }],
  ['quiet sets the mark and remembers', { stage: 'quiet', known: { others: { ...KNOWN.others, toQuiet: [{ who: 'the daemon', mark, stands: 'run' }] } } }, { to: 'quiet', says: 'kept away', acts: ['mark'] }],
  ['quiet looks again whether somebody began meanwhile', { stage: 'quiet', known: { others: { ...KNOWN.others, atWork: [late], toQuiet: [{ who: 'the daemon', mark, stands: 'away' }] } } }, { to: 'quiet', says: 'SelfNodeRemediation is at work on it by now', acts: [] }],
  ['and is held with its name', { stage: 'quiet', nowMs: 30 * MINUTE, known: { others: { ...KNOWN.others, atWork: [late] } } }, { to: 'held', says: 'SelfNodeRemediation' }],
  ['quiet waits until the pod is gone', { stage: 'quiet', known: { others: { ...KNOWN.others, stillThere: ['n/daemon'] } } }, { to: 'quiet', says: 'n/daemon is gone' }],
  ['cordons', { stage: 'cordon', node: { schedulable: true } }, { to: 'cordon', says: 'cordoned', acts: ['cordon'] }],
  ['jobs get their time', { stage: 'jobs', known: { pods: { ...EMPTY, jobs: ['ml/train'] } }, spec: { jobs: { selector: 'a=b', timeoutSeconds: 60 } } }, { to: 'jobs', says: 'ml/train' }],
  ['and then go like others', { stage: 'jobs', nowMs: MINUTE, known: { pods: { ...EMPTY, jobs: ['ml/train'] } }, spec: { jobs: { selector: 'a=b', timeoutSeconds: 60 } } }, { to: 'drain', says: 'did not end' }],
  ['two ways to a host that answer differently keep it at the gate', { stage: 'gate', known: { ways: { verdict: 'differ', because: 'two ways differ', wayOut: 'look' } } }, { to: 'gate', says: 'two ways differ' }],
  ['two that answer alike are said', { stage: 'gate', known: { ways: { verdict: 'alike', because: 'A and B tell the same' } } }, { to: 'quiet', says: '; A and B tell the same' }],
  ['evicts the first wave only', { stage: 'drain', known: { pods: { ...EMPTY, going: [pod(), pod({ wave: 2, ref: { namespace: 'k', name: 'critical', uid: '2' } })] } } }, { to: 'drain', says: '2 pods', acts: ['evict'] }],
  ['asks a terminating pod no more', { stage: 'drain', known: { pods: { ...EMPTY, going: [pod({ isTerminating: true })] } } }, { to: 'drain', says: 'terminating', acts: [] }],
  ['a drain that takes too long is held', { stage: 'drain', nowMs: 3600_000, known: { pods: { ...EMPTY, going: [pod()] } } }, { to: 'held', says: 'did not end within 60 min' }],
  ['somebody uncordons: held', { stage: 'drain', node: { schedulable: true } }, { to: 'held', says: 'somebody uncordoned' }],
  ['writes what is not at next boot', { stage: 'tasks', known: { firmware: card('16', '16') } }, { to: 'tasks', says: 'NUM_OF_VFS=8', acts: ['set-firmware'] }],
  ['never to a BlueField in DPU mode', { stage: 'tasks', known: { firmware: card('16', '16') }, spec: { groups: [{ nodes: ['a'], rung: 'cold', cards: [{ pci: CARD, values: { NUM_OF_VFS: '8' } }], dpus: ['0000:18:00'] }] } }, { to: 'held', says: 'DPU mode' }],
  ['staged: restart', { stage: 'tasks' }, { to: 'restart', says: 'waits for a restart' }],
  ['active: none', { stage: 'tasks', known: { firmware: card('8', '8') } }, { to: 'verify', says: 'nothing waits' }],
  ['cold begins with a graceful shutdown', { stage: 'restart' }, { to: 'restart', says: 'shut down', acts: ['power'] }],
  ['not with pods on the node', { stage: 'restart', known: { pods: { ...EMPTY, going: [pod()] } } }, { to: 'held', says: 'ml/x came to a after its drain' }],
  ['not on a node that is schedulable', { stage: 'restart', node: { schedulable: true } }, { to: 'held', says: 'uncordoned' }],
  ['by hand a person is told what to do', { stage: 'restart', known: { power: { ...KNOWN.power, by: 'person' } } }, { to: 'restart', says: 'switch a off, wait 60 s, switch it on', acts: [] }],
  ['by hand the old boot id is no restart', { stage: 'restart', journal: { asked: { bootIdBefore: 'boot-1', atMs: 0, times: 1 } }, known: { power: { ...KNOWN.power, by: 'person' } } }, { to: 'restart', says: 'switch a off' }],
  ['by hand a new one is', { stage: 'restart', journal: { asked: { bootIdBefore: 'boot-0', atMs: 0, times: 1 } }, known: { power: { ...KNOWN.power, by: 'person' } } }, { to: 'verify', says: 'new boot id' }],
  ['warm asks the host', { stage: 'restart', journal: { rung: 'warm' } }, { to: 'restart', says: 'restarted', acts: ['restart-host'] }],
  ['a firmware reset takes the VFs first, then the firmware', { stage: 'restart', journal: { rung: 'firmware-reset' } }, { to: 'restart', says: `the firmware of ${CARD} is reset`, acts: ['clear-vfs', 'reset-firmware'] }],
  ['not with pods on the node', { stage: 'restart', journal: { rung: 'firmware-reset' }, known: { pods: { ...EMPTY, going: [pod()] } } }, { to: 'held', says: 'ml/x came to a after its drain' }],
  ['without level 3 it climbs as far as the plan allows', { stage: 'restart', journal: { rung: 'firmware-reset' }, known: { reset: { ...KNOWN.reset, cards: [{ pci: CARD, level3: false, said: '', withVfs: [] }] } } }, { to: 'drain', says: 'does not support level 3: a warm restart is next' }],
  ['and no further', { stage: 'restart', journal: { rung: 'firmware-reset' }, spec: { allow: { rung: 'firmware-reset' } }, known: { reset: { ...KNOWN.reset, cards: [] } } }, { to: 'held', says: 'whether 0000:18:00.0 supports a reset is not told' }],
  ['never of a BlueField in DPU mode', { stage: 'restart', journal: { rung: 'firmware-reset' }, spec: { groups: [{ nodes: ['a'], rung: 'firmware-reset', cards: [{ pci: CARD, values: { NUM_OF_VFS: '8' } }], dpus: ['0000:18:00'] }] } }, { to: 'drain', says: 'DPU mode, whose firmware is not reset from its host: a cold restart is next' }],
  ['nor while a pod that stays holds VFs', { stage: 'restart', journal: { rung: 'firmware-reset' }, known: { reset: { ...KNOWN.reset, users: ['ml/agent'] } } }, { to: 'drain', says: 'ml/agent would lose VFs' }],
  ['a reset that was refused climbs with its words', { stage: 'restart', journal: { rung: 'firmware-reset', asked: { bootIdBefore: 'boot-1', atMs: 0, times: 1, answer: { done: false, said: 'ended with 1: no' } } } }, { to: 'drain', says: 'was refused: ended with 1: no: a warm restart is next' }],
  ['what an act was refused with is said while it is waited for', { stage: 'restart', journal: { rung: 'warm', refused: 'no', asked: { bootIdBefore: 'boot-1', atMs: 0, times: 1 } } }, { to: 'restart', says: 'it restarts since 0 min; last answer: no' }],
  ['and when it holds the visit', { stage: 'restart', nowMs: 60 * MINUTE, journal: { rung: 'warm', refused: 'no', asked: { bootIdBefore: 'boot-1', atMs: 0, times: 2 } } }, { to: 'held', says: 'its boot id is the same; last answer: no' }],
  ['but not once it was made', { stage: 'restart', node: { bootId: 'boot-2' }, journal: { rung: 'warm', refused: 'no', asked: { bootIdBefore: 'boot-1', atMs: 0, times: 1 } } }, { to: 'verify', says: 'it is Ready with a new boot id' }],
  ['a reset that was made is verified', { stage: 'restart', journal: { rung: 'firmware-reset', asked: { bootIdBefore: 'boot-1', atMs: 0, times: 1, answer: { done: true, said: '' } } } }, { to: 'verify', says: 'was reset' }],
  ['a lost answer is waited for', { stage: 'restart', journal: { rung: 'firmware-reset', asked: { bootIdBefore: 'boot-1', atMs: 0, times: 1 } } }, { to: 'restart', says: 'not known yet', acts: [] }],
  ['and then asked for once more', { stage: 'restart', nowMs: 7 * MINUTE, journal: { rung: 'firmware-reset', asked: { bootIdBefore: 'boot-1', atMs: 0, times: 1 } } }, { to: 'restart', says: 'is reset', acts: ['clear-vfs', 'reset-firmware'] }],
  ['a reset that did not activate climbs', { stage: 'verify', journal: { rung: 'firmware-reset', tried: ['firmware-reset'] } }, { to: 'drain', says: 'not active after a firmware reset (level 3) of a: a warm restart is next' }],
  ['on a machine that is known to need more it climbs at once', { stage: 'verify', node: { labels: { 'nvidia.com/gpu.machine': 'DGXB200' } }, journal: { rung: 'firmware-reset', tried: ['firmware-reset'] } }, { to: 'drain', says: 'a cold restart is next' }],
  ['VFs that a reset made possible need room from the BIOS', { stage: 'verify', journal: { rung: 'firmware-reset', tried: ['firmware-reset'] }, known: { firmware: card('8', '8') } }, { to: 'restart', says: 'room for its VFs' }],
  ['which is not asked for where no restart is allowed', { stage: 'verify', journal: { rung: 'firmware-reset', tried: ['firmware-reset'] }, spec: { allow: { rung: 'firmware-reset' } }, known: { firmware: card('8', '8') } }, { to: 'release', says: 'current and next boot' }],
  ['AC power goes once off was held, where the BMC offers it', { stage: 'restart', nowMs: MINUTE, journal: { rung: 'ac', power: { phase: 'held-off', sinceMs: 0, bootIdBefore: 'boot-1', offReads: 3, unwantedOn: 0, unanswered: 0 } }, spec: { allow: { rung: 'ac', dpuPowerCut: true } }, known: { power: { ...KNOWN.power, state: 'off', acCycle: true } } }, { to: 'restart', says: 'AC power is taken away', acts: ['power'] }],
  ['AC begins like a cold restart', { stage: 'restart', journal: { rung: 'ac' }, spec: { allow: { rung: 'ac', dpuPowerCut: true } }, known: { power: { ...KNOWN.power, acCycle: true } } }, { to: 'restart', says: 'asked to shut down', acts: ['power'] }],
  ['a BMC without an AC cycle leaves it to a person', { stage: 'restart', journal: { rung: 'ac' }, spec: { allow: { rung: 'ac', dpuPowerCut: true } }, known: { power: { ...KNOWN.power, acCycle: false } } }, { to: 'restart', says: 'take its AC power away for 5 min', acts: [] }],
  ['AC is never implied', { stage: 'restart', journal: { rung: 'ac' }, known: { power: { ...KNOWN.power, acCycle: true } } }, { to: 'held', says: 'the plan allows no more than a cold restart' }],
  ['an AC cycle without effect is no proof', { stage: 'restart', node: { bootId: 'boot-2' }, journal: { rung: 'ac', power: { phase: 'booting', sinceMs: 0, bootIdBefore: 'boot-1', offReads: 0, unwantedOn: 0, unanswered: 0, acUnproved: true } }, spec: { allow: { rung: 'ac', dpuPowerCut: true } } }, { to: 'held', says: 'nothing shows that its AC power was away' }],
  ['active on every card: release', { stage: 'verify', journal: { tried: ['cold'] }, known: { firmware: card('8', '8') } }, { to: 'release', says: 'current and next boot' }],
  ['still pending climbs as far as the plan allows', { stage: 'verify', journal: { rung: 'warm', tried: ['warm'] } }, { to: 'drain', says: 'a cold restart is next' }],
  ['and no further', { stage: 'verify', journal: { tried: ['cold'] } }, { to: 'held', says: 'not active after a cold restart' }],
  ['by hand it is asked again', { stage: 'verify', journal: { tried: ['cold'], asked: { bootIdBefore: 'x', atMs: 0, times: 1 } } }, { to: 'restart', says: 'power was not away' }],
  ['a value that somebody changed is held', { stage: 'verify', known: { firmware: card('8', '16') } }, { to: 'held', says: 'something wrote it' }],
  ['release puts back what stood there', { stage: 'release', node: { labels: { [mark.key]: 'away' } }, journal: { quieted: { 'sriov-daemon': 'run' } } }, { to: 'release', says: 'puts back', acts: ['mark'] }],
  ['a mark on its Machine too', { stage: 'release', journal: { quieted: { 'machine capi/m': null } }, known: { marks: { 'machine capi/m': '' } } }, { to: 'release', says: 'puts back cluster.x-k8s.io/skip-remediation', acts: ['mark'] }],
  ['a Machine that is gone has nothing to put back', { stage: 'release', journal: { quieted: { 'machine capi/m': null } } }, { to: 'prove', says: 'see it again' }],
  ['what stands again is put back', { stage: 'release', journal: { quieted: { 'machine capi/m': null } }, known: { marks: { 'machine capi/m': null } } }, { to: 'prove', says: 'see it again' }],
  ['proof is waited for', { stage: 'prove', known: { offer: { gates: [{ gate: 'vfs', verdict: 'fail', on: 'ib0', because: 'no VFs' }], canary: 'none' } } }, { to: 'prove', says: 'ib0: no VFs' }],
  ['what is not told is no proof', { stage: 'prove', known: { offer: { gates: [{ gate: 'vfs', verdict: 'unknown', on: 'ib0', because: 'not read' }], canary: 'none' } } }, { to: 'prove', says: 'not read' }],
  ['and held in the end', { stage: 'prove', nowMs: 30 * MINUTE, known: { offer: { gates: [{ gate: 'vfs', verdict: 'fail', on: 'ib0', because: 'no VFs' }], canary: 'none' } } }, { to: 'held', says: 'stage prove for 30 min' }],
  ['a link that came back worse is held at once', { stage: 'prove', known: { offer: { gates: [{ gate: 'vfs', verdict: 'fail', on: 'ib0', because: 'no VFs' }, { gate: 'links', verdict: 'fail', on: CARD, because: 'came back with x8', wayOut: 'reseat' }], canary: 'none' } } }, { to: 'held', says: `${CARD}: came back with x8`, acts: [] }],
  ['a port may take its time', { stage: 'prove', known: { offer: { gates: [{ gate: 'ports', verdict: 'fail', on: CARD, because: 'is down', wayOut: 'cable' }], canary: 'none' } } }, { to: 'prove', says: 'is down' }],
  ['what was not compared is said', { stage: 'prove', known: { offer: { gates: [{ gate: 'vfs', verdict: 'pass', on: 'ib0', because: '8' }, { gate: 'links', verdict: 'not-compared', on: CARD, because: 'not read before' }], canary: 'none' } } }, { to: 'uncordon', says: `1 checks passed, 1 not made (${CARD}: not read before)` }],
  ['a canary pod has to run', { stage: 'prove', spec: { canaryPod: { image: 'i' } }, known: { offer: { gates: [], canary: 'waiting' } } }, { to: 'prove', says: 'does not run yet' }],
  ['our cordon is taken off', { stage: 'uncordon', journal: { cordon: 'ours' } }, { to: 'uncordon', says: 'taken off', acts: ['uncordon'] }],
  ['a cordon that somebody set once ours was off stays', { stage: 'uncordon', journal: { cordon: 'ours' }, node: { cordon: { by: 'kubectl-cordon', since: '2026-01-01T00:00:00Z' } } }, { to: 'returned', says: 'it stays cordoned by kubectl-cordon since 2026-01-01T00:00:00Z', acts: [] }],
  ['ours is known by its manager', { stage: 'uncordon', journal: { cordon: 'ours' }, node: { cordon: { by: 'nicwright' } } }, { to: 'uncordon', says: 'taken off', acts: ['uncordon'] }],
  ["a person's stays", { stage: 'uncordon', journal: { cordon: 'kubectl' } }, { to: 'returned', says: 'stays cordoned by kubectl' }],
  ['an operator gives its node back by itself', { stage: 'uncordon', journal: { cordon: 'the SR-IOV operator' }, known: { others: { ...KNOWN.others, atWork: [sriov] } } }, { to: 'uncordon', says: 'waits until the SR-IOV operator' }],
  ['our cordon stays for another who drains by now', { stage: 'uncordon', journal: { cordon: 'ours' }, known: { others: { ...KNOWN.others, atWork: [sriov] } } }, { to: 'returned', says: 'stays cordoned for' }],
  ['a job of Kueue keeps no cordon', { stage: 'uncordon', journal: { cordon: 'ours' }, known: { others: { ...KNOWN.others, atWork: [kueue] } } }, { to: 'uncordon', says: 'taken off', acts: ['uncordon'] }],
  ['abort turns back before the restart', { stage: 'drain', spec: { aborted: true } }, { to: 'release', says: 'aborted' }],
  ['and not after it', { stage: 'verify', spec: { aborted: true }, known: { firmware: card('8', '8') } }, { to: 'release', says: 'current and next boot' }],
  ['out of a hold before the restart, too', { stage: 'held', journal: { held: { from: 'drain', atMs: 0, because: 'stuck', wayOut: 'x' } }, spec: { aborted: true } }, { to: 'release', says: 'aborted' }],
  ['not out of one after it', { stage: 'held', journal: { tried: ['cold'], held: { from: 'prove', atMs: 0, because: 'stuck', wayOut: 'x' } }, spec: { aborted: true } }, { to: 'held', says: 'stuck' }],
  ['nor while it climbs: a restart has been', { stage: 'drain', journal: { rung: 'cold', tried: ['warm'] }, spec: { aborted: true } }, { to: 'tasks', says: 'is gone' }],
  ['held stays held', { stage: 'held', journal: { held: { from: 'drain', atMs: 0, because: 'stuck', wayOut: 'x' } } }, { to: 'held', says: 'stuck', acts: [] }],
  ['until a person asks for another try', { stage: 'held', journal: { held: { from: 'drain', atMs: 0, because: 'stuck', wayOut: 'x' } }, spec: { retryHeldBefore: '2026-01-01T00:00:00Z' } }, { to: 'cordon', says: 'another try' }],
];

test.for(ROWS)('%s', ([, given, { to, says, acts }]) => {
  const step = nextVisitStep(factsOf(given));
  expect(step.journal.stage).toBe(to);
  expect(step.because).toContain(says);
  if (acts !== undefined) expect(step.acts.map((act) => act.do)).toEqual(acts);
});

test.for(STAGES.filter((stage) => STAGE_KINDS[stage].needs.length > 0))(
  'in stage %s nothing is done while a fact cannot be told',
  (stage) => {
    const facts = factsOf({ stage });
    for (const name of needsOf(facts.journal)) {
      const step = nextVisitStep({ ...facts, told: { ...facts.told, [name]: untold('no answer') } });
      expect(step.acts).toEqual([]);
      expect(step.journal.stage).toBe(stage);
    }
  },
);

describe('the journal', () => {
  test('stays within 4 KB and can be read again, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 3000 }),
        fc.array(fc.constant('0000:18:00.0'), { maxLength: 120 }),
        fc.dictionary(fc.string({ minLength: 1, maxLength: 40 }), fc.string({ maxLength: 10 }), { maxKeys: 60 }),
        (because, functions, resources) => {
          const journal: VisitJournal = {
            rollout: 'r',
            uid: 'u',
            stage: 'held',
            sinceMs: 0,
            beganMs: 0,
            because,
            rung: 'cold',
            left: { functions, resources },
            staged: functions,
            held: { from: 'drain', atMs: 0, because, wayOut: because },
          };
          const text = showJournal(journal);
          const read = readJournal(text);
          expect(read.ok && read.value.held?.from).toBe('drain');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('one that cannot be read is a sentence', () => {
    expect(readJournal('{')).toMatchObject({ ok: false });
    expect(readJournal('{"stage":"dancing"}')).toMatchObject({
      ok: false,
      fault: { message: expect.stringContaining('nicwright.dev/visit') },
    });
  });
});

test('pause changes nothing for a visit under way, whatever its stage: only the next does not begin', () => {
  for (const stage of STAGES) {
    const facts = { stage, nowMs: MINUTE, node: { schedulable: stage === 'gate' || stage === 'quiet' } };
    const paused = nextVisitStep(factsOf({ ...facts, spec: { paused: true } }));
    expect(paused, stage).toEqual(nextVisitStep(factsOf(facts)));
  }
});
