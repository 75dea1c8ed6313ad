/**
 * Safe load needs an init container in the driver's pods, which waits until the node is drained. The operator adds it only
 * when its own Deployment names an image for it (OFED_INIT_CONTAINER_IMAGE; chart value operator.ofedDriver.initContainer).
 */
import { digFlag, digList, digText } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { CHART_NAME } from '../release/installed.ts';
import { imageOf } from '../release/judge-image.ts';
import { objectsOf, type Snapshot } from '../snapshot/snapshot.ts';
import type { PolicyFinding } from './policy-finding.ts';

const PATH = ['spec', 'ofedDriver', 'upgradePolicy', 'safeLoad'];
const VARIABLE = 'OFED_INIT_CONTAINER_IMAGE';

const isOperator = (container: unknown): boolean => imageOf(digText(container, 'image') ?? '').image === CHART_NAME;

/** Empty counts as absent, as in the operator; a value from elsewhere (valueFrom) is taken for one. */
const namesInitImage = (container: unknown): boolean =>
  digList(container, 'env').some((entry) => digText(entry, 'name') === VARIABLE && digText(entry, 'value') !== '');

/** A running operator that would ignore safe load; nothing where no operator is in the input. */
export const checkSafeLoadImage = (policy: KubeObject, cluster: Snapshot): readonly PolicyFinding[] => {
  if (digFlag(policy, ...PATH) !== true) return [];
  return objectsOf(cluster, 'Deployment').flatMap(({ object }) => {
    const operators = digList(object, 'spec', 'template', 'spec', 'containers').filter(isOperator);
    if (operators.length === 0 || operators.some(namesInitImage)) return [];
    return [
      {
        severity: 'warning' as const,
        path: PATH,
        because: `${objectPath(object)} sets no ${VARIABLE}, so driver pods get no init container and load at once: safe load has no effect`,
        wayOut: 'set operator.ofedDriver.initContainer.enable: true in the Helm values',
      },
    ];
  });
};
