/** One step of one visit: read, decide (core/visit), record, act. Level-triggered; the journal on the node is all it remembers. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { needsOf } from '../../core/visit/next-visit-step.ts';
import type { VisitBase } from '../../core/visit/visit-facts.ts';
import { VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';
import { visitNode } from '../../core/visit/visit-node.ts';
import type { VisitStep } from '../../core/visit/visit-step.ts';
import type { Outcome, Reconciler } from '../../runtime/reconcile-loop.ts';
import { carryOut } from './carry-out.ts';
import type { ClusterReads } from './cluster-reads.ts';
import { gatherFacts } from './gather-facts.ts';
import { journalReader } from './journal-reader.ts';
import { groupOf, readRollout } from './read-rollout.ts';
import { answerOf, recordAnswer } from './record-answer.ts';
import { recordVisit } from './record-visit.ts';
import type { RolloutPorts } from './rollout-ports.ts';
import type { VisitDeciders } from './visit-deciders.ts';
import { tell, type EventWords } from './visit-events.ts';

export interface VisitReconcilerOptions {
  readonly ports: RolloutPorts;
  readonly reads: ClusterReads;
  /** Asked right before each act: false when another process may lead by now. */
  readonly mayAct: () => boolean;
  readonly deciders: VisitDeciders;
  /** Called when a visit is over or held, so that the next may begin. */
  readonly onTurn: (rollout: string) => void;
}

/** `ROLLOUT/NODE`; neither name holds a slash. */
export const visitKey = (rollout: string, node: string): string => `${rollout}/${node}`;

/** How long a sentence may be old while nothing but it has changed. */
const SAY_MS = 60_000;

/** Others write the node, too; whoever keeps writing it is let by. */
const MOST_TRIES = 3;

const WORDS: ReadonlySet<string> = new Set<keyof VisitJournal>(['because', 'wayOut']);

/** Whether the journal has to be written before the acts may be made: something beside its words has changed. */
const isNews = (before: VisitJournal, { journal }: VisitStep): boolean => {
  const keys = new Set([...Object.keys(before), ...Object.keys(journal)]) as ReadonlySet<keyof VisitJournal>;
  for (const key of keys)
    if (!WORDS.has(key) && before[key] !== journal[key] && JSON.stringify(before[key]) !== JSON.stringify(journal[key]))
      return true;
  return false;
};

/** What an act was refused with is said at once. */
const isUnsaid = ({ refused, because }: VisitJournal): boolean => refused !== undefined && !because.includes(refused);

const eventOf = (before: VisitJournal, { journal }: VisitStep): EventWords | undefined => {
  if (journal.stage === before.stage) return undefined;
  const { node: _node, ...words } = { node: '', because: journal.because };
  if (journal.stage === 'held')
    return {
      type: 'Warning',
      reason: 'VisitHeld',
      message: `${journal.held?.because ?? words.because}; ${journal.held?.wayOut ?? ''}`,
    };
  const reason = `Visit${journal.stage.charAt(0).toUpperCase()}${journal.stage.slice(1)}`;
  return { type: 'Normal', reason, message: words.because };
};

