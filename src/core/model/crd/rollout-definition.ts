/** The CustomResourceDefinition of Rollout, made from its zod schema: deploy/crds holds the same text, and a test keeps it so. */
import { apiVersionOf, CUSTOM_RESOURCE_DEFINITIONS } from '../kube-resource.ts';
import type { KubeObject } from '../kube-object.ts';
import { ROLLOUTS, rolloutSpec, rolloutStatus } from './rollout.ts';
import { structuralSchema } from './structural-schema.ts';

const column = (name: string, jsonPath: string, type = 'string', priority = 0) => ({
  name,
  type,
  jsonPath,
  ...(priority > 0 && { priority }),
});

const ofCondition = (type: string, field: string): string => `.status.conditions[?(@.type=='${type}')].${field}`;

export const rolloutDefinition = (): KubeObject => ({
  apiVersion: apiVersionOf(CUSTOM_RESOURCE_DEFINITIONS),
  kind: CUSTOM_RESOURCE_DEFINITIONS.kind,
  metadata: { name: `${ROLLOUTS.plural}.${ROLLOUTS.group}` },
  spec: {
    group: ROLLOUTS.group,
    scope: 'Cluster',
    names: { plural: ROLLOUTS.plural, singular: 'rollout', kind: ROLLOUTS.kind, shortNames: ['nwr'] },
    versions: [
      {
        name: ROLLOUTS.version,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description:
              'Visits to a set of nodes under a budget: each is drained, changed, restarted, proved and given back.',
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: structuralSchema(rolloutSpec),
              status: structuralSchema(rolloutStatus),
            },
          },
        },
        subresources: { status: {} },
        additionalPrinterColumns: [
          column('Nodes', '.status.nodes', 'integer'),
          column('Back', '.status.returned', 'integer'),
          column('Out', '.status.out', 'integer'),
          column('Ready', ofCondition('Ready', 'status')),
          column('Status', ofCondition('Ready', 'reason')),
          column('Message', ofCondition('Reconciling', 'message'), 'string', 1),
          column('Age', '.metadata.creationTimestamp', 'date'),
        ],
      },
    ],
  },
});
