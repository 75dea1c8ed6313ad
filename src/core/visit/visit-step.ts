/** The answers that a stage's rule may give, and what becomes of the journal with each. */
import type { Stage } from './stages.ts';
import type { VisitAct } from './visit-act.ts';
import type { VisitJournal } from './visit-journal.ts';

export interface VisitStep {
  /** Recorded before the acts are made. */
  readonly journal: VisitJournal;
  readonly acts: readonly VisitAct[];
  readonly because: string;
  /** When to look again, whatever happens; absent at the end. */
  readonly recheckMs?: number;
}

/** What a rule says; the journal's own times are filled in by next-visit-step.ts. */
export interface Ruling {
  readonly to: Stage;
  readonly because: string;
  readonly wayOut?: string;
  /** Of the journal; undefined takes an entry out. */
  readonly change?: JournalChange;
  readonly acts?: readonly VisitAct[];
  readonly recheckMs?: number;
}

const POLL_MS = 5_000;

type Changeable = Omit<VisitJournal, 'stage' | 'sinceMs' | 'because' | 'wayOut' | 'held' | 'refused'>;
export type JournalChange = { readonly [Key in keyof Changeable]?: Changeable[Key] | undefined };

type More = Pick<Ruling, 'change' | 'acts' | 'recheckMs' | 'wayOut'>;

/** Stays in this stage, and looks again. */
export const stay = (stage: Stage, because: string, more: More = {}): Ruling => ({
  to: stage,
  because,
  recheckMs: POLL_MS,
  ...more,
});

export const moveTo = (to: Stage, because: string, more: More = {}): Ruling => ({ to, because, recheckMs: 0, ...more });

/** Holds the visit: nothing more is done until a person says so. */
export const hold = (because: string, wayOut: string, more: More = {}): Ruling => ({
  to: 'held',
  because,
  wayOut,
  ...more,
});
