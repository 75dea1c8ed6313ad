/**
 * Walks one network call: its ports in order, what one port's failure means for the others, and what is taken back
 * (ironic common/neutron.py add_ports_to_network; network/neutron.py for the rest).
 */
import { wordOf } from './action.ts';
import type { NetworkStep, PortWork } from './program.ts';
import { performAll, type Walker } from './walker.ts';
import { networkError, type Call, type Failure } from './world.ts';

export const walkNetwork = (walker: Walker, step: NetworkStep, into: Call[]): Failure | undefined => {
  const calls: Call[] = [];
  const failure = walkPorts(walker, step, calls);
  const action = { do: 'network', call: step.call } as const;
  into.push({
    word: wordOf(action),
    action,
    steps: calls,
    ...(failure === undefined ? {} : { failed: true as const }),
    after: walker.state,
  });
  return failure;
};

const walkPorts = (walker: Walker, step: NetworkStep, calls: Call[]): Failure | undefined => {
  const whole = walker.world.failureOf({ do: 'network', call: step.call }, walker.state);
  if (whole !== undefined) return whole;
  if (step.refused !== undefined) return networkError(step.refused);
  const unusable = step.work.filter((work) => work.unusable !== undefined);
  if (walker.practice.wiresAllOrNothing && unusable.length > 0) return refuseUnusable(step, unusable);
  return creates(step) ? walkAddition(walker, step, calls) : walkChange(walker, step, calls);
};

const creates = ({ call }: NetworkStep): boolean => call.startsWith('add_');

const refuseUnusable = (step: NetworkStep, unusable: readonly PortWork[]): Failure =>
  networkError(
    `${creates(step) ? 'Failed to create neutron ports' : 'The networks of the node cannot be changed'}: ${unusable.map(({ port, unusable: why }) => `port ${port.id}: ${why ?? ''}`).join('; ')}.`,
  );

const hasCreated = (calls: readonly Call[]): boolean =>
  calls.some(({ word, failed }) => word === 'port:create' && failed !== true);

/**
 * Creates ports. An error of the client library counts as its port's, one of the waits ends the whole call; a port
 * without what it takes is skipped. Whether some failed ports fail the node is a matter of practice.
 */
const walkAddition = (walker: Walker, step: NetworkStep, calls: Call[]): Failure | undefined => {
  const { practice } = walker;
  const early = performAll(walker, step.first, calls);
  if (early !== undefined) return early;
  const created: PortWork[] = [];
  const failed: string[] = [];
  for (const work of step.work) {
    const before = calls.length;
    const failure = performAll(walker, work.steps, calls);
    if (hasCreated(calls.slice(before))) created.push(work);
    if (failure !== undefined && failure.raises !== 'OpenStackError') {
      if (practice.undoesAfterTimeOut) undo(walker, created, calls);
      return failure;
    }
    if (failure !== undefined || work.unusable !== undefined) failed.push(work.port.id);
    if (failure !== undefined && practice.wiresAllOrNothing) break;
  }
  if (failed.length === 0) return undefined;
  if (failed.length < step.work.length && !practice.wiresAllOrNothing) {
    walker.partial.push(...failed);
    return undefined;
  }
  undo(walker, created, calls);
  return networkError(`Failed to create neutron ports for ports ${failed.join(', ')}.`);
};

/** Takes back what was created; a step that fails ends the undoing of its port and never hides the first failure. */
const undo = (walker: Walker, created: readonly PortWork[], calls: Call[]): void => {
  for (const work of created) performAll(walker, work.undo, calls);
};

const FAILED_AT: Readonly<Record<string, string>> = {
  'port:delete': 'Could not remove VIF',
  'port:unbind': 'Unable to clear binding profile for neutron port',
  'port:reset_mac': 'Unable to reset the MAC of neutron port',
};

/** Binds, unbinds or deletes: the first failure, or the first port that cannot be wired, ends the whole call. */
const walkChange = (walker: Walker, step: NetworkStep, calls: Call[]): Failure | undefined => {
  for (const work of step.work) {
    if (work.unusable !== undefined) return networkError(work.unusable);
    const failure = performAll(walker, work.steps, calls);
    if (failure === undefined) continue;
    if (failure.raises !== 'OpenStackError') return failure;
    const what = FAILED_AT[calls.at(-1)?.word ?? ''] ?? 'Could not add public network VIF';
    return networkError(`${what} of port ${work.port.id}, possible network issue. ${failure.message}`);
  }
  return undefined;
};
