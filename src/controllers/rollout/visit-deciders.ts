/** The decisions that the controller takes from core/visit, in one place. */
import { overBudget } from '../../core/visit/fleet.ts';
import { nextVisitStep } from '../../core/visit/next-visit-step.ts';

export interface VisitDeciders {
  readonly nextVisitStep: typeof nextVisitStep;
  readonly overBudget: typeof overBudget;
}

export const VISIT_DECIDERS: VisitDeciders = { nextVisitStep, overBudget };
