/** Traps of what policies select on the nodes that were read, and what the webhook says of them there. */
import type { SriovNetworkNodePolicy } from '../network-node-policy.ts';
import type { InterfaceStatus } from '../network-node-state.ts';
import type { PreparedPolicy } from '../prepared-policy.ts';
import { usedPolicies } from '../sriov-world.ts';
import { baseName } from '../vf-range.ts';
import { validateOnNode } from '../webhook/validate-node.ts';
import { validatePair } from '../webhook/validate-pair.ts';
import { hasReadableRanges } from './check-context.ts';
import type { CheckContext, NodeClass } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';

/** A class of nodes whose PFs are known. */
type SeenClass = NodeClass & { readonly interfaces: readonly InterfaceStatus[] };

const seenClasses = ({ classes }: CheckContext): readonly SeenClass[] =>
  classes.filter((one): one is SeenClass => one.interfaces !== undefined && one.interfaces.length > 0);

const selectsNothing = ({ selectsInterface }: PreparedPolicy, { interfaces }: SeenClass): boolean =>
  !interfaces.some(selectsInterface);

/** Policies that take no node or no PF. Nothing is said where nodes or PFs were not read. */
const emptySelections = (context: CheckContext): readonly TrapSighting[] => {
  const { policies, classes, sourceOf, world } = context;
  if (world.nodes.length === 0) return [];
  const seen = seenClasses(context);
  return policies.flatMap((policy): readonly TrapSighting[] => {
    const source = sourceOf(policy.policy);
    const path = ['spec', 'nicSelector'];
    if (!classes.some(({ policies: selecting }) => selecting.includes(policy)))
      return [{ trap: 'no-node', source, path: ['spec', 'nodeSelector'], says: `none of the ${world.nodes.length} nodes has these labels` }];
    const selected = seen.filter(({ policies: selecting }) => selecting.includes(policy));
    const without = selected.filter((one) => selectsNothing(policy, one));
    if (without.length === 0) return [];
    const nodes = without.flatMap(({ names }) => names);
    const everywhere = without.length === selected.length;
    return [{ trap: everywhere ? 'no-interface' : 'no-interface-here', source, path, says: 'it selects no PF', nodes }];
  }); // prettier-ignore
};

/** Single entries that name nothing on a node where the policy takes something by others. */
const unknownNames = (context: CheckContext): readonly TrapSighting[] =>
  seenClasses(context).flatMap((one) => {
    const { interfaces, names: nodes } = one;
    const known = new Set(interfaces.flatMap(({ name, altNames }) => [name, ...altNames]));
    const addresses = new Set(interfaces.map(({ pciAddress }) => pciAddress));
    return one.policies
      .filter((policy) => !selectsNothing(policy, one))
      .flatMap(({ policy }) => {
        const { pfNames, rootDevices } = policy.spec.nicSelector;
        const entries = [
          ...pfNames.map((entry, index) => ({ kind: 'pfNames', entry, index, found: known.has(baseName(entry)) })),
          ...rootDevices.map((entry, index) => ({ kind: 'rootDevices', entry, index, found: addresses.has(entry) })),
        ];
        return entries
          .filter(({ found }) => !found)
          .map(({ kind, entry, index }): TrapSighting => ({
            trap: 'name-unknown',
            source: context.sourceOf(policy),
            path: ['spec', 'nicSelector', kind, index],
            says: `${entry} is no PF there`,
            nodes,
          }));
      });
  });

const altNameRanges = (context: CheckContext): readonly TrapSighting[] =>
  seenClasses(context).flatMap(({ interfaces, policies, names: nodes }) =>
    policies.flatMap(({ policy }) =>
      policy.spec.nicSelector.pfNames.flatMap((entry, index): readonly TrapSighting[] => {
        const name = baseName(entry);
        const iface = interfaces.find(({ altNames }) => altNames.includes(name));
        if (!entry.includes('#') || iface === undefined || iface.name === name) return [];
        return [
          {
            trap: 'alt-name-range-lost',
            source: context.sourceOf(policy),
            path: ['spec', 'nicSelector', 'pfNames', index],
            says: `${name} is another name of ${iface.name}: the node state gets VFs 0-${policy.spec.numVfs - 1}, the device plugin ${entry}`,
            remedy: `Write ${iface.name}${entry.slice(name.length)}.`,
            nodes,
          },
        ];
      }),
    ),
  );

const nodeRefusals = (context: CheckContext): readonly TrapSighting[] =>
  seenClasses(context).flatMap(({ interfaces, policies, names: nodes, providerId }) =>
    policies.flatMap(({ policy }): readonly TrapSighting[] => {
      if (policy.spec.numVfs === 0) return [];
      const facts = { interfaces, nics: context.world.nics, ...(providerId === undefined ? {} : { providerId }) };
      const { verdict } = validateOnNode(policy, facts);
      if (verdict.accept) return [];
      return [
        { trap: 'webhook-refuses', source: context.sourceOf(policy), path: verdict.path, says: verdict.reason, nodes },
      ];
    }),
  );

/** Without a common node two policies never meet; where no labels were read, only contradicting selectors tell. */
const mayMeet = (a: SriovNetworkNodePolicy, b: SriovNetworkNodePolicy): boolean =>
  Object.entries(a.spec.nodeSelector).every(([key, value]) => (b.spec.nodeSelector[key] ?? value) === value);

/** Of a node, only its policies and the names of its PFs matter to pairs. */
const namingKey = ({ policies, interfaces = [] }: NodeClass): string =>
  JSON.stringify([policies.map(({ policy }) => policy.name), interfaces.map(({ name, altNames }) => [name, altNames])]);

/**
 * Each pair once, the later policy of the input against the earlier one, as if they were created in that order. Without nodes
 * every pair that may meet is compared by the names as they are written.
 */
const pairRefusals = (context: CheckContext): readonly TrapSighting[] => {
  const { world, sourceOf, classes, policies } = context;
  const inOrder = usedPolicies(world)
    .used.map(({ policy }) => policy)
    .filter(hasReadableRanges);
  const refusals = (among: ReadonlySet<SriovNetworkNodePolicy>, one?: NodeClass): readonly TrapSighting[] =>
    inOrder
      .filter((policy) => among.has(policy))
      .flatMap((current, index, present) =>
        present.slice(0, index).flatMap((existing): readonly TrapSighting[] => {
          if (one === undefined && !mayMeet(current, existing)) return [];
          const verdict = validatePair(current, existing, one?.resolve);
          if (verdict.accept) return [];
          const { path, reason } = verdict;
          const source = sourceOf(current);
          return [{ trap: 'webhook-refuses', source, path, says: reason, ...(one && { nodes: one.names }) }];
        }),
      );
  const policiesOf = (prepared: readonly PreparedPolicy[]) => new Set(prepared.map(({ policy }) => policy));
  if (world.nodes.length === 0) return refusals(policiesOf(policies));
  const alike = Map.groupBy(classes, namingKey);
  return [...alike.values()].flatMap((ones) => {
    const [first] = ones;
    return first === undefined
      ? []
      : refusals(policiesOf(first.policies), { ...first, names: ones.flatMap(({ names }) => names) });
  });
};

export const selectionRules = (context: CheckContext): readonly TrapSighting[] => [
  ...emptySelections(context),
  ...unknownNames(context),
  ...altNameRanges(context),
  ...nodeRefusals(context),
  ...pairRefusals(context),
];
