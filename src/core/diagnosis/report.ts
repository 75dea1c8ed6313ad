/**
 * The answer of `diagnose` as plain data (its JSON form is documented in docs/diagnosis.md): problems with what follows
 * from them, symptoms without a known cause, what could not be told, and what was not looked at.
 */
import type { Gap } from '../snapshot/snapshot.ts';
import type { Candidate } from './candidates.ts';
import type { Confidence, RemedyStep, Scope, Severity } from './finding.ts';
import type { Suppressed } from './suppressions.ts';

export interface CitedEvidence {
  readonly source: string;
  readonly line?: number;
  readonly object?: string;
  /** The field's path, joined by dots. */
  readonly field?: string;
  readonly excerpt: string;
}

/** One rule's findings that are the same problem in one or several places. */
export interface Problem {
  readonly rule: string;
  /** Names this problem among all of a report, and stays the same when it is found again. */
  readonly fingerprint: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly summary: string;
  readonly nodes: readonly string[];
  /** Every place where it was found, each once. */
  readonly scopes: readonly Scope[];
  /** How many findings were folded into this one. */
  readonly count: number;
  readonly evidence: readonly CitedEvidence[];
  readonly against: readonly string[];
  readonly lacks: readonly UnknownFact[];
  /** What a symptom without a known cause may come from; those that the input rules out come last. */
  readonly candidates: readonly Candidate[];
  readonly remedy: readonly RemedyStep[];
  /** What the vendor should change, where that is known. */
  readonly proposal?: readonly string[];
  /** What follows from it, nearest first. */
  readonly consequences: readonly Consequence[];
  readonly thenExpect?: string;
}

export interface Consequence {
  readonly rule: string;
  readonly title: string;
  readonly summary: string;
  readonly nodes: readonly string[];
  readonly count: number;
  readonly evidence: readonly CitedEvidence[];
}

export interface UnknownFact {
  readonly what: string;
  readonly why: string;
  readonly settle: string;
  /** Rules that would use it. */
  readonly rules: readonly string[];
  readonly nodes: readonly string[];
  /** True when it could explain a symptom that has no known cause. */
  readonly decisive: boolean;
}

export interface NodeVerdict {
  readonly node: string;
  readonly verdict: 'affected' | 'nothing found' | 'not looked at';
}

export interface Report {
  readonly schema: 'nicwright.dev/diagnosis/v1';
  readonly sources: readonly string[];
  readonly nodes: readonly NodeVerdict[];
  /** Causes that nothing else explains, most severe first. */
  readonly problems: readonly Problem[];
  /** Symptoms that no cause explains in this input. */
  readonly symptoms: readonly Problem[];
  readonly observations: readonly Problem[];
  readonly unknown: readonly UnknownFact[];
  /** Files and lists that were given and could not be used, or were asked for and denied. */
  readonly notLookedAt: readonly Gap[];
  /** What was looked at and found in order, one line a rule. */
  readonly clear: readonly { readonly rule: string; readonly saw: string; readonly count: number }[];
  /** What a file of suppressions set aside; absent where none was given. */
  readonly suppressed?: Suppressed;
}
