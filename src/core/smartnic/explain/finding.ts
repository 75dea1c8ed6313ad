/** One thing said about a node, its ports, agents or switch: how bad it is, why, and the way out. */
import type { Origin } from '../../snapshot/snapshot.ts';

export interface NodeFinding {
  /** Stable, for programs: `agent-not-alive`. */
  readonly id: string;
  /** problem: wiring fails or is wrong. warning: it works, but. unknown: a fact is missing. */
  readonly level: 'problem' | 'warning' | 'unknown';
  /** The thing it is about: a port, an agent's host, the node. */
  readonly about: string;
  /** What is so, in one sentence. */
  readonly says: string;
  readonly because: string;
  /** What to do, or the command that tells. */
  readonly wayOut: string;
  readonly origins: readonly Origin[];
}

/** A finding before it is said whose it is. */
export type Found = Omit<NodeFinding, 'about' | 'origins'>;

const LEVELS = ['problem', 'warning', 'unknown'] as const;

export const byLevel = (findings: readonly NodeFinding[]): readonly NodeFinding[] =>
  LEVELS.flatMap((level) => findings.filter((finding) => finding.level === level));
