/** One finding about a pool, with the place it speaks of. What is found stands in the check-*.ts files. */
import type { Path } from '../model/dig.ts';
import type { Subnet } from '../model/ip.ts';
import type { Origin, SnapshotObject } from '../snapshot/snapshot.ts';
import type { PoolObject } from './pool-object.ts';
import { showPool } from './pool-object.ts';
import type { PoolOutcome, PoolSpec } from './reconcile-pool.ts';

/** `error`: pods get no address, or a wrong one. `warning`: that will come. `note`: worth knowing. */
export type PoolSeverity = 'error' | 'warning' | 'note';

export interface PoolFinding {
  readonly id: string;
  readonly severity: PoolSeverity;
  /** `IPPool/rail-1`, or the object that should have named a pool. */
  readonly about: string;
  readonly origin: Origin;
  /** What is wrong and what comes of it, a sentence without its full stop. */
  readonly because: string;
  readonly wayOut: string;
}

/** A pool and where it was read. */
export interface PoolSource {
  readonly pool: PoolObject;
  readonly source: SnapshotObject;
}

/** A pool that nv-ipam accepts, with what it would give. */
export interface ValidPool extends PoolSource {
  readonly outcome: PoolOutcome & { readonly valid: true };
}

/** The origin of a field inside an object, as near as the source can tell. */
export const originOf = ({ origin, lineOf }: SnapshotObject, path: Path): Origin => {
  const line = lineOf?.(path) ?? origin.line;
  return { source: origin.source, ...(line === undefined ? {} : { line }) };
};

export const findingOf = (
  { pool, source }: PoolSource,
  path: Path,
  finding: Pick<PoolFinding, 'id' | 'severity' | 'because' | 'wayOut'>,
): PoolFinding => ({ ...finding, about: showPool(pool), origin: originOf(source, path) });

/** The subnet that a pool is cut from. */
export const subnetOf = (spec: PoolSpec): Subnet => ('subnet' in spec ? spec.subnet : spec.cidr);

/** The field in which it stands. */
export const subnetPath = (spec: PoolSpec): Path => ['spec', 'subnet' in spec ? 'subnet' : 'cidr'];
