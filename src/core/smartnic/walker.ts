/** Who walks: the state of the host while calls are made, one after the other. Nothing outside this room needs it. */
import { wordOf, type Action, type Power } from './action.ts';
import type { Practice } from './practice.ts';
import type { Act } from './program.ts';
import type { Call, Failure, World, WorldState } from './world.ts';

export interface Walker {
  state: WorldState;
  /** The next boot stops in setup. */
  oneTimeSetup: boolean;
  /** What holds the host, where power could not be given back. */
  gate: string | undefined;
  readonly partial: string[];
  readonly world: World;
  readonly practice: Practice;
}

const movePower = (walker: Walker, to: Power | 'reboot'): void => {
  if (to === 'off') walker.state = { power: 'off', host: 'off' };
  else if (to === 'reboot' || walker.state.power === 'off') {
    walker.state = { power: 'on', host: walker.oneTimeSetup ? 'setup' : 'booted' };
    walker.oneTimeSetup = false;
  }
};

const take = (walker: Walker, action: Action): void => {
  if (action.do === 'set-boot-device') walker.oneTimeSetup = true;
  if (action.do === 'power' || action.do === 'restore-power') movePower(walker, action.to);
};

/** Makes one call; the failure, if any, is answered and not thrown. */
export const perform = (walker: Walker, { action, role }: Act, calls: Call[]): Failure | undefined => {
  const failure = walker.world.failureOf(action, walker.state);
  if (failure === undefined) take(walker, action);
  else if (failure.leavesPower !== undefined && failure.leavesPower !== walker.state.power)
    movePower(walker, failure.leavesPower);
  calls.push({
    word: wordOf(action),
    action,
    ...(role === undefined ? {} : { role }),
    ...(failure?.exhausted === true ? { repeated: true as const } : {}),
    ...(failure === undefined ? {} : { failed: true as const }),
    after: walker.state,
  });
  return failure;
};

/** Makes them in order, up to the first that fails. */
export const performAll = (walker: Walker, acts: readonly Act[], calls: Call[]): Failure | undefined => {
  for (const each of acts) {
    const failure = perform(walker, each, calls);
    if (failure !== undefined) return failure;
  }
  return undefined;
};
