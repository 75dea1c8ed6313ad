/**
 * Whether a host was restarted since a value was staged on its adapters, from what a dump shows. The SR-IOV daemon helps:
 * it writes the value only when the node is drained, and restarts the host at once after writing (reference: sriov.md 2.2).
 */
import type { InventoryNode } from '../inventory/build-inventory.ts';
import type { Origin } from '../snapshot/snapshot.ts';
import { textEvidence } from './evidence.ts';
import type { Confidence, Evidence } from './finding.ts';

export interface RestartEvidence {
  readonly restarted: boolean;
  readonly confidence: Confidence;
  readonly because: string;
  readonly evidence: readonly Evidence[];
}

/** The daemon compares with the current value, so a line about a value that is already staged was written after the write. */
const asksAgain = (node: InventoryNode, staged: ReadonlySet<string>): readonly Origin[] =>
  node.daemonFacts.flatMap((fact) =>
    fact.fact === 'vf-change' && staged.has(String(fact.requested)) ? [fact.origin] : [],
  );

/** Runs of the daemon that end in a wish to restart: each is one restart, since nothing else ends them. */
const restartsAsked = (node: InventoryNode): number =>
  node.daemonFacts.filter((fact) => fact.fact === 'verdict' && fact.reboot).length;

/** `staged` holds the next-boot values of NUM_OF_VFS that differ from current. Undefined: nothing tells. */
export const restartSinceStaged = (node: InventoryNode, staged: ReadonlySet<string>): RestartEvidence | undefined => {
  const lines = asksAgain(node, staged);
  const runs = restartsAsked(node);
  const evidence = lines
    .slice(0, 2)
    .map((origin) => textEvidence(origin, `Changing TotalVfs, needs reboot (requested ${[...staged].join(', ')})`));
  if (lines.length > 0 && runs >= 2)
    return {
      restarted: true,
      confidence: 'proven',
      because: `the config daemon asked ${runs} times for a restart for the same value, and each restart ended with the question asked anew`,
      evidence,
    };
  const { nodeState } = node;
  if (nodeState?.desiredState === 'Reboot_Required' && nodeState.currentState === 'DrainComplete')
    return {
      restarted: true,
      confidence: 'likely',
      because:
        'the value is written, which the config daemon does only on a drained node and follows at once with a restart; the node is drained, and the daemon still wants one',
      evidence: [
        ...evidence,
        textEvidence(nodeState.origin, 'desired-state Reboot_Required, current-state DrainComplete'),
      ],
    };
  return undefined;
};
