/** A custom kind with everything that a structural schema can say and the field uses. */
import type { KubeResource } from '../../../src/core/model/kube-resource.ts';

export const GADGETS: KubeResource = {
  group: 'differential.nicwright.dev',
  version: 'v1',
  plural: 'gadgets',
  kind: 'Gadget',
  namespaced: true,
};

const TEXT = { type: 'string' };
const INTEGER = { type: 'integer' };

export const GADGET_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.differential.nicwright.dev' },
  spec: {
    group: GADGETS.group,
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 10 },
                  mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
                  limit: { 'x-kubernetes-int-or-string': true },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: TEXT, weight: { type: 'integer', default: 1 } },
                    },
                  },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: TEXT },
                  list: { type: 'array', items: INTEGER },
                  whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: INTEGER },
                  open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  names: { type: 'object', additionalProperties: TEXT },
                  maybe: { type: 'string', nullable: true },
                },
              },
              status: {
                type: 'object',
                properties: {
                  seen: INTEGER,
                  state: { type: 'string', default: 'Idle' },
                  conditions: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['type'],
                    items: { type: 'object', required: ['type', 'status'], properties: { type: TEXT, status: TEXT } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};
