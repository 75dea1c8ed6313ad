/**
 * The nodes after a drain pass whose acts all succeeded. What may fail, and how long it takes, belongs to who carries the
 * acts out; this is for those who only ask where a pass leads.
 */
import type { DrainAct, DrainCluster, DrainNode } from './drain-controller.ts';
import { drainPass } from './drain-controller.ts';

export interface DrainWorld extends DrainCluster {
  readonly cordoned: ReadonlySet<string>;
}

const followOnNode = (node: DrainNode, act: DrainAct): DrainNode => {
  switch (act.do) {
    case 'add-annotation':
      return act.which === 'request'
        ? { ...node, request: 'Idle' }
        : { ...node, nodeState: { ...node.nodeState, [act.which]: 'Idle' } };
    case 'set-current':
      return { ...node, nodeState: { ...node.nodeState, current: act.to } };
    case 'cordon':
    case 'evict':
    case 'uncordon':
      return node;
  }
};

/** One pass over `name`; the same world where there was nothing to do. */
export const followPass = (world: DrainWorld, name: string): DrainWorld => {
  const node = world.nodes.find((candidate) => candidate.name === name);
  const pass = node === undefined ? undefined : drainPass(node, world);
  if (node === undefined || pass === undefined || !pass.ok || pass.value.acts.length === 0) return world;
  const { acts } = pass.value;
  const after = acts.reduce(followOnNode, node);
  const cordoned = new Set(world.cordoned);
  for (const act of acts) {
    if (act.do === 'cordon') cordoned.add(name);
    if (act.do === 'uncordon') cordoned.delete(name);
  }
  return { ...world, cordoned, nodes: world.nodes.map((candidate) => (candidate === node ? after : candidate)) };
};

/** Passes over all nodes, in their order, until none has anything to do. Every world between is shown to `see`. */
export const settle = (world: DrainWorld, see: (world: DrainWorld) => void = () => undefined): DrainWorld => {
  let here = world;
  for (;;) {
    const before = here;
    for (const { name } of before.nodes) {
      here = followPass(here, name);
      see(here);
    }
    if (here === before) return here;
  }
};
