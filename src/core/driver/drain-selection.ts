/**
 * Stands in for core/drain until that room is there: which pods kubectl's drain takes, leaves or refuses
 * (network-operator.md 3.11). DaemonSet pods are always left alone, as the upgrade manager asks for it.
 */
import { dig, digList, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { parseLabelSelector, selects } from '../model/label-selector.ts';
import type { DrainSpec } from './upgrade-policy.ts';

export interface DrainSelection {
  readonly evict: readonly KubeObject[];
  /** One of these is enough, and nothing at all is evicted. */
  readonly refused: readonly { readonly pod: KubeObject; readonly because: string }[];
}

const isFinished = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].includes(digText(pod, 'status', 'phase') ?? '');

const controllerOf = (pod: KubeObject): unknown =>
  digList(pod, 'metadata', 'ownerReferences').find((owner) => dig(owner, 'controller') === true);

export const selectForDrain = (
  pods: readonly KubeObject[],
  { podSelector, force, deleteEmptyDir }: DrainSpec,
  daemonSetExists: (pod: KubeObject) => boolean,
): DrainSelection => {
  const selector = parseLabelSelector(podSelector);
  const evict: KubeObject[] = [];
  const refused: { pod: KubeObject; because: string }[] = [];
  for (const pod of pods) {
    if (!selector.ok || !selects(selector.value, digTexts(pod, 'metadata', 'labels'))) continue;
    if (digText(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== undefined) continue;
    const controller = controllerOf(pod);
    const daemon = dig(controller, 'kind') === 'DaemonSet' && dig(controller, 'apiVersion') === 'apps/v1';
    if (daemon && daemonSetExists(pod)) continue;
    const because = isFinished(pod)
      ? undefined
      : daemon && !force
        ? 'its DaemonSet is gone'
        : controller === undefined && !force
          ? 'it has no controller and force is false'
          : !deleteEmptyDir && digList(pod, 'spec', 'volumes').some((volume) => dig(volume, 'emptyDir') !== undefined)
            ? 'it uses emptyDir and deleteEmptyDir is false'
            : undefined;
    if (because === undefined) evict.push(pod);
    else refused.push({ pod, because });
  }
  return { evict, refused };
};
