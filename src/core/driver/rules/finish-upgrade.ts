/** Validation, uncordon, done (common_manager.go:640-760; validation_manager.go; upgrade_inplace.go:125-150). */
import { selects } from '../../model/label-selector.ts';
import { digText, digTexts } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { isPodReady } from '../driver-pod.ts';
import type { DriverKeys } from '../driver-keys.ts';
import { isInRequestorMode, isUnschedulable, isWaitingForSafeLoad, nodeAnnotation } from '../managed-node.ts';
import type { ManagedNode } from '../managed-node.ts';
import type { Write } from '../write.ts';
import { endPass, move, parseStamp, stay } from './decision.ts';
import type { Decision, PassContext, Rule } from './decision.ts';

/** Fixed in upstream (validation_manager.go:31). */
export const VALIDATION_LIMIT_SECONDS = 600;

/** Removing the annotation is what lets the waiting init container go on. */
export const releaseSafeLoad = ({ name, node }: ManagedNode, key: string): readonly Write[] =>
  isWaitingForSafeLoad(node, key) ? [{ do: 'drop-annotation', node: name, key }] : [];

/**
 * The driver is ready: to uncordon-required, or straight to done where the node was cordoned before. In requestor mode
 * the way is uncordon-required in both cases, and the mark goes at once.
 */
export const finish = (managed: ManagedNode, keys: DriverKeys, because: string, before: readonly Write[]): Decision => {
  const dropMark: Write = { do: 'drop-annotation', node: managed.name, key: keys.initialUnschedulable };
  if (isInRequestorMode(managed, keys.requestorMode))
    return move(managed, 'uncordon-required', because, { before, after: [dropMark] });
  if (nodeAnnotation(managed.node, keys.initialUnschedulable) === undefined)
    return move(managed, 'uncordon-required', because, { before });
  return move(managed, 'upgrade-done', `${because}; the node was cordoned before the upgrade and stays so`, {
    before,
    after: [dropMark],
    defects: ['D7', 'D27'],
  });
};

export const validate: Rule = (managed, context) => {
  const { keys } = context.fleet;
  const before = releaseSafeLoad(managed, keys.safeLoad);
  if (context.validationSelector === '') return finish(managed, keys, 'no validation is asked for', before);
  const selector = context.selector(context.validationSelector);
  if (!selector.ok) return endPass(selector.fault, before);
  const validators = context.fleet
    .podsOn(managed.name)
    .filter((pod) => selects(selector.value, digTexts(pod, 'metadata', 'labels')));
  if (validators.length === 0)
    return stay(
      `no validator pod (${context.validationSelector}) is on the node, and upstream waits for one without a limit`,
      {
        writes: before,
        defects: ['D18'],
      },
    );
  return awaitValidators(managed, validators, before, context);
};

/**
 * Walks the validators as upstream does: each ready one drops the start stamp, the first that is not ready looks at it.
 * So with a ready validator listed before one that is not, the stamp begins anew in each pass and the limit never comes.
 */
const awaitValidators = (
  managed: ManagedNode,
  validators: readonly KubeObject[],
  before: readonly Write[],
  context: PassContext,
): Decision => {
  const { keys } = context.fleet;
  const writes: Write[] = [...before];
  let stamp = nodeAnnotation(managed.node, keys.validationStart);
  for (const validator of validators) {
    if (!isPodReady(validator)) return notValidated(managed, validator, stamp, writes, context);
    writes.push({ do: 'drop-annotation', node: managed.name, key: keys.validationStart });
    stamp = undefined;
  }
  return finish(managed, keys, 'every validator pod on the node is ready', writes);
};

const notValidated = (
  managed: ManagedNode,
  validator: KubeObject,
  stamp: string | undefined,
  writes: readonly Write[],
  { fleet: { keys }, now }: PassContext,
): Decision => {
  const { name } = managed;
  const waits = `validator pod ${digText(validator, 'metadata', 'name') ?? ''} is not ready`;
  if (stamp === undefined)
    return stay(`${waits}; the ${VALIDATION_LIMIT_SECONDS} s for it begin now`, {
      writes: [...writes, { do: 'annotate', node: name, key: keys.validationStart, value: String(now) }],
    });
  const start = parseStamp(stamp);
  if (start === undefined)
    return endPass(
      {
        code: 'upstream-validation-stamp',
        message: `annotation ${keys.validationStart} of node ${name} is ${JSON.stringify(stamp)} and no number; upstream ends every pass here until it is removed`,
        next: 'stop',
      },
      writes,
    );
  const left = start + VALIDATION_LIMIT_SECONDS - now;
  return left >= 0
    ? stay(`${waits}; it has ${left} s left of ${VALIDATION_LIMIT_SECONDS} s`, { writes })
    : move(managed, 'upgrade-failed', `${waits} after ${VALIDATION_LIMIT_SECONDS} s`, {
        before: writes,
        after: [{ do: 'drop-annotation', node: name, key: keys.validationStart }],
        defects: ['D3', 'D18'],
      });
};

export const uncordonNode: Rule = (managed) =>
  isUnschedulable(managed.node)
    ? move(managed, 'upgrade-done', 'the driver is ready and the node is uncordoned, whoever cordoned it', {
        before: [{ do: 'uncordon', node: managed.name }],
        defects: ['D7', 'D27'],
      })
    : move(managed, 'upgrade-done', 'the driver is ready and the node is schedulable already', { defects: ['D27'] });
