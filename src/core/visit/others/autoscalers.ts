/** What takes machines away because they are idle or outdated: cluster-autoscaler and Karpenter. */
import { digText } from '../../model/dig.ts';
import { annotationMark, onNode } from './node-marks.ts';
import { byTaints, hasTaint } from './operators.ts';
import { labelsOf, named, objectsIn, wait, type Family } from './surroundings.ts';

export const SCALE_DOWN_DISABLED = annotationMark(
  'cluster-autoscaler',
  'cluster-autoscaler',
  'cluster-autoscaler.kubernetes.io/scale-down-disabled',
  'true',
);

/** It may run outside of the cluster: then its mark on a node it thinks of is all there is. */
export const clusterAutoscaler: Family = {
  atWork: byTaints({ ToBeDeletedByClusterAutoscaler: 'cluster-autoscaler' }),
  toQuiet: (around) =>
    hasTaint(around.node, 'DeletionCandidateOfClusterAutoscaler') ||
    objectsIn(around, 'Deployment.apps').some(({ metadata: { name } }) => name.includes('cluster-autoscaler'))
      ? [onNode(around, SCALE_DOWN_DISABLED)]
      : [],
};

export const DO_NOT_DISRUPT = annotationMark('Karpenter', 'karpenter', 'karpenter.sh/do-not-disrupt', 'true');

const byTaint = byTaints({ 'karpenter.sh/disrupted': 'Karpenter', 'karpenter.sh/disruption': 'Karpenter' });

export const karpenter: Family = {
  atWork: (around) => {
    const going = objectsIn(around, 'NodeClaim.karpenter.sh')
      .filter((claim) => digText(claim, 'status', 'nodeName') === around.node.metadata.name)
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map((claim) =>
        wait('Karpenter', `${named(claim)} of this node is being deleted`, 'take the node out of the rollout'),
      );
    return going.length > 0 ? going : byTaint(around);
  },
  toQuiet: (around) =>
    labelsOf(around.node)['karpenter.sh/nodepool'] === undefined ? [] : [onNode(around, DO_NOT_DISRUPT)],
};
