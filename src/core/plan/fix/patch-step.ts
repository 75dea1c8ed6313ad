/** A step that patches one object and can be taken back exactly: the way back is computed from the object as it was read. */
import type { KubeObject } from '../../model/kube-object.ts';
import { inversePatch, type MergePatch } from '../merge-patch.ts';
import type { PlanStep, PlanTarget } from '../plan.ts';

export interface StepWords {
  readonly id: string;
  readonly title: string;
  readonly because: string;
}

export const targetOf = (
  { apiVersion, kind, metadata: { name, namespace } }: KubeObject,
  plural: string,
): PlanTarget => ({ apiVersion, kind, plural, ...(namespace !== undefined && { namespace }), name });

export const patchStep = (object: KubeObject, plural: string, patch: MergePatch, words: StepWords): PlanStep => {
  const target = targetOf(object, plural);
  const before = inversePatch(object, patch);
  return {
    ...words,
    act: { do: 'patch-object', target, patch, from: before },
    proof: { is: 'object-has', target, fields: patch },
    back: {
      act: { do: 'patch-object', target, patch: before, from: patch },
      proof: { is: 'object-has', target, fields: before },
    },
  };
};
