/** The gate after: the node offers what was promised and what it left with, and a canary pod runs where one is asked for. */
import { ACCEPTED_LOSS, acceptWords, isLoss, withAcceptedLoss } from '../gates/accepted-loss.ts';
import { firstOpen, type Gate } from '../gates/gate.ts';
import { hold, moveTo, stay } from '../visit-step.ts';
import type { StageRule } from './stage-rule.ts';

/** What was not compared and what was accepted is said, each with the first of it. */
const passedWords = (gates: readonly Gate[]): string => {
  const passed = gates.filter(({ verdict }) => verdict === 'pass').length;
  const others = (verdict: Gate['verdict'], words: string): string => {
    const [first, ...more] = gates.filter((gate) => gate.verdict === verdict);
    return first === undefined ? '' : `, ${more.length + 1} ${words} (${first.on}: ${first.because})`;
  };
  return `${passed} checks passed${others('not-compared', 'not made')}${others('accepted', 'accepted as lost')}`;
};

export const prove: StageRule<'offer'> = ({ node, spec, offer }) => {
  if (!node.ready) return stay('prove', 'it is not Ready', { recheckMs: 10_000 });
  const gates = withAcceptedLoss(offer.gates, node.annotations[ACCEPTED_LOSS]);
  const open = firstOpen(gates);
  // A link is trained when the machine starts: no waiting changes it.
  const worse = gates.find(({ gate, verdict }) => gate === 'links' && verdict === 'fail');
  if (worse !== undefined)
    return hold(`${worse.on}: ${worse.because}`, `${worse.wayOut ?? ''}, ${acceptWords(node.name)}`);
  if (open !== undefined) {
    const ways = [open.wayOut ?? [], isLoss(open) ? acceptWords(node.name) : []].flat();
    return {
      ...stay('prove', `${open.on}: ${open.because}`, { recheckMs: 10_000 }),
      ...(ways.length > 0 && { wayOut: ways.join(', ') }),
    };
  }
  const passed = passedWords(gates);
  if (spec.canaryPod === undefined) return moveTo('uncordon', passed);
  switch (offer.canary) {
    case 'none':
    case 'absent':
      return stay('prove', `${passed}; a canary pod is tried`, { acts: [{ do: 'create-canary' }] });
    case 'waiting':
      return stay('prove', `${passed}; the canary pod does not run yet`);
    case 'failed':
      return hold(
        `${passed}, but the canary pod failed`,
        `kubectl logs -n ${spec.canaryPod.namespace} nicwright-canary-${node.name}`,
      );
    case 'running':
      return moveTo('uncordon', `${passed}, and the canary pod ran`, { acts: [{ do: 'delete-canary' }] });
  }
};
