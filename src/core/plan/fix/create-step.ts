/** A step that creates one object under the mark of its plan; its way back deletes that object and no other. */
import type { KubeObject } from '../../model/kube-object.ts';
import { MADE_BY_KEY, type PlanStep } from '../plan.ts';
import { targetOf, type StepWords } from './patch-step.ts';

export const createStep = (object: KubeObject, plural: string, planName: string, words: StepWords): PlanStep => {
  const target = targetOf(object, plural);
  const { metadata, ...rest } = object;
  const marked = {
    ...rest,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: { ...metadata.labels, 'app.kubernetes.io/managed-by': 'nicwright' },
      annotations: { [MADE_BY_KEY]: planName },
    },
  };
  return {
    ...words,
    act: { do: 'create-object', target, object: marked },
    proof: { is: 'object-has', target, fields: { metadata: { annotations: { [MADE_BY_KEY]: planName } } } },
    back: { act: { do: 'delete-object', target, madeBy: planName }, proof: { is: 'object-absent', target } },
  };
};
