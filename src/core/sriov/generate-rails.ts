/**
 * The inventory of a fleet as rails: one rail is one interface name, the PFs of that name on all nodes. Policies select by
 * name and node label, so a name that is wanted on one node and left out on another is no rail; the user is asked.
 */
import type { Inventory, InventoryNode } from '../inventory/build-inventory.ts';
import { byPciAddress } from '../model/pci-address.ts';
import { exclusionsOf, type Candidate, type Exclusion, type SiteExclusion } from './generate-exclusions.ts';

export interface Rail {
  readonly interface: string;
  readonly members: readonly Candidate[];
  /** Taken in by `--include` in spite of these. */
  readonly overridden: readonly Exclusion[];
}

export interface LeftOut {
  readonly candidate: Candidate;
  readonly exclusions: readonly Exclusion[];
}

export interface Rails {
  readonly rails: readonly Rail[];
  readonly leftOut: readonly LeftOut[];
  /** Addresses given to `--include` that no node has. */
  readonly notFound: readonly string[];
}

export interface RailChoice {
  readonly site: readonly SiteExclusion[];
  /** PCI addresses (of a function, or of a card) that are taken in whatever the rules say. */
  readonly include: ReadonlySet<string>;
}

interface Judged extends LeftOut {
  readonly included: boolean;
}

const candidatesOf = (nodes: readonly InventoryNode[]): readonly Candidate[] =>
  nodes.flatMap((node) =>
    node.adapters
      .filter(({ kind }) => kind !== 'other-vendor')
      .flatMap((adapter) => adapter.functions.map((one) => ({ node, adapter, function: one }))),
  );

const conflict = (name: string, others: readonly Judged[]): Exclusion => ({
  rule: 'differs-by-node',
  strength: 'weak',
  reason: `the same name is left out on ${[...new Set(others.map(({ candidate }) => candidate.node.name))].join(', ')}`,
  evidence: others.flatMap(({ exclusions }) => exclusions[0]?.evidence.slice(0, 1) ?? []),
});

/** Rails in the order of their PCI addresses on the first node that has them. */
export const railsOf = (inventory: Inventory, { site, include }: RailChoice): Rails => {
  const judged = candidatesOf(inventory.nodes).map((candidate): Judged => ({
    candidate,
    exclusions: exclusionsOf(candidate, site),
    included: include.has(candidate.function.pci) || include.has(candidate.adapter.card),
  }));
  const isTaken = ({ exclusions, included, candidate }: Judged): boolean =>
    candidate.function.interface !== undefined && (included || exclusions.length === 0);
  const byName = Map.groupBy(judged, ({ candidate }) => candidate.function.interface?.value ?? '');
  const rails: Rail[] = [];
  const leftOut: LeftOut[] = [...(byName.get('') ?? [])];
  for (const [name, group] of byName) {
    if (name === '') continue;
    const taken = group.filter(isTaken);
    const others = group.filter((one) => !isTaken(one));
    leftOut.push(...others);
    if (taken.length === 0) continue;
    if (others.length > 0 && !taken.some(({ included }) => included))
      leftOut.push(...taken.map((one) => ({ ...one, exclusions: [conflict(name, others)] })));
    else
      rails.push({
        interface: name,
        members: taken.map(({ candidate }) => candidate),
        overridden: taken.flatMap(({ exclusions }) => exclusions),
      });
  }
  const known = new Set(judged.flatMap(({ candidate }) => [candidate.function.pci, candidate.adapter.card]));
  return {
    rails: rails.toSorted((a, b) => byPciAddress(a.members[0]?.function.pci ?? '', b.members[0]?.function.pci ?? '')),
    leftOut: leftOut.toSorted((a, b) => byPciAddress(a.candidate.function.pci, b.candidate.function.pci)),
    notFound: [...include].filter((pci) => !known.has(pci)),
  };
};
