/**
 * Writes into a visit's journal what an act was answered, where nothing else would tell. A firmware reset: the host runs on,
 * so that nothing shows whether it was made. A refusal: whoever reads the node has to see why it waits. An answer that is lost
 * (no connection, a crash) leaves the journal as it is, and the rule finds out by what it reads.
 */
import { NODES } from '../../core/model/kube-resource.ts';
import { ok, type Fault, type Result } from '../../core/result.ts';
import type { VisitAct } from '../../core/visit/visit-act.ts';
import { asRefusal, readJournal, VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';
import { recordVisit } from './record-visit.ts';
import type { RolloutPorts } from './rollout-ports.ts';

/** `refused: null` takes an earlier refusal away. */
export interface ActAnswer {
  readonly reset?: NonNullable<NonNullable<VisitJournal['asked']>['answer']>;
  readonly refused?: string | null;
}

const isReset = ({ do: what }: VisitAct): boolean => what === 'reset-firmware' || what === 'clear-vfs';

/** An API that gives no answer now, or wants the object read again: asked anew in a moment, it would not take the words either. */
const passes = ({ code, next }: Fault): boolean => next === 'retry' && code.startsWith('kube-');

/** Of the acts of one step, after `act` was tried; undefined: it tells nothing that the journal does not say. */
export const answerOf = (
  acts: readonly VisitAct[],
  act: VisitAct,
  result: Result<unknown>,
  { refused }: Pick<VisitJournal, 'refused'>,
): ActAnswer | undefined => {
  if (result.ok) {
    if (act !== acts.at(-1)) return undefined;
    if (!isReset(act) && refused === undefined) return undefined;
    return {
      ...(isReset(act) && { reset: { done: true, said: '' } }),
      ...(refused !== undefined && { refused: null }),
    };
  }
  const { code, message } = result.fault;
  // The rule tells a refused reset itself.
  if (isReset(act) && code === 'host-refused') return { reset: { done: false, said: message } };
  const words = asRefusal(message);
  return passes(result.fault) || words === refused ? undefined : { refused: words };
};

const withAnswer = (
  { refused: before, ...journal }: VisitJournal,
  asking: VisitJournal,
  { reset, refused = before }: ActAnswer,
): VisitJournal => {
  const { asked } = journal;
  const isAnswered = reset !== undefined && asked !== undefined && asked.atMs === asking.asked?.atMs;
  return {
    ...journal,
    ...(typeof refused === 'string' && { refused }),
    ...(isAnswered && { asked: { ...asked, answer: reset } }),
  };
};

/** Only into the journal that asked: read anew, since an act may take long enough for the node to change meanwhile. */
export const recordAnswer = async (
  ports: Pick<RolloutPorts, 'api' | 'clock'>,
  node: string,
  asking: VisitJournal,
  answer: ActAnswer,
  signal: AbortSignal,
): Promise<Result<unknown>> => {
  const found = await ports.api.get(NODES, { name: node }, { signal });
  if (!found.ok) return found;
  const journal = readJournal(found.value.metadata.annotations?.[VISIT_KEY] ?? '');
  if (!journal.ok) return journal;
  if (journal.value.uid !== asking.uid || journal.value.stage !== asking.stage) return ok(undefined);
  return recordVisit(ports, found.value, withAnswer(journal.value, asking, answer), signal);
};
