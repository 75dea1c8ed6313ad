/** The gate after: the node offers what was promised and what it left with, and a canary pod runs where one is asked for. */
import { firstOpen, type Gate } from '../gates/gate.ts';
import { hold, moveTo, stay } from '../visit-step.ts';
import type { StageRule } from './stage-rule.ts';

/** What was not compared is said, with the reason of the first. */
const passedWords = (gates: readonly Gate[]): string => {
  const skipped = gates.filter(({ verdict }) => verdict === 'not-compared');
  const [first] = skipped;
  const passed = `${gates.length - skipped.length} checks passed`;
  return first === undefined ? passed : `${passed}, ${skipped.length} not made (${first.on}: ${first.because})`;
};

export const prove: StageRule<'offer'> = ({ node, spec, offer }) => {
  if (!node.ready) return stay('prove', 'it is not Ready', { recheckMs: 10_000 });
  const open = firstOpen(offer.gates);
  // A link is trained when the machine starts: no waiting changes it.
  const lost = offer.gates.find(({ gate, verdict }) => gate === 'links' && verdict === 'fail');
  if (lost !== undefined) return hold(`${lost.on}: ${lost.because}`, lost.wayOut ?? '');
  if (open !== undefined)
    return {
      ...stay('prove', `${open.on}: ${open.because}`, { recheckMs: 10_000 }),
      ...(open.wayOut !== undefined && { wayOut: open.wayOut }),
    };
  const passed = passedWords(offer.gates);
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
