/** The words that IPPool and CIDRPool share for what a reconcile does: why an entry is not kept, and what is announced. */

/** Why an entry of status.allocations is not kept, with the sentence for it. */
export const DROP_REASONS = {
  node: 'the node does not exist or the pool does not select it',
  subnet: 'its addresses do not lie inside the subnet of the pool',
  order: 'its end lies before its start',
  offset: 'its start is not on the grid of blocks of the pool',
  size: 'it is not of the size that the pool gives each node',
  gateway: 'its gateway, or the gateway of the pool, does not agree with it',
  excluded: 'exclusions cover all of it',
  duplicate: 'another node holds this block already',
  prefix: 'its prefix is not a subnet',
  cidr: 'its prefix does not lie inside the pool',
  static: 'the pool states another static prefix or gateway for this node',
  'static-other': 'the pool keeps this prefix for another node or in reserve',
  conflict: 'another entry shares its node, prefix or gateway: neither is kept',
} as const;

export type DropReason = keyof typeof DROP_REASONS;

/** An entry of the status that is not kept. */
export interface Dropped<Entry> {
  readonly entry: Entry;
  readonly reason: DropReason;
}

export interface PoolEvent {
  readonly type: 'Warning';
  readonly reason: 'InvalidSpec' | 'NoFreeRanges' | 'NoFreePrefixes';
  readonly message: string;
}

/** Node names in the order of Go's sort.Slice, each once. */
export const sortedNames = (names: readonly string[]): readonly string[] =>
  names.toSorted().filter((name, index, sorted) => name !== sorted[index - 1]);
