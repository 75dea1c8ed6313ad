/** What a fixer is asked and answers: the one safe change for a problem, as steps, or why there is none here. */
import type { Facts } from '../../diagnosis/facts.ts';
import type { Confidence } from '../../diagnosis/finding.ts';
import type { Problem } from '../../diagnosis/report.ts';
import { fail, type Result } from '../../result.ts';
import type { PlanStep } from '../plan.ts';

export interface FixAsked {
  readonly problem: Problem;
  readonly facts: Facts;
  /** Marks objects that the plan makes. */
  readonly planName: string;
}

export interface Fix {
  readonly steps: readonly PlanStep[];
  /** What comes of it beside the cure, a sentence each. */
  readonly effects?: readonly string[];
  /** Kinds whose specs the plan rests on beside the fields that it changes: where they change, the plan is refused. */
  readonly restsOn?: readonly string[];
}

export interface Fixer {
  /** What is changed, half a sentence, for lists. */
  readonly does: string;
  /** How sure the cause has to be. Less than proven only where the change harms nothing if it was another one. */
  readonly from: Exclude<Confidence, 'possible'>;
  readonly plan: (asked: FixAsked) => Result<Fix>;
}

/** There is no safe change for this problem as it stands here. */
export const cannot = (because: string): Result<never> => fail('refused-fix', because);
