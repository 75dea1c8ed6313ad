/** The shape of every rule of the upgrade machine: one managed node and its surroundings in, one decision out. */
import type { LabelSelector } from '../../model/label-selector.ts';
import type { Fault, Result } from '../../result.ts';
import type { DefectId } from '../defects.ts';
import type { Fleet, RequestorIdentity } from '../fleet.ts';
import type { ManagedNode } from '../managed-node.ts';
import type { UpgradePolicy } from '../upgrade-policy.ts';
import type { UpgradeState } from '../upgrade-state.ts';
import type { BackgroundStart, Write } from '../write.ts';

export interface Decision {
  /** The state it is given; absent = it stays where it is. */
  readonly to?: UpgradeState;
  /** One sentence: why it moves, or what it waits for. */
  readonly because: string;
  /** In upstream's order; the state label is among them. */
  readonly writes?: readonly Write[];
  /** Made when the whole step is through, so an error later in the step loses them. */
  readonly afterStep?: readonly Write[];
  readonly starts?: BackgroundStart['start'];
  readonly defects?: readonly DefectId[];
  /** The input cannot say what upstream would decide. */
  readonly unknown?: { readonly settle: string };
  /** Upstream ends the pass here, after the writes above. */
  readonly fault?: Fault;
}

/** What a rule may look at beside its node. `budget.left` is counted down as nodes take slots. */
export interface PassContext {
  readonly fleet: Fleet;
  readonly policy: UpgradePolicy;
  /** Present in requestor mode only. */
  readonly requestor?: RequestorIdentity;
  readonly podDeletionEnabled: boolean;
  /** Label selector text; empty = no validation. */
  readonly validationSelector: string;
  /** Nodes whose background drain runs in this process already. */
  readonly draining: ReadonlySet<string>;
  /** Unix seconds. */
  readonly now: number;
  readonly budget: { left: number };
  /** Why no slot is left, worded once a pass. */
  readonly whyNoSlot: () => string;
  /** Parsed once a pass. */
  readonly selector: (text: string) => Result<LabelSelector>;
}

export type Rule = (managed: ManagedNode, context: PassContext) => Decision;

/** The node is given the next state; `before` and `after` are the writes around the label. */
export const move = (
  { name }: ManagedNode,
  to: UpgradeState,
  because: string,
  more: { before?: readonly Write[]; after?: readonly Write[]; defects?: readonly DefectId[] } = {},
): Decision => ({
  to,
  because,
  writes: [...(more.before ?? []), { do: 'set-state', node: name, state: to }, ...(more.after ?? [])],
  ...(more.defects && more.defects.length > 0 && { defects: more.defects }),
});

export const stay = (because: string, more: Omit<Decision, 'because' | 'to'> = {}): Decision => ({ because, ...more });

/** Upstream returns an error: the pass ends, after what this node already wrote. */
export const endPass = (fault: Fault, writes: readonly Write[] = []): Decision => ({
  because: fault.message,
  writes,
  fault,
});

/** Defects that bite under a condition each, as a list. */
export const biting = (conditions: Readonly<Partial<Record<DefectId, boolean>>>): readonly DefectId[] =>
  (Object.keys(conditions) as DefectId[]).filter((id) => conditions[id] === true);

/** Seconds from a stamp, by Go's ParseInt: anything else is no number. */
export const parseStamp = (text: string): number | undefined => {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const seconds = Number(text);
  return Math.abs(seconds) < 2 ** 63 ? seconds : undefined;
};
