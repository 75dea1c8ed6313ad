/** What a live reading is about when -n, -l or --nodes narrow it, and the gaps that narrowing makes. */
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { Gap } from '../../core/snapshot/snapshot.ts';
import type { LiveOptions } from './live-options.ts';

/** Names of the nodes that the reading is about. Without the right to list nodes: those that other objects name. */
export const chosenNodes = (objects: readonly KubeObject[], { nodes }: LiveOptions): readonly string[] => {
  const listed = objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name);
  if (listed.length > 0 || nodes !== undefined) return listed;
  return objects.filter(({ kind }) => kind === 'SriovNetworkNodeState').map(({ metadata }) => metadata.name);
};

/** Whether an object is about one of the nodes, or about none in particular. */
export const isAbout = (object: KubeObject, nodes: readonly string[], options: LiveOptions): boolean => {
  const node = nodeOf(object);
  return options.nodes === undefined || node === undefined || nodes.includes(node);
};

const nodeOf = (object: KubeObject): string | undefined => {
  switch (object.kind) {
    case 'SriovNetworkNodeState':
      return object.metadata.name;
    case 'NicDevice':
      return digText(object, 'status', 'node');
    case 'Pod':
    case 'NodeMaintenance':
      return digText(object, 'spec', 'nodeName');
    default:
      return undefined;
  }
};

/** What the user chose to leave out is not looked at either. */
export const narrowing = ({ namespaces, nodes, logs, exec }: LiveOptions): readonly Gap[] => {
  const gaps: Gap[] = [];
  if (namespaces !== undefined)
    gaps.push({ what: 'objects in other namespaces', because: `only ${namespaces.join(', ')} was asked for (-n)` });
  if (nodes !== undefined) gaps.push({ what: 'other nodes', because: 'only some were asked for (-l, --nodes)' });
  if (logs === false) gaps.push({ what: 'logs', because: 'they were left out' });
  if (exec === false)
    gaps.push({ what: 'what the hosts themselves say', because: 'commands in pods were left out (--no-exec)' });
  return gaps;
};
