/** Kinds of the maintenance operator (maintenance.nvidia.com): who may take a node out of service, and its settings. */
import { column, type FieldKind } from './field-kind.ts';
import {
  between,
  condition,
  countOrPercent,
  fields,
  flag,
  listOf,
  matching,
  oneOf,
  orElse,
  text,
} from './schema-words.ts';

const MAINTENANCE = { group: 'maintenance.nvidia.com', version: 'v1alpha1', scope: 'Namespaced' } as const;

const ofReady = (field: string): string => `.status.conditions[?(@.type=='Ready')].${field}`;

const REQUESTOR = matching('^([a-z0-9A-Z]([-a-z0-9A-Z]*[a-z0-9A-Z])?(\\.[a-z0-9A-Z]([-a-z0-9A-Z]*[a-z0-9A-Z])?)*)$', {
  minLength: 2,
  maxLength: 63,
});

const NODE_MAINTENANCE: FieldKind = {
  ...MAINTENANCE,
  plural: 'nodemaintenances',
  kind: 'NodeMaintenance',
  columns: [
    column('Node', '.spec.nodeName'),
    column('Requestor', '.spec.requestorID'),
    column('Ready', ofReady('status')),
    column('Phase', ofReady('reason')),
    column('Failed', ".status.conditions[?(@.type=='Failed')].reason"),
  ],
  spec: fields(
    {
      nodeName: text,
      requestorID: REQUESTOR,
      additionalRequestors: { ...listOf(text), 'x-kubernetes-list-type': 'set' },
      cordon: orElse(flag, true),
      drainSpec: fields({
        deleteEmptyDir: orElse(flag, false),
        force: orElse(flag, false),
        podEvictionFilters: listOf(fields({ byResourceNameRegex: text })),
        podSelector: text,
        timeoutSeconds: orElse(between(0), 300),
      }),
      waitForPodCompletion: fields({ podSelector: text, timeoutSeconds: orElse(between(0), 0) }),
    },
    ['nodeName', 'requestorID'],
  ),
  status: fields({
    conditions: {
      ...listOf(condition),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
    drain: fields(
      {
        drainProgress: between(0),
        evictionPods: between(0),
        totalPods: between(0),
        waitForEviction: listOf(text),
      },
      ['drainProgress', 'evictionPods', 'totalPods'],
    ),
    waitForCompletion: listOf(text),
  }),
};

const OPERATOR_CONFIG: FieldKind = {
  ...MAINTENANCE,
  plural: 'maintenanceoperatorconfigs',
  kind: 'MaintenanceOperatorConfig',
  spec: fields({
    logLevel: orElse(oneOf('debug', 'info', 'error'), 'info'),
    maxNodeMaintenanceTimeSeconds: orElse(between(0), 3600),
    maxParallelOperations: orElse(countOrPercent, 1),
    maxUnavailable: countOrPercent,
  }),
  status: fields({}),
};

export const MAINTENANCE_KINDS: readonly FieldKind[] = [NODE_MAINTENANCE, OPERATOR_CONFIG];
