/** A simulated cluster with the clock by which its time passes; whoever has it may let the time pass, and nobody else. */
import type { VirtualClock } from '../../twin/virtual-clock.ts';
import type { Twin } from '../../twin/twin.ts';
import type { World } from '../../twin/world/world.ts';

export interface TwinCluster {
  readonly world: World;
  readonly clock: VirtualClock;
  /** Whose BMCs can be asked; absent for a cluster that was read from files. */
  readonly machines?: Pick<Twin, 'hosts' | 'bmc'>;
}
