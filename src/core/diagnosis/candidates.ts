/**
 * One symptom, several possible causes: each with what would prove and what would disprove it, and the fact that decides. The
 * fact that decides most of them is asked for first. Which causes a symptom may have is for its rule to say.
 */
import type { Lack } from './finding.ts';

export interface Candidate {
  /** In a few words. */
  readonly cause: string;
  /** The rule that states it once it is proven. */
  readonly rule?: string;
  readonly provedBy: string;
  readonly disprovedBy: string;
  /** The fact that tells, and the command that brings it. */
  readonly fact: string;
  readonly settle: string;
  /** What the input already holds against it; such a candidate needs no fact more. */
  readonly against?: string;
}

/** A row of a table of candidates: the cause, what proves it, what disproves it, and its rule where there is one. */
export type CandidateRow = readonly [cause: string, provedBy: string, disprovedBy: string, rule?: string];

/** Candidates that one fact decides. */
export const candidatesBy = (
  { fact, settle }: Pick<Candidate, 'fact' | 'settle'>,
  rows: readonly CandidateRow[],
): readonly Candidate[] =>
  rows.map(([cause, provedBy, disprovedBy, rule]) => ({
    cause,
    provedBy,
    disprovedBy,
    fact,
    settle,
    ...(rule === undefined ? {} : { rule }),
  }));

/** The facts that are missing, the one that decides most candidates first. */
export const lacksOf = (candidates: readonly Candidate[]): readonly Lack[] =>
  [
    ...Map.groupBy(
      candidates.filter(({ against }) => against === undefined),
      ({ fact, settle }) => `${fact}\n${settle}`,
    ).values(),
  ]
    .toSorted((a, b) => b.length - a.length)
    .flatMap((group) => {
      const [first] = group;
      return first === undefined
        ? []
        : [{ what: first.fact, why: `tells of: ${group.map(({ cause }) => cause).join('; ')}`, settle: first.settle }];
    });

/** The same cause named by several findings is one candidate; those that are ruled out come last. */
export const mergeCandidates = (all: readonly Candidate[]): readonly Candidate[] =>
  [...new Map(all.map((one) => [one.cause, one])).values()].toSorted(
    (a, b) => Number(a.against !== undefined) - Number(b.against !== undefined),
  );
