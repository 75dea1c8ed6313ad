/** Takes off our own cordon and no other; waits where the owner of a cordon gives the node back by itself. */
import { cordonWords, isAnothers } from '../others/cordoned-by.ts';
import { isAtWork } from '../others/other.ts';
import { moveTo, stay } from '../visit-step.ts';
import { OURS } from './cordon.ts';
import type { StageRule } from './stage-rule.ts';

export const uncordon: StageRule<'others'> = ({ node, journal, others }) => {
  const done = journal.abandoned === true ? 'it is as it was' : 'it is back in service';
  if (node.schedulable) return moveTo('returned', done);
  // Ours was taken off, and somebody cordoned it before that was read: the API server knows whose it is by now.
  const cordon =
    node.cordon !== undefined && isAnothers(node.cordon) && journal.cordon === OURS
      ? cordonWords(node.cordon)
      : (journal.cordon ?? 'somebody');
  const [other] = others.atWork.filter(isAtWork);
  if (cordon === OURS)
    return other === undefined
      ? stay('uncordon', 'our cordon is taken off', { acts: [{ do: 'uncordon' }] })
      : moveTo('returned', `${done}; it stays cordoned for ${other.who}: ${other.because}`);
  if (other !== undefined && journal.abandoned !== true)
    return stay('uncordon', `waits until ${other.who} gives it back: ${other.because}`, { recheckMs: 10_000 });
  return moveTo('returned', `${done}; it stays cordoned by ${cordon}`);
};
