/** A plan without a step proves nothing, neither carried out nor rehearsed: the sentence that says why it has none. */
import type { Plan } from './plan.ts';

export const whyEmpty = ({
  steps,
  untold,
  metadata: { name },
}: Pick<Plan, 'steps' | 'untold' | 'metadata'>): string | undefined => {
  if (steps.length > 0) return undefined;
  return untold.length > 0
    ? `${name} has no step: what waits on ${untold.join(', ')} could not be told when it was made; plan again with --wait, or with host text.`
    : `${name} has no step: nothing waited when it was made.`;
};
