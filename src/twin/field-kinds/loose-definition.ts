/** The definition of a kind whose schema nobody here needs: a server takes its objects as they are, and nothing acts by them. */
import {
  apiVersionOf,
  CUSTOM_RESOURCE_DEFINITIONS,
  resourceName,
  type KubeResource,
} from '../../core/model/kube-resource.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';

export const looseDefinition = (of: KubeResource): KubeDraft => ({
  apiVersion: apiVersionOf(CUSTOM_RESOURCE_DEFINITIONS),
  kind: CUSTOM_RESOURCE_DEFINITIONS.kind,
  metadata: { name: resourceName(of) },
  spec: {
    group: of.group,
    scope: of.namespaced ? 'Namespaced' : 'Cluster',
    names: { plural: of.plural, singular: of.kind.toLowerCase(), kind: of.kind },
    versions: [
      {
        name: of.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});
