/** A trap that was found: where, on which nodes, and the sentence with the facts in it. */
import type { Path } from '../../model/dig.ts';
import type { Origin, SnapshotObject } from '../../snapshot/snapshot.ts';
import { TRAPS } from './traps.ts';
import type { Trap, TrapName } from './traps.ts';

/** What a rule says. The same sentence about the same field is one finding, whatever the nodes. */
export interface TrapSighting {
  readonly trap: TrapName;
  /** The object at fault. */
  readonly source: SnapshotObject;
  /** The field at fault. */
  readonly path: Path;
  readonly says: string;
  /** Where it shows; absent where the object alone is at fault. */
  readonly nodes?: readonly string[];
  /** In place of the trap's own, where a case is milder or worse. */
  readonly severity?: Trap['severity'];
  /** In place of the trap's own, where the facts name a better way out. */
  readonly remedy?: string;
}

export interface TrapFinding {
  readonly trap: TrapName;
  readonly severity: Trap['severity'];
  /** `SriovNetworkNodePolicy p1`. */
  readonly object: string;
  readonly field: string;
  readonly origin: Origin;
  readonly says: string;
  readonly because: string;
  readonly remedy: string;
  readonly nodes: readonly string[];
}

export const showField = (path: Path): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');

const originOf = ({ source: { origin, lineOf }, path }: TrapSighting): Origin => {
  const line = lineOf?.(path) ?? origin.line;
  return line === undefined ? { source: origin.source } : { source: origin.source, line };
};

const findingOf = (sighting: TrapSighting, nodes: readonly string[]): TrapFinding => {
  const { trap, source, path, says } = sighting;
  const { severity, because, remedy } = TRAPS[trap];
  return {
    trap,
    severity: sighting.severity ?? severity,
    object: `${source.object.kind} ${source.object.metadata.name}`,
    field: showField(path),
    origin: originOf(sighting),
    says,
    because,
    remedy: sighting.remedy ?? remedy,
    nodes,
  };
};

const RANK = { error: 0, warning: 1, note: 2 } as const;

/** Folds sightings into findings: errors first, then by place. */
export const foldSightings = (sightings: readonly TrapSighting[]): readonly TrapFinding[] => {
  const folded = new Map<string, { readonly first: TrapSighting; readonly nodes: Set<string> }>();
  for (const sighting of sightings) {
    const { object } = sighting.source;
    const key = JSON.stringify([
      sighting.trap,
      object.kind,
      object.metadata.name,
      showField(sighting.path),
      sighting.says,
    ]);
    const known = folded.get(key) ?? { first: sighting, nodes: new Set<string>() };
    for (const node of sighting.nodes ?? []) known.nodes.add(node);
    folded.set(key, known);
  }
  return [...folded.values()]
    .map(({ first, nodes }) => findingOf(first, [...nodes].toSorted()))
    .toSorted(
      (a, b) =>
        RANK[a.severity] - RANK[b.severity] ||
        (a.origin.source < b.origin.source ? -1 : a.origin.source > b.origin.source ? 1 : 0) ||
        (a.origin.line ?? 0) - (b.origin.line ?? 0),
    );
};
