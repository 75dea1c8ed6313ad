/** A simulated cluster with the clock by which its time passes; whoever has it may let the time pass, and nobody else. */
import type { VirtualClock } from '../../twin/virtual-clock.ts';
import type { World } from '../../twin/world/world.ts';

export interface TwinCluster {
  readonly world: World;
  readonly clock: VirtualClock;
}
