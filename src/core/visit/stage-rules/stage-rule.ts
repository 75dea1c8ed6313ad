/** One stage's rule: facts in, ruling out. It sees only facts that could be told, and knows neither clock nor journal keeping. */
import type { Ruling } from '../visit-step.ts';
import type { GatheredFacts, VisitBase } from '../visit-facts.ts';

/** All facts that any rule may ask for; a rule reads those that its stage needs (STAGE_KINDS). */
export type StageRule<Needed extends keyof GatheredFacts = never> = (
  facts: VisitBase & Pick<GatheredFacts, Needed>,
) => Ruling;

export const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;

/** `a, b and 3 more`. */
export const some = (names: readonly string[], most = 3): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
