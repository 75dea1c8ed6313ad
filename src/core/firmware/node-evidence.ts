/**
 * What an inventory tells about restarts of a node and about activation on one of its cards: the input of activation.ts.
 * The SR-IOV daemon helps: it writes a value only on a drained node and restarts the host right after (reference: sriov.md
 * 2.2), and it asks again after every restart that did not activate the value.
 */
import type { InventoryNode } from '../inventory/build-inventory.ts';
import type { Adapter } from '../model/adapter.ts';
import type { Origin } from '../snapshot/snapshot.ts';
import type { ActivationEvidence } from './activation.ts';

export interface RestartsSeen {
  /** `proven`: the log shows a restart between two requests for the same value. `likely`: the node's annotations say so. */
  readonly certainty: 'proven' | 'likely';
  readonly because: string;
  readonly origins: readonly Origin[];
}

/** Requests for `value` with a restart of the host, or a new run of the daemon after it asked for one, between them. */
const askedAgain = (node: InventoryNode, value: string): readonly Origin[] => {
  const asks: Origin[] = [];
  let restarted = true;
  let wanted = false;
  for (const fact of node.daemonFacts) {
    if (fact.fact === 'vf-change' && String(fact.requested) === value) {
      if (restarted) asks.push(fact.origin);
      restarted = false;
    }
    if (fact.fact === 'verdict' && fact.reboot) wanted = true;
    if (fact.fact === 'host-restart' || (fact.fact === 'start' && wanted)) {
      restarted = true;
      wanted = false;
    }
  }
  return asks;
};

/** Whether the host restarted since one of `staged` (next boot values of NUM_OF_VFS) was written. Undefined: nothing tells. */
export const restartsSinceStaged = (node: InventoryNode, staged: readonly string[]): RestartsSeen | undefined => {
  for (const value of staged) {
    const asks = askedAgain(node, value);
    if (asks.length > 1)
      return {
        certainty: 'proven',
        because: `the config daemon asked for ${value} VFs in ${String(asks.length)} runs, with a restart between them`,
        origins: asks,
      };
  }
  const { nodeState } = node;
  const wantsOneMore =
    staged.length > 0 && nodeState?.desiredState === 'Reboot_Required' && nodeState.currentState === 'DrainComplete';
  return wantsOneMore
    ? {
        certainty: 'likely',
        because:
          'the value is written, which the config daemon does only right before it restarts a drained host, and it still wants a restart',
        origins: [nodeState.origin],
      }
    : undefined;
};

export const bluefieldOf = ({ kind }: Adapter): 'dpu' | 'nic' | 'unknown' | 'not-bluefield' => {
  if (kind === 'bluefield-dpu') return 'dpu';
  if (kind === 'bluefield-nic') return 'nic';
  return kind === 'bluefield' ? 'unknown' : 'not-bluefield';
};

export const activationEvidence = (
  node: InventoryNode,
  adapter: Adapter,
  restarts: RestartsSeen | undefined,
): ActivationEvidence => {
  const card = adapter.deviceType?.value ?? adapter.description?.value;
  return {
    bluefield: bluefieldOf(adapter),
    ...(restarts !== undefined && { tried: ['warm' as const] }),
    ...(adapter.restartHint !== undefined && { setHint: adapter.restartHint.value }),
    ...(adapter.resetLevels !== undefined && { resetLevels: adapter.resetLevels.value }),
    ...(adapter.resetAction !== undefined && { resetStatus: adapter.resetAction.value }),
    ...(node.machine !== undefined && { machine: node.machine.value }),
    ...(card !== undefined && { card }),
  };
};
