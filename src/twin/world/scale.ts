/** The scale subresource: one shape for whatever has a number of replicas (autoscaling/v1 Scale). */
import { digNumber, digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { JsonMap } from './stored-value.ts';

/** Of a workload, as it is read and patched. */
export const scaleOf = (object: KubeObject): KubeObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = Object.entries(digTexts(object, 'spec', 'selector', 'matchLabels'))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: { replicas: digNumber(object, 'spec', 'replicas') ?? 0 },
    status: {
      replicas: digNumber(object, 'status', 'replicas') ?? 0,
      ...(selector !== '' && { selector }),
    },
  };
};

/** The workload with the number of replicas of this scale. */
export const changeScale = (object: KubeObject, scale: KubeObject): KubeObject => ({
  ...object,
  spec: { ...(object['spec'] as JsonMap | undefined), replicas: digNumber(scale, 'spec', 'replicas') ?? 0 },
});
