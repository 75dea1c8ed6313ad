/**
 * How the network operator is told to upgrade drivers: environment of its container (network-operator.md 2.7, 3.17;
 * upgrade_requestor.go, GetRequestorOptsFromEnvs).
 */
import { digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { RequestorIdentity } from './fleet.ts';

export interface OperatorSettings {
  /** The image it runs. */
  readonly image: string;
  /** Present = requestor mode is on. */
  readonly requestor?: RequestorIdentity;
}

const containersOf = (object: KubeObject): readonly unknown[] =>
  object.kind === 'Pod'
    ? digList(object, 'spec', 'containers')
    : digList(object, 'spec', 'template', 'spec', 'containers');

/** Upstream's image is called network-operator; the SR-IOV operator's and the init container's are not. */
const isOperatorImage = (image: string): boolean => /(?:^|\/)network-operator(?:[:@]|$)/.test(image);

const environment = (container: unknown): ReadonlyMap<string, string> =>
  new Map(digList(container, 'env').map((entry) => [digText(entry, 'name') ?? '', digText(entry, 'value') ?? '']));

/**
 * Undefined when neither Deployment nor pod of the operator is among `objects`. A NicNodePolicy's manager adds
 * `idSuffix` to the requestor ID.
 */
export const operatorSettings = (objects: readonly KubeObject[], idSuffix: string): OperatorSettings | undefined => {
  for (const object of objects)
    for (const container of containersOf(object)) {
      const image = digText(container, 'image') ?? '';
      if (!isOperatorImage(image)) continue;
      const env = environment(container);
      return env.get('MAINTENANCE_OPERATOR_ENABLED') === 'true'
        ? {
            image,
            requestor: {
              id: `${env.get('MAINTENANCE_OPERATOR_REQUESTOR_ID') ?? ''}${idSuffix}`,
              prefix: env.get('MAINTENANCE_OPERATOR_NODE_MAINTENANCE_PREFIX') || 'nvidia-operator',
              namespace: env.get('MAINTENANCE_OPERATOR_REQUESTOR_NAMESPACE') || 'default',
            },
          }
        : { image };
    }
  return undefined;
};
