/** Finds the node that is asked for among those that were read, by name or UUID. */
import type { BareMetalFacts, NodeFacts } from '../readers/bare-metal-facts.ts';
import { fail, ok, type Result } from '../../result.ts';

export const nameOf = (node: NodeFacts): string => node.name ?? node.uuid ?? '?';

/** A list and a show of the same node are one node; what the show has wins. */
const mergedNodes = (nodes: readonly NodeFacts[]): readonly NodeFacts[] => {
  const merged: NodeFacts[] = [];
  for (const node of nodes) {
    const at = merged.findIndex(
      ({ uuid, name }) =>
        (uuid !== undefined && uuid === node.uuid) || (uuid === undefined && name !== undefined && name === node.name),
    );
    const before = merged[at];
    if (before === undefined) merged.push(node);
    else
      merged[at] =
        Object.keys(node).length >= Object.keys(before).length ? { ...before, ...node } : { ...node, ...before };
  }
  return merged;
};

export const findNode = (wanted: string, facts: BareMetalFacts): Result<NodeFacts> => {
  const nodes = mergedNodes(facts.nodes);
  const found = nodes.find(({ uuid, name }) => name === wanted || uuid === wanted);
  if (found !== undefined) return ok(found);
  if (nodes.length === 0)
    return fail(
      'input-no-node',
      `No bare-metal node was found in what was given; give the output of: openstack baremetal node show ${wanted} -f json.`,
    );
  const names = nodes.slice(0, 10).map(nameOf).join(', ');
  return fail(
    'usage-unknown-node',
    `There is no node ${wanted} in what was given; there is ${names}${nodes.length > 10 ? ' and more' : ''}.`,
  );
};
