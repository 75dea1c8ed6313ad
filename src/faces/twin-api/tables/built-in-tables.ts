/** The tables of Kubernetes' own kinds, by `plural.group`. What is not here is shown by name and time of creation. */
import { dig, digFlag, digList, digMap, digNumber, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { columns, type TableForm } from './columns.ts';
import { age } from './human-duration.ts';
import { formatLabels } from './label-cells.ts';
import { EVENT_TABLE, NODE_TABLE } from './node-cells.ts';
import { POD_TABLE } from './pod-cells.ts';
import { SERVICE_TABLE } from './service-cells.ts';
import {
  CRON_JOB_TABLE,
  DAEMON_SET_TABLE,
  DEPLOYMENT_TABLE,
  JOB_TABLE,
  REPLICA_SET_TABLE,
  STATEFUL_SET_TABLE,
} from './workload-cells.ts';

type Cell = (object: KubeObject, now: number) => unknown;

/** A table whose first column is the name. */
const table = (names: readonly string[], cells: readonly Cell[], wide: readonly string[] = []): TableForm => ({
  columns: columns(['Name', ...names], wide),
  cells: (object, now) => [object.metadata.name, ...cells.map((cell) => cell(object, now))],
});

const ageCell: Cell = ({ metadata }, now) => age(metadata.creationTimestamp, now);

const text =
  (...path: readonly string[]): Cell =>
  (object) =>
    digText(object, ...path) ?? '';

const size = (object: KubeObject, field: string): number => Object.keys(digMap(object, field)).length;

const limit =
  (field: string): Cell =>
  (budget) => {
    const found = dig(budget, 'spec', field);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : 'N/A';
  };

const subjects =
  (kind: string): Cell =>
  (binding) =>
    digList(binding, 'subjects')
      .filter((subject) => digText(subject, 'kind') === kind)
      .map((subject) => {
        const name = digText(subject, 'name') ?? '';
        return kind === 'ServiceAccount' ? `${digText(subject, 'namespace') ?? ''}/${name}` : name;
      })
      .join(', ');

const BINDING_TABLE = table(
  ['Role', 'Age'],
  [
    (binding) => `${digText(binding, 'roleRef', 'kind') ?? ''}/${digText(binding, 'roleRef', 'name') ?? ''}`,
    ageCell,
    subjects('User'),
    subjects('Group'),
    subjects('ServiceAccount'),
  ],
  ['Users', 'Groups', 'ServiceAccounts'],
);

const controllerCell: Cell = ({ metadata }) => {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return '<none>';
  const [group, version] = owner.apiVersion.split('/');
  return `${owner.kind.toLowerCase()}${version === undefined ? '' : `.${group ?? ''}`}/${owner.name}`;
};

/** Of the scale subresource of whatever has one. */
export const SCALE_TABLE = table(
  ['Desired:integer', 'Available:integer', 'Age'],
  [
    (scale) => digNumber(scale, 'spec', 'replicas') ?? 0,
    (scale) => digNumber(scale, 'status', 'replicas') ?? 0,
    ageCell,
  ],
);

export const BUILT_IN_TABLES: Readonly<Record<string, TableForm>> = {
  'pods.': POD_TABLE,
  'nodes.': NODE_TABLE,
  'events.': EVENT_TABLE,
  'events.events.k8s.io': EVENT_TABLE,
  'services.': SERVICE_TABLE,
  'deployments.apps': DEPLOYMENT_TABLE,
  'replicasets.apps': REPLICA_SET_TABLE,
  'statefulsets.apps': STATEFUL_SET_TABLE,
  'daemonsets.apps': DAEMON_SET_TABLE,
  'jobs.batch': JOB_TABLE,
  'cronjobs.batch': CRON_JOB_TABLE,
  'namespaces.': table(['Status', 'Age'], [text('status', 'phase'), ageCell]),
  'configmaps.': table(['Data', 'Age'], [(map) => size(map, 'data') + size(map, 'binaryData'), ageCell]),
  'secrets.': table(['Type', 'Data', 'Age'], [text('type'), (secret) => size(secret, 'data'), ageCell]),
  'serviceaccounts.': table(['Age'], [ageCell]),
  'leases.coordination.k8s.io': table(['Holder', 'Age'], [text('spec', 'holderIdentity'), ageCell]),
  'controllerrevisions.apps': table(
    ['Controller', 'Revision', 'Age'],
    [controllerCell, (revision) => digNumber(revision, 'revision') ?? 0, ageCell],
  ),
  'poddisruptionbudgets.policy': table(
    ['Min Available', 'Max Unavailable', 'Allowed Disruptions:integer', 'Age'],
    [
      limit('minAvailable'),
      limit('maxUnavailable'),
      (budget) => digNumber(budget, 'status', 'disruptionsAllowed') ?? 0,
      ageCell,
    ],
  ),
  'rolebindings.rbac.authorization.k8s.io': BINDING_TABLE,
  'clusterrolebindings.rbac.authorization.k8s.io': BINDING_TABLE,
  'networkpolicies.networking.k8s.io': table(
    ['Pod-Selector', 'Age'],
    [(policy) => formatLabels(dig(policy, 'spec', 'podSelector', 'matchLabels')), ageCell],
  ),
  'priorityclasses.scheduling.k8s.io': table(
    ['Value:integer', 'Global-Default:boolean', 'Age', 'PreemptionPolicy'],
    [
      (priority) => digNumber(priority, 'value') ?? 0,
      (priority) => digFlag(priority, 'globalDefault') ?? false,
      ageCell,
      text('preemptionPolicy'),
    ],
  ),
  'runtimeclasses.node.k8s.io': table(['Handler', 'Age'], [text('handler'), ageCell]),
};
