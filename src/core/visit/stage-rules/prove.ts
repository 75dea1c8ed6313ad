/** The gate after: the node offers what was promised and what it left with, and a canary pod runs where one is asked for. */
import { firstOpen } from '../gates/gate.ts';
import { hold, moveTo, stay } from '../visit-step.ts';
import type { StageRule } from './stage-rule.ts';

export const prove: StageRule<'offer'> = ({ node, spec, offer }) => {
  if (!node.ready) return stay('prove', 'it is not Ready', { recheckMs: 10_000 });
  const open = firstOpen(offer.gates);
  if (open !== undefined) return stay('prove', `${open.on}: ${open.because}`, { recheckMs: 10_000 });
  const passed = `${offer.gates.length} checks passed`;
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
