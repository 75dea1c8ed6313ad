/**
 * Goes through a program in a world that may fail at any action, and tells which calls were made, how power ended and
 * why it stopped. It is the rehearsal of a flow: the same order, the same restores, without anything real.
 */
import { wordOf, type Action, type Power } from './action.ts';
import type { Practice } from './practice.ts';
import { act, type Act, type AwakeStep, type NetworkStep, type PortWork, type Step } from './program.ts';

export interface Failure {
  readonly raises: 'NetworkError' | 'OpenStackError' | 'power error' | 'management error' | 'body error';
  readonly message: string;
  /** A wait that ended in vain: it was tried many times. */
  readonly exhausted?: true;
  /** What power really is after a power action that failed; default: what it was. */
  readonly leavesPower?: Power;
}

/** Where the host is: without power, held in its setup, or booted from what boot device it has. */
export type HostAt = 'off' | 'setup' | 'booted';

export interface WorldState {
  readonly power: Power;
  readonly host: HostAt;
}

export interface World {
  readonly power: Power;
  /** Undefined: the action works. A network call is asked for too, before anything is done at its ports. */
  readonly failureOf: (action: Action, state: WorldState) => Failure | undefined;
}

/** One call made. A network call holds the calls at its ports. */
export interface Call {
  readonly word: string;
  readonly action: Action;
  readonly role?: 'check' | 'proof' | 'recovery';
  readonly repeated?: true;
  readonly failed?: true;
  readonly steps?: readonly Call[];
  /** The power and place of the host after it. */
  readonly after: WorldState;
}

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

interface Walker {
  state: WorldState;
  oneTimeSetup: boolean;
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
  if (action.do === 'power') movePower(walker, action.to);
  if (action.do === 'restore-power') movePower(walker, action.to);
};

/** Makes one call; the failure, if any, is answered and not thrown. */
const perform = (walker: Walker, { action, role }: Act, calls: Call[]): Failure | undefined => {
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

const performAll = (walker: Walker, acts: readonly Act[], calls: Call[]): Failure | undefined => {
  for (const each of acts) {
    const failure = perform(walker, each, calls);
    if (failure !== undefined) return failure;
  }
  return undefined;
};

const networkError = (message: string): Failure => ({ raises: 'NetworkError', message });

/** Takes back what was created; a step that fails ends the undoing of its port and never hides the first failure. */
const undo = (walker: Walker, created: readonly PortWork[], calls: Call[]): void => {
  for (const work of created) performAll(walker, work.undo, calls);
};

const walkNetwork = (walker: Walker, step: NetworkStep, into: Call[]): Failure | undefined => {
  const calls: Call[] = [];
  const failure = walkPorts(walker, step, calls);
  const action: Action = { do: 'network', call: step.call };
  into.push({
    word: wordOf(action),
    action,
    steps: calls,
    ...(failure === undefined ? {} : { failed: true as const }),
    after: walker.state,
  });
  return failure;
};

const FAILED_AT: Readonly<Record<string, string>> = {
  'port:delete': 'Could not remove VIF',
  'port:unbind': 'Unable to clear binding profile for neutron port',
  'port:reset_mac': 'Unable to reset the MAC of neutron port',
};

/** Ironic's words for an error of the client library that ends the whole call. */
const wholeCallFailed = (calls: readonly Call[], { message }: Failure): string => {
  const at = calls.findLast(({ failed, role }) => failed === true && role === undefined);
  return `${FAILED_AT[at?.word ?? ''] ?? 'Could not add public network VIF'}, possible network issue. ${message}`;
};

const walkPorts = (walker: Walker, step: NetworkStep, calls: Call[]): Failure | undefined => {
  const { practice } = walker;
  const whole = walker.world.failureOf({ do: 'network', call: step.call }, walker.state);
  if (whole !== undefined) return whole;
  if (step.refused !== undefined) return networkError(step.refused);
  const creates = step.call.startsWith('add_');
  const unusable = step.work.filter((work) => work.unusable !== undefined);
  if (practice.wiresAllOrNothing && unusable.length > 0)
    return networkError(
      `${creates ? 'Failed to create neutron ports' : 'The networks of the node cannot be changed'}: ${unusable.map(({ port, unusable: why }) => `port ${port.id}: ${why}`).join('; ')}.`,
    );
  const early = performAll(walker, step.first, calls);
  if (early !== undefined) return early;
  const created: PortWork[] = [];
  const failed: string[] = unusable.map(({ port }) => port.id);
  for (const work of step.work) {
    if (work.unusable !== undefined) {
      // A port without what it takes is skipped when ports are created, and breaks everything else off.
      if (creates) continue;
      return networkError(work.unusable);
    }
    const before = calls.length;
    const failure = performAll(walker, work.steps, calls);
    if (calls.slice(before).some(({ word, failed: bad }) => word === 'port:create' && bad !== true)) created.push(work);
    if (failure === undefined) continue;
    // Ironic counts an error of the client library as this port's, and lets one of its own waits end the whole call.
    if (!creates || failure.raises !== 'OpenStackError') {
      if (practice.undoesAfterTimeOut) undo(walker, created, calls);
      return failure.raises === 'OpenStackError' ? networkError(wholeCallFailed(calls, failure)) : failure;
    }
    failed.push(work.port.id);
    if (practice.wiresAllOrNothing) break;
  }
  if (failed.length === 0) return undefined;
  if (failed.length < step.work.length && !practice.wiresAllOrNothing) {
    walker.partial.push(...failed);
    return undefined;
  }
  undo(walker, created, calls);
  return networkError(`Failed to create neutron ports for ports ${failed.join(', ')}.`);
};

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

export const walk = (program: readonly Step[], world: World, practice: Practice): Walk => {
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