export const visitReconciler = (options: VisitReconcilerOptions): Reconciler => {
  const { ports, reads, mayAct, deciders, onTurn } = options;
  const { api, clock, log, metrics } = ports;
  const said = new Map<string, number>();
  const readJournal = journalReader();

  const actAll = async (base: VisitBase, step: VisitStep, signal: AbortSignal): Promise<Outcome | undefined> => {
    for (const act of step.acts) {
      if (!mayAct()) return { done: true };
      const result = await carryOut({ ports, reads, base, signal }, act);
      metrics.count('nicwright_visit_acts_total', { act: act.do, outcome: result.ok ? 'ok' : result.fault.code });
      const answer = answerOf(step.acts, act, result, step.journal);
      if (answer !== undefined) {
        const recorded = await recordAnswer(ports, base.node.name, step.journal, answer, signal);
        if (!recorded.ok) log.warn(`${base.node.name}: ${recorded.fault.message}`, { node: base.node.name });
      }
      if (!result.ok) {
        log.warn(`${base.node.name}: ${result.fault.message}`, { node: base.node.name, code: result.fault.code });
        return { after: Math.max(step.recheckMs ?? 0, 5_000) };
      }
    }
    return undefined;
  };

  const record = async (
    object: KubeObject,
    rollout: KubeObject,
    before: VisitJournal,
    step: VisitStep,
    signal: AbortSignal,
  ): Promise<Outcome | 'node changed' | undefined> => {
    if (!mayAct()) return { done: true };
    const written = await recordVisit(ports, object, step.journal, signal);
    if (!written.ok) return written.fault.code === 'kube-conflict' ? 'node changed' : { fault: written.fault };
    const words = eventOf(before, step);
    if (words === undefined) return undefined;
    log.info(`${object.metadata.name}: ${step.because}`, { node: object.metadata.name, stage: step.journal.stage });
    metrics.count('nicwright_visit_stages_total', { stage: step.journal.stage });
    await tell(ports, object, words, signal);
    if (step.journal.stage === 'held' || step.journal.stage === 'returned') {
      await tell(ports, rollout, { ...words, message: `${object.metadata.name}: ${words.message}` }, signal);
      onTurn(rollout.metadata.name);
    }
    return undefined;
  };

  return async (key, signal) => {
    const [rolloutName = '', nodeName = ''] = key.split('/');
    const found = await api.get(ROLLOUTS, { name: rolloutName }, { signal });
    if (!found.ok) return found.fault.code === 'kube-not-found' ? { done: true } : { fault: found.fault };
    const rollout = readRollout(found.value);
    if (!rollout.ok) return { fault: rollout.fault };
    const node = await api.get(NODES, { name: nodeName }, { signal });
    if (!node.ok) return node.fault.code === 'kube-not-found' ? { done: true } : { fault: node.fault };
    const text = node.value.metadata.annotations?.[VISIT_KEY];
    if (text === undefined) return { done: true };
    const journal = readJournal(nodeName, text);
    if (!journal.ok) return { fault: journal.fault };
    const { spec, uid } = rollout.value;
    const group = groupOf(spec, nodeName);
    if (journal.value.uid !== uid || group === undefined) return { done: true };
    const baseOn = (object: KubeObject): VisitBase => ({
      nowMs: clock.now(),
      node: visitNode(object),
      spec,
      group,
      journal: journal.value,
    });
    let object = node.value;
    let base = baseOn(object);
    const told = await gatherFacts({ ports, reads, object, base, signal }, needsOf(journal.value));
    let step: VisitStep;
    for (let tries = 1; ; tries += 1) {
      // Reading took time, and what was read counts from when it was read: a hold must not be short by it.
      step = deciders.nextVisitStep({ ...base, nowMs: clock.now(), told });
      const isOld = base.nowMs - (said.get(key) ?? 0) >= SAY_MS || isUnsaid(journal.value);
      if (!isNews(journal.value, step) && !(isOld && step.because !== journal.value.because)) break;
      said.set(key, base.nowMs);
      const stopped = await record(object, found.value, journal.value, step, signal);
      if (stopped === undefined) break;
      if (stopped !== 'node changed') return stopped;
      // Decided anew on the node as it is now, by the same facts: what a BMC said once must not be lost with the write.
      const now = await api.get(NODES, { name: nodeName }, { signal });
      if (tries === MOST_TRIES || !now.ok || now.value.metadata.annotations?.[VISIT_KEY] !== text)
        return { after: 200 };
      object = now.value;
      base = baseOn(object);
    }
    const acted = await actAll(base, step, signal);
    if (acted !== undefined) return acted;
    return step.recheckMs === undefined ? { done: true } : { after: step.recheckMs };
  };
};
