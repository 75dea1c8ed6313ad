/** What the verbs of the world work on, handed to each of them. */
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { KindRegistry } from './kind-registry.ts';
import type { Store } from './store.ts';

export interface ServerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
  readonly kinds: KindRegistry;
}
