/** The pod that has to reach Running on a node before it is given back, where the rollout asks for one. */
import { digText } from '../../core/model/dig.ts';
import { PODS } from '../../core/model/kube-resource.ts';
import type { KubeApi, KubeDraft, ObjectKey } from '../../core/ports/kube-api.ts';
import type { RolloutSpec } from '../../core/model/crd/rollout.ts';
import { told, untold, type Told } from '../../core/visit/told.ts';
import type { OfferFacts } from '../../core/visit/visit-facts.ts';

type Canary = NonNullable<RolloutSpec['canaryPod']>;

export const canaryKey = (node: string, { namespace }: Canary): Required<ObjectKey> => ({
  namespace,
  name: `nicwright-canary-${node}`,
});

/** It names its node, since nothing is scheduled on a cordoned one. */
export const canaryPod = (node: string, canary: Canary): KubeDraft => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...canaryKey(node, canary), labels: { 'app.kubernetes.io/managed-by': 'nicwright' } },
  spec: {
    nodeName: node,
    restartPolicy: 'Never',
    tolerations: [{ operator: 'Exists' }],
    containers: [
      { name: 'canary', image: canary.image, resources: { requests: canary.resources, limits: canary.resources } },
    ],
  },
});

const PHASES: Readonly<Record<string, OfferFacts['canary']>> = {
  Running: 'running',
  Succeeded: 'running',
  Failed: 'failed',
};

export const canaryState = async (
  api: KubeApi,
  node: string,
  { canaryPod: canary }: RolloutSpec,
  signal: AbortSignal,
): Promise<Told<OfferFacts['canary']>> => {
  if (canary === undefined) return told('none');
  const found = await api.get(PODS, canaryKey(node, canary), { signal });
  if (found.ok) return told(PHASES[digText(found.value, 'status', 'phase') ?? ''] ?? 'waiting');
  return found.fault.code === 'kube-not-found'
    ? told('absent')
    : untold(`the canary pod cannot be read: ${found.fault.message}`);
};
