/**
 * The gates of a visit on a node alone, from any input: what it cannot tell is `unknown`, never passed. The four checks of a
 * finished firmware change, what a visit that is on must bring back, and whether pods that wait for the node's resources would
 * fit now (requirements 000-76 to 000-81).
 */
import { planNode } from '../../firmware/plan-node.ts';
import { buildInventory, type InventoryNode } from '../../inventory/build-inventory.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Gap, Snapshot } from '../../snapshot/snapshot.ts';
import { failing, pass, unknown, type Gate } from './gate.ts';
import { firmwareGates } from './firmware-gate.ts';
import { fitsOf } from './fits-gates.ts';
import { leftOf } from './left-gates.ts';
import { nodeStateGates, promisedOf, resourceGates, vfGates } from './node-gates.ts';
import { countsOf } from './node-readings.ts';
import { pastedAllocatable } from './pasted-allocatable.ts';

export interface NodeVerdict {
  readonly node: string;
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly gates: readonly Gate[];
  readonly gaps: readonly Gap[];
}

const firmwareOf = (node: InventoryNode): readonly Gate[] => {
  const cards = planNode(node).cards;
  const gates = cards.flatMap(({ pci, adapter, plan }) =>
    plan.states.length === 0
      ? [unknown('firmware', pci, 'its settings are not in the input')]
      : firmwareGates(
          [{ pci, values: Object.fromEntries(plan.states.map(({ wanted: { name, value } }) => [name, value])) }],
          [
            {
              pci,
              settings: adapter.settings.map(({ name, current, next }) => ({
                name,
                ...(current !== undefined && { current }),
                ...(next !== undefined && { next }),
              })),
            },
          ],
        ),
  );
  if (gates.length > 0) return gates;
  return node.adapters.some(({ settings }) => settings.some(({ next }) => next !== undefined))
    ? [pass('firmware', node.name, 'nothing is staged, and no policy wants a card otherwise')]
    : [unknown('firmware', node.name, 'the input holds no mstconfig output with current and next boot')];
};

const stateGates = (node: InventoryNode): readonly Gate[] =>
  node.nodeState === undefined
    ? [unknown('node-state', node.name, 'the input has no SriovNetworkNodeState of it')]
    : nodeStateGates(node.nodeState);

const vfGatesOf = (node: InventoryNode): readonly Gate[] =>
  node.nodeState === undefined
    ? [unknown('vfs', node.name, 'the input has no SriovNetworkNodeState that says how many are wanted')]
    : vfGates(node.nodeState, countsOf(node));

/** Extended resources of a node whose promised number is not in the input are shown as they are. */
const resourcesOf = (node: InventoryNode): readonly Gate[] => {
  const promised = promisedOf(node.nodeState);
  if (Object.keys(node.allocatable).length === 0)
    return [unknown('resources', node.name, 'the input does not show what the node offers')];
  if (promised.size > 0) return resourceGates(promised, node.allocatable);
  const offered = Object.entries(node.allocatable).filter(([name]) => name.includes('/'));
  if (offered.length === 0) return [unknown('resources', node.name, 'no policy in the input promises a resource')];
  return offered.map(([name, amount]) =>
    amount === '0'
      ? failing('resources', name, '0 allocatable: its pool lost its devices')
      : pass('resources', name, `${amount} allocatable`),
  );
};

const overall = (gates: readonly Gate[]): NodeVerdict['verdict'] => {
  if (gates.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return gates.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'pass';
};

/** A node of which nothing but a pasted text is known. */
const NOTHING_READ: Omit<InventoryNode, 'name'> = {
  listed: false,
  labels: {},
  addresses: [],
  allocatable: {},
  adapters: [],
  daemonFacts: [],
  readings: [],
  unplaced: [],
  gaps: [],
};

export const verifyNode = (snapshot: Snapshot, name: string): Result<NodeVerdict> => {
  const inventory = buildInventory(snapshot, { nodes: [name] });
  const pasted = pastedAllocatable(snapshot, name);
  const found = inventory.nodes.find((one) => one.name === name);
  if (found === undefined && pasted === undefined)
    return fail(
      'usage-node',
      `The input has no node ${name}; it has ${inventory.nodes.map((one) => one.name).join(', ') || 'none'}.`,
    );
  const known = found ?? { ...NOTHING_READ, name };
  const node = Object.keys(known.allocatable).length > 0 ? known : { ...known, allocatable: pasted ?? {} };
  const gates = [
    ...firmwareOf(node),
    ...vfGatesOf(node),
    ...stateGates(node),
    ...resourcesOf(node),
    ...leftOf(snapshot, node),
    ...fitsOf(snapshot, node),
  ];
  return ok({ node: name, verdict: overall(gates), gates, gaps: node.gaps });
};
