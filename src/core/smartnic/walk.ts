/**
 * Goes through a program in a world that may fail at any action, and tells which calls were made, how power ended and
 * why it stopped. It is the rehearsal of a flow: the same order, the same restores, without anything real.
 */
import type { Power } from './action.ts';
import type { Practice } from './practice.ts';
import { act, type AwakeStep, type Program, type Step } from './program.ts';
import { walkNetwork } from './walk-network.ts';
import { perform, performAll, type Walker } from './walker.ts';
import type { Call, Failure, HostAt, World } from './world.ts';

export interface Walk {
  readonly calls: readonly Call[];
  readonly powerAfter: Power;
  readonly hostAfter: HostAt;
  readonly failure?: Failure;
  /** Ports that were skipped or failed while the others went on; only where Ironic is imitated. */
  readonly partial: readonly string[];
  /** What holds the host, where power could not be given back. */
  readonly gate?: string;
}

const leave = (walker: Walker, step: AwakeStep, calls: Call[]): Failure | undefined => {
  const failure = performAll(walker, step.leave, calls);
  if (failure !== undefined) walker.gate = 'host must not leave BIOS; wiring is kept and shown';
  return failure;
};

/** After a failure power is read, not assumed: a power-on that "failed" may have worked late. */
const restoreAfterFailure = (walker: Walker, step: AwakeStep, calls: Call[]): void => {
  perform(walker, act({ do: 'read-power' }, 'power is read before it is given back', 'check'), calls);
  if (walker.state.power !== step.restoreTo) leave(walker, step, calls);
};

const walkAwake = (walker: Walker, step: AwakeStep, calls: Call[]): Failure | undefined => {
  let failure = performAll(walker, step.enter, calls);
  for (const inner of step.body) failure ??= walkNetwork(walker, inner, calls);
  if (failure === undefined) return leave(walker, step, calls);
  if (step.alwaysLeaves) restoreAfterFailure(walker, step, calls);
  return failure;
};

const walkStep = (walker: Walker, step: Step, calls: Call[]): Failure | undefined => {
  if (step.kind === 'act') return perform(walker, step, calls);
  return step.kind === 'network' ? walkNetwork(walker, step, calls) : walkAwake(walker, step, calls);
};

export const walk = (program: Program, world: World, practice: Practice): Walk => {
  const walker: Walker = {
    state: { power: world.power, host: world.power === 'off' ? 'off' : 'booted' },
    oneTimeSetup: false,
    gate: undefined,
    partial: [],
    world,
    practice,
  };
  const calls: Call[] = [];
  let failure: Failure | undefined;
  for (const step of program) {
    failure = walkStep(walker, step, calls);
    if (failure !== undefined) break;
  }
  return {
    calls,
    powerAfter: walker.state.power,
    hostAfter: walker.state.host,
    partial: walker.partial,
    ...(failure === undefined ? {} : { failure }),
    ...(walker.gate === undefined ? {} : { gate: walker.gate }),
  };
};

/** All calls, those at the ports of a network call in its place after it. */
export const flatCalls = (calls: readonly Call[]): readonly Call[] =>
  calls.flatMap((call) => [call, ...flatCalls(call.steps ?? [])]);
