/** One decision over a fleet of 10,000 nodes: whose turn it is and who fits the budget, from the Node objects on. */
import { rolloutSpec } from '../../src/core/model/crd/rollout.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { overBudget, turnOf, withVisit, type Fleet } from '../../src/core/visit/fleet.ts';
import { fleetNode } from '../../src/core/visit/visit-node.ts';
import { fnv1a, showSum } from '../random.ts';

const NODES = 10_000;
const ROUNDS = 9;

const nodeAt = (at: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `node-${at}`, labels: { rack: `r${at % 100}` } },
  spec: at % 97 === 0 ? { unschedulable: true } : {},
  status: { conditions: [{ type: 'Ready', status: at % 89 === 0 ? 'False' : 'True' }] },
});

export const workload = {
  name: 'rollout-decide',
  aim: 'under 100 ms for 10,000 nodes',
  run: () => {
    const objects = Array.from({ length: NODES }, (_, at) => nodeAt(at));
    const spec = rolloutSpec.parse({
      reason: 'bench',
      groups: [{ nodes: objects.map(({ metadata }) => metadata.name), rung: 'cold' }],
      budget: { maxUnavailable: '5%' },
      waves: { canary: 0, by: 'rack' },
    });
    const times: number[] = [];
    let begun: readonly string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      let fleet: Fleet = { spec, nodes: objects.map((object) => fleetNode(object, 'u')), controlPlane: [] };
      const names: string[] = [];
      for (const node of turnOf(fleet, 0).next.slice(0, 20))
        if (overBudget(fleet, node) === undefined) {
          fleet = withVisit(fleet, node);
          names.push(node.name);
        }
      times.push((performance.now() - start) / 1000);
      begun = names;
    }
    return {
      checksum: showSum(fnv1a(begun.join(','))),
      seconds: times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0,
      detail: `${begun.length} of 20 candidates begin`,
    };
  },
};
