/** The row of a Service. */
import { digList, digMap, digNumber, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { columns, type TableForm } from './columns.ts';
import { age } from './human-duration.ts';
import { formatLabels } from './label-cells.ts';

export const SERVICE_TABLE: TableForm = {
  columns: columns(['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age'], ['Selector']),
  cells: (service, now) => [
    service.metadata.name,
    digText(service, 'spec', 'type') ?? '',
    digText(service, 'spec', 'clusterIPs', 0) ?? '<none>',
    externalAddress(service),
    digList(service, 'spec', 'ports').map(port).join(',') || '<none>',
    age(service.metadata.creationTimestamp, now),
    formatLabels(digMap(service, 'spec', 'selector')),
  ],
};

const port = (entry: unknown): string => {
  const nodePort = digNumber(entry, 'nodePort') ?? 0;
  const number = digNumber(entry, 'port') ?? 0;
  return `${number}${nodePort > 0 ? `:${nodePort}` : ''}/${digText(entry, 'protocol') ?? ''}`;
};

const externalAddress = (service: KubeObject): string => {
  const own = digList(service, 'spec', 'externalIPs').map(String);
  switch (digText(service, 'spec', 'type') ?? '') {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || '<none>';
    case 'ExternalName':
      return digText(service, 'spec', 'externalName') ?? '';
    case 'LoadBalancer': {
      const given = digList(service, 'status', 'loadBalancer', 'ingress').map(
        (one) => digText(one, 'ip') ?? digText(one, 'hostname') ?? '',
      );
      return [...given, ...own].join(',') || '<pending>';
    }
    default:
      return '<unknown>';
  }
};
