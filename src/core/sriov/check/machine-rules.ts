/** Traps that lie in the machines: PFs that serve the machine itself, PFs that the daemon does not see or has never listed. */
import { adapterAt } from '../../inventory/build-inventory.ts';
import type { InventoryNode } from '../../inventory/build-inventory.ts';
import type { Adapter, PhysicalFunction } from '../../model/adapter.ts';
import { showOrigin } from '../../model/fact.ts';
import { exclusionsOf } from '../generate-exclusions.ts';
import type { PreparedPolicy } from '../prepared-policy.ts';
import type { CheckContext } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';

const isNamed = ({ policy }: PreparedPolicy): boolean =>
  policy.spec.nicSelector.pfNames.length > 0 || policy.spec.nicSelector.rootDevices.length > 0;

interface Objection {
  readonly reason: string;
  /** Where that shows. */
  readonly shown: string;
}

/**
 * What speaks against giving a PF's VFs to pods. A PF that the policy names is meant, so only what settles it is said there;
 * that nothing tells the kind of a card speaks against nothing.
 */
const objection = (inventory: InventoryNode, address: string, named: boolean): Objection | undefined => {
  const adapter = adapterAt(inventory, address);
  const pf = adapter?.functions.find(({ pci }) => pci === address);
  if (adapter === undefined || pf === undefined) return undefined;
  const exclusions = exclusionsOf({ node: inventory, adapter, function: pf }, []);
  const found = exclusions.find(({ rule, strength }) => rule !== 'unknown-card' && (!named || strength === 'strong'));
  if (found === undefined) return undefined;
  const [evidence] = found.evidence;
  return {
    reason: found.reason,
    shown: evidence === undefined ? '' : ` (${evidence.because}, ${showOrigin(evidence.origin)})`,
  };
};

interface Taken extends Objection {
  readonly pf: string;
  readonly node: string;
}

const takenBy = (policy: PreparedPolicy, context: CheckContext): readonly Taken[] =>
  context.classes
    .filter(({ policies }) => policies.includes(policy))
    .flatMap((one) =>
      (one.interfaces ?? []).filter(policy.selectsInterface).flatMap(({ name, pciAddress }) =>
        one.nodes.flatMap((node): readonly Taken[] => {
          const found = objection(node.inventory, pciAddress, isNamed(policy));
          return found === undefined ? [] : [{ ...found, pf: `${name} (${pciAddress})`, node: node.name }];
        }),
      ),
    );

/** One sentence for each reason, with the place of the first evidence for it. */
const unwanted = (context: CheckContext): readonly TrapSighting[] =>
  context.policies.flatMap((policy) =>
    [...Map.groupBy(takenBy(policy, context), ({ reason }) => reason)].map(([reason, taken]): TrapSighting => ({
      trap: 'takes-unwanted',
      source: context.sourceOf(policy.policy),
      path: ['spec', 'nicSelector'],
      says: `it takes ${[...new Set(taken.map(({ pf }) => pf))].join(', ')}: ${reason}${taken[0]?.shown ?? ''}`,
      nodes: taken.map(({ node }) => node),
    })),
  );

const reports = ({ world }: CheckContext): readonly TrapSighting[] =>
  world.nodes.flatMap(({ name, nodeState, interfaces }): readonly TrapSighting[] =>
    nodeState === undefined || interfaces === undefined || interfaces.length > 0
      ? []
      : [
          {
            trap: 'never-reported',
            source: nodeState,
            path: ['status'],
            says: 'status.interfaces is empty, so no policy is rendered for it',
            nodes: [name],
          },
        ],
  );

/** A PF that nobody would give to pods may stay unseen; that it has no net device is the point here. */
const isWanted = (inventory: InventoryNode, adapter: Adapter, pf: PhysicalFunction): boolean =>
  exclusionsOf({ node: inventory, adapter, function: pf }, []).every(({ rule }) => rule === 'no-interface');

const invisible = ({ world }: CheckContext): readonly TrapSighting[] =>
  world.nodes.flatMap(({ name, nodeState, interfaces = [], inventory }): readonly TrapSighting[] => {
    if (nodeState === undefined || interfaces.length === 0) return [];
    const seen = new Set(interfaces.map(({ pciAddress }) => pciAddress));
    return inventory.adapters.flatMap((adapter) =>
      adapter.functions
        .filter((pf) => !seen.has(pf.pci) && world.nics.hasModel(pf.vendor?.value ?? '', pf.deviceId?.value ?? ''))
        .filter((pf) => isWanted(inventory, adapter, pf))
        .map(({ pci, deviceId }) => ({
          trap: 'pf-invisible',
          source: nodeState,
          path: ['status', 'interfaces'],
          says: `${pci} is on the node (${deviceId === undefined ? '' : showOrigin(deviceId.origin)}) and not in status.interfaces`,
          nodes: [name],
        })),
    );
  });

export const machineRules = (context: CheckContext): readonly TrapSighting[] => [
  ...unwanted(context),
  ...reports(context),
  ...invisible(context),
];
