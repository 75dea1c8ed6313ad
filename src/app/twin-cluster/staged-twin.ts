/** A twin of one node on whose cards a setting waits for a restart, with the kind Rollout: what tests of visits begin with. */
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../core/model/kube-resource.ts';
import { CONNECTX7_RAIL } from '../../twin/hardware/adapter-model.ts';
import { DGX_B200 } from '../../twin/hardware/host.ts';
import { plainScenario } from '../../twin/scenarios/plain-fleet.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { twinApi } from './twin-ports.ts';

/** The node, its first card and its second. */
export const STAGED = { node: 'a', one: '0000:18:00.0', other: '0000:40:00.0' } as const;

const SETTLE_MS = 5 * 60_000;

/** NUM_OF_VFS 8 is at next boot on both cards; the machine activates settings by a cold restart only. */
export const stagedTwin = async (): Promise<Twin> => {
  const plain = plainScenario([STAGED.node]);
  const adapters = [STAGED.one, STAGED.other].map((pci, at) => ({
    card: pci.slice(0, -2),
    model: CONNECTX7_RAIL,
    functions: [{ pci, rdma: `mlx5_${at}`, interface: `ib${at}`, linkType: 'IB' as const }],
    staged: { NUM_OF_VFS: '8' },
  }));
  const fleet = plain.fleet.map((node) => ({ ...node, host: { ...node.host, platform: DGX_B200, adapters } }));
  const twin = createTwin({ ...plain, fleet }, 1);
  await twin.runUntil(twin.start + SETTLE_MS);
  await twinApi(twin).create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  return twin;
};

export interface StagedRollout {
  readonly name?: string;
  readonly pci?: string;
  readonly rung?: 'warm' | 'cold';
  /** Of NUM_OF_VFS. */
  readonly wanted?: string;
}

export const submitStaged = async (
  twin: Twin,
  { name = 'one', pci = STAGED.one, rung = 'cold', wanted = '8' }: StagedRollout = {},
): Promise<void> => {
  const made = await twinApi(twin).create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name },
    spec: {
      reason: 'a test',
      groups: [{ nodes: [STAGED.node], rung, cards: [{ pci, values: { NUM_OF_VFS: wanted } }] }],
      allow: { rung: 'cold' },
      power: { adapter: 'twin' },
    },
  });
  if (!made.ok) throw new Error(made.fault.message);
};
