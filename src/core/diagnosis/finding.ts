/**
 * What a rule may say: something is wrong (Finding), it could not be told (Unknown), or it was looked at and is fine
 * (Clear). Saying nothing at all means that the rule does not apply there; it never means fine.
 */
import type { Path } from '../model/dig.ts';
import type { Origin, SnapshotObject } from '../snapshot/snapshot.ts';
import type { Candidate } from './candidates.ts';

export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** proven: the evidence admits no other cause; likely: others are possible but less so; possible: one of several. */
export type Confidence = 'proven' | 'likely' | 'possible';

/** What a statement is about. A finding explains another only when no part of their scopes differs. */
export interface Scope {
  readonly node?: string;
  /** PCI address of a function, long form. */
  readonly pci?: string;
  /** Extended resource name with prefix. */
  readonly resource?: string;
  /** `Kind/namespace/name`. */
  readonly object?: string;
  /** `registry/path/name:tag`. */
  readonly image?: string;
}

/** A place that shows the statement to be true. */
export interface Evidence {
  readonly origin: Origin;
  /** The text at that place, as it stands there. */
  readonly excerpt: string;
  /** `Kind/namespace/name` and the field, where the place is part of an object. */
  readonly object?: string;
  readonly field?: Path;
  /** Finds the line of `field` when a report prints it. */
  readonly lineOf?: SnapshotObject['lineOf'];
}

export interface RemedyStep {
  readonly text: string;
  /** A command that a person can type, with real names in it. */
  readonly command?: string;
  /** What it costs or endangers. */
  readonly risk?: string;
}

/** A fact that would decide, and how to get it. */
export interface Lack {
  readonly what: string;
  /** What it would decide. */
  readonly why: string;
  readonly settle: string;
}

export interface Finding {
  readonly says: 'finding';
  readonly scope: Scope;
  /** One sentence with the facts in it. */
  readonly because: string;
  readonly severity?: Severity;
  readonly confidence: Confidence;
  readonly evidence: readonly Evidence[];
  /** What speaks against it, or was looked at and does not. */
  readonly against?: readonly string[];
  readonly lacks?: readonly Lack[];
  /** Of a symptom: what it may come from. The facts that decide are asked for beside `lacks`. */
  readonly candidates?: readonly Candidate[];
  /** Findings of one rule with the same value are one problem in several places. */
  readonly sameAs?: string;
}

export interface Unknown {
  readonly says: 'unknown';
  readonly scope: Scope;
  readonly lack: Lack;
}

export interface Clear {
  readonly says: 'clear';
  readonly scope: Scope;
  /** What was looked at, in a few words. */
  readonly saw: string;
}

export type Statement = Finding | Unknown | Clear;
