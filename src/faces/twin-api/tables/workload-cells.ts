/** The rows of what makes pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs. */
import { dig, digFlag, digList, digNumber, digText, type Path } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { millisOf } from '../../../core/model/timestamp.ts';
import { columns, type TableForm } from './columns.ts';
import { age, humanDuration } from './human-duration.ts';
import { formatLabels, formatSelector } from './label-cells.ts';

const TEMPLATE: Path = ['spec', 'template', 'spec', 'containers'];
const WIDE = ['Containers', 'Images', 'Selector'];

const containerCells = (object: KubeObject, path: Path = TEMPLATE): readonly [names: string, images: string] => {
  const containers = digList(object, ...path);
  const all = (field: string): string => containers.map((one) => digText(one, field) ?? '').join(',');
  return [all('name'), all('image')];
};

const count = (object: KubeObject, ...path: Path): number => digNumber(object, ...path) ?? 0;

const selectorCell = (object: KubeObject): string => formatSelector(dig(object, 'spec', 'selector'));

export const DEPLOYMENT_TABLE: TableForm = {
  columns: columns(['Name', 'Ready', 'Up-to-date', 'Available', 'Age'], WIDE),
  cells: (deployment, now) => [
    deployment.metadata.name,
    `${count(deployment, 'status', 'readyReplicas')}/${count(deployment, 'spec', 'replicas')}`,
    count(deployment, 'status', 'updatedReplicas'),
    count(deployment, 'status', 'availableReplicas'),
    age(deployment.metadata.creationTimestamp, now),
    ...containerCells(deployment),
    selectorCell(deployment),
  ],
};

export const REPLICA_SET_TABLE: TableForm = {
  columns: columns(['Name', 'Desired:integer', 'Current:integer', 'Ready:integer', 'Age'], WIDE),
  cells: (set, now) => [
    set.metadata.name,
    count(set, 'spec', 'replicas'),
    count(set, 'status', 'replicas'),
    count(set, 'status', 'readyReplicas'),
    age(set.metadata.creationTimestamp, now),
    ...containerCells(set),
    selectorCell(set),
  ],
};

export const STATEFUL_SET_TABLE: TableForm = {
  columns: columns(['Name', 'Ready', 'Age'], ['Containers', 'Images']),
  cells: (set, now) => [
    set.metadata.name,
    `${count(set, 'status', 'readyReplicas')}/${count(set, 'spec', 'replicas')}`,
    age(set.metadata.creationTimestamp, now),
    ...containerCells(set),
  ],
};

export const DAEMON_SET_TABLE: TableForm = {
  columns: columns(
    [
      'Name',
      'Desired:integer',
      'Current:integer',
      'Ready:integer',
      'Up-to-date:integer',
      'Available:integer',
      'Node Selector',
      'Age',
    ],
    WIDE,
  ),
  cells: (set, now) => [
    set.metadata.name,
    count(set, 'status', 'desiredNumberScheduled'),
    count(set, 'status', 'currentNumberScheduled'),
    count(set, 'status', 'numberReady'),
    count(set, 'status', 'updatedNumberScheduled'),
    count(set, 'status', 'numberAvailable'),
    formatLabels(dig(set, 'spec', 'template', 'spec', 'nodeSelector')),
    age(set.metadata.creationTimestamp, now),
    ...containerCells(set),
    selectorCell(set),
  ],
};

export const JOB_TABLE: TableForm = {
  columns: columns(['Name', 'Status', 'Completions', 'Duration', 'Age'], WIDE),
  cells: (job, now) => [
    job.metadata.name,
    jobStatus(job),
    completions(job),
    jobDuration(job, now),
    age(job.metadata.creationTimestamp, now),
    ...containerCells(job),
    selectorCell(job),
  ],
};

const completions = (job: KubeObject): string => {
  const succeeded = count(job, 'status', 'succeeded');
  const wanted = digNumber(job, 'spec', 'completions');
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  const parallelism = count(job, 'spec', 'parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
};

const jobDuration = (job: KubeObject, now: number): string => {
  const began = millisOf(digText(job, 'status', 'startTime') ?? '');
  if (began === undefined) return '';
  return humanDuration((millisOf(digText(job, 'status', 'completionTime') ?? '') ?? now) - began);
};

const jobStatus = (job: KubeObject): string => {
  const has = (type: string): boolean =>
    digList(job, 'status', 'conditions').some(
      (one) => digText(one, 'type') === type && digText(one, 'status') === 'True',
    );
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (has('Suspended')) return 'Suspended';
  if (has('FailureTarget')) return 'FailureTarget';
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
};

export const CRON_JOB_TABLE: TableForm = {
  columns: columns(['Name', 'Schedule', 'Timezone', 'Suspend:boolean', 'Active:integer', 'Last Schedule', 'Age'], WIDE),
  cells: (job, now) => {
    const last = digText(job, 'status', 'lastScheduleTime');
    return [
      job.metadata.name,
      digText(job, 'spec', 'schedule') ?? '',
      digText(job, 'spec', 'timeZone') ?? '<none>',
      flagText(digFlag(job, 'spec', 'suspend')),
      digList(job, 'status', 'active').length,
      last === undefined ? '<none>' : age(last, now),
      age(job.metadata.creationTimestamp, now),
      ...containerCells(job, ['spec', 'jobTemplate', ...TEMPLATE]),
      formatSelector(dig(job, 'spec', 'jobTemplate', 'spec', 'selector')),
    ];
  },
};

const flagText = (flag: boolean | undefined): string => (flag === undefined ? '<unset>' : flag ? 'True' : 'False');
