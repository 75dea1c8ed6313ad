/**
 * The known defects and limits of the upstream upgrade manager, numbered as in docs/driver-upgrades.md, which says
 * what each means for an operator. Decisions and explanations name them where they bite.
 */

export const DEFECTS = {
  D1: 'one driver pod too few or too many stops the upgrade of every node',
  D2: 'a failed node keeps its slot; with maxParallelUpgrades 1 it stops everything',
  D3: 'upgrade-failed is never retried, and the node does not say why it failed',
  D4: 'a time limit of 0 waits for ever without a sign',
  D5: 'a driver pod that cannot pull its image or cannot be scheduled never counts as failed',
  D6: 'a driver that waits for safe load is not released in upgrade-failed, on a skipped node, or with autoUpgrade off',
  D7: 'nobody records who cordoned: a cordon set during the upgrade is lifted, a mark of an aborted run keeps one for ever',
  D8: 'no event, no metric and no history is written',
  D9: 'every change of the pod template is a driver upgrade, cosmetic or not',
  D10: 'nodes are taken in no particular order; there is no priority, topology, window or pause',
  D11: 'maxUnavailable cannot be set for the OFED driver',
  D12: 'a policy without a drain block drains nothing, although enable defaults to true inside the block',
  D13: 'requestor mode drains even with drain.enable=false, without the drain-skip label, and ignores maxParallelUpgrades',
  D14: 'requestor mode waits for ever for a maintenance that failed',
  D15: 'requestor mode says upgrade-done before it gives the NodeMaintenance back; an error between leaves it behind',
  D16: 'requestor mode: recovery of a failed node that was cordoned before leaves its NodeMaintenance and mode annotation',
  D17: 'switching requestor mode off strands the nodes that are under way in it',
  D18: 'validation waits for ever for a validator that does not exist, and a failed validation heals without one',
  D19: 'the skip label lets the upgrade-requested annotation be eaten',
  D20: 'the GPU and the OFED manager do not know of each other on one node',
  D21: 'a background drain outlives changes of policy and of leader',
  D22: 'writes are made one by one, each waiting up to 10 s for the cache',
  D23: 'an error on one node ends the pass for all nodes after it',
  D24: 'parallelism adds up over policies: each NicNodePolicy has its own manager',
  D25: 'operators built with kubectl 0.35 or later ask a refusing budget again without pause',
  D26: 'a node with an unknown state label is never looked at again',
  D27: 'a ready driver pod means a loaded module; links, RDMA and VFs are not checked',
  D28: 'a change of image tags in the registry starts a roll-out',
} as const;

export type DefectId = keyof typeof DEFECTS;

/** Each in words, for those who want to know why upstream behaves so. */
export const defectLines = (defects: readonly DefectId[]): readonly string[] =>
  defects.map((id) => `${id}: ${DEFECTS[id]}`);
