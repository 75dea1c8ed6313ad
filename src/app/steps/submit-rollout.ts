/**
 * Step rollout: submits the Rollout object and watches its status until it is over. Who carries it out is no matter here: a
 * controller in the cluster, or one in this process.
 */
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import { ROLLOUTS, rolloutSpec, SUBMITTED_BY_KEY, type RolloutSpec } from '../../core/model/crd/rollout.ts';
import { canonical } from '../../core/model/canonical.ts';
import { dig, digList, digNumber, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { StepWork } from './step-work.ts';

/** Code of the fault of a rollout that a person has ended. */
export const ABORTED = 'held-aborted';

/** What a person changes while it runs; the rest is the plan's. */
const ASKED_LATER: readonly string[] = ['paused', 'aborted', 'retryHeldBefore'];

const changedParts = (planned: RolloutSpec, submitted: RolloutSpec): readonly string[] => {
  const parts = Object.keys({ ...planned, ...submitted }).filter((part) => !ASKED_LATER.includes(part));
  return parts.filter((part) => canonical(dig(planned, part)) !== canonical(dig(submitted, part)));
};

/** A plan goes on under its name; one that was edited after it was submitted would do something else than it says. */
const isTheSame = async (
  { ports: { api }, signal }: Pick<StepWork, 'ports' | 'signal'>,
  name: string,
  spec: RolloutSpec,
): Promise<Result<void>> => {
  const found = await api.get(ROLLOUTS, { name }, { signal });
  if (!found.ok) return found;
  const submitted = rolloutSpec.safeParse(found.value['spec']);
  const changed = submitted.success ? changedParts(spec, submitted.data) : ['spec'];
  return changed.length === 0
    ? ok(undefined)
    : fail(
        'refused-edited',
        `Rollout/${name} was submitted with another ${changed.join(', ')} than this plan has; make a new plan, or change the Rollout itself (kubectl edit rollout ${name}).`,
      );
};

export const submitRollout = async (
  { ports, signal }: Pick<StepWork, 'ports' | 'signal'>,
  name: string,
  spec: RolloutSpec,
): Promise<Result<void>> => {
  const { api } = ports;
  const who = await api.whoAmI({ signal });
  const annotations = who.ok ? { [SUBMITTED_BY_KEY]: who.value.username } : {};
  const made = await api.create(
    ROLLOUTS,
    { apiVersion: apiVersionOf(ROLLOUTS), kind: ROLLOUTS.kind, metadata: { name, annotations }, spec },
    { fieldManager: FIELD_MANAGER, signal },
  );
  if (made.ok) return ok(undefined);
  return made.fault.code === 'kube-already-exists' ? isTheSame({ ports, signal }, name, spec) : made;
};

const condition = (rollout: KubeObject, type: string): unknown =>
  digList(rollout, 'status', 'conditions').find((one) => digText(one, 'type') === type);

/** A condition that speaks of the spec as it is now: after a resume the old one still says that it has stopped. */
const freshCondition = (rollout: KubeObject, type: string): unknown => {
  const found = condition(rollout, type);
  return digNumber(found, 'observedGeneration') === rollout.metadata.generation ? found : undefined;
};

export const isComplete = (rollout: KubeObject): boolean =>
  digText(freshCondition(rollout, 'Ready'), 'status') === 'True';

export const isRolloutComplete = async (
  { ports: { api }, signal }: StepWork,
  name: string,
): Promise<Result<boolean>> => {
  const found = await api.get(ROLLOUTS, { name }, { signal });
  if (!found.ok)
    return found.fault.code === 'kube-not-found' || found.fault.code === 'kube-kind-absent' ? ok(false) : found;
  return ok(isComplete(found.value));
};

const POLL_MS = 5_000;

/** What a process wrote that is gone by now may be old: whoever leads has looked anew by then (15 s for its Lease, 30 s for a pass). */
const SETTLED_MS = 60_000;

/** `2 of 8 back; dgx030 drain: waits for ...`. */
const progressOf = (rollout: KubeObject): string => {
  const flights = digList(rollout, 'status', 'visiting').map(
    (one) => `${digText(one, 'node') ?? ''} ${digText(one, 'stage') ?? ''}: ${digText(one, 'message') ?? ''}`,
  );
  const blocked = digList(rollout, 'status', 'blocked')
    .slice(0, 1)
    .map((one) => `${digText(one, 'node') ?? ''} waits: ${digText(one, 'message') ?? ''}`);
  const counts = `${digNumber(rollout, 'status', 'returned') ?? 0} of ${digNumber(rollout, 'status', 'nodes') ?? '?'} back`;
  return [counts, ...(flights.length > 0 ? flights : blocked)].join('; ');
};

const ended = (name: string, how: string): Result<never> =>
  fail(
    ABORTED,
    `Rollout/${name} was ${how}, which is final. --rollback takes back what this plan has prepared; plan anew for the nodes that are left.`,
  );

/** Ends when the rollout is complete, held, aborted, or gone. */
export const followRollout = async ({ ports, signal, tell }: StepWork, name: string): Promise<Result<void>> => {
  const { api, clock } = ports;
  const began = clock.now();
  let said = '';
  let end = 'deleted';
  let hasMoved = false;
  for (;;) {
    const found = await api.get(ROLLOUTS, { name }, { signal });
    if (!found.ok && found.fault.code === 'kube-not-found') return ended(name, end);
    if (!found.ok && found.fault.next === 'stop') return found;
    if (found.ok) {
      const rollout = found.value;
      const line = progressOf(rollout);
      if (line !== said) tell(line);
      said = line;
      if (isComplete(rollout)) return ok(undefined);
      const stalled = freshCondition(rollout, 'Stalled');
      const ready = freshCondition(rollout, 'Ready');
      const isIdle = digList(rollout, 'status', 'visiting').length === 0;
      const hasStopped = digText(stalled, 'status') === 'True' && isIdle;
      if (!hasStopped) hasMoved = true;
      if (hasStopped && (hasMoved || clock.now() - began >= SETTLED_MS))
        return fail(
          'held-rollout',
          `Rollout/${name} has stopped: ${(digText(stalled, 'message') ?? '').replace(/\.$/, '')}. nicwright status ${name} shows the way out; nicwright resume ${name} goes on.`,
        );
      const isAborted = digText(ready, 'reason') === 'Aborted' || (dig(rollout, 'spec', 'aborted') === true && isIdle);
      if (isAborted) end = digText(ready, 'message') ?? end;
      // One that is deleted has to be gone first: its finalizer is taken off by whoever leads, which may be this process.
      if (isAborted && rollout.metadata.deletionTimestamp === undefined) return ended(name, end);
    }
    await clock.sleep(POLL_MS, signal);
  }
};

/** Whether it was submitted before. */
export const isRolloutSubmitted = async (api: KubeApi, name: string): Promise<Result<boolean>> => {
  const found = await api.get(ROLLOUTS, { name });
  if (found.ok) return ok(true);
  return found.fault.code === 'kube-not-found' || found.fault.code === 'kube-kind-absent' ? ok(false) : found;
};
