/** The shape of an answer of `driver explain`, and of what each state adds to it. */
import type { Gap, Snapshot } from '../../snapshot/snapshot.ts';
import type { DefectId } from '../defects.ts';
import type { DriverManager } from '../driver-managers.ts';
import type { Fleet } from '../fleet.ts';
import type { ManagedNode } from '../managed-node.ts';
import type { NodeDecision } from '../upgrade-pass.ts';

export interface Todo {
  readonly what: string;
  /** What to type, where a command does it. */
  readonly command?: string;
}

export interface Explanation {
  readonly node: string;
  /** The policy whose manager has the node; absent where none has. */
  readonly manager?: string;
  /** The state label as it stands; '' when there is none. */
  readonly state: string;
  /** One sentence: why the node is where it is. */
  readonly because: string;
  /** One sentence: what upstream does next, and when. */
  readonly next: string;
  /** What a person must do, in order of risk; empty = nothing. */
  readonly todo: readonly Todo[];
  readonly defects: readonly DefectId[];
  readonly unknown: readonly Gap[];
}

/** What is known of one managed node when its state is explained. */
export interface NodeView {
  readonly managed: ManagedNode;
  readonly decision: NodeDecision;
  readonly manager: DriverManager;
  readonly fleet: Fleet;
  readonly snapshot: Snapshot;
  /** Unix seconds. */
  readonly now: number;
}

/** What a state knows better than the pass's own decision; what is left out is taken from the decision. */
export type Insight = Partial<Pick<Explanation, 'because' | 'next' | 'todo' | 'defects' | 'unknown'>>;

export type Explain = (view: NodeView) => Insight;
