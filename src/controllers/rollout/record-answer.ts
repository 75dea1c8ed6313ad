/**
 * Writes into a visit's journal what a firmware reset answered: the host runs on, so that nothing else tells whether it was
 * made. An answer that is lost (no connection, a crash) leaves the journal as it is, and the rule waits and asks once more.
 */
import { NODES } from '../../core/model/kube-resource.ts';
import { ok, type Result } from '../../core/result.ts';
import type { VisitAct } from '../../core/visit/visit-act.ts';
import { readJournal, VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';
import { recordVisit } from './record-visit.ts';
import type { RolloutPorts } from './rollout-ports.ts';

type Answer = NonNullable<NonNullable<VisitJournal['asked']>['answer']>;

const isReset = ({ do: what }: VisitAct): boolean => what === 'reset-firmware' || what === 'clear-vfs';

/** Of the acts of one step, after the last that was made; undefined: they tell nothing by themselves, or not yet. */
export const answerOf = (acts: readonly VisitAct[], act: VisitAct, result: Result<unknown>): Answer | undefined => {
  if (!isReset(act)) return undefined;
  if (!result.ok) return result.fault.code === 'host-refused' ? { done: false, said: result.fault.message } : undefined;
  return act === acts.at(-1) ? { done: true, said: '' } : undefined;
};

/** Only into the journal that asked: read anew, since a reset takes long enough for the node to change meanwhile. */
export const recordAnswer = async (
  ports: Pick<RolloutPorts, 'api' | 'clock'>,
  node: string,
  asking: VisitJournal,
  answer: Answer,
  signal: AbortSignal,
): Promise<Result<unknown>> => {
  const found = await ports.api.get(NODES, { name: node }, { signal });
  if (!found.ok) return found;
  const journal = readJournal(found.value.metadata.annotations?.[VISIT_KEY] ?? '');
  if (!journal.ok) return journal;
  const { asked, uid, stage } = journal.value;
  if (asked === undefined || uid !== asking.uid || stage !== asking.stage || asked.atMs !== asking.asked?.atMs)
    return ok(undefined);
  return recordVisit(ports, found.value, { ...journal.value, asked: { ...asked, answer } }, signal);
};
