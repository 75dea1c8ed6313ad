/** The rows of nodes, and of events about them and everything else. */
import { digFlag, digList, digNumber, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { columns, type TableForm } from './columns.ts';
import { age } from './human-duration.ts';

export const NODE_TABLE: TableForm = {
  columns: columns(
    ['Name', 'Status', 'Roles', 'Age', 'Version'],
    ['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'],
  ),
  cells: (node, now) => [
    node.metadata.name,
    statusOf(node),
    rolesOf(node),
    age(node.metadata.creationTimestamp, now),
    info(node, 'kubeletVersion'),
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    info(node, 'osImage') || '<unknown>',
    kernelOf(node),
    info(node, 'containerRuntimeVersion') || '<unknown>',
  ],
};

const info = (node: KubeObject, field: string): string => digText(node, 'status', 'nodeInfo', field) ?? '';

const statusOf = (node: KubeObject): string => {
  const ready = digList(node, 'status', 'conditions').findLast((one) => digText(one, 'type') === 'Ready');
  const status = ready === undefined ? 'Unknown' : digText(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return digFlag(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status;
};

const ROLE_PREFIX = 'node-role.kubernetes.io/';

const rolesOf = (node: KubeObject): string => {
  const roles = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.slice(ROLE_PREFIX.length);
    return key === 'kubernetes.io/role' ? value : '';
  });
  return [...new Set(roles.filter((role) => role !== ''))].toSorted().join(',') || '<none>';
};

const addressOf = (node: KubeObject, type: string): string =>
  digText(
    digList(node, 'status', 'addresses').find((one) => digText(one, 'type') === type),
    'address',
  ) ?? '<none>';

const kernelOf = (node: KubeObject): string => {
  const architecture = info(node, 'architecture');
  return (info(node, 'kernelVersion') || '<unknown>') + (architecture === '' ? '' : ` (${architecture})`);
};

export const EVENT_TABLE: TableForm = {
  // The name of an event says nothing: it comes last.
  columns: [
    ...columns(['Last Seen', 'Type', 'Reason', 'Object'], ['Subobject', 'Source']),
    ...columns(['Message'], ['First Seen', 'Count', 'Name']),
  ],
  cells: (event, now) => {
    const first = age(digText(event, 'firstTimestamp') || digText(event, 'eventTime'), now);
    const last = digText(event, 'series', 'lastObservedTime') ?? (digText(event, 'lastTimestamp') || undefined);
    const kind = (digText(event, 'involvedObject', 'kind') ?? '').toLowerCase();
    const name = digText(event, 'involvedObject', 'name') ?? '';
    return [
      last === undefined ? first : age(last, now),
      digText(event, 'type') ?? '',
      digText(event, 'reason') ?? '',
      name === '' ? kind : `${kind}/${name}`,
      digText(event, 'involvedObject', 'fieldPath') ?? '',
      sourceOf(event),
      (digText(event, 'message') ?? '').trim(),
      first,
      String(digNumber(event, 'series', 'count') ?? (digNumber(event, 'count') || 1)),
      event.metadata.name,
    ];
  },
};

const sourceOf = (event: KubeObject): string => {
  const component = digText(event, 'source', 'component') || (digText(event, 'reportingComponent') ?? '');
  const host = digText(event, 'source', 'host') || (digText(event, 'reportingInstance') ?? '');
  return host === '' ? component : `${component}, ${host}`;
};
